/**
 * Stands in for Notion in a dry run: answers every request of a restore with ids of its own and counts them. Nothing is
 * sent.
 */
import type { Clock } from '../../../clock.ts';
import type { Json, JsonObject } from '../../../document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../../document/json.ts';
import { KlosetError } from '../../../errors.ts';
import type { ApiRequest, NotionApi } from '../../api/api.ts';
import type { DryObjects } from '../journal/dry-objects.ts';

const stillClock: Clock = { now: () => Date.UTC(2026, 0, 1), sleep: async () => {} };

/** The assumed target. */
export interface DryTarget {
  /** People and custom emoji of the target. */
  readonly users: readonly JsonObject[];
  readonly customEmojis: readonly JsonObject[];
  readonly maxFileBytes: number;
  /** Answers questions about the target; without it every object asked for exists, and the rest is as assumed above. */
  readonly ask?: (request: ApiRequest) => Promise<JsonObject>;
}

export class DryApi implements NotionApi {
  readonly clock = stillClock;
  /** Requests by method and path, ids left out. */
  readonly counts = new Map<string, number>();
  readonly #objects: DryObjects;
  readonly #target: DryTarget;
  #next = 1;
  #requests = 0;

  constructor(objects: DryObjects, target: DryTarget) {
    this.#objects = objects;
    this.#target = target;
  }

  get requestsSpent(): number {
    return this.#requests;
  }

  /** Counts requests that are not sent through `request`. */
  count(name: string, by: number): void {
    this.#requests += by;
    this.counts.set(name, (this.counts.get(name) ?? 0) + by);
  }

  async request(request: ApiRequest): Promise<JsonObject> {
    const path = request.path.replace(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/gi, '*');
    const name = `${request.method.toUpperCase()} ${path}`;
    this.count(name, 1);
    return this.#answer(request, name);
  }

  async sendFilePart(): Promise<JsonObject> {
    throw new KlosetError('internal', 'A plan uploads nothing.');
  }

  #answer(request: ApiRequest, name: string): JsonObject | Promise<JsonObject> {
    const body = request.body ?? {};
    const id = request.path.split('/')[1] ?? '';
    switch (name) {
      case 'POST pages':
        return this.#created(body, 'page');
      case 'POST databases':
        return this.#createDatabase(body);
      case 'POST data_sources':
        return this.#createSource(body, stringAt(objectAt(body, 'parent'), 'database_id') ?? '');
      case 'PATCH data_sources/*':
        this.#addProperties(id, objectAt(body, 'properties') ?? {});
        return this.#source(id);
      case 'GET data_sources/*':
        return this.#isOurs(id) ? this.#source(id) : this.#existing(request);
      case 'PATCH blocks/*/children':
        return { results: this.#addAll(id, arrayAt(body, 'children')) };
      case 'GET blocks/*/children':
        return { results: this.#children(id), has_more: false, next_cursor: null };
      case 'GET views':
        return {
          results: this.#views(String(request.query?.database_id)),
          has_more: false,
          next_cursor: null,
        };
      case 'GET views/*':
        return this.#view(id);
      case 'POST views':
        return this.#createView(body);
      case 'POST comments':
        return { id: this.#newId(), discussion_id: this.#newId() };
      case 'GET users':
      case 'GET custom_emojis':
      case 'GET users/me':
        return this.#target.ask?.(request) ?? this.#assumed(name);
      default:
        return request.method === 'get' ? this.#existing(request) : { id };
    }
  }

  /** The workspace as it is assumed without a connection. */
  #assumed(name: string): JsonObject {
    const list = (results: readonly JsonObject[]) => ({
      results: [...results],
      has_more: false,
      next_cursor: null,
    });
    if (name === 'GET users') return list(this.#target.users);
    if (name === 'GET custom_emojis') return list(this.#target.customEmojis);
    return { bot: { workspace_limits: { max_file_upload_size_in_bytes: this.#target.maxFileBytes } } };
  }

  #existing(request: ApiRequest): JsonObject | Promise<JsonObject> {
    if (this.#target.ask !== undefined) return this.#target.ask(request);
    return { id: request.path.split('/')[1] ?? '', type: 'person', synced_block: { synced_from: null } };
  }

  #newId(): string {
    return `00000000-0000-4000-9000-${(this.#next++).toString(16).padStart(12, '0')}`;
  }

  #isOurs(id: string): boolean {
    return id.startsWith('00000000-0000-4000-9000-');
  }

  #created(body: JsonObject, kind: 'page' | 'database'): JsonObject {
    const id = this.#newId();
    const parent = stringAt(objectAt(body, 'parent'), 'page_id');
    if (parent !== undefined) this.#addChild(parent, id);
    if (kind === 'page') this.#addAll(id, arrayAt(body, 'children'));
    return { id };
  }

  #createDatabase(body: JsonObject): JsonObject {
    const { id } = this.#created(body, 'database');
    const database = typeof id === 'string' ? id : '';
    const source = this.#createSource(objectAt(body, 'initial_data_source') ?? {}, database);
    return { id: database, data_sources: [{ id: source.id ?? '' }] };
  }

  #createSource(body: JsonObject, database: string): JsonObject {
    const id = this.#newId();
    this.#addProperties(id, objectAt(body, 'properties') ?? {});
    this.#addView(database, id);
    return this.#source(id);
  }

  #addProperties(source: string, properties: JsonObject): void {
    for (const [key, property] of Object.entries(properties)) {
      const type = stringAt(property, 'type');
      if (type === undefined) this.#objects.renameProperty(source, key, stringAt(property, 'name') ?? key);
      else this.#objects.addProperty(source, type === 'title' ? 'title' : `p${this.#next++}`, key);
      const relation = objectAt(property, 'relation');
      if (relation?.dual_property !== undefined)
        this.#objects.addProperty(
          stringAt(relation, 'data_source_id') ?? '',
          `mirror of ${source} ${key}`,
          `mirror of ${source} ${key}`,
        );
    }
  }

  #source(id: string): JsonObject {
    const properties: JsonObject = {};
    for (const row of this.#objects.propertiesOf(id))
      Object.defineProperty(properties, row.name, {
        value: {
          id: row.id,
          relation: { dual_property: { synced_property_id: `mirror of ${id} ${row.name}` } },
        },
        enumerable: true,
      });
    return { id, properties };
  }

  /** Adds children in one transaction. */
  #addAll(parent: string, children: readonly Json[]): JsonObject[] {
    return this.#objects.atomically(() => this.#addChildren(parent, children));
  }

  #addChildren(parent: string, children: readonly Json[]): JsonObject[] {
    return children.filter(isObject).map((child) => {
      const id = this.#newId();
      this.#addChild(parent, id);
      this.#addChildren(id, arrayAt(child[stringAt(child, 'type') ?? ''], 'children'));
      return { id };
    });
  }

  #addChild(parent: string, id: string): void {
    this.#objects.addChild(parent, this.#next++, id);
  }

  #children(parent: string): JsonObject[] {
    return this.#objects.childrenOf(parent).map((id) => ({ id }));
  }

  #addView(database: string, source: string): string {
    const id = this.#newId();
    this.#objects.addView(database, id, source);
    return id;
  }

  #views(database: string): JsonObject[] {
    return this.#objects.viewsOf(database).map((id) => ({ id }));
  }

  #view(id: string): JsonObject {
    return { id, data_source_id: this.#objects.sourceOfView(id) ?? null };
  }

  #createView(body: JsonObject): JsonObject {
    const source = stringAt(body, 'data_source_id') ?? '';
    const linked = objectAt(objectAt(body, 'create_database'), 'parent');
    const database =
      linked === undefined
        ? (stringAt(body, 'database_id') ?? '')
        : String(this.#created({ parent: linked }, 'database').id);
    return { id: this.#addView(database, source), parent: { database_id: database } };
  }
}
