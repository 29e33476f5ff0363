/** Reads one page whole: properties, blocks, comments, media; and writes its document. */
import type { Gap, PageDocument } from '../../document/documents.ts';
import type { JsonObject } from '../../document/json.ts';
import { isObject, objectAt, stringAt } from '../../document/json.ts';
import { dashedId } from '../../document/notion-id.ts';
import { reasonOf, statusOf } from './ask.ts';
import { completeProperties } from './complete-properties.ts';
import { isFatal } from './fatal.ts';
import { saveEntries, saveGaps, saveReferences, saveTallies, writeDocument } from './finish-object.ts';
import { stemOf, stemOfPath } from './names.ts';
import { editedOf, isTrashed, titleOf } from './notion-object.ts';
import { ObjectFiles } from './object-files.ts';
import type { ObjectRow } from './objects.ts';
import { parentOf } from './parent.ts';
import type { BlockReading } from './read-blocks.ts';
import { readBlocks } from './read-blocks.ts';
import { readComments } from './read-comments.ts';
import { collectReferences, noReferences } from './references.ts';
import type { Run } from './run.ts';
import { previousOf } from './run.ts';
import { isUnchanged, keepListed, loseObject, sightChild, sightParent } from './sight-object.ts';
import { bitOf, listingBits } from './ways.ts';

/** A page read within this time of its edit time may have been edited again without the time moving: times are whole minutes. */
const hotMs = 120_000;

/** Reads the page of `row`, or finds that it is unchanged or gone. @throws only what ends the run */
export async function readPage(run: Run, row: ObjectRow): Promise<void> {
  try {
    const found = row.listed === null ? await askPage(run, row) : listedPage(row);
    if (found !== undefined) await readFound(run, row, found);
  } catch (error) {
    if (isFatal(error)) throw error;
    failPage(run, row, reasonOf(error));
  }
}

interface FoundPage {
  readonly page: JsonObject;
  /** When the page object was received. */
  readonly taken: number;
}

function listedPage(row: ObjectRow): FoundPage | undefined {
  const page: unknown = JSON.parse(row.listed ?? 'null');
  return isObject(page) ? { page, taken: row.taken } : undefined;
}

/** Asks for a page no listing gave. @returns undefined when that settles it: unchanged, trashed or not visible */
async function askPage(run: Run, row: ObjectRow): Promise<FoundPage | undefined> {
  let page: JsonObject;
  try {
    page = await getPage(run, row.id);
  } catch (error) {
    if (statusOf(error) !== 404 && !(statusOf(error) === 400 && (row.ways & listingBits) === 0)) throw error;
    lose(run, row, 'not-visible', reasonOf(error));
    return undefined;
  }
  const taken = run.ask.now();
  if (isTrashed(page) && !run.trash.isKept) {
    run.state.transaction(() => loseObject(run, row.id, 'trashed'));
    return undefined;
  }
  return run.state.transaction(() => {
    keepListed(run, row.id, page, taken);
    sightParent(run, parentOf(page));
    if (!isUnchanged(run, row.id, page)) return { page, taken };
    run.objects.setState(row.id, 'reused');
    saveTallies(run, new Map());
    return undefined;
  });
}

function getPage(run: Run, id: string): Promise<JsonObject> {
  return run.ask.get(`pages/${dashedId(id)}`);
}

async function readFound(run: Run, row: ObjectRow, found: FoundPage): Promise<void> {
  const { id } = row;
  const { page } = found;
  const files = new ObjectFiles(run, id);
  await files.collect(page, () => getPage(run, id));
  const [propertyGaps, blocks] = await Promise.all([
    completeProperties(run, id, page),
    readBlocksOrWhy(run, id, files),
  ]);
  if (blocks === undefined) {
    lose(run, row, 'vanished', 'it vanished while it was read', true);
    return;
  }
  if ('reason' in blocks && keepPrevious(run, row, blocks.reason)) return;
  const reading = 'reason' in blocks ? unread(id, blocks.reason) : blocks;
  const comments = await readComments(run, commentTargets(run, id, reading), files);
  const gaps = [...propertyGaps, ...reading.gaps, ...comments.gaps, ...files.gaps];
  const document: PageDocument = {
    kind: 'page',
    format: 1,
    page,
    blocks: reading.blocks,
    comments: comments.comments,
    ...(row.template_of === null ? {} : { template_of: dashedId(row.template_of) }),
    ...(gaps.length === 0 ? {} : { gaps }),
  };
  const edited = editedOf(page);
  const references = noReferences();
  collectReferences({ page, blocks: reading.blocks, comments: comments.comments }, references);
  for (const original of reading.synced) {
    references.objects.set(`page ${original} synced`, { kind: 'page', id: original, way: 'synced' });
  }
  const written = await writeDocument(run, id, 'page.json', { ...document }, files, edited);
  const editedNow = 'reason' in blocks ? blocks.editedNow : undefined;
  const hasMoved = (editedNow ?? edited) !== edited || (await movedMeanwhile(run, row, edited));
  run.state.transaction(() => {
    saveEntries(run, written);
    run.state.clearErrors(id);
    // A trashed page's blocks may be gone already: that is its nature, not our failure.
    if (!isTrashed(page)) saveGaps(run, id, gaps);
    saveReferences(run, references);
    for (const child of reading.children) sightChild(run, child.id, child.kind, id);
    const tallies = new Map(reading.tallies);
    tallies.set('blocks', reading.count).set('comments', comments.comments.length).set('pages_read', 1);
    countUnknownProperties(page, tallies);
    saveTallies(run, tallies);
    saveRead(run, id, { ...found, edited, hasMoved, gaps: gaps.length });
  });
}

interface ReadFacts extends FoundPage {
  readonly edited: string;
  readonly hasMoved: boolean;
  readonly gaps: number;
}

function saveRead(run: Run, id: string, { page, taken, edited, hasMoved, gaps }: ReadFacts): void {
  const parent = parentOf(page);
  const isHot = taken - Date.parse(edited) < hotMs;
  run.state.database
    .prepare(
      `UPDATE objects SET state = 'done', listed = NULL, edited = ?, seen = max(seen, ?), stem = ?, parent_type = ?,
       parent_id = ?, trashed = ?, hot = ?, torn = ?, gaps = ?, fate = NULL WHERE id = ?`,
    )
    .run(
      edited,
      edited,
      stemOf(titleOf(page)),
      parent.type,
      parent.id,
      isTrashed(page) ? 1 : 0,
      isHot ? 1 : 0,
      hasMoved ? 1 : 0,
      gaps,
      id,
    );
}

/**
 * The blocks, or why they cannot be read. Undefined when the page itself is gone by now: a list that fails says
 * nothing about that, so the page is asked for.
 */
async function readBlocksOrWhy(
  run: Run,
  id: string,
  files: ObjectFiles,
): Promise<BlockReading | Unread | undefined> {
  try {
    return await readBlocks(run, id, files);
  } catch (error) {
    if (isFatal(error)) throw error;
    const reason = reasonOf(error);
    if (statusOf(error) !== 404) return { reason, editedNow: undefined };
    const now = await lookAgain(run, id);
    return now === 'gone' ? undefined : { reason, editedNow: now };
  }
}

/** Blocks that could not be listed; `editedNow` is the page's edit time when it was asked for afterwards. */
interface Unread {
  readonly reason: string;
  readonly editedNow: string | undefined;
}

async function lookAgain(run: Run, id: string): Promise<string | 'gone' | undefined> {
  try {
    const page = await getPage(run, id);
    return isTrashed(page) && !run.trash.isKept ? 'gone' : editedOf(page);
  } catch (error) {
    if (isFatal(error)) throw error;
    return statusOf(error) === 404 ? 'gone' : undefined;
  }
}

function unread(id: string, reason: string): BlockReading {
  const gap: Gap = { what: 'blocks', id, reason };
  return { blocks: [], children: [], gaps: [gap], commentable: [], count: 0, tallies: new Map(), synced: [] };
}

/** Pages no search shows are not found again by the search that ends the crawl: they are asked for once more right away. */
async function movedMeanwhile(run: Run, row: ObjectRow, edited: string): Promise<boolean> {
  const isSearched = (row.ways & bitOf('search')) !== 0;
  const wasSearched = previousOf(run, row.id) !== undefined && !run.plan.unsearched.has(row.id);
  if (isSearched || wasSearched) return false;
  try {
    return editedOf(await getPage(run, row.id)) !== edited;
  } catch (error) {
    if (isFatal(error)) throw error;
    return false;
  }
}

function commentTargets(run: Run, id: string, reading: BlockReading): string[] {
  const { comments } = run.options;
  if (comments === 'none') return [];
  return comments === 'pages' ? [id] : [id, ...reading.commentable];
}

/**
 * The page is not there. That is an error only when something just showed that it is: what is merely pointed at may
 * lie outside what is shared, and what the previous snapshot holds may have been unshared since.
 */
function lose(run: Run, row: ObjectRow, fate: string, reason: string, isClassified = false): void {
  run.state.transaction(() => {
    loseObject(run, row.id, fate);
    saveTallies(run, new Map());
    if (isClassified || (row.ways & listingBits) === 0) return;
    run.state.addError({ owner: row.id, kind: 'page', what: 'page', id: row.id, reason });
  });
}

function failPage(run: Run, row: ObjectRow, reason: string): void {
  if (keepPrevious(run, row, reason)) return;
  run.state.transaction(() => {
    run.objects.setState(row.id, 'failed');
    run.state.addError({ owner: row.id, kind: 'page', what: 'page', id: row.id, reason });
    saveTallies(run, new Map());
  });
  run.options.monitor.report({ type: 'warning', message: `page ${row.id}: ${reason}` });
}

/** Keeps the previous snapshot's copy of a page that cannot be read now; false when there is none. */
function keepPrevious(run: Run, row: ObjectRow, reason: string): boolean {
  const previous = previousOf(run, row.id);
  if (previous === undefined || !previous.files.every((file) => run.options.sink.has(file.content)))
    return false;
  run.state.transaction(() => {
    // Name and place are those of the copy that is kept.
    run.state.database
      .prepare(
        `UPDATE objects SET state = 'reused', gaps = 1, stem = ?, parent_type = '', parent_id = '', listed = NULL WHERE id = ?`,
      )
      .run(stemOfPath(previous.path), row.id);
    run.state.clearErrors(row.id);
    const what = 'page, kept as it was in the previous snapshot';
    run.state.addError({ owner: row.id, kind: 'page', what, id: row.id, reason });
    saveTallies(run, new Map());
  });
  return true;
}

const knownPropertyTypes = new Set(
  (
    'title rich_text number select multi_select status date people files checkbox url email phone_number relation rollup ' +
    'formula unique_id created_time created_by last_edited_time last_edited_by place verification button location ' +
    'last_visited_time'
  ).split(' '),
);

/** Counts property and icon types nobody knows; the document keeps them raw. */
export function countUnknownProperties(object: JsonObject, tallies: Map<string, number>): void {
  const add = (name: string): void => void tallies.set(name, (tallies.get(name) ?? 0) + 1);
  for (const property of Object.values(objectAt(object, 'properties') ?? {})) {
    const type = stringAt(property, 'type') ?? '?';
    if (!knownPropertyTypes.has(type)) add(`unknown:property:${type}`);
  }
  const icon = stringAt(objectAt(object, 'icon'), 'type');
  if (icon !== undefined && !knownIconTypes.has(icon)) add(`unknown:icon:${icon}`);
}

const knownIconTypes = new Set(['emoji', 'external', 'file', 'custom_emoji', 'icon', 'file_upload']);
