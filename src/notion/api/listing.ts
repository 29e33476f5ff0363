/**
 * Reads a list of the API to its end, page by page, and never passes a broken list as a complete one.
 * The choice of the list and the meaning of its items are the caller's.
 */
import type { Json, JsonObject } from '../../document/json.ts';
import { isObject, objectAt, stringAt } from '../../document/json.ts';
import { KlosetError } from '../../errors.ts';
import type { ApiRequest, NotionApi } from './api.ts';
import { apiFailureOf } from './api.ts';

const pageSize = 100;
/** Restarts of one listing after an expired cursor. */
const maxRestarts = 5;
/** Times that a list which ends early is read again. */
const maxOddReadings = 1;
/** Pages without a new item after which a list is taken to be in a cycle. */
const maxIdlePages = 200;

/** One page of a list: its items not seen before. */
export interface ListPage {
  readonly items: JsonObject[];
  /** The reason why the list ends early, one line: Notion's 10,000-row cap, a missing or repeated cursor. Only on the last page. */
  readonly incomplete?: string;
  /** Notion's `request_status`, when there is one. */
  readonly requestStatus?: JsonObject;
  /** The whole answer, for lists with more than items. */
  readonly answer: JsonObject;
}

export interface ListOptions {
  /** The member of an answer that holds the items: `results`, or `templates` for the templates of a data source. */
  readonly itemsIn?: string;
  /** Items per page; 100, Notion's maximum, by default. */
  readonly pageSize?: number;
}

/**
 * The items of a list, each once, in the API's order. A GET carries cursor and page size in its query, a POST in its body.
 * @throws KlosetError `incomplete` after the last item when the list ended early (`listPages` gives the reason as a value);
 * whatever `api.request` throws.
 */
export async function* list(
  api: NotionApi,
  request: ApiRequest,
  options: ListOptions = {},
): AsyncGenerator<JsonObject> {
  for await (const page of listPages(api, request, options)) {
    yield* page.items;
    if (page.incomplete !== undefined) {
      throw new KlosetError('incomplete', `The list is truncated: ${page.incomplete} (${nameOf(request)})`);
    }
  }
}

/** The pages of a list. @throws what `api.request` throws; KlosetError `unavailable` for an answer that is not a list. */
export async function* listPages(
  api: NotionApi,
  request: ApiRequest,
  options: ListOptions = {},
): AsyncGenerator<ListPage> {
  const seen = new SeenItems();
  const usedCursors = new Set<string>();
  let cursor: string | undefined;
  let restarts = 0;
  let idlePages = 0;
  let oddReadings = 0;
  for (;;) {
    const answer = await readList(api, request, cursor, options).catch((error: unknown) => {
      if (cursor === undefined || !isExpiredCursor(error) || restarts >= maxRestarts) throw error;
      return undefined;
    });
    if (answer === undefined) {
      restarts += 1;
      cursor = undefined;
      usedCursors.clear();
      seen.restart();
      continue;
    }
    const all = itemsOf(answer, options.itemsIn ?? 'results', request);
    const items = seen.newOf(all);
    idlePages = items.length > 0 ? 0 : idlePages + 1;
    const next = nextCursor(answer);
    const broken =
      next === undefined
        ? brokenEnd(answer, { isFirst: cursor === undefined, isEmpty: all.length === 0 })
        : brokenCursor(next, usedCursors, idlePages);
    if (broken !== undefined && oddReadings < maxOddReadings && idlePages < maxIdlePages) {
      oddReadings += 1;
      yield pageOf(answer, items, undefined);
      // A page without its cursor is read again; of a list that led nowhere, all of it.
      if (next === '') seen.rewind(all.length);
      else {
        cursor = undefined;
        usedCursors.clear();
        seen.restart();
      }
      continue;
    }
    yield pageOf(answer, items, broken);
    if (next === undefined || broken !== undefined) return;
    usedCursors.add(next);
    cursor = next;
  }
}

/** One page; an answer that is not a list is asked for once more. */
async function readList(
  api: NotionApi,
  request: ApiRequest,
  cursor: string | undefined,
  options: ListOptions,
): Promise<JsonObject> {
  const size = options.pageSize ?? pageSize;
  const answer = await readPage(api, request, cursor, size);
  const items = answer[options.itemsIn ?? 'results'];
  return Array.isArray(items) && items.every(isObject) ? answer : readPage(api, request, cursor, size);
}

/** The cursor of the next page, empty when more follows but no cursor says where; undefined at the end. */
function nextCursor(answer: JsonObject): string | undefined {
  const cursor = stringAt(answer, 'next_cursor') ?? '';
  if (answer.has_more === true) return cursor;
  return answer.has_more === false || cursor === '' ? undefined : cursor;
}

function readPage(
  api: NotionApi,
  request: ApiRequest,
  cursor: string | undefined,
  size: number,
): Promise<JsonObject> {
  const paging = { page_size: size, ...(cursor === undefined ? {} : { start_cursor: cursor }) };
  return request.method === 'get'
    ? api.request({ ...request, query: { ...request.query, ...paging } })
    : api.request({ ...request, body: { ...request.body, ...paging } });
}

function itemsOf(answer: JsonObject, itemsIn: string, request: ApiRequest): JsonObject[] {
  const items = answer[itemsIn];
  if (Array.isArray(items) && items.every(isObject)) return items;
  throw new KlosetError('unavailable', `Notion's answer is not a list (${nameOf(request)})`, {
    cause: {
      type: 'api-failure',
      status: 200,
      code: 'not-a-list',
      message: `The answer has no list under ${itemsIn}.`,
      additionalData: null,
    },
  });
}

function pageOf(answer: JsonObject, items: JsonObject[], broken: string | undefined): ListPage {
  const requestStatus = objectAt(answer, 'request_status');
  const capped =
    stringAt(requestStatus, 'type') === 'incomplete'
      ? (stringAt(requestStatus, 'incomplete_reason') ?? 'request_status is incomplete')
      : undefined;
  const incomplete = broken ?? capped;
  return {
    items,
    answer,
    ...(requestStatus === undefined ? {} : { requestStatus }),
    ...(incomplete === undefined ? {} : { incomplete }),
  };
}

function brokenEnd(answer: JsonObject, page: { isFirst: boolean; isEmpty: boolean }): string | undefined {
  if (typeof answer.has_more !== 'boolean') return 'the list does not say whether more follows (no has_more)';
  return page.isEmpty && !page.isFirst ? 'the list said that more follows, and then gave nothing' : undefined;
}

function brokenCursor(next: string, used: ReadonlySet<string>, idlePages: number): string | undefined {
  if (next === '') return 'the list says that more follows, but not where (has_more without next_cursor)';
  if (used.has(next)) return 'the list leads back to where it was (the same next_cursor twice)';
  return idlePages >= maxIdlePages ? `${maxIdlePages} pages of the list without a new item` : undefined;
}

/** Notion may end a cursor's session in the middle of a loop: 400 `validation_error` naming start_cursor. */
function isExpiredCursor(error: unknown): boolean {
  const failure = apiFailureOf(error);
  return failure?.status === 400 && failure.message.includes('start_cursor');
}

/** Lists move while they are read: an item may come twice. Property items share one id and are told apart by place. */
class SeenItems {
  readonly #ids = new Set<string>();
  #placesDone = 0;
  #place = 0;

  /** From here on the list comes again from its beginning. */
  restart(): void {
    this.#place = 0;
  }

  /** From here on the last so many items come again. */
  rewind(items: number): void {
    this.#place -= items;
  }

  newOf(items: readonly JsonObject[]): JsonObject[] {
    return items.filter((item) => this.#isNew(item));
  }

  #isNew(item: JsonObject): boolean {
    this.#place += 1;
    const isBeyond = this.#place > this.#placesDone;
    if (isBeyond) this.#placesDone = this.#place;
    const id: Json | undefined = item.object === 'property_item' ? undefined : item.id;
    if (typeof id !== 'string') return isBeyond;
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    return true;
  }
}

function nameOf(request: ApiRequest): string {
  return `${request.method.toUpperCase()} ${request.path}`;
}
