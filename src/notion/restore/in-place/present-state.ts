/** Objects as they are now: from the backup taken just before, or asked for one by one. */
import { blockType, isKnownBlockType } from '../../../document/block-types.ts';
import type { BlockNode, DatabaseDocument, Gap, PageDocument } from '../../../document/documents.ts';
import type { Json, JsonObject } from '../../../document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../../document/json.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { compactId, dashedId } from '../../../document/notion-id.ts';
import { propertyType } from '../../../document/property-types.ts';
import type { NotionApi } from '../../api/api.ts';
import { apiFailureOf } from '../../api/api.ts';
import { list } from '../../api/listing.ts';
import type { Journal } from '../journal/journal.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import { listViews } from '../requests/read-back.ts';
import { readDatabase, readPage } from '../snapshot/snapshot-documents.ts';
import type { InPlaceRun } from './in-place-run.ts';

/** A page as it is now. */
export interface PresentPage extends Pick<PageDocument, 'page' | 'blocks'> {
  /** Absent when they were not read. */
  readonly comments?: readonly JsonObject[];
  readonly gaps: readonly Gap[];
}

/** A database as it is now. */
export type PresentDatabase = Pick<DatabaseDocument, 'database' | 'data_sources' | 'views'> & {
  readonly gaps: readonly Gap[];
};

/** The path below the API of an object that is not a block. */
export function apiPath({ kind, id }: Pick<RestoredObject, 'kind' | 'id'>): string {
  return `${kind === 'database' ? 'databases' : 'pages'}/${dashedId(id)}`;
}

/** The object at `path` of the API, trashed or not; undefined when it cannot be seen. */
export async function ask(api: NotionApi, path: string): Promise<JsonObject | undefined> {
  try {
    return await api.request({ method: 'get', path, effect: 'read' });
  } catch (error) {
    const status = apiFailureOf(error)?.status;
    if (status === 404 || status === 400) return undefined;
    throw error;
  }
}

/** The page from the backup taken just before, as far as that holds it in full. */
export async function pageBefore(
  journal: Journal,
  run: InPlaceRun,
  id: CompactId,
): Promise<PresentPage | undefined> {
  const path = run.isPresentFull ? journal.inPlace.presentPath(id) : undefined;
  if (path === undefined) return undefined;
  const document = { gaps: [], ...(await readPage(run.present, path)) };
  // What the backup could not read is asked for once more.
  if (document.gaps.some(({ what }) => what !== 'media' && what !== 'comments')) return undefined;
  return document;
}

/** The page as the API gives it, with complete values and its blocks. */
export async function pageNow(api: NotionApi, id: string, page?: JsonObject): Promise<PresentPage> {
  const dashed = dashedId(id);
  const found = page ?? (await api.request({ method: 'get', path: `pages/${dashed}`, effect: 'read' }));
  return { page: await withCompleteValues(api, found), blocks: await readTree(api, dashed), gaps: [] };
}

/** The database from the backup taken just before, as far as that holds it in full. */
export async function databaseBefore(
  journal: Journal,
  run: InPlaceRun,
  id: CompactId,
): Promise<PresentDatabase | undefined> {
  const path = run.isPresentFull ? journal.inPlace.presentPath(id) : undefined;
  if (path === undefined) return undefined;
  const document = { gaps: [], ...(await readDatabase(run.present, path)) };
  if (document.gaps.some(({ what }) => what !== 'media' && what !== 'rows')) return undefined;
  return document;
}

/** The database as the API gives it, with these data sources and its views. */
export async function databaseNow(
  api: NotionApi,
  id: string,
  sources: readonly string[],
): Promise<PresentDatabase> {
  const dashed = dashedId(id);
  const database = await api.request({ method: 'get', path: `databases/${dashed}`, effect: 'read' });
  const ids = new Set([
    ...sources.map(compactId),
    ...arrayAt(database, 'data_sources').map((source) => compactId(stringAt(source, 'id') ?? '')),
  ]);
  const found: JsonObject[] = [];
  for (const source of ids) {
    const answer = await ask(api, `data_sources/${dashedId(source)}`);
    if (answer !== undefined) found.push(answer);
  }
  const views: JsonObject[] = [];
  for await (const view of listViews(api, dashed)) {
    const answer = await ask(api, `views/${stringAt(view, 'id') ?? ''}`);
    if (answer !== undefined) views.push(answer);
  }
  return { database, data_sources: found, views, gaps: [] };
}

/** A data source as it is now, asked for once; undefined when it cannot be seen. */
export function sourceNow(api: NotionApi, run: InPlaceRun, source: string): Promise<JsonObject | undefined> {
  const id = compactId(source);
  const known = run.sources.get(id) ?? ask(api, `data_sources/${dashedId(id)}`);
  run.sources.set(id, known);
  return known;
}

/** The blocks below `parent`, with all that the API lists below them. */
export async function readTree(api: NotionApi, parent: string): Promise<BlockNode[]> {
  const blocks: BlockNode[] = [];
  for await (const block of list(api, { method: 'get', path: `blocks/${parent}/children`, effect: 'read' })) {
    const children = await childrenNow(api, block);
    blocks.push(children === undefined ? block : { ...block, children });
  }
  return blocks;
}

/** Undefined where the API lists none, or refuses to for a block of a type that came after this program. */
async function childrenNow(api: NotionApi, block: BlockNode): Promise<BlockNode[] | undefined> {
  if (!listedChildren(block)) return undefined;
  try {
    return await readTree(api, stringAt(block, 'id') ?? '');
  } catch (error) {
    if (isKnownBlockType(stringAt(block, 'type') ?? '') || apiFailureOf(error)?.status !== 400) throw error;
    return undefined;
  }
}

/** True for a block with children of its own that the API lists; those of a synced copy are its original's. */
export function listedChildren(block: BlockNode): boolean {
  // A type that nobody knows may have children like any other; a backup lists them.
  const { children: below } = blockType(stringAt(block, 'type') ?? '') ?? { children: 'optional' };
  const isListed = below !== 'own object' && below !== 'hidden' && below !== 'sections';
  const isCopy = objectAt(objectAt(block, 'synced_block'), 'synced_from') !== undefined;
  return block.has_children === true && isListed && !isCopy;
}

/** Values of this length may have been cut. */
const cutLength = 25;

/** The page with values that may have been cut read to their end. */
export async function withCompleteValues(api: NotionApi, page: JsonObject): Promise<JsonObject> {
  const properties: [string, JsonObject][] = [];
  for (const [name, property] of Object.entries(objectAt(page, 'properties') ?? {})) {
    if (!isObject(property)) continue;
    const type = stringAt(property, 'type') ?? '';
    const isCut =
      propertyType(type)?.isPaginated === true &&
      propertyType(type)?.value === 'list' &&
      arrayAt(property, type).length >= cutLength;
    properties.push([name, isCut ? await completed(api, page, property, type) : property]);
  }
  return { ...page, properties: Object.fromEntries(properties) };
}

async function completed(
  api: NotionApi,
  page: JsonObject,
  property: JsonObject,
  type: string,
): Promise<JsonObject> {
  const path = `pages/${stringAt(page, 'id') ?? ''}/properties/${stringAt(property, 'id') ?? ''}`;
  const items = [];
  for await (const item of list(api, { method: 'get', path, effect: 'read' })) {
    const value = item[type];
    if (value !== undefined) items.push(value);
  }
  return items.length > arrayAt(property, type).length ? { ...property, [type]: items } : property;
}

/**
 * An object as the API gives it, with what is known of its files: one that lies where the snapshot's lay is that file, and
 * need not be fetched to be compared.
 */
export function withKnownFiles<Value extends Json>(now: Value, was: Json): Value;
export function withKnownFiles(now: Json, was: Json): Json {
  const known = new Map<string, JsonObject>();
  collectFiles(was, known);
  return known.size === 0 ? now : replaceFiles(now, known);
}

function collectFiles(value: Json, known: Map<string, JsonObject>): void {
  if (Array.isArray(value)) for (const item of value) collectFiles(item, known);
  if (!isObject(value)) return;
  const url = stringAt(value, 'url');
  if (url !== undefined && typeof value.sha256 === 'string') known.set(url, value);
  for (const member of Object.values(value)) collectFiles(member, known);
}

function replaceFiles(value: Json, known: ReadonlyMap<string, JsonObject>): Json {
  if (Array.isArray(value)) return value.map((item) => replaceFiles(item, known));
  if (!isObject(value)) return value;
  const url = stringAt(value, 'url');
  const file =
    url === undefined || !('expiry_time' in value) ? undefined : known.get(url.replace(/[?#].*$/s, ''));
  if (file !== undefined) return file;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, replaceFiles(member, known)]));
}
