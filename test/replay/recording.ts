/**
 * A recorded workspace as a table of answers, read from its `REPLAY.json` as that file's `how_to_replay` says.
 * The recordings are not part of this project: tests say what they left out where the folder is missing.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json, JsonObject } from '../../src/document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../src/document/json.ts';

/** The folder of recorded real answers, or undefined where this checkout stands alone. */
export function recordingsFolder(): string | undefined {
  const folder = new URL('../../../shared/notion-recordings', import.meta.url).pathname;
  return existsSync(join(folder, 'INDEX.json')) ? folder : undefined;
}

/** Names of the workspaces that can be replayed; none where there are no recordings. */
export function recordedWorkspaces(): string[] {
  const folder = recordingsFolder();
  if (folder === undefined) return [];
  return readdirSync(join(folder, 'workspaces'))
    .filter((name) => existsSync(join(folder, 'workspaces', name, 'REPLAY.json')))
    .sort();
}

/** Strictness with which bodies of search and query must be the recorded ones. */
export type Strictness =
  /** Only recorded bodies and their aliases. */
  | 'exact'
  /** A body that equals a recorded one once `sort` and `sorts` are taken out of both is answered too. */
  | 'sortless';

/** A request as the recordings name it: no page_size, no start_cursor (given apart), ids without dashes. */
export interface Question {
  readonly method: string;
  /** Path from `/v1` on, as sent. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Json;
}

/** A recorded answer and the file it stands in. */
export interface Answer {
  readonly status: number;
  readonly headers: JsonObject;
  readonly body: Json;
  readonly file: string;
}

/** Objects at which a crawl can start. */
export interface RecordedRoot {
  readonly kind: string;
  readonly id: string;
  /** Requests such a crawl makes that were never recorded. */
  readonly holes: readonly string[];
}

interface Route {
  readonly cursor: string | undefined;
  readonly file: string;
  readonly pointer: string;
}

/** One recorded workspace: asks are answered from files read once each. */
export class Recording {
  readonly name: string;
  readonly notionVersion: string;
  readonly completeRoots: readonly RecordedRoot[];
  readonly partialRoots: readonly RecordedRoot[];
  readonly #folder: string;
  readonly #routes = new Map<string, readonly Route[]>();
  readonly #sortless = new Map<string, readonly Route[]>();
  readonly #files = new Map<string, Answer>();
  readonly #lines: string[] = [];

  constructor(name: string) {
    const recordings = recordingsFolder();
    if (recordings === undefined) throw new Error('the recordings are not here');
    this.#folder = join(recordings, 'workspaces', name);
    const manifest: unknown = JSON.parse(readFileSync(join(this.#folder, 'REPLAY.json'), 'utf8'));
    this.name = name;
    this.notionVersion = stringAt(manifest, 'notion_version') ?? '';
    this.completeRoots = arrayAt(manifest, 'complete_roots').map(root);
    this.partialRoots = arrayAt(manifest, 'partial_roots').map(root);
    this.#readRoutes(manifest);
  }

  /** The recorded answer to `question`, or undefined where nothing was recorded. */
  answer(question: Question, strictness: Strictness): Answer | undefined {
    const cursor = cursorOf(question);
    const strict = this.#routes.get(keyOf(question, true));
    const loose = strictness === 'sortless' ? this.#sortless.get(keyOf(question, false)) : undefined;
    const route = (strict ?? loose)?.find((each) => each.cursor === cursor);
    return route === undefined ? undefined : this.#take(route);
  }

  /** Every recorded request, as `METHOD /v1/path?query body`. */
  questions(): readonly string[] {
    return this.#lines;
  }

  /** Every page any recorded answer shows as the row of a database or data source, as 32 hex digits. */
  rowIds(): Set<string> {
    const ids = new Set<string>();
    for (const name of readdirSync(this.#folder).filter((each) => each !== 'REPLAY.json')) {
      collectRows(this.#file(name).body, ids);
    }
    return ids;
  }

  #readRoutes(manifest: unknown): void {
    for (const [line, value] of Object.entries(objectAt(manifest, 'routes') ?? {})) {
      this.#lines.push(line);
      this.#add(parseLine(line), Array.isArray(value) ? value.map(route) : []);
    }
    for (const [line, value] of Object.entries(objectAt(manifest, 'derived') ?? {})) {
      this.#add(parseLine(line), [route(value)]);
    }
    for (const [line, heir] of Object.entries(objectAt(manifest, 'aliases') ?? {})) {
      this.#add(parseLine(line), this.#routes.get(keyOf(parseLine(String(heir)), true)) ?? []);
    }
  }

  #add(question: Question, routes: readonly Route[]): void {
    const strict = keyOf(question, true);
    const loose = keyOf(question, false);
    if (!this.#routes.has(strict)) this.#routes.set(strict, routes);
    // A route recorded without any sort is the plainest witness, so it wins over one that had a sort.
    if (!this.#sortless.has(loose) || loose === strict) this.#sortless.set(loose, routes);
  }

  #take(found: Route): Answer {
    const whole = this.#file(found.file);
    if (found.pointer === '') return whole;
    const body = pointed({ response: { body: whole.body } }, found.pointer);
    return { status: 200, headers: {}, body, file: `${found.file}#${found.pointer}` };
  }

  #file(name: string): Answer {
    const known = this.#files.get(name);
    if (known !== undefined) return known;
    const exchange: unknown = JSON.parse(readFileSync(join(this.#folder, name), 'utf8'));
    const response = objectAt(exchange, 'response') ?? {};
    const status = typeof response.status === 'number' ? response.status : 200;
    const answer = {
      status,
      headers: objectAt(response, 'headers') ?? {},
      body: response.body ?? null,
      file: name,
    };
    this.#files.set(name, answer);
    return answer;
  }
}

function root(value: Json): RecordedRoot {
  return {
    kind: stringAt(value, 'kind') ?? '',
    id: stringAt(value, 'id') ?? '',
    holes: arrayAt(value, 'holes').map(String),
  };
}

function route(value: Json): Route {
  return {
    cursor: stringAt(value, 'start_cursor'),
    file: stringAt(value, 'file') ?? '',
    pointer: stringAt(value, 'pointer') ?? '',
  };
}

/** `POST /v1/search {"filter": …}` or `GET /v1/comments?block_id=…` as a question. */
function parseLine(line: string): Question {
  const found = /^(\S+) ([^\s?]+)(?:\?(\S+))?(?: (.+))?$/s.exec(line);
  if (found === null) throw new Error(`unreadable route: ${line}`);
  const [, method = '', path = '', query = '', body] = found;
  const parsed: unknown = body === undefined ? null : JSON.parse(body);
  return { method, path, query: new URLSearchParams(query), body: isObject(parsed) ? parsed : null };
}

const pagingKeys = new Set(['page_size', 'start_cursor']);
const sortKeys = new Set(['sort', 'sorts']);

/** One text per question: equal texts are equal questions. */
function keyOf(question: Question, sorted: boolean): string {
  const path = decodeURIComponent(question.path).replace(uuid, undashed);
  const query = [...question.query]
    .filter(([key]) => !pagingKeys.has(key))
    .map(([key, value]) => `${key}=${value.replace(uuid, undashed)}`)
    .sort();
  const body = isObject(question.body) ? question.body : {};
  const kept = Object.entries(body).filter(([key]) => !pagingKeys.has(key) && (sorted || !sortKeys.has(key)));
  return `${question.method} ${path}?${query.join('&')} ${sortedJson(Object.fromEntries(kept))}`;
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;

function undashed(id: string): string {
  return id.replaceAll('-', '').toLowerCase();
}

function cursorOf(question: Question): string | undefined {
  return question.query.get('start_cursor') ?? stringAt(question.body, 'start_cursor');
}

function sortedJson(value: Json): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    isObject(each) ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))) : each,
  );
}

/** The value a JSON pointer (RFC 6901) names. */
function pointed(document: Json, pointer: string): Json {
  let here: Json | undefined = document;
  for (const step of pointer.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    here = Array.isArray(here) ? here[Number(key)] : isObject(here) ? here[key] : undefined;
  }
  if (here === undefined) throw new Error(`nothing at ${pointer}`);
  return here;
}

function collectRows(value: Json, ids: Set<string>): void {
  if (Array.isArray(value)) for (const each of value) collectRows(each, ids);
  if (!isObject(value)) return;
  const parent = stringAt(objectAt(value, 'parent'), 'type') ?? '';
  const id = stringAt(value, 'id');
  if (value.object === 'page' && id !== undefined && /^(database|data_source)_id$/.test(parent)) {
    ids.add(undashed(id));
  }
  collectRows(value.results ?? null, ids);
}
