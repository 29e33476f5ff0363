/** A server on loopback that answers with a recorded workspace and with nothing else. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { Json, JsonObject } from '../../src/document/json.ts';
import { isObject } from '../../src/document/json.ts';
import type { Question, Strictness } from './recording.ts';
import { Recording } from './recording.ts';

export interface ReplayOptions {
  /** Required likeness of the bodies of search and query to the recorded ones. Default `sortless`. */
  readonly strictness?: Strictness;
  /** Answer an empty list for the unrecorded blocks of database rows; invented, so off by default. */
  readonly emptyRows?: boolean;
}

/** One request as it came, and what answered it. */
export interface ReplayRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  readonly body: Json;
  readonly status: number;
  /** The file of the recording that answered; undefined for a hole. */
  readonly file: string | undefined;
}

/** A recorded body that was served, with the request it answered. */
export interface ServedBody {
  readonly method: string;
  /** Path as sent, without its query. */
  readonly path: string;
  readonly body: JsonObject;
}

export interface Replay {
  /** Base to give as `NOTION_API_URL`: without `/v1`. */
  readonly url: string;
  readonly recording: Recording;
  /** Every request, in the order of its arrival. */
  readonly requests: readonly ReplayRequest[];
  /** Requests nothing was recorded for, as `METHOD target`; each was answered with 404 object_not_found. */
  readonly holes: readonly string[];
  /** Every recorded body that was served. */
  readonly recorded: readonly ServedBody[];
  close(): Promise<void>;
}

/** Serves the recorded workspace of that name on a free port of 127.0.0.1. */
export async function startReplay(workspaceName: string, options: ReplayOptions = {}): Promise<Replay> {
  const recording = new Recording(workspaceName);
  const requests: ReplayRequest[] = [];
  const holes: string[] = [];
  const recorded: ServedBody[] = [];
  const rows = options.emptyRows === true ? recording.rowIds() : new Set<string>();
  const server = createServer((request, response) => {
    replay(request, response).catch((error: unknown) => response.destroy(asError(error)));
  });
  await listen(server);
  return { url: urlOf(server), recording, requests, holes, recorded, close: () => close(server) };

  async function replay(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = request.url ?? '/';
    const question = questionOf(request.method ?? 'GET', target, await bodyOf(request));
    const answer =
      recording.answer(question, options.strictness ?? 'sortless') ??
      emptyRow(question, rows) ??
      missing(question);
    const { method, path, body } = question;
    requests.push({ method, target, body, status: answer.status, file: answer.file });
    if (answer.file === undefined && answer.status === 404) holes.push(`${method} ${target}`);
    if (answer.file !== undefined && isObject(answer.body))
      recorded.push({ method, path, body: answer.body });
    response.writeHead(answer.status, { 'content-type': 'application/json; charset=utf-8' });
    response.end(JSON.stringify(answer.body));
  }
}

interface Reply {
  readonly status: number;
  readonly body: Json;
  readonly file: string | undefined;
}

function questionOf(method: string, target: string, body: Json): Question {
  const [path = '', query = ''] = target.split('?', 2);
  return { method, path, query: new URLSearchParams(query), body };
}

function emptyRow(question: Question, rows: ReadonlySet<string>): Reply | undefined {
  const id = /^\/v1\/blocks\/([^/]+)\/children$/.exec(question.path)?.[1]?.replaceAll('-', '');
  if (id === undefined || !rows.has(id) || question.method !== 'GET') return undefined;
  const body = { object: 'list', results: [], next_cursor: null, has_more: false, type: 'block', block: {} };
  return { status: 200, body, file: undefined };
}

const kinds: { readonly [folder: string]: string } = {
  blocks: 'block',
  pages: 'page',
  databases: 'database',
  data_sources: 'data source',
  users: 'user',
  comments: 'block',
  views: 'view',
};

function missing(question: Question): Reply {
  const [, , folder = '', id = ''] = question.path.split('/');
  const what = `${kinds[folder] ?? 'object'} with ID: ${question.query.get('block_id') ?? id}`;
  const message = `Could not find ${what}. Make sure the relevant pages and databases are shared with your integration.`;
  const body = { object: 'error', status: 404, code: 'object_not_found', message, request_id: requestId };
  return { status: 404, body, file: undefined };
}

const requestId = '5f3c1a52-7c0e-4f5b-9a43-0d4f6c2b7e11';

async function bodyOf(request: IncomingMessage): Promise<Json> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(Buffer.from(part));
  const text = Buffer.concat(parts).toString('utf8');
  const parsed: unknown = text === '' ? null : JSON.parse(text);
  return isObject(parsed) ? parsed : null;
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the replay server has no port');
  return `http://127.0.0.1:${address.port}`;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
