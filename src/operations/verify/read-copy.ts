/**
 * Reads a copy back with as few requests as it takes: rows by queries and pages by search, a hundred at a time, the lists of
 * what was written, and the comments of what was given any. Of lists inside blocks no more are read than a limit allows;
 * the blocks above the others still tell that something lies in them.
 */
import { canonicalBytes } from '../../document/canonical.ts';
import type { BlockNode, Gap } from '../../document/documents.ts';
import type { JsonObject } from '../../document/json.ts';
import { arrayAt, isObject, stringAt } from '../../document/json.ts';
import { compactId, dashedId } from '../../document/notion-id.ts';
import { messageOf } from '../../errors.ts';
import type { ApiRequest } from '../../notion/api/api.ts';
import { apiFailureOf } from '../../notion/api/api.ts';
import type { NotionConnection } from '../../notion/api/client.ts';
import { list, listPages } from '../../notion/api/listing.ts';
import { ask, listedChildren, withCompleteValues } from '../../notion/restore/in-place/present-state.ts';
import type { JobContext } from '../job-context.ts';
import { readCopyPeople, readCopySources, readCopyViews } from './copy-parts.ts';
import type { CopiedObject, CopyPlan } from './copy-plan.ts';
import { storedForm } from './live-document.ts';
import type { ScratchSnapshot } from './scratch-snapshot.ts';

export interface ReadCopyOptions {
  readonly api: NotionConnection;
  readonly plan: CopyPlan;
  /** People of the originals whom the restore looked for, with their ids in the target; null for nobody. */
  readonly people: ReadonlyMap<string, string | null>;
  readonly comments: boolean;
  /** Max number of requests for lists of blocks inside blocks. */
  readonly maxNestedLists: number;
}

/** Objects read at the same time. */
const concurrency = 8;

/** Writes the copy into `scratch`. Returns the number of lists inside blocks that were not read. */
export async function readCopy(
  job: JobContext,
  scratch: ScratchSnapshot,
  options: ReadCopyOptions,
): Promise<number> {
  const reader = new CopyReader(job, scratch, options);
  const { objects } = options.plan;
  await reader.readPeople();
  await forEach(
    objects.filter(({ kind }) => kind === 'database'),
    (object) => reader.readDatabase(object),
  );
  await reader.readFoundPages();
  await forEach(reader.unreadPages(), (object) => reader.readPage(object));
  await reader.finish();
  return reader.unreadLists;
}

class CopyReader {
  unreadLists = 0;
  readonly #job: JobContext;
  readonly #scratch: ScratchSnapshot;
  readonly #options: ReadCopyOptions;
  readonly #pages: ReadonlyMap<string, CopiedObject>;
  readonly #done = new Set<string>();
  readonly #errors: JsonObject[] = [];
  /** Lists inside blocks that may still be read: each page adds its share, and what it does not need. */
  #allowed = 0;

  constructor(job: JobContext, scratch: ScratchSnapshot, options: ReadCopyOptions) {
    this.#job = job;
    this.#scratch = scratch;
    this.#options = options;
    const pages = options.plan.objects.filter(({ kind }) => kind === 'page');
    this.#pages = new Map(pages.map((page) => [page.id, page]));
  }

  async readPeople(): Promise<void> {
    const { api, plan, people } = this.#options;
    await this.#writeFile('workspace.json', { users: await readCopyPeople(api, plan.people, people) });
  }

  /** The database with its data sources and views; its rows are read as the queries show them. */
  async readDatabase(object: CopiedObject): Promise<void> {
    const { api } = this.#options;
    try {
      const database = await ask(api, `databases/${dashedId(object.id)}`);
      if (database === undefined || database.in_trash === true) return;
      const sources = await readCopySources(api, object, database);
      const views = await readCopyViews(api, object);
      const rows = await this.#readRows(sources.map((source) => stringAt(source, 'id') ?? ''));
      const document = { kind: 'database', format: 1, database, data_sources: sources, views };
      await this.#writeObject(object, document, rows.gaps, rows.extra);
    } catch (error) {
      this.#addError('database', object.id, error);
    }
  }

  /** Reads the rows that are copies. Returns the ids of others, and a gap for a list that could not be read. */
  async #readRows(sources: readonly string[]): Promise<{ readonly extra: string[]; readonly gaps: Gap[] }> {
    const extra: string[] = [];
    const gaps: Gap[] = [];
    for (const source of sources) {
      const request: ApiRequest = {
        method: 'post',
        path: `data_sources/${source}/query`,
        body: { sorts: [{ timestamp: 'created_time', direction: 'ascending' }] },
        effect: 'read',
      };
      try {
        for await (const { items, incomplete } of listPages(this.#options.api, request)) {
          await forEach(items, async (row) => {
            const id = compactId(stringAt(row, 'id') ?? '');
            const object = this.#pages.get(id);
            if (object === undefined) extra.push(id);
            else await this.readPage(object, row);
          });
          if (incomplete !== undefined) gaps.push({ what: 'rows', id: source, reason: incomplete });
        }
      } catch (error) {
        this.#addGap(gaps, 'rows', source, error);
      }
    }
    return { extra, gaps };
  }

  /** Search shows the pages edited last first, whole: those that it does not show are asked for one by one. */
  async readFoundPages(): Promise<void> {
    const { api } = this.#options;
    let idle = 0;
    let cursor: string | undefined;
    do {
      const missing = this.unreadPages().length;
      if (missing < minSearched) return;
      const answer = await api.request({
        method: 'post',
        path: 'search',
        body: {
          filter: { property: 'object', value: 'page' },
          sort: { timestamp: 'last_edited_time', direction: 'descending' },
          page_size: 100,
          ...(cursor === undefined ? {} : { start_cursor: cursor }),
        },
        effect: 'read',
      });
      const found = arrayAt(answer, 'results').filter(isObject);
      await forEach(found, async (page) => {
        const object = this.#pages.get(compactId(stringAt(page, 'id') ?? ''));
        if (object !== undefined) await this.readPage(object, page);
      });
      idle = this.unreadPages().length === missing ? idle + 1 : 0;
      cursor = answer.has_more === true ? stringAt(answer, 'next_cursor') : undefined;
    } while (cursor !== undefined && idle < maxIdleSearches);
  }

  /** Copies of pages and rows that were not read yet. */
  unreadPages(): CopiedObject[] {
    return [...this.#pages.values()].filter(({ id }) => !this.#done.has(id));
  }

  /** Reads the page, of which `known` is what a list showed. */
  async readPage(object: CopiedObject, known?: JsonObject): Promise<void> {
    if (this.#done.has(object.id)) return;
    this.#done.add(object.id);
    const { api } = this.#options;
    try {
      const found = known ?? (await ask(api, `pages/${dashedId(object.id)}`));
      if (found === undefined || found.in_trash === true) return;
      const gaps: Gap[] = [];
      const page = await withCompleteValues(api, found);
      const blocks = object.isBlank ? [] : await this.#blocksOf(object, gaps);
      const comments = await this.#commentsOn(object, gaps);
      await this.#writeObject(object, { kind: 'page', format: 1, page, blocks, comments }, gaps);
    } catch (error) {
      this.#addError('page', object.id, error);
    }
  }

  /** The page's list, then those inside its blocks, the highest first, as many as its share allows. */
  async #blocksOf(object: CopiedObject, gaps: Gap[]): Promise<JsonObject[]> {
    const { maxNestedLists, plan } = this.#options;
    const share =
      plan.nestedLists <= maxNestedLists ? Number.POSITIVE_INFINITY : maxNestedLists / plan.nestedLists;
    this.#allowed += share === Number.POSITIVE_INFINITY ? share : share * object.nestedLists;
    const root = { id: dashedId(object.id), children: await this.#children(dashedId(object.id), gaps) };
    let level: Nested[] = [root];
    while (level.length > 0) {
      const below = level.flatMap(({ children }) => children.filter(isListedBelow));
      const next: Nested[] = [];
      for (const block of below) {
        if (this.#allowed < 1) {
          this.unreadLists += 1;
          continue;
        }
        this.#allowed -= 1;
        const id = stringAt(block, 'id') ?? '';
        const children = await this.#children(id, gaps);
        block.children = children;
        next.push({ id, children });
      }
      level = next;
    }
    return root.children;
  }

  /** The list of children; what cannot be read is a gap. */
  async #children(id: string, gaps: Gap[]): Promise<JsonObject[]> {
    const children: JsonObject[] = [];
    try {
      const request = { method: 'get', path: `blocks/${id}/children`, effect: 'read' } as const;
      for await (const block of list(this.#options.api, request)) children.push(block);
    } catch (error) {
      this.#addGap(gaps, 'blocks', id, error);
    }
    return children;
  }

  async #commentsOn(object: CopiedObject, gaps: Gap[]): Promise<JsonObject[]> {
    const comments: JsonObject[] = [];
    for (const id of object.commented) {
      try {
        const query = { block_id: dashedId(id) };
        const request = { method: 'get', path: 'comments', query, effect: 'read' } as const;
        for await (const comment of list(this.#options.api, request)) comments.push(comment);
      } catch (error) {
        this.#addGap(gaps, 'comments', id, error);
      }
    }
    return comments;
  }

  #addGap(gaps: Gap[], what: string, id: string, error: unknown): void {
    this.#throwIfFatal(error);
    gaps.push({ what, id: compactId(id), reason: messageOf(error) });
  }

  #addError(kind: string, id: string, error: unknown): void {
    this.#throwIfFatal(error);
    this.#errors.push({ kind, what: kind, id, reason: messageOf(error) });
  }

  /** Failures of one request are recorded; others, such as a wrong token, end the reading. */
  #throwIfFatal(error: unknown): void {
    this.#job.signal.throwIfAborted();
    const status = apiFailureOf(error)?.status;
    if (status === 401) throw error;
  }

  async #writeObject(
    { id, kind, edited }: CopiedObject,
    document: JsonObject,
    gaps: readonly Gap[],
    extra: readonly string[] = [],
  ): Promise<void> {
    const { api } = this.#options;
    const whole = gaps.length === 0 ? document : { ...document, gaps: gaps.map((gap) => ({ ...gap })) };
    const bytes = canonicalBytes(await storedForm(this.#job, whole, { api, known: [] }));
    const content = await this.#scratch.writeDocument(bytes);
    const enter = (name: string, object: { id: string; kind: 'page' | 'database' }) =>
      this.#scratch.step({ type: 'enter', name, modified: '', object: { ...object, edited } });
    enter(id, { id, kind });
    this.#scratch.step({ type: 'file', name: `${kind}.json`, modified: '', content });
    for (const row of extra) {
      enter(row, { id: row, kind: 'page' });
      this.#scratch.step({ type: 'leave' });
    }
    this.#scratch.step({ type: 'leave' });
  }

  /** The manifest says what could not be read, as that of a crawl does. */
  async finish(): Promise<void> {
    const setting = this.#options.comments ? 'all' : 'none';
    await this.#writeFile('manifest.json', { comments: { setting }, errors: { list: this.#errors } });
  }

  async #writeFile(name: string, document: JsonObject): Promise<void> {
    const content = await this.#scratch.writeDocument(canonicalBytes(document));
    this.#scratch.step({ type: 'file', name, modified: '', content });
  }
}

interface Nested {
  readonly id: string;
  readonly children: JsonObject[];
}

/** Fewer pages than this are asked for one by one. */
const minSearched = 3;

/** Pages of a search without any of ours after which the others are asked for one by one. */
const maxIdleSearches = 2;

function isListedBelow(block: BlockNode): boolean {
  return listedChildren(block);
}

/** Calls `work` for each item, a few at a time. */
async function forEach<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const worker = async (): Promise<void> => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
}
