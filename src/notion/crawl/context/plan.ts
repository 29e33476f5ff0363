/**
 * The plan of a run: what it reads and what it takes over, decided once from the options and the previous manifest.
 *
 * Two depths of listing. A full one lists every object there is. One `since` the previous run lists what was edited
 * since then and trusts the previous snapshot for the rest; it is used while the last full listing is recent.
 */
import type { PreviousSnapshot } from '../../../document/content.ts';
import type { JsonObject } from '../../../document/json.ts';
import { arrayAt, objectAt, stringAt } from '../../../document/json.ts';
import { compactId } from '../../../document/notion-id.ts';
import { leftOutIn } from '../../../document/selection/left-out.ts';
import { parseSelection, selectionJson, selectionKey } from '../../../document/selection/selection.ts';
import { selectionTextsIn } from '../../../document/selection/texts.ts';
import type { CrawlOptions } from './crawl-options.ts';

/** The index of search lags behind; listings since the previous run begin this much earlier. Costs nothing but a longer listing. */
const overlapMs = 30 * 60_000;

/** Every so many runs everything is listed again, even when nothing looks changed. */
const fullListingEvery = 7;

/** Listing so many objects in full costs about as much as listing the latest. */
const fewObjects = 300;

export interface Plan {
  /** Counts the runs of this source; decides which share of the pages is read again. */
  readonly runNumber: number;
  /** List everything, or only what was edited since `sinceMs`. */
  readonly sinceMs: number | null;
  /** Runs since everything was listed; 0 when this one does. */
  readonly runsSinceFullListing: number;
  /** Read everything. */
  readonly force: boolean;
  /** The whole workspace, or only what lies under given roots. */
  readonly isWhole: boolean;
  /** The previous snapshot covers the same roots: what it holds is expected to be there. */
  readonly coversSame: boolean;
  /** The previous snapshot was made with the same selection. */
  readonly selectsSame: boolean;
  /** The previous snapshot has objects at its top that lie in others which it left out. */
  readonly hidesParents: boolean;
  /** Pages that the previous run read soon after an edit, while they changed, or with gaps. */
  readonly reread: ReadonlySet<string>;
  /** Databases the previous run could not read. */
  readonly failedDatabases: ReadonlySet<string>;
  /** The previous snapshot may hold e-mail addresses of people, which this run is not to keep. */
  readonly dropsEmails: boolean;
  /** Pages that search does not show: asked for one by one. */
  readonly unsearched: ReadonlySet<string>;
  /** True when it is this page's turn to be read in full. */
  isDue(id: string): boolean;
}

export function createPlan(options: CrawlOptions): Plan {
  const { previous, roots, rereadWithin } = options;
  const manifest = previous?.manifest ?? {};
  const runNumber = wholeNumber(manifest.run) + 1;
  const coversSame = previous !== null && sameRoots(manifest, roots);
  // A gap that is not read again would pass for content that was never there.
  const isCut = objectAt(manifest, 'reread')?.all === true;
  const before = selectionTextsIn(objectAt(manifest, 'settings'));
  const selectsSame = keyOf(parseSelection(before)) === keyOf(options.selection);
  // Of what was left out not all is known: only a walk through everything finds what search does not list.
  const isUnknown = !selectsSame && leftOutIn(manifest)?.isCut === true;
  const force = options.full || isCut || isUnknown || !keepsAsMuch(manifest, options);
  const runsSince = wholeNumber(objectAt(manifest, 'listing')?.runs_since_full) + 1;
  // What was left out before is in no list since then; and what is included may have moved with something above it.
  const isFull = force || !coversSame || !selectsSame || (options.selection?.include.length ?? 0) > 0;
  const sinceMs = isFull ? null : listingStart(previous, runsSince, rereadWithin);
  return {
    runNumber,
    sinceMs,
    runsSinceFullListing: sinceMs === null ? 0 : runsSince,
    force,
    isWhole: roots.length === 0,
    coversSame,
    selectsSame,
    hidesParents: before.include.length > 0,
    reread: idSet(objectAt(manifest, 'reread'), ['hot', 'torn', 'gaps']),
    dropsEmails: !options.emails && objectAt(manifest, 'settings')?.emails !== false,
    failedDatabases: idSet(objectAt(manifest, 'reread'), ['databases']),
    unsearched: idSet(manifest, ['not_in_search']),
    isDue: (id) => rereadWithin > 0 && turnOf(id, rereadWithin) === runNumber % rereadWithin,
  };
}

function keyOf(selection: CrawlOptions['selection']): string {
  return selection === undefined ? '' : selectionKey(selection);
}

/** The turn in which a page is read in full, a whole number below `rereadWithin`; 0 when there are no turns. */
export function turnOf(id: string, rereadWithin: number): number {
  return rereadWithin > 0 ? Number.parseInt(id.slice(-8), 16) % rereadWithin : 0;
}

/** Tells one crawl from another: a checkpoint is resumed only when all of this is the same. */
export function fingerprintOf(options: CrawlOptions): string {
  const { previous, roots, full, rereadWithin, comments, commentShare, sourceKey } = options;
  const { emails, trash, externalMedia, media, selection } = options;
  const ids = roots.map(compactId).sort();
  return JSON.stringify([
    sourceKey,
    previous?.id ?? null,
    ids,
    full,
    rereadWithin,
    comments,
    commentShare,
    emails,
    trash,
    externalMedia,
    media,
    selectionJson(selection),
  ]);
}

/** The manifest's record of the settings that decide what is kept. */
export function settingsOf({
  roots,
  comments,
  commentShare,
  emails,
  trash,
  externalMedia,
  media,
  rereadWithin,
  full,
  selection,
}: CrawlOptions) {
  return {
    roots: roots.map(compactId).sort(),
    comments,
    comment_share: commentShare,
    emails,
    trash,
    external_media: externalMedia,
    media,
    reread_within: rereadWithin,
    full,
    ...(selection === undefined ? {} : { selection: selectionJson(selection) }),
  };
}

function listingStart(previous: PreviousSnapshot, runsSince: number, rereadWithin: number): number | null {
  const { manifest } = previous;
  const limit = rereadWithin > 0 ? Math.min(rereadWithin, fullListingEvery) : fullListingEvery;
  if (runsSince >= limit || manifest.relist === true) return null;
  const counts = objectAt(manifest, 'counts');
  // What is left out is listed too.
  const leftOut = leftOutIn(manifest);
  const objects =
    wholeNumber(counts?.pages) +
    wholeNumber(counts?.rows) +
    wholeNumber(counts?.data_sources) +
    (leftOut?.pages ?? 0) +
    (leftOut?.databases ?? 0);
  // By Notion's clock where it is earlier than ours: the previous run saw nothing edited after its newest edit.
  const started = Date.parse(stringAt(manifest, 'started') ?? '');
  const newest = Date.parse(stringAt(manifest, 'newest_edit') ?? '');
  const start = Math.min(started, newest);
  return objects <= fewObjects || Number.isNaN(start) ? null : start - overlapMs;
}

function sameRoots(manifest: JsonObject, roots: readonly string[]): boolean {
  const before = arrayAt(objectAt(manifest, 'settings'), 'roots').map(String).sort();
  const now = roots.map(compactId).sort();
  return before.length === now.length && before.every((id, index) => id === now[index]);
}

/** False when this run is asked to keep what the previous one left out: then its documents cannot be taken over. */
function keepsAsMuch(manifest: JsonObject, options: CrawlOptions): boolean {
  const settings = objectAt(manifest, 'settings');
  if (settings === undefined) return true;
  const gained = (now: boolean, before: unknown): boolean => now && before === false;
  return !(
    gained(options.media, settings.media) ||
    gained(options.externalMedia, settings.external_media) ||
    gained(options.emails, settings.emails) ||
    reach(options.comments) > reach(settings.comments)
  );
}

/** The reach of the reading of comments: none, pages, blocks too. */
function reach(comments: unknown): number {
  if (comments === 'none') return 0;
  return comments === 'pages' ? 1 : 2;
}

function idSet(from: JsonObject | undefined, keys: readonly string[]): Set<string> {
  return new Set(keys.flatMap((key) => arrayAt(from, key)).map((id) => compactId(String(id))));
}

function wholeNumber(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0;
}
