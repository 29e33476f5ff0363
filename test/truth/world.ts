/**
 * Somebody's workspace with one machine that backs it up: the simulator, a server between it and the program that can
 * spoil single answers, and short words for building, damaging and reading pages. Tests change the simulator's state
 * directly, as people and apps change a workspace, and look only at what the program's processes say and do.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { SimulatorOptions } from '../../src/simulator/server.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import type { JsonObject } from '../../src/simulator/workspace/json.ts';
import * as records from '../../src/simulator/workspace/state.ts';
import type { Finished, Machine, RunOptions } from '../e2e/machine.ts';
import { newMachine } from '../e2e/machine.ts';

export type JsonMap = JsonObject;
export type State = records.State;
export type Page = records.Page;
export type Block = records.Block;
type Simulator = Awaited<ReturnType<typeof startSimulator>>;

/** One request as the server between sees it. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: JsonMap;
}

export interface Answer {
  readonly status: number;
  readonly body: JsonMap;
}

/**
 * Spoils answers: `hold` lets the request wait, `before` answers in place of the simulator, `after` changes its answer;
 * undefined leaves it as it is.
 */
export interface Meddler {
  hold?(request: Request): Promise<void> | undefined;
  before?(request: Request): Answer | undefined;
  after?(request: Request, answer: Answer): Answer | undefined;
}

/** How a command ended, with its JSON where it printed any. */
export interface Told extends Finished {
  readonly json: JsonMap;
  /** All that was printed, for messages that may be on either stream. */
  readonly said: string;
}

/** Long ago: nothing of a new workspace counts as edited just now. */
export const longAgo = Date.UTC(2026, 0, 5, 9);
const minute = 60_000;

export class World {
  readonly machine: Machine;
  readonly simulator: Simulator;
  readonly state: State;
  readonly between: Between;
  /** The shared top page, called Home. */
  readonly home: Page;
  #now = longAgo;

  constructor(machine: Machine, simulator: Simulator, between: Between, home: Page) {
    this.machine = machine;
    this.simulator = simulator;
    this.state = simulator.state;
    this.between = between;
    this.home = home;
  }

  /** Runs a command of the machine's store. */
  async run(words: readonly string[], options: RunOptions = {}): Promise<Told> {
    return told(await this.machine.at(words, options));
  }

  /** Backs up and gives the snapshot's id. @throws Error when the exit code is not `code` */
  async backup(words: readonly string[] = [], code = 0, options: RunOptions = {}): Promise<string> {
    const done = await this.run(['backup', '--json', ...words], options);
    const { snapshot } = done.json;
    if (done.code !== code || typeof snapshot !== 'string')
      throw new Error(`backup: exit ${done.code} in place of ${code}\n${done.stdout}\n${done.stderr}`);
    return snapshot;
  }

  /** Restores in place without a question, as JSON. */
  inPlace(place: string, ...words: readonly string[]): Promise<Told> {
    return this.run(['restore', '--in-place', '--yes', '--json', ...words, place]);
  }

  /** The plan of a restore in place, as JSON. */
  plan(place: string, ...words: readonly string[]): Promise<Told> {
    return this.run(['restore', '--in-place', '--dry-run', '--json', ...words, place]);
  }

  /** The next moment, a few minutes after the last, all of them long ago. */
  later(): number {
    this.#now += 7 * minute;
    return this.#now;
  }

  page(title: string, more: Partial<Page> = {}): Page {
    return addPage(this.state, this.later(), title, { type: 'page_id', id: this.home.id }, more);
  }

  below(parent: Page, title: string, more: Partial<Page> = {}): Page {
    return addPage(this.state, this.later(), title, { type: 'page_id', id: parent.id }, more);
  }

  /** Adds paragraphs. */
  write(parent: Page | Block, ...texts: readonly string[]): Block[] {
    return texts.map((text) => this.block(parent, 'paragraph', { rich_text: runs(text), color: 'default' }));
  }

  block(parent: Page | Block, type: string, payload: JsonMap, more: Partial<Block> = {}): Block {
    const place = { type: parent.kind === 'page' ? 'page_id' : 'block_id', id: parent.id } as const;
    return records.addBlock(this.state, { parent: place, type, payload, createdTime: this.later(), ...more });
  }

  toggle(parent: Page | Block, text: string): Block {
    return this.block(parent, 'toggle', { rich_text: runs(text), color: 'default' });
  }

  /** A database with one data source, one table view, and its columns as `{name: type or schema}`. */
  table(
    title: string,
    columns: { readonly [name: string]: Column },
    more: Partial<records.Database> = {},
  ): Table {
    const database = records.addDatabase(this.state, {
      parent: { type: 'page_id', id: this.home.id },
      title: runs(title),
      createdTime: this.later(),
      ...more,
    });
    const source = records.addDataSource(this.state, {
      databaseId: database.id,
      title: runs(title),
      createdTime: this.later(),
      schema: [
        { id: 'title', name: 'Name', description: null, type: 'title', config: {} },
        ...Object.entries(columns).map(([name, column]) => schemaOf(this.state, name, column)),
      ],
    });
    records.addView(this.state, {
      databaseId: database.id,
      dataSourceId: source.id,
      type: 'table',
      name: 'Default view',
      createdTime: this.later(),
      configuration: { type: 'table' },
    });
    return { database, source };
  }

  /** Values by the names of properties, as they stand in an answer under the type's name. */
  row({ source }: Table, title: string, values: JsonMap = {}, more: Partial<Page> = {}): Page {
    const byId: JsonMap = { title: runs(title) };
    for (const [name, value] of Object.entries(values)) byId[propertyOf(source, name).id] = value;
    return records.addPage(this.state, {
      parent: { type: 'data_source_id', id: source.id },
      values: byId,
      createdTime: this.later(),
      ...more,
    });
  }

  comment(on: Page | Block, text: string, more: Partial<records.Comment> = {}): records.Comment {
    const parent = { type: on.kind === 'page' ? 'page_id' : 'block_id', id: on.id } as const;
    return records.addComment(this.state, {
      parent,
      richText: runs(text),
      createdTime: this.later(),
      ...more,
    });
  }

  /** Somebody edits: the object's time moves on. */
  edited(...objects: readonly { editedTime: number; editedBy: string }[]): void {
    for (const object of objects) records.touch(object, this.later(), object.editedBy);
  }

  reword(block: Block, text: string): void {
    block.payload = { ...block.payload, rich_text: runs(text) };
    const page = records.pageOf(this.state, block);
    this.edited(block, ...(page === undefined ? [] : [page]));
  }

  retitle(page: Page, title: string): void {
    page.values = { ...page.values, title: runs(title) };
    this.edited(page);
  }

  /** Moves a page under another one. */
  move(page: Page, parent: Page): void {
    records.moveTo(this.state, page, { type: 'page_id', id: parent.id });
    this.edited(page);
  }

  /** Moves pages, blocks, databases or data sources to the trash. */
  trash(...objects: readonly { inTrash: boolean; editedTime: number; editedBy: string }[]): void {
    for (const object of objects) object.inTrash = true;
    this.edited(...objects);
  }

  /** The texts of what lies in a page or block and is not in the trash, in order and in depth. */
  texts(parent: Page | Block): string[] {
    return parent.children.flatMap((id) => {
      const block = this.state.blocks.get(id);
      if (block === undefined || block.inTrash) return [];
      return [textOf(block.payload.rich_text ?? []), ...this.texts(block)];
    });
  }

  isTrashed(object: records.Container): boolean {
    return records.isTrashed(this.state, object);
  }

  /** What `use` sends that changes something: method and path. */
  async writesOf(use: () => Promise<unknown>): Promise<string[]> {
    const from = this.simulator.log.length;
    await use();
    return this.simulator.log.slice(from).flatMap(({ method, path }) => {
      const isRead = method === 'GET' || /\/(search|query)$|\/queries/.test(path);
      return isRead ? [] : [`${method} ${path}`];
    });
  }

  /** Snapshots as `ls --json` lists them, oldest first. */
  async snapshots(): Promise<JsonMap[]> {
    return mapsIn((await this.run(['ls', '--json'])).json.snapshots);
  }

  async close(): Promise<void> {
    this.machine.dispose();
    await this.between.close();
    await this.simulator.close();
  }
}

type Column = string | { readonly type: string; readonly id?: string; readonly config?: JsonMap };

export interface Table {
  readonly database: records.Database;
  readonly source: records.DataSource;
}

/** A workspace with nothing but a shared Home, and a machine that finds it. The store is created by the first backup. `on` is the machine. */
export async function newWorld(options: SimulatorOptions = {}, on?: Machine): Promise<World> {
  const state = options.state ?? records.createState({ workspaceName: 'Truth', seed: options.seed ?? 9 });
  const simulator = await startSimulator({ clock: 'real', ...options, state });
  const between = await startBetween(simulator);
  const machine = on ?? (await newMachine());
  machine.connect({ url: between.url, token: simulator.token });
  const home = options.state === undefined ? addHome(state, 'Home') : firstShared(state);
  const world = new World(machine, simulator, between, home);
  const created = await machine.at(['create']);
  if (created.code !== 0) throw new Error(created.stderr);
  return world;
}

/** A shared page at the top of the workspace. */
export function addHome(state: State, title: string): Page {
  const home = addPage(state, longAgo, title, { type: 'workspace', id: '' });
  state.shared.add(home.id);
  return home;
}

function firstShared(state: State): Page {
  for (const id of state.shared) {
    const page = state.pages.get(id);
    if (page !== undefined) return page;
  }
  throw new Error('no page is shared');
}

function addPage(
  state: State,
  time: number,
  title: string,
  parent: records.Parent,
  more: Partial<Page> = {},
): Page {
  return records.addPage(state, { parent, values: { title: runs(title) }, createdTime: time, ...more });
}

function schemaOf(state: State, name: string, column: Column): records.PropertySchema {
  const { type, id, config } =
    typeof column === 'string' ? { type: column, id: undefined, config: {} } : column;
  const config_ = config ?? {};
  return { id: id ?? state.random.uuid().slice(0, 4), name, description: null, type, config: config_ };
}

/** Options of a select or multi-select property. */
export function optionsOf(state: State, ...names: readonly string[]): JsonMap {
  const options = names.map((name) => ({
    id: state.random.uuid(),
    name,
    color: 'default',
    description: null,
  }));
  return { options };
}

export function propertyOf(source: records.DataSource, name: string): records.PropertySchema {
  const found = source.schema.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no property ${name}`);
  return found;
}

/** The option called so, as values have it. */
export function optionOf({ source }: Table, property: string, name: string): JsonMap {
  const found = mapsIn(propertyOf(source, property).config.options).find((each) => each.name === name);
  if (found === undefined) throw new Error(`no option ${name}`);
  const { id, color } = found;
  return { id: id ?? '', name, color: color ?? 'default' };
}

/** Plain text as answers have it. */
export function runs(text: string): JsonMap[] {
  return records.richText(text);
}

/** The plain text of rich text. */
export function textOf(value: unknown): string {
  if (!Array.isArray(value)) return '';
  return value.map((run: unknown) => (isMap(run) ? String(run.plain_text ?? '') : '')).join('');
}

export function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects in a list; none when it is not one. */
export function mapsIn(value: unknown): JsonMap[] {
  return Array.isArray(value) ? value.filter(isMap) : [];
}

/** A member of a member of …; undefined when there is none. */
export function at(value: unknown, ...names: readonly string[]): unknown {
  let here = value;
  for (const name of names) here = isMap(here) ? here[name] : undefined;
  return here;
}

/** The entries of a list that have this text (or id, dashed or not) anywhere, as text: for lists whose form is not the matter. */
export function about(list: unknown, text: string): string {
  const entries = Array.isArray(list) ? list : [];
  return entries
    .map((entry: unknown) => JSON.stringify(entry))
    .filter((entry) => entry.includes(text) || entry.includes(text.replaceAll('-', '')))
    .join('\n');
}

export function told(done: Finished): Told {
  let json: JsonMap = {};
  try {
    const parsed: unknown = JSON.parse(done.stdout);
    if (isMap(parsed)) json = parsed;
  } catch {
    // Lines for people.
  }
  return { ...done, json, said: `${done.stdout}${done.stderr}` };
}

/** An error in Notion's words. */
export function failure(status: number, code: string, message: string): Answer {
  return { status, body: { object: 'error', status, code, message, request_id: 'truth' } };
}

/** Refuses the list of children of a block or page. */
export function refuseChildren(
  id: string,
  answer = failure(404, 'object_not_found', 'Gone for now.'),
): Meddler {
  return { before: ({ path }) => (path === `/v1/blocks/${id}/children` ? answer : undefined) };
}

/** The server between the program and the simulator. */
export interface Between {
  readonly url: string;
  /** While `use` runs, answers are spoilt so. */
  spoil<T>(meddler: Meddler, use: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

async function startBetween(simulator: Simulator): Promise<Between> {
  const meddlers = new Set<Meddler>();
  let url = '';
  const server = createServer((incoming, response) => {
    pass(incoming, response).catch((error: unknown) => {
      simulator.bugs.push(error);
      response.destroy();
    });
  });

  async function pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await bytesOf(incoming);
    const target = new URL(incoming.url ?? '/', url);
    const request: Request = {
      method: incoming.method ?? '',
      path: target.pathname,
      query: target.searchParams,
      body: parsed(raw),
    };
    for (const { hold } of meddlers) await hold?.(request);
    for (const { before } of meddlers) {
      const answer = before?.(request);
      if (answer !== undefined) return send(response, answer, {});
    }
    const { host: _host, connection: _connection, ...headers } = incoming.headers;
    const given = await fetch(`${simulator.url}${incoming.url ?? '/'}`, {
      method: request.method,
      headers: Object.entries(headers).flatMap(([name, value]) =>
        typeof value === 'string' && name !== 'content-length' ? [[name, value] as [string, string]] : [],
      ),
      ...(raw.length === 0 ? {} : { body: raw }),
      redirect: 'manual',
    });
    const bytes = Buffer.from(await given.arrayBuffer());
    const isJson = given.headers.get('content-type')?.includes('json') === true;
    let answer: Answer = { status: given.status, body: isJson ? parsed(bytes) : {} };
    let isSpoilt = false;
    for (const { after } of meddlers) {
      const other = after?.(request, answer);
      isSpoilt ||= other !== undefined;
      answer = other ?? answer;
    }
    const kept = keptHeaders(given.headers);
    if (isJson || isSpoilt) return send(response, answer, kept);
    response.writeHead(given.status, kept).end(bytes);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = urlOf(server);
  return {
    url,
    async spoil(meddler, use) {
      meddlers.add(meddler);
      try {
        return await use();
      } finally {
        meddlers.delete(meddler);
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function keptHeaders(headers: Headers): { [name: string]: string } {
  const kept: { [name: string]: string } = {};
  for (const name of ['content-type', 'retry-after', 'date', 'etag', 'accept-ranges', 'content-range'])
    if (headers.has(name)) kept[name] = headers.get(name) ?? '';
  return kept;
}

function send(response: ServerResponse, { status, body }: Answer, headers: { [name: string]: string }): void {
  response.writeHead(status, { ...headers, 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function bytesOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) if (chunk instanceof Buffer) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function parsed(bytes: Buffer): JsonMap {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return isMap(value) ? value : {};
  } catch {
    return {};
  }
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `http://127.0.0.1:${address.port}`;
}
