/** The parent in the target under which an object is created. */
import type { BlockNode } from '../../../document/documents.ts';
import type { JsonObject } from '../../../document/json.ts';
import { stringAt } from '../../../document/json.ts';
import { compactId, dashedId } from '../../../document/notion-id.ts';
import { KlosetError } from '../../../errors.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import { readPage } from '../snapshot/snapshot-documents.ts';
import { idsOf, listChildren } from './read-back.ts';
import type { RestoreContext } from './restore-context.ts';

export interface TargetParent {
  /** `parent` as requests take it. */
  readonly request: JsonObject;
  /** New id of the page; undefined for a data source or the workspace. */
  readonly page: string | undefined;
  /** New id of the data source. */
  readonly source: string | undefined;
  /** True directly in the destination, or in an object that existed before: undoing trashes the object by itself. */
  readonly isRoot: boolean;
}

/** @throws KlosetError `incomplete` when the parent was not restored */
export function targetParentOf(context: RestoreContext, object: RestoredObject): TargetParent {
  const { journal, destination } = context;
  const { ids, inPlace, objects } = journal;
  if (object.source !== null) {
    const source = ids.copyOf(object.source);
    if (source === undefined)
      throw new KlosetError('incomplete', 'The data source it belongs to was not restored.');
    const request = { type: 'data_source_id', data_source_id: source };
    return { request, page: undefined, source, isRoot: inPlace.isExisting(object.source) };
  }
  const home = objects.pageAbove(object);
  if (
    home === undefined &&
    destination.type === 'workspace' &&
    inPlace.originalPage(object.id) === undefined
  ) {
    const request = { type: 'workspace', workspace: true };
    return { request, page: undefined, source: undefined, isRoot: true };
  }
  const page = home === undefined ? destinationPage(context, object) : ids.copyOf(home);
  if (page === undefined) throw new KlosetError('incomplete', 'Its parent page was not restored.');
  const request = { type: 'page_id', page_id: page };
  const isRoot = home === undefined || inPlace.isExisting(home);
  return { request, page, source: undefined, isRoot };
}

/** The record from which undoing finds a page or database that was created though no answer came. */
export function rootDetail({ isRoot, page, source }: TargetParent, title: string): JsonObject {
  if (!isRoot) return {};
  return source === undefined ? { root: page ?? 'workspace', title } : { root_source: source, title };
}

/** The page that objects at the top are created on; in place, the one they lay on. */
function destinationPage(
  { journal, destination }: RestoreContext,
  object: RestoredObject,
): string | undefined {
  if (destination.type === 'page') return dashedId(destination.id);
  const original = journal.inPlace.originalPage(object.id);
  return original === undefined ? undefined : dashedId(original);
}

/** The position of a page on a page that existed before (a restore in place): behind the block it stood behind. */
export async function positionInExisting(
  context: RestoreContext,
  object: RestoredObject,
  parent: TargetParent,
): Promise<JsonObject> {
  const { ids } = context.journal;
  const blocks = parent.page === undefined ? undefined : await siblingsInSnapshot(context, object);
  const place = blocks?.findIndex((block) => compactId(stringAt(block, 'id') ?? '') === object.id) ?? -1;
  if (parent.page === undefined || blocks === undefined || place === -1) return {};
  const present = new Set<string>((await idsOf(listChildren(context.api, parent.page))).map(compactId));
  for (const block of blocks.slice(0, place).reverse()) {
    const original = stringAt(block, 'id') ?? '';
    const id = ids.copyOf(compactId(original)) ?? dashedId(original);
    if (present.has(compactId(id))) return { position: { type: 'after_block', after_block: { id } } };
  }
  return { position: { type: 'page_start' } };
}

/**
 * The blocks in the snapshot of the page that an object is created on, when that page existed before (a restore in place);
 * undefined for another destination.
 */
export async function siblingsInSnapshot(
  { journal, snapshot }: RestoreContext,
  object: RestoredObject,
): Promise<readonly BlockNode[] | undefined> {
  const { inPlace, objects } = journal;
  const home = objects.pageAbove(object);
  if (home !== undefined) {
    const path = objects.get(home)?.path;
    return inPlace.isExisting(home) && path !== undefined
      ? (await readPage(snapshot, path)).blocks
      : undefined;
  }
  const original = inPlace.originalPage(object.id);
  const above =
    original === undefined ? undefined : await snapshot.entry(object.path.replace(/\/[^/]*$/, ''));
  if (above?.type !== 'directory' || above.object === undefined || original === undefined) return undefined;
  if (compactId(above.object.id) !== compactId(original)) return undefined;
  return (await readPage(snapshot, above.path)).blocks;
}
