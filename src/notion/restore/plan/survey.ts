/**
 * Reads what is to be restored, once, and puts into the journal what ordering needs: objects with their parents, the
 * order of blocks and child objects on each page, schemas, relation values, and the blocks whose new ids must be known.
 * Nothing is sent.
 */
import { isOwnObjectBlockType } from '../../../document/block-types.ts';
import { childrenOf } from '../../../document/blocks.ts';
import type { SnapshotReader } from '../../../document/content.ts';
import type { BlockNode, DatabaseDocument, PageDocument } from '../../../document/documents.ts';
import type { Json, JsonObject } from '../../../document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../../document/json.ts';
import { compactId } from '../../../document/notion-id.ts';
import { KlosetError } from '../../../errors.ts';
import { lateDescriptions, ownLooks } from '../databases/appearance.ts';
import type { Journal } from '../journal/journal.ts';
import { decodedPropertyId } from '../journal/journal.ts';
import { objectsIn } from '../journal/objects.ts';
import { readDatabase, readPage } from '../requests/snapshot-documents.ts';

export interface SurveyOptions {
  readonly journal: Journal;
  readonly snapshot: SnapshotReader;
  readonly path: string;
  readonly comments: boolean;
  readonly markers: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Surveys everything at `path` and below.
 * @throws KlosetError `not-found` when there is no object at or below `path`
 */
export async function survey(options: SurveyOptions): Promise<void> {
  const { journal } = options;
  await findObjects(options);
  for (const { id, kind, path } of objectsIn(journal)) {
    options.signal?.throwIfAborted();
    if (kind === 'database') surveyDatabase(journal, id, await readDatabase(options.snapshot, path));
    else surveyPage(options, id, await readPage(options.snapshot, path));
  }
  settleRows(journal);
  settleLinks(journal);
}

async function findObjects({ journal, snapshot, path, signal }: SurveyOptions): Promise<void> {
  const insert = journal.prepare(
    'INSERT OR IGNORE INTO object (id, seq, kind, path, parent) VALUES (?, ?, ?, ?, ?)',
  );
  const above: { path: string; id: string }[] = [];
  let seq = 0;
  for await (const entry of snapshot.walk(path)) {
    signal?.throwIfAborted();
    if (entry.type !== 'directory' || entry.object === undefined) continue;
    while (above.length > 0 && !isBelow(entry.path, above.at(-1)?.path ?? '')) above.pop();
    const id = compactId(entry.object.id);
    insert.run(id, seq, entry.object.kind, entry.path, above.at(-1)?.id ?? null);
    above.push({ path: entry.path, id });
    seq += 1;
  }
  if (seq === 0)
    throw new KlosetError('not-found', `There is no page or database at ${path} in snapshot ${snapshot.id}.`);
}

function isBelow(path: string, above: string): boolean {
  return path.startsWith(`${above}/`);
}

function surveyPage({ journal, comments }: SurveyOptions, id: string, document: PageDocument): void {
  const { page, blocks } = document;
  const parent = objectAt(page, 'parent');
  const source = stringAt(parent, 'data_source_id') ?? document.template_of;
  journal.atomically(() => {
    journal
      .prepare('UPDATE object SET source = ?, template = ?, locked = ? WHERE id = ?')
      .run(
        source === undefined ? null : compactId(source),
        document.template_of === undefined ? 0 : 1,
        page.is_locked === true || page.is_archived === true ? 1 : 0,
        id,
      );
    surveyItems(journal, id, blocks);
    const kinds = new Map<string, number>();
    blocks.forEach((block, index) => {
      surveyBlock(journal, kinds, { page: id, block, index });
    });
    for (const [kind, by] of kinds) count(journal, kind, by);
    surveyRelations(journal, id, page);
    if (comments) surveyComments(journal, id, document);
    countComments(journal, document, comments);
    countPage(journal, page);
  });
}

/** Runs of blocks and the child objects between them, in order; objects inside blocks come last. */
function surveyItems(journal: Journal, page: string, blocks: readonly BlockNode[]): void {
  const insert = journal.prepare(
    'INSERT OR REPLACE INTO item (page, place, kind, first, past, child) VALUES (?, ?, ?, ?, ?, ?)',
  );
  let place = 0;
  let first = 0;
  const endRun = (past: number): void => {
    if (past > first || place === 0) insert.run(page, place++, 'run', first, past, null);
  };
  blocks.forEach((block, index) => {
    if (!isChildObject(block)) return;
    endRun(index);
    insert.run(page, place++, 'child', index, index + 1, compactId(stringAt(block, 'id') ?? ''));
    first = index + 1;
  });
  endRun(blocks.length);
  for (const child of nestedChildren(blocks))
    insert.run(page, place++, 'nested', blocks.length, blocks.length, child);
}

function isChildObject(block: BlockNode): boolean {
  return isOwnObjectBlockType(stringAt(block, 'type') ?? '');
}

function* nestedChildren(blocks: readonly BlockNode[], depth = 0): Iterable<string> {
  for (const block of blocks) {
    if (isChildObject(block) && depth > 0) yield compactId(stringAt(block, 'id') ?? '');
    yield* nestedChildren(childrenOf(block), depth + 1);
  }
}

interface Found {
  readonly page: string;
  readonly block: BlockNode;
  /** Place of the top block it is or lies in. */
  readonly index: number;
}

/** Counts the block and its mentions; notes originals of synced blocks, and that copies want them. */
function surveyBlock(journal: Journal, kinds: Map<string, number>, { page, block, index }: Found): void {
  const type = stringAt(block, 'type') ?? 'unknown';
  const add = (kind: string): void => void kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  add(`block ${type}`);
  const payload = objectAt(block, type) ?? {};
  for (const key of ['rich_text', 'caption', 'cells'])
    for (const kind of mentionsIn(payload[key])) add(`mention ${kind}`);
  if (type === 'callout' && isObject(payload.icon)) add(`icon ${stringAt(payload.icon, 'type')}`);
  if (type === 'synced_block') {
    const from = stringAt(objectAt(payload, 'synced_from'), 'block_id');
    if (from !== undefined) want(journal, from, 'synced');
    else
      journal
        .prepare('INSERT OR REPLACE INTO block_home VALUES (?, ?, ?)')
        .run(compactId(stringAt(block, 'id') ?? ''), page, index);
  }
  const comment = type === 'link_to_page' ? stringAt(payload, 'comment_id') : undefined;
  if (comment !== undefined)
    journal
      .prepare('INSERT OR REPLACE INTO comment_link VALUES (?, ?, ?)')
      .run(compactId(stringAt(block, 'id') ?? ''), page, compactId(comment));
  for (const child of childrenOf(block)) surveyBlock(journal, kinds, { page, block: child, index });
}

function* mentionsIn(value: Json | undefined): Iterable<string> {
  if (Array.isArray(value)) for (const item of value) yield* mentionsIn(item);
  else if (isObject(value) && value.type === 'mention') yield stringAt(value.mention, 'type') ?? 'unknown';
}

function want(journal: Journal, block: string, reason: string): void {
  journal.prepare('INSERT OR IGNORE INTO wanted VALUES (?, ?)').run(compactId(block), reason);
}

function surveyRelations(journal: Journal, row: string, page: JsonObject): void {
  const insert = journal.prepare('INSERT OR REPLACE INTO relation VALUES (?, ?, ?, ?)');
  for (const property of Object.values(objectAt(page, 'properties') ?? {})) {
    if (stringAt(property, 'type') !== 'relation') continue;
    const id = decodedPropertyId(stringAt(property, 'id') ?? '');
    arrayAt(property, 'relation').forEach((item, place) => {
      insert.run(row, id, place, compactId(stringAt(item, 'id') ?? ''));
    });
  }
}

function surveyComments(journal: Journal, page: string, document: PageDocument): void {
  const insert = journal.prepare('INSERT OR REPLACE INTO comment VALUES (?, ?)');
  for (const comment of document.comments) {
    insert.run(compactId(stringAt(comment, 'id') ?? ''), page);
    const block = stringAt(objectAt(comment, 'parent'), 'block_id');
    if (block !== undefined && compactId(block) !== page) want(journal, block, 'comment');
  }
}

function countComments(journal: Journal, document: PageDocument, wanted: boolean): void {
  for (const comment of document.comments) {
    const where = objectAt(comment, 'parent')?.block_id === undefined ? 'page' : 'block';
    count(journal, `comment on a ${where}`);
    if (!wanted)
      journal.note({
        id: compactId(stringAt(comment, 'id') ?? ''),
        kind: `comment on a ${where}`,
        outcome: 'lost',
        reason: 'comments were not asked for',
        path: '',
      });
  }
}

function countPage(journal: Journal, page: JsonObject): void {
  for (const property of Object.values(objectAt(page, 'properties') ?? {}))
    count(journal, `value ${stringAt(property, 'type') ?? 'unknown'}`);
  for (const part of ['icon', 'cover']) {
    const type = stringAt(objectAt(page, part), 'type');
    if (type !== undefined) count(journal, `${part} ${type}`);
  }
}

/** Adds one to how many of a kind the snapshot holds. */
export function count(journal: Journal, kind: string, by = 1): void {
  journal
    .prepare(
      'INSERT INTO tally VALUES (?, ?) ON CONFLICT (kind) DO UPDATE SET count = count + excluded.count',
    )
    .run(kind, by);
}

function surveyDatabase(journal: Journal, id: string, document: DatabaseDocument): void {
  journal.atomically(() => {
    journal
      .prepare('UPDATE object SET locked = ? WHERE id = ?')
      .run(document.database?.is_locked === true ? 1 : 0, id);
    document.data_sources.forEach((source, place) => {
      const schema = Object.values(objectAt(source, 'properties') ?? {});
      journal
        .prepare('INSERT OR REPLACE INTO source VALUES (?, ?, ?, ?, ?)')
        .run(
          compactId(stringAt(source, 'id') ?? ''),
          id,
          place,
          hasMore(document, place) ? 1 : 0,
          JSON.stringify(schema),
        );
      for (const property of schema) count(journal, `property ${stringAt(property, 'type') ?? 'unknown'}`);
    });
    const isLinked = document.data_sources.length === 0 && document.views.length > 0;
    if (isLinked) journal.prepare('UPDATE object SET linked = 1 WHERE id = ?').run(id);
    for (const [place, view] of document.views.entries())
      surveyView(journal, isLinked ? '' : id, view, place);
  });
}

/** Whether something of a data source must be said after it was made. */
function hasMore(document: DatabaseDocument, place: number): boolean {
  return Object.keys({ ...ownLooks(document, place), ...lateDescriptions(document, place) }).length > 0;
}

/** Views that stand in another database's block are what that block shows: a linked database. */
function surveyView(journal: Journal, database: string, view: JsonObject, place: number): void {
  count(journal, `view ${stringAt(view, 'type') ?? 'unknown'}`);
  const home = compactId(stringAt(objectAt(view, 'parent'), 'database_id') ?? database);
  if (home === database) return;
  journal
    .prepare('INSERT OR REPLACE INTO linked_view VALUES (?, ?, ?)')
    .run(home, place, JSON.stringify(view));
}

/** Links to comments that come back are set last; only those comments are known here that were asked for. */
function settleLinks(journal: Journal): void {
  journal.database.exec(`
    DELETE FROM comment_link WHERE comment NOT IN (SELECT id FROM comment);
    INSERT OR IGNORE INTO wanted SELECT block, 'link' FROM comment_link`);
}

/** Rows whose data source is not restored are ordinary pages; a database without data sources cannot be made. */
function settleRows(journal: Journal): void {
  journal.database.exec(
    'UPDATE object SET source = NULL WHERE source IS NOT NULL AND source NOT IN (SELECT id FROM source)',
  );
}
