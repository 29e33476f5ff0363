/** Asks again for comments of a page whose content is taken over, and writes its document anew when they changed. */
import { canonicalBytes } from '../../../document/canonical.ts';
import type { BlockNode } from '../../../document/documents.ts';
import type { JsonObject } from '../../../document/json.ts';
import { arrayAt, isObject } from '../../../document/json.ts';
import { compactId } from '../../../document/notion-id.ts';
import type { CrawlContext } from '../context/crawl-context.ts';
import { discussedPlaces } from '../context/holdings.ts';
import { collectReferences, noReferences } from '../context/references.ts';
import type { ObjectFiles } from '../read/object-files.ts';
import { readCurrentDocument } from '../read/previous-document.ts';
import { commentableIn } from '../read/read-blocks.ts';
import type { CommentReading } from '../read/read-comments.ts';
import { readComments } from '../read/read-comments.ts';
import { saveChange, saveGaps, saveReferences, writeDocument } from '../read/write-document.ts';
import { parentOf } from '../state/parent.ts';
import { carriedFiles } from './rewrite-carried.ts';

/** All places of the page, or those that have or had comments. */
export type PlacesToAsk = 'all' | 'discussed';

/** Gives the page the comments of today. @returns how many places were asked */
export async function sweepPage(context: CrawlContext, id: string, asked: PlacesToAsk): Promise<number> {
  const document = await readCurrentDocument(context, id);
  if (document === undefined) return 0;
  const places = placesIn(context, id, document);
  const { discussed } = context.state.objects.holdingsOf(id);
  const isAll = asked === 'all' || discussed === 'all';
  const asking = isAll ? places : places.filter((place) => discussed.includes(place));
  const files = carriedFiles(context, id, document);
  const reading = await readComments(context, asking, files);
  await files.fetched();
  if (context.refused.has('comments')) return asking.length;
  if (reading.doubt !== undefined) saveDoubt(context, id, reading.doubt);
  else if (reading.hasMissing) saveChange(context, () => context.state.objects.requireReading(id));
  else if (reading.gaps.length > 0) saveFailure(context, id, reading);
  else await saveComments(context, id, document, { places, asking, reading, files });
  return asking.length;
}

/** Asks a page that this crawl has read once more, and is sure of: comments that do not come now are gaps. */
export async function sweepReadPage(context: CrawlContext, id: string): Promise<void> {
  const { objects, entries } = context.state;
  const document = await readCurrentDocument(context, id);
  if (document === undefined) return;
  const places = placesIn(context, id, document);
  const files = carriedFiles(context, id, document);
  const { comments, gaps: missing } = await readComments(context, places, files);
  await files.fetched();
  const found = [...missing, ...files.gaps];
  const gaps = [...arrayAt(document, 'gaps'), ...found.map((gap) => ({ ...gap }))];
  const edited = objects.get(id)?.edited ?? '';
  const changed = { ...document, comments, ...(gaps.length === 0 ? {} : { gaps }) };
  const written = await writeDocument(context, id, 'page.json', changed, files, edited);
  const references = noReferences();
  collectReferences(comments, references);
  saveChange(context, () => {
    saveGaps(context, id, found);
    saveReferences(context, references);
    saveCommentHoldings(context, id, comments, places);
    entries.save(written);
    if (found.length > 0) objects.markIncomplete(id);
  });
}

/** The page and its blocks, in the order in which comments stand in the document. */
function placesIn(context: CrawlContext, id: string, document: JsonObject): string[] {
  const isDeep = context.options.comments !== 'pages';
  const blocks = arrayAt(document, 'blocks').filter((block): block is BlockNode => isObject(block));
  return [id, ...(isDeep ? commentableIn(blocks) : [])];
}

function saveCommentHoldings(
  { state: { objects } }: CrawlContext,
  id: string,
  comments: readonly JsonObject[],
  places: readonly string[],
): void {
  const { tallies, discussed } = objects.holdingsOf(id);
  objects.setHoldings(id, {
    tallies: { ...tallies, comments: comments.length },
    discussed: discussedPlaces(id, comments, discussed, places),
  });
}

/** Keeps the comments it had, until it is known whether the page is gone or comments may not be read. */
function saveDoubt(context: CrawlContext, id: string, reason: string): void {
  saveChange(context, () => context.state.errors.addDoubt(id, false, reason));
}

/** Keeps the comments it had; the next run reads the page again. */
function saveFailure(context: CrawlContext, id: string, { gaps }: CommentReading): void {
  saveChange(context, () => {
    saveGaps(context, id, gaps);
    context.state.objects.markIncomplete(id);
  });
}

interface Sweeping {
  /** Ids of the page and its blocks, in the order in which comments stand in the document. */
  readonly places: readonly string[];
  readonly asking: readonly string[];
  readonly reading: CommentReading;
  readonly files: ObjectFiles;
}

async function saveComments(
  context: CrawlContext,
  id: string,
  document: JsonObject,
  { places, asking, reading, files }: Sweeping,
): Promise<void> {
  const { objects, entries } = context.state;
  const comments = inOrder(id, places, [
    ...commentsOf(document).filter((comment) => !asking.includes(placeOf(comment, id))),
    ...reading.comments,
  ]);
  const edited = context.previous.get(id)?.edited ?? objects.get(id)?.edited ?? '';
  const written = await writeDocument(context, id, 'page.json', { ...document, comments }, files, edited);
  const references = noReferences();
  collectReferences(reading.comments, references);
  saveChange(context, () => {
    saveGaps(context, id, files.gaps);
    saveReferences(context, references);
    saveCommentHoldings(context, id, comments, places);
    if (Buffer.compare(canonicalBytes(document), written.documentBytes) === 0) return;
    entries.save(written);
    objects.markRewritten(id, edited);
  });
}

function commentsOf(document: JsonObject): JsonObject[] {
  return arrayAt(document, 'comments').filter(isObject);
}

/** The page or block a comment lies on. */
function placeOf(comment: JsonObject, page: string): string {
  return compactId(parentOf(comment).id || page);
}

/** Comments place by place, as a reading of the whole page gives them; those of places that are gone stand last. */
function inOrder(page: string, places: readonly string[], comments: readonly JsonObject[]): JsonObject[] {
  const order = new Map(places.map((place, index) => [place, index]));
  const rank = (comment: JsonObject) => order.get(placeOf(comment, page)) ?? places.length;
  return [...comments].sort((left, right) => rank(left) - rank(right));
}
