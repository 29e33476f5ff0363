/** Gathers all that belongs to one page, from the API, into its document; and saves that in the checkpoint. */
import type { Gap, PageDocument } from '../../../document/documents.ts';
import type { JsonObject } from '../../../document/json.ts';
import { dashedId } from '../../../document/notion-id.ts';
import type { Run } from '../state/context.ts';
import { isFatal } from '../state/end-of-run.ts';
import { stemOf } from '../state/names.ts';
import { editedOf, isTrashed, titleOf } from '../state/notion-object.ts';
import type { ObjectRow } from '../state/objects.ts';
import { parentOf } from '../state/parent.ts';
import { reasonOf, statusOf } from '../state/read-api.ts';
import { sightChild } from '../state/record-discovery.ts';
import type { References } from '../state/references.ts';
import { collectReferences, noReferences } from '../state/references.ts';
import { completeProperties } from './complete-properties.ts';
import type { FinishedObject } from './finish-object.ts';
import { saveEntries, saveGaps, saveReferences, saveTallies } from './finish-object.ts';
import { tallyUnknown } from './known-types.ts';
import type { ObjectFiles } from './object-files.ts';
import type { BlockReading } from './read-blocks.ts';
import { readBlocks } from './read-blocks.ts';
import { readComments } from './read-comments.ts';

/** A page read within this time of its edit time may have been edited again without the time moving: times are whole minutes. */
const hotMs = 120_000;

export interface FoundPage {
  readonly page: JsonObject;
  /** When the page object was received. */
  readonly taken: number;
}

export interface PageContent extends FoundPage {
  readonly document: PageDocument;
  readonly reading: BlockReading;
  readonly references: References;
  readonly gaps: readonly Gap[];
  /** Why the page's own list of blocks could not be read, when it could not. */
  readonly unreadable: unknown;
}

/** Reads everything of a page whose object is at hand. What cannot be read is a gap. @throws only what ends the run */
export async function readContent(
  run: Run,
  row: ObjectRow,
  found: FoundPage,
  files: ObjectFiles,
): Promise<PageContent> {
  const { id } = row;
  const { page } = found;
  await files.collect(page, () => getPage(run, id));
  const [propertyGaps, { reading, unreadable }] = await Promise.all([
    completeProperties(run, id, page),
    readBlocksOrGap(run, id, files),
  ]);
  const { comments, gaps: commentGaps } = await readComments(run, commentTargets(run, id, reading), files);
  const gaps = [...propertyGaps, ...reading.gaps, ...commentGaps, ...files.gaps];
  const { blocks } = reading;
  const document: PageDocument = {
    kind: 'page',
    format: 1,
    page,
    blocks,
    comments,
    ...(row.template_of === null ? {} : { template_of: dashedId(row.template_of) }),
    ...(gaps.length === 0 ? {} : { gaps }),
  };
  const references = noReferences();
  collectReferences({ page, blocks, comments }, references);
  for (const original of reading.synced) {
    references.objects.set(`page ${original} synced`, { kind: 'page', id: original, way: 'synced' });
  }
  return { ...found, document, reading, references, gaps, unreadable };
}

/** The page object itself. */
export function getPage(run: Run, id: string): Promise<JsonObject> {
  return run.ask.get(`pages/${dashedId(id)}`);
}

async function readBlocksOrGap(
  run: Run,
  id: string,
  files: ObjectFiles,
): Promise<{ readonly reading: BlockReading; readonly unreadable: unknown }> {
  try {
    return { reading: await readBlocks(run, id, files), unreadable: undefined };
  } catch (error) {
    if (isFatal(error)) throw error;
    const gap: Gap = { what: 'blocks', id, reason: reasonOf(error) };
    const nothing = { blocks: [], children: [], commentable: [], count: 0, tallies: new Map(), synced: [] };
    return { reading: { ...nothing, gaps: [gap] }, unreadable: error };
  }
}

function commentTargets(run: Run, id: string, reading: BlockReading): string[] {
  const { comments } = run.options;
  if (comments === 'none') return [];
  return comments === 'pages' ? [id] : [id, ...reading.commentable];
}

/** Saves a page that was read, and what came into sight with it. `hasMoved`: it was edited meanwhile. */
export function saveContent(
  run: Run,
  content: PageContent,
  written: FinishedObject,
  hasMoved: boolean,
): void {
  const { id } = written;
  const { page, reading, gaps, references, document } = content;
  run.state.transaction(() => {
    saveEntries(run, written);
    run.state.clearErrors(id);
    // A trashed page's blocks may be gone already: that is its nature, not our failure.
    if (!isTrashed(page)) saveGaps(run, id, gaps);
    saveReferences(run, references);
    for (const child of reading.children) sightChild(run, child.id, child.kind, id);
    const tallies = new Map(reading.tallies);
    tallies.set('blocks', reading.count).set('comments', document.comments.length).set('pages_read', 1);
    tallyUnknown(page, tallies);
    saveTallies(run, tallies);
    saveFacts(run, id, content, hasMoved);
  });
}

function saveFacts(run: Run, id: string, { page, taken, gaps }: PageContent, hasMoved: boolean): void {
  const parent = parentOf(page);
  const edited = editedOf(page);
  const isHot = taken - Date.parse(edited) < hotMs;
  run.state
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
      gaps.length,
      id,
    );
}

/** What became of a page whose blocks could not be listed: a list that fails says nothing about that. */
export async function lookAgain(
  run: Run,
  id: string,
  error: unknown,
): Promise<{ isGone: boolean; edited?: string }> {
  if (statusOf(error) !== 404) return { isGone: false };
  try {
    const page = await getPage(run, id);
    return { isGone: isTrashed(page) && !run.trash.isKept, edited: editedOf(page) };
  } catch (failure) {
    if (isFatal(failure)) throw failure;
    return { isGone: statusOf(failure) === 404 };
  }
}
