/** Reads all a simulator shows, with nothing but `fetch`: the plainest client there is, for tests of workspaces. */

import type { Simulator } from '../../../src/simulator/server.ts';
import type { Json, JsonObject } from '../../../src/simulator/workspace/json.ts';
import { arrayAt, isJsonObject, objectAt, stringAt } from '../../../src/simulator/workspace/json.ts';

/** Everything that was served, by kind. */
export interface Walked {
  readonly pages: Map<string, JsonObject>;
  readonly blocks: Map<string, JsonObject>;
  readonly databases: Map<string, JsonObject>;
  readonly dataSources: Map<string, JsonObject>;
  readonly views: Map<string, JsonObject>;
  readonly comments: Map<string, JsonObject>;
  readonly users: Map<string, JsonObject>;
  readonly customEmojis: Map<string, JsonObject>;
  readonly templates: JsonObject[];
  readonly propertyItems: JsonObject[];
  /** Requests that were refused: `status code METHOD path`. */
  readonly refusals: string[];
}

/** Walks from search down: pages, their blocks, databases, rows, views, templates, comments, long values, users. */
export async function walk(simulator: Simulator, options: { comments?: boolean } = {}): Promise<Walked> {
  const walker = new Walker(simulator, options.comments ?? true);
  await walker.walkAll();
  return walker.walked;
}

class Walker {
  readonly walked: Walked = {
    pages: new Map(),
    blocks: new Map(),
    databases: new Map(),
    dataSources: new Map(),
    views: new Map(),
    comments: new Map(),
    users: new Map(),
    customEmojis: new Map(),
    templates: [],
    propertyItems: [],
    refusals: [],
  };
  readonly #simulator: Simulator;
  readonly #comments: boolean;

  constructor(simulator: Simulator, comments: boolean) {
    this.#simulator = simulator;
    this.#comments = comments;
  }

  async walkAll(): Promise<void> {
    for (const user of await this.#list('GET', 'users')) this.#keep(this.walked.users, user);
    for (const emoji of await this.#list('GET', 'custom_emojis')) this.#keep(this.walked.customEmojis, emoji);
    for (const found of await this.#list('POST', 'search', {})) {
      if (found.object === 'page') await this.#page(found);
      else await this.#dataSource(found);
    }
  }

  async #page(page: JsonObject): Promise<void> {
    if (!this.#keep(this.walked.pages, page)) return;
    const id = stringAt(page, 'id') ?? '';
    if (this.#comments) await this.#commentsOn(id);
    for (const value of Object.values(objectAt(page, 'properties'))) {
      if (!isJsonObject(value) || value.has_more !== true) continue;
      const items = await this.#list('GET', `pages/${id}/properties/${value.id}`);
      this.walked.propertyItems.push(...items);
    }
    await this.#children(id);
  }

  async #children(id: string): Promise<void> {
    for (const block of await this.#list('GET', `blocks/${id}/children`)) await this.#block(block);
  }

  async #block(block: JsonObject): Promise<void> {
    if (!this.#keep(this.walked.blocks, block)) return;
    const id = stringAt(block, 'id') ?? '';
    if (block.type === 'child_page') {
      const page = await this.#ask('GET', `pages/${id}`);
      if (page !== undefined) await this.#page(page);
    } else if (block.type === 'child_database') await this.#database(id);
    else {
      if (this.#comments) await this.#commentsOn(id);
      if (block.has_children === true) await this.#children(id);
    }
  }

  async #database(id: string): Promise<void> {
    if (this.walked.databases.has(id)) return;
    const database = await this.#ask('GET', `databases/${id}`);
    if (database === undefined || !this.#keep(this.walked.databases, database)) return;
    for (const view of await this.#list('GET', `views?database_id=${id}`)) {
      const whole = await this.#ask('GET', `views/${view.id}`);
      if (whole !== undefined) this.#keep(this.walked.views, whole);
    }
    for (const source of arrayAt(database, 'data_sources').filter(isJsonObject)) {
      const whole = await this.#ask('GET', `data_sources/${source.id}`);
      if (whole !== undefined) await this.#dataSource(whole);
    }
  }

  async #dataSource(source: JsonObject): Promise<void> {
    if (!this.#keep(this.walked.dataSources, source)) return;
    await this.#database(stringAt(objectAt(source, 'parent'), 'database_id') ?? '');
    for (const archived of [false, true]) {
      const body = { is_archived: archived, sorts: [{ timestamp: 'created_time', direction: 'ascending' }] };
      for (const row of await this.#list('POST', `data_sources/${source.id}/query`, body)) {
        if (row.object === 'page') await this.#page(row);
        else await this.#dataSource(row);
      }
    }
    const templates = await this.#ask('GET', `data_sources/${source.id}/templates`);
    for (const template of arrayAt(templates ?? {}, 'templates').filter(isJsonObject)) {
      this.walked.templates.push(template);
      const page = await this.#ask('GET', `pages/${template.id}`);
      if (page !== undefined) await this.#page(page);
    }
  }

  async #commentsOn(id: string): Promise<void> {
    for (const comment of await this.#list('GET', `comments?block_id=${id}`)) {
      this.#keep(this.walked.comments, comment);
    }
  }

  #keep(table: Map<string, JsonObject>, object: JsonObject): boolean {
    const id = stringAt(object, 'id') ?? '';
    const isNew = !table.has(id);
    if (isNew) table.set(id, object);
    return isNew;
  }

  async #list(method: string, path: string, body?: JsonObject): Promise<JsonObject[]> {
    const results: Json[] = [];
    let cursor: string | undefined;
    do {
      const separator = path.includes('?') ? '&' : '?';
      const paging = cursor === undefined ? '' : `${separator}start_cursor=${cursor}`;
      const page =
        method === 'GET'
          ? await this.#ask(method, `${path}${paging}`)
          : await this.#ask(method, path, {
              ...body,
              ...(cursor === undefined ? {} : { start_cursor: cursor }),
            });
      results.push(...arrayAt(page ?? {}, 'results'));
      cursor = stringAt(page ?? {}, 'next_cursor');
    } while (cursor !== undefined);
    return results.filter(isJsonObject);
  }

  async #ask(method: string, path: string, body?: JsonObject): Promise<JsonObject | undefined> {
    const response = await fetch(`${this.#simulator.url}/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#simulator.token}`,
        'notion-version': '2026-03-11',
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (!isJsonObject(answer)) throw new Error(`${method} ${path}: no object`);
    if (response.status === 200) return answer;
    this.walked.refusals.push(`${response.status} ${answer.code} ${method} ${path}`);
    return undefined;
  }
}
