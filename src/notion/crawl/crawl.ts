/**
 * A Notion workspace → documents and media in a sink, and the tree that holds them.
 *
 * 1. Import what the previous snapshot holds and resolve given roots.
 * 2. List (people, search, trash) and read side by side; reading discovers more objects.
 * 3. Ask for what no listing showed, find the pages of objects inside blocks, until nothing new is discovered.
 * 4. Read pages again that were edited meanwhile, and comments of pages that were not.
 * 5. Give pages taken over the titles of what lies in them; place everything, write workspace.json and manifest.json.
 *
 * All of it is kept in a checkpoint, so a killed crawl resumes with the pages it was reading.
 */

import { canonicalBytes } from '../../document/canonical.ts';
import type { FileEntry, TreeStep } from '../../document/content.ts';
import { KlosetError } from '../../errors.ts';
import type { CrawlContext } from './context/crawl-context.ts';
import { createContext } from './context/crawl-context.ts';
import type { Crawled, CrawlOptions } from './context/crawl-options.ts';
import { fingerprintOf } from './context/plan.ts';
import { reasonOf } from './context/read-api.ts';
import { decideWaiting, leaveOutCarried, requireChosen } from './discover/apply-selection.ts';
import { checkCanaries, importPrevious, requestMissing, reuseRest } from './discover/discover-previous.ts';
import { discoverBySearch, discoverTrash } from './discover/discover-search.ts';
import { forgetEmails } from './discover/forget-emails.ts';
import { refreshTitles } from './discover/refresh-titles.ts';
import { rereadChangingPages } from './discover/reread-changing-pages.ts';
import { resolveIncluded, resolveRoots } from './discover/resolve-roots.ts';
import { resolveUnknownParents } from './discover/resolve-unknown-parents.ts';
import { settleComments } from './discover/settle-comments.ts';
import type { CommentSweep } from './discover/sweep-comments.ts';
import { sweepComments } from './discover/sweep-comments.ts';
import { reportUnmatched } from './place/left-out.ts';
import { createManifest, summarize } from './place/manifest.ts';
import { placeObjects } from './place/place-objects.ts';
import { countMedia, treeSteps } from './place/tree-steps.ts';
import { ReadQueue } from './read/read-queue.ts';
import type { WorkspaceReading } from './read/read-workspace.ts';
import { readWorkspace, writeWorkspace } from './read/read-workspace.ts';
import { resumeCrawl } from './read/resume-crawl.ts';
import type { CrawlState } from './state/crawl-state.ts';
import { openCrawlState } from './state/crawl-state.ts';
import { EndOfRun } from './state/database/end-of-run.ts';

export { lockCheckpoint } from './checkpoint-lock.ts';
export type {
  CommentSetting,
  Crawled,
  CrawlOptions,
  CrawlSummary,
  DownloadMedia,
  MediaRequest,
} from './context/crawl-options.ts';

/**
 * Crawls what `options` name. One object that cannot be read is an error in the manifest; the crawl goes on.
 * @throws KlosetError when nothing can be listed, the token is refused, the sink fails or the signal aborts; the
 * checkpoint then stays, and the next crawl with the same options resumes from it.
 */
export async function crawl(options: CrawlOptions): Promise<Crawled> {
  const state = openCrawlState(options.stateFile, fingerprintOf(options));
  try {
    return await crawlInto(options, state);
  } catch (error) {
    state.close();
    throw causeOf(error);
  }
}

async function crawlInto(options: CrawlOptions, state: CrawlState): Promise<Crawled> {
  const context = await beginCrawl(options, state);
  try {
    return await readAndPlace(context);
  } catch (error) {
    // What is being downloaded still writes to the checkpoint, which is closed next.
    context.downloads.stop(error);
    await context.downloads.settled();
    throw error;
  }
}

async function readAndPlace(context: CrawlContext): Promise<Crawled> {
  const queue = new ReadQueue(context);
  const workspace = await discoverAndRead(context, queue);
  await readMissing(context, queue);
  requireNonEmpty(context);
  await rereadChangingPages(context, queue);
  await readMissing(context, queue);
  leaveOutCarried(context);
  requireChosen(context);
  await forgetEmails(context);
  const sweep = await sweepComments(context);
  // New comments point at objects, and a page that is gone or changed shows it here, with what lies below it.
  do await readMissing(context, queue);
  while (await settleComments(context));
  reuseRest(context);
  leaveOutCarried(context);
  requireChosen(context);
  await refreshTitles(context);
  context.options.monitor.report({ type: 'phase', phase: 'placing' });
  reportUnread(context);
  placeObjects(context);
  return finish(context, workspace, sweep);
}

async function beginCrawl(options: CrawlOptions, state: CrawlState): Promise<CrawlContext> {
  const context = createContext(options, state);
  await resumeCrawl(context);
  if (!state.progress.isComplete('import')) {
    importPrevious(context);
    state.progress.complete('import');
  }
  return context;
}

async function discoverAndRead(context: CrawlContext, queue: ReadQueue): Promise<WorkspaceReading> {
  const { monitor } = context.options;
  monitor.report({ type: 'phase', phase: 'listing' });
  await resolveRoots(context);
  await checkCanaries(context);
  const workspace = readWorkspace(context);
  const listings = [workspace.then(() => {}), search(context), listTrash(context)];
  monitor.report({ type: 'phase', phase: 'reading' });
  await queue.readDuring(listings);
  await resolveIncluded(context);
  return workspace;
}

/** Search, unless the checkpoint says it was read to its end. With roots it only adds to what the walk finds. */
async function search(context: CrawlContext): Promise<void> {
  const { plan, state, refused } = context;
  if (state.progress.isComplete('search')) return;
  try {
    const listed = await discoverBySearch(context, context.listing.sinceMs);
    if (listed === 0 && plan.isWhole) throw new EndOfRun(nothingShared());
    state.progress.complete('search');
  } catch (error) {
    const isFirst = !state.objects.isAnyDiscoveredBy('search');
    // Nothing listed at all: what the previous snapshot holds would pass for a workspace nobody could look at.
    if (error instanceof EndOfRun || (plan.isWhole && isFirst)) throw error;
    if (!plan.isWhole) refused.add('search', reasonOf(error));
    else state.errors.addListing('search', reasonOf(error));
  }
}

async function listTrash(context: CrawlContext): Promise<void> {
  const { progress, errors } = context.state;
  const isNeeded = context.options.trash || context.plan.coversSame;
  if (!isNeeded || progress.isComplete('trash')) return;
  try {
    await discoverTrash(context);
    progress.complete('trash');
  } catch (error) {
    if (error instanceof EndOfRun) throw error;
    errors.addListing('trash', reasonOf(error));
  }
}

/** Asks for what is only pointed at, and reads it, until nothing new is discovered. */
async function readMissing(context: CrawlContext, queue: ReadQueue): Promise<void> {
  do {
    requestMissing(context);
    await queue.readAll();
  } while (await isMoreKnown(context));
}

/** Looks for what lies above objects, and decides about those that waited for it; true when there is more to read. */
async function isMoreKnown(context: CrawlContext): Promise<boolean> {
  const isResolved = await resolveUnknownParents(context);
  return decideWaiting(context) || isResolved;
}

/** A workspace in which nothing is visible is a mistake (nothing shared, a broken listing), never a snapshot. */
function requireNonEmpty(context: CrawlContext): void {
  const { plan, state } = context;
  if (state.queue.count('read', 'reused', 'previous') > 0) return;
  requireChosen(context);
  const reason = state.errors.firstReason();
  if (plan.isWhole && reason === undefined) throw nothingShared();
  const what = plan.isWhole
    ? 'Nothing of the workspace could be read'
    : 'None of the given roots could be read';
  throw new KlosetError('not-found', reason === undefined ? `${what}.` : `${what}: ${reason}`);
}

/** Search always shows what is shared with the integration directly: when it shows nothing, nothing is. */
function nothingShared(): KlosetError {
  return new KlosetError('not-found', 'No page is shared with this integration.', {
    hint: 'Open a page in Notion, choose ••• → Connections, and add the integration.',
  });
}

/** Objects still pending here indicate a bug; they are reported as errors. */
function reportUnread({ state }: CrawlContext): void {
  const reason = 'the crawl ended before it was read';
  state.transaction(() => {
    for (const { id, kind } of state.queue.unread())
      state.errors.add({ owner: id, kind, what: 'discovered but not read', id, reason });
  });
}

async function finish(
  context: CrawlContext,
  workspace: WorkspaceReading,
  sweep: CommentSweep,
): Promise<Crawled> {
  const started = new Date(context.startedMs).toISOString();
  const workspaceFiles = await writeWorkspace(context, workspace, started);
  const emojis = workspaceFiles.length - 1;
  reportUnmatched(context);
  const summary = summarize(context, { media: countMedia(context, workspaceFiles), emojis });
  const complete = summary.errors === 0 && summary.torn === 0;
  const manifest = createManifest(context, { summary, isComplete: complete, sweep });
  const content = await context.sink.writeDocument(canonicalBytes(manifest));
  const manifestEntry: FileEntry = { type: 'file', name: 'manifest.json', modified: started, content };
  const rootFiles = [...workspaceFiles, manifestEntry];
  return {
    steps: () => finalSteps(context, rootFiles),
    manifest,
    summary,
    complete,
    isLeftOut: (id) => context.state.leftOut.isLeftOut(id),
    discard: () => context.state.remove(),
    close: () => context.state.close(),
  };
}

function* finalSteps(context: CrawlContext, rootFiles: readonly FileEntry[]): Generator<TreeStep> {
  try {
    yield* treeSteps(context, rootFiles);
  } catch (error) {
    throw causeOf(error);
  }
}

/** The error to show to callers: they do not know EndOfRun. */
function causeOf(error: unknown): unknown {
  return error instanceof EndOfRun ? error.cause : error;
}
