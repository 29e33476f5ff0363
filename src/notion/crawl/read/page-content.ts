/** Gathers all that belongs to one page, from the API, into its document; and saves that in the checkpoint. */
import type { Gap, PageDocument } from '../../../document/documents.ts';
import type { JsonObject } from '../../../document/json.ts';
import { dashedId } from '../../../document/notion-id.ts';
import { titleOf } from '../../../document/title.ts';
import type { CrawlContext } from '../context/crawl-context.ts';
import { discussedPlaces } from '../context/holdings.ts';
import type { Tallies } from '../context/known-types.ts';
import { tallyUnknown } from '../context/known-types.ts';
import { nameStemOf } from '../context/names.ts';
import { editedOf, isTrashed } from '../context/notion-object.ts';
import { statusOf } from '../context/read-api.ts';
import { learnRelated } from '../context/record-data-source.ts';
import { recordChild } from '../context/record-discovery.ts';
import type { References } from '../context/references.ts';
import { collectReferences, noReferences } from '../context/references.ts';
import { isUnsupported } from '../state/crawl-errors.ts';
import { EndOfRun } from '../state/database/end-of-run.ts';
import type { FinishedObject } from '../state/entries.ts';
import type { ObjectRow } from '../state/objects.ts';
import { parentOf } from '../state/parent.ts';
import { completeProperties } from './complete-properties.ts';
import type { ObjectFiles } from './object-files.ts';
import type { BlockReading } from './read-blocks.ts';
import { readBlocks } from './read-blocks.ts';
import { readComments } from './read-comments.ts';
import { saveGaps, saveReferences, saveTallies } from './write-document.ts';

/** A page read within this time of its edit time may have been edited again without the time moving: times are whole minutes. */
const recentEditMs = 120_000;

export interface FoundPage {
  readonly page: JsonObject;
  /** The time at which the page object was received, in milliseconds. */
  readonly fetchedAt: number;
}

export interface PageContent extends FoundPage {
  readonly document: PageDocument;
  readonly reading: BlockReading;
  readonly references: References;
  readonly gaps: readonly Gap[];
  /** See CommentReading. */
  readonly doubt: string | undefined;
}

/** Reads everything of a page whose object is at hand. What cannot be read is a gap. @throws only what ends the run */
export async function readContent(
  context: CrawlContext,
  row: ObjectRow,
  found: FoundPage,
  files: ObjectFiles,
): Promise<PageContent> {
  const { id } = row;
  const { page } = found;
  await files.collect(page, () => getPage(context, id));
  const [propertyGaps, reading] = await Promise.all([
    completeProperties(context, id, page),
    readBlocks(context, id, files),
  ]);
  const {
    comments,
    doubt,
    gaps: commentGaps,
  } = await readComments(context, commentTargets(context, id, reading), files);
  await files.fetched(reading.count);
  const gaps = [...propertyGaps, ...reading.gaps, ...commentGaps, ...files.gaps];
  const { blocks } = reading;
  const document: PageDocument = {
    kind: 'page',
    format: 1,
    page,
    blocks,
    comments,
    ...(row.templateOf === null ? {} : { template_of: dashedId(row.templateOf) }),
    ...(gaps.length === 0 ? {} : { gaps }),
  };
  const references = noReferences();
  collectReferences({ page, blocks, comments }, references);
  for (const original of reading.synced) {
    references.objects.set(`page ${original} synced`, { kind: 'page', id: original, path: 'synced' });
  }
  return { ...found, document, reading, references, gaps, doubt };
}

/** The page object itself. */
export function getPage(context: CrawlContext, id: string): Promise<JsonObject> {
  return context.api.get(`pages/${dashedId(id)}`);
}

function commentTargets(context: CrawlContext, id: string, reading: BlockReading): string[] {
  const { comments } = context.options;
  if (comments === 'none') return [];
  return comments === 'pages' ? [id] : [id, ...reading.commentable];
}

/** Saves a page that was read, and the objects discovered in it. `hasChanged`: it was edited meanwhile. */
export function saveContent(
  context: CrawlContext,
  content: PageContent,
  written: FinishedObject,
  hasChanged: boolean,
): void {
  const { id } = written;
  const { page, reading, gaps, references, doubt } = content;
  context.state.transaction(() => {
    context.state.entries.save(written);
    context.state.errors.clear(id);
    // A trashed page's blocks may be gone already: that is not an error.
    if (!isTrashed(page)) saveGaps(context, id, gaps);
    if (doubt !== undefined && !isTrashed(page)) context.state.errors.addDoubt(id, true, doubt);
    saveReferences(context, references);
    learnRelated(context, page);
    for (const child of reading.children) recordChild(context, child, id);
    saveTallies(context, new Map([['pages_read', 1]]));
    saveHoldings(context, id, content);
    saveFacts(context, id, content, hasChanged);
  });
}

function saveHoldings(context: CrawlContext, id: string, { page, reading, document }: PageContent): void {
  const { objects } = context.state;
  const tallies: Tallies = new Map(reading.tallies);
  tallies.set('blocks', reading.count).set('comments', document.comments.length);
  tallyUnknown(page, tallies);
  const { discussed: before } = objects.holdingsOf(id);
  const discussed = discussedPlaces(id, document.comments, before, reading.commentable);
  objects.setHoldings(id, { tallies: Object.fromEntries(tallies), discussed });
}

function saveFacts(context: CrawlContext, id: string, content: PageContent, hasChanged: boolean): void {
  const { page, fetchedAt, gaps } = content;
  const edited = editedOf(page);
  context.state.objects.markPageRead(id, {
    edited,
    nameStem: nameStemOf(titleOf(page)),
    parent: parentOf(page),
    isTrashed: isTrashed(page),
    gaps: gaps.filter(({ reason }) => !isUnsupported(reason)).length,
    isRecentlyEdited: fetchedAt - Date.parse(edited) < recentEditMs,
    hasChanged,
    isCarried: false,
  });
}

/** Checks whether a page whose blocks could not be listed is gone: a list that fails says nothing about that. */
export async function checkAbsence(
  context: CrawlContext,
  id: string,
  error: unknown,
): Promise<{ isGone: boolean; edited?: string }> {
  if (statusOf(error) !== 404) return { isGone: false };
  try {
    const page = await getPage(context, id);
    return { isGone: isTrashed(page) && !context.trash.isOn, edited: editedOf(page) };
  } catch (failure) {
    if (failure instanceof EndOfRun) throw failure;
    return { isGone: statusOf(failure) === 404 };
  }
}
