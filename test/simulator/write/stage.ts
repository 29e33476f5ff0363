/** Sets the stage for a recorded flow: what it refers to but does not make is put there, as plain as can be. */
import type { Json, JsonObject } from '../../../src/simulator/workspace/json.ts';
import { isJsonObject, stringAt } from '../../../src/simulator/workspace/json.ts';
import type { State } from '../../../src/simulator/workspace/state.ts';
import {
  addBlock,
  addComment,
  addDatabase,
  addDataSource,
  addPage,
  addUser,
  addView,
  findContainer,
} from '../../../src/simulator/workspace/state.ts';
import type { Exchange } from './recordings.ts';

const uuidPattern = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}

export function dashed(id: string): string {
  const hex = id.replaceAll('-', '').toLowerCase();
  return [8, 12, 16, 20].reduceRight((text, at) => `${text.slice(0, at)}-${text.slice(at)}`, hex);
}

/** Puts everything there that the exchange names and the state lacks. */
export function setStage(state: State, exchange: Exchange, known: ReadonlyMap<string, string>): void {
  const place = (kind: string, id: string) => {
    if (!known.has(dashed(id))) put(state, kind, dashed(id), exchange.answer);
  };
  const [kind = '', id = ''] = exchange.path.split(/[/?]/);
  if (isUuid(id)) place(kind, id);
  for (const [name, value] of references(exchange.body)) if (isUuid(value)) place(name, value);
  join(state, exchange.body ?? {});
}

/** A data source and a database named side by side belong together. */
function join(state: State, body: JsonObject): void {
  const source = state.dataSources.get(dashed(stringAt(body, 'data_source_id') ?? ''));
  const database = state.databases.get(dashed(stringAt(body, 'database_id') ?? ''));
  if (source === undefined || database === undefined || database.dataSources.includes(source.id)) return;
  source.databaseId = database.id;
  database.dataSources = [...database.dataSources, source.id];
}

/** Every `…_id` of a body, and the `id` under `user`, `page`, `relation` and the like. */
function* references(value: Json | undefined, name = ''): Generator<readonly [string, string]> {
  if (Array.isArray(value)) for (const item of value) yield* references(item, name);
  if (!isJsonObject(value)) return;
  for (const [key, item] of Object.entries(value)) {
    if (typeof item === 'string' && (key === 'id' || key.endsWith('_id')))
      yield [key === 'id' ? name : key, item];
    else yield* references(item, key);
  }
}

function put(state: State, kind: string, id: string, answer: JsonObject): void {
  switch (kind) {
    case 'page_id':
    case 'page':
    case 'pages':
    case 'relation':
      if (findContainer(state, id) === undefined)
        share(state, addPage(state, { id, parent: { type: 'workspace', id: '' } }).id);
      return;
    case 'blocks':
    case 'block_id':
    case 'after_block':
      putBlock(state, id, answer);
      return;
    case 'database_id':
    case 'database':
    case 'databases':
      if (state.databases.has(id)) return;
      share(state, addDatabase(state, { id, parent: { type: 'workspace', id: '' } }).id);
      putSource(state, id);
      return;
    case 'data_source_id':
    case 'data_sources':
      if (state.dataSources.has(id)) return;
      putSource(state, share(state, addDatabase(state, { parent: { type: 'workspace', id: '' } }).id), id);
      return;
    case 'user':
    case 'people':
      if (!state.users.has(id)) addUser(state, { id, name: 'Somebody' });
      return;
    case 'custom_emoji':
      state.customEmojis.set(id, { id, name: 'emoji', fileKey: 'none' });
      return;
    case 'discussion_id':
      addComment(state, { discussionId: id, parent: { type: 'page_id', id: anyPage(state) }, richText: [] });
      return;
    case 'comments':
      addComment(state, { id, parent: { type: 'page_id', id: anyPage(state) }, richText: [] });
      return;
    case 'views':
      putView(state, id);
      return;
  }
}

function share(state: State, id: string): string {
  state.shared.add(id);
  return id;
}

function anyPage(state: State): string {
  return share(state, addPage(state, { parent: { type: 'workspace', id: '' } }).id);
}

/** A block of the type the recorded answer shows; a page when it shows none. */
function putBlock(state: State, id: string, answer: JsonObject): void {
  if (findContainer(state, id) !== undefined) return;
  const type = answer.object === 'block' ? (stringAt(answer, 'type') ?? '') : 'child_page';
  if (type === 'child_page') put(state, 'page', id, answer);
  else if (type === 'child_database') put(state, 'database', id, answer);
  else addBlock(state, { id, type, parent: { type: 'page_id', id: anyPage(state) } });
}

function putSource(state: State, databaseId: string, id?: string): string {
  const source = addDataSource(state, { databaseId, ...(id === undefined ? {} : { id }) });
  addView(state, { databaseId, dataSourceId: source.id, type: 'table', name: 'Default view' });
  return source.id;
}

function putView(state: State, id: string): void {
  const databaseId = share(state, addDatabase(state, { parent: { type: 'workspace', id: '' } }).id);
  const dataSourceId = putSource(state, databaseId);
  addView(state, { id, databaseId, dataSourceId, type: 'table', name: 'x' });
}
