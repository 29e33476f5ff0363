/**
 * Reads the snapshot to be restored, once, and puts into the journal what ordering needs: objects with their parents, the
 * order of blocks and child objects on each page, schemas, relation values, and the blocks whose copies' ids must be known.
 * Sends nothing.
 */
import { childrenOf } from '../../../document/blocks.ts';
import type { SnapshotReader } from '../../../document/content.ts';
import type { BlockNode, DatabaseDocument, Gap, PageDocument } from '../../../document/documents.ts';
import type { Json, JsonObject } from '../../../document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../../document/json.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { compactId } from '../../../document/notion-id.ts';
import { KlosetError } from '../../../errors.ts';
import { isObjectBlock } from '../changed-blocks/kept-blocks.ts';
import { dataSourceAppearance, deferredDescriptions } from '../databases/appearance.ts';
import type { Journal } from '../journal/journal.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import type { PageItem } from '../journal/tables/page-items.ts';
import { readDatabase, readPage } from '../snapshot/snapshot-documents.ts';
import { adoptRows } from './adopt-rows.ts';

export interface SurveyOptions {
  readonly journal: Journal;
  readonly snapshot: SnapshotReader;
  readonly path: string;
  readonly comments: boolean;
  readonly markers: boolean;
  /** The data source that the rows at the top go into, as the API shows it. */
  readonly rowsInto?: JsonObject | undefined;
  /** True for a restore in place: a later one must know the copies of what was gone, or it would write them again. */
  readonly isInPlace?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Surveys everything at `path` and below.
 * @throws KlosetError `not-found` when there is no object at or below `path`, `usage` when `rowsInto` has no room for it
 */
export async function survey(options: SurveyOptions): Promise<void> {
  const { journal, comments } = options;
  if (options.isInPlace === true) journal.blocks.wantAll();
  await findObjects(options);
  for (const { id, kind, path } of journal.objects.all()) {
    options.signal?.throwIfAborted();
    const document =
      kind === 'database'
        ? await readDatabase(options.snapshot, path)
        : await readPage(options.snapshot, path);
    journal.gaps.add(
      path,
      (document.gaps ?? []).filter(({ what }) => comments || what !== 'comments'),
    );
    if (document.kind === 'database') surveyDatabase(journal, id, document);
    else surveyPage(options, { id, path }, document);
  }
  if (options.rowsInto !== undefined) await adoptRows(journal, options.snapshot, options.rowsInto);
  journal.atomically(() => {
    journal.objects.dropUnknownSources();
    journal.comments.settleLinks();
  });
}

async function findObjects({ journal, snapshot, path, signal }: SurveyOptions): Promise<void> {
  const above: { path: string; id: CompactId }[] = [];
  let seq = 0;
  for await (const entry of snapshot.walk(path)) {
    signal?.throwIfAborted();
    if (entry.type !== 'directory' || entry.object === undefined) continue;
    while (above.length > 0 && !isBelow(entry.path, above.at(-1)?.path ?? '')) above.pop();
    const id = compactId(entry.object.id);
    const { kind } = entry.object;
    journal.objects.add({ id, kind, path: entry.path, parent: above.at(-1)?.id ?? null }, seq);
    above.push({ path: entry.path, id });
    seq += 1;
  }
  if (seq === 0)
    throw new KlosetError('not-found', `There is no page or database at ${path} in snapshot ${snapshot.id}.`);
}

function isBelow(path: string, above: string): boolean {
  return path.startsWith(`${above}/`);
}

function surveyPage(
  { journal, comments }: SurveyOptions,
  { id, path }: Pick<RestoredObject, 'id' | 'path'>,
  document: PageDocument,
): void {
  const { page, blocks } = document;
  const source = stringAt(objectAt(page, 'parent'), 'data_source_id') ?? document.template_of;
  journal.atomically(() => {
    journal.objects.describePage(id, {
      source: source === undefined ? null : compactId(source),
      isTemplate: document.template_of !== undefined,
      isLocked: page.is_locked === true || page.is_archived === true,
    });
    journal.items.set(id, itemsIn(blocks));
    journal.gaps.add(path, unreadPages(journal, blocks));
    const kinds = new Map<string, number>();
    blocks.forEach((block, index) => {
      surveyBlock(journal, kinds, { page: id, block, index });
    });
    for (const [kind, by] of kinds) journal.notes.tally(kind, by);
    surveyRelations(journal, id, page);
    if (comments) surveyComments(journal, id, document);
    countComments(journal, document, comments);
    countPage(journal, page);
  });
}

/** Segments of blocks and the child objects between them, in order; objects inside blocks come last. */
function itemsIn(blocks: readonly BlockNode[]): Omit<PageItem, 'place'>[] {
  const items: Omit<PageItem, 'place'>[] = [];
  let first = 0;
  const endSegment = (past: number): void => {
    if (past > first || items.length === 0) items.push({ kind: 'segment', first, past, child: null });
  };
  blocks.forEach((block, index) => {
    if (!isObjectBlock(block)) return;
    endSegment(index);
    items.push({ kind: 'child', first: index, past: index + 1, child: idOf(block) });
    first = index + 1;
  });
  endSegment(blocks.length);
  for (const child of nestedChildren(blocks))
    items.push({ kind: 'nested', first: blocks.length, past: blocks.length, child });
  return items;
}

function idOf(value: Json | undefined): CompactId {
  return compactId(stringAt(value, 'id') ?? '');
}

function* nestedChildren(blocks: readonly BlockNode[], depth = 0): Iterable<CompactId> {
  for (const block of blocks) {
    if (isObjectBlock(block) && depth > 0) yield idOf(block);
    yield* nestedChildren(childrenOf(block), depth + 1);
  }
}

/** Pages that blocks stand for and that the snapshot does not have, at least not where it is restored from. */
function unreadPages(journal: Journal, blocks: readonly BlockNode[]): Gap[] {
  return blocks.flatMap((block): Gap[] => {
    const isUnread = block.type === 'child_page' && !journal.objects.has(idOf(block));
    const gap = { what: 'page', id: stringAt(block, 'id') ?? '', reason: 'it was not read' };
    return [...(isUnread ? [gap] : []), ...unreadPages(journal, childrenOf(block))];
  });
}

interface PlacedBlock {
  readonly page: CompactId;
  readonly block: BlockNode;
  /** Index of the top-level block it is or lies in. */
  readonly index: number;
}

/** Counts the block and its mentions; records originals of synced blocks, and that copies need their ids. */
function surveyBlock(
  journal: Journal,
  kinds: Map<string, number>,
  { page, block, index }: PlacedBlock,
): void {
  const type = stringAt(block, 'type') ?? 'unknown';
  const add = (kind: string): void => void kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  add(`block ${type}`);
  const payload = objectAt(block, type) ?? {};
  for (const key of ['rich_text', 'caption', 'cells'])
    for (const kind of mentionsIn(payload[key])) add(`mention ${kind}`);
  if (type === 'callout' && isObject(payload.icon)) add(`icon ${stringAt(payload.icon, 'type')}`);
  if (type === 'synced_block') {
    const from = stringAt(objectAt(payload, 'synced_from'), 'block_id');
    if (from !== undefined) journal.blocks.want(compactId(from), 'synced');
    else journal.blocks.addHome(idOf(block), { page, first: index });
  }
  const comment = type === 'link_to_page' ? stringAt(payload, 'comment_id') : undefined;
  if (comment !== undefined)
    journal.comments.addLink(page, { block: idOf(block), comment: compactId(comment) });
  for (const child of childrenOf(block)) surveyBlock(journal, kinds, { page, block: child, index });
}

function* mentionsIn(value: Json | undefined): Iterable<string> {
  if (Array.isArray(value)) for (const item of value) yield* mentionsIn(item);
  else if (isObject(value) && value.type === 'mention') yield stringAt(value.mention, 'type') ?? 'unknown';
}

function surveyRelations(journal: Journal, row: CompactId, page: JsonObject): void {
  for (const property of Object.values(objectAt(page, 'properties') ?? {})) {
    if (stringAt(property, 'type') !== 'relation') continue;
    const id = stringAt(property, 'id') ?? '';
    arrayAt(property, 'relation').forEach((item, place) => {
      journal.relations.add(row, id, place, idOf(item));
    });
  }
}

function surveyComments(journal: Journal, page: CompactId, document: PageDocument): void {
  for (const comment of document.comments) {
    journal.comments.add(idOf(comment), page);
    const block = stringAt(objectAt(comment, 'parent'), 'block_id');
    if (block !== undefined && compactId(block) !== page) journal.blocks.want(compactId(block), 'comment');
  }
}

function countComments({ notes }: Journal, document: PageDocument, wanted: boolean): void {
  for (const comment of document.comments) {
    const where = objectAt(comment, 'parent')?.block_id === undefined ? 'page' : 'block';
    const kind = `comment on a ${where}`;
    notes.tally(kind);
    if (!wanted)
      notes.add({
        id: idOf(comment),
        kind,
        outcome: 'lost',
        reason: 'comments were not requested',
        path: '',
      });
  }
}

function countPage({ notes }: Journal, page: JsonObject): void {
  for (const property of Object.values(objectAt(page, 'properties') ?? {}))
    notes.tally(`value ${stringAt(property, 'type') ?? 'unknown'}`);
  for (const part of ['icon', 'cover']) {
    const type = stringAt(objectAt(page, part), 'type');
    if (type !== undefined) notes.tally(`${part} ${type}`);
  }
}

function surveyDatabase(journal: Journal, id: CompactId, document: DatabaseDocument): void {
  journal.atomically(() => {
    document.data_sources.forEach((source, place) => {
      const schema = Object.values(objectAt(source, 'properties') ?? {}).filter(isObject);
      const isDeferred = hasDeferredParts(document, place);
      journal.dataSources.add(idOf(source), { owner: id, place, isDeferred }, schema);
      for (const property of schema)
        journal.notes.tally(`property ${stringAt(property, 'type') ?? 'unknown'}`);
    });
    const isLinked = document.data_sources.length === 0 && document.views.length > 0;
    journal.objects.describeDatabase(id, { isLinked, isLocked: document.database?.is_locked === true });
    for (const [place, view] of document.views.entries())
      surveyView(journal, isLinked ? undefined : id, view, place);
  });
}

/** True when a part of a data source can only be set after it was created. */
function hasDeferredParts(document: DatabaseDocument, place: number): boolean {
  const parts = { ...dataSourceAppearance(document, place), ...deferredDescriptions(document, place) };
  return Object.keys(parts).length > 0;
}

/** A view whose parent is another database is the content of that one: a linked database. */
function surveyView(
  journal: Journal,
  database: CompactId | undefined,
  view: JsonObject,
  place: number,
): void {
  journal.notes.tally(`view ${stringAt(view, 'type') ?? 'unknown'}`);
  const home = compactId(stringAt(objectAt(view, 'parent'), 'database_id') ?? database ?? '');
  if (home !== (database ?? '')) journal.linkedViews.add(home, place, view);
}
