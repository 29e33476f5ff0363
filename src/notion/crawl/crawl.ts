/**
 * A Notion workspace → documents and media in a sink, and the tree that holds them.
 *
 * 1. Import what the previous snapshot holds and resolve given roots.
 * 2. List (people, search, trash) and read side by side; what is read brings more into sight.
 * 3. Ask for what nothing showed; climb to pages through blocks; until nothing new turns up.
 * 4. Read again what was edited meanwhile.
 * 5. Place everything, write workspace.json and manifest.json.
 *
 * All of it is kept in a checkpoint, so a killed crawl goes on with the pages that were in flight.
 */

import { canonicalBytes } from '../../document/canonical.ts';
import type { FileEntry } from '../../document/content.ts';
import { KlosetError } from '../../errors.ts';
import { askForMissing, importPrevious, takeOverRest, watchOldest } from './discover/discover-previous.ts';
import { discoverBySearch, discoverTrash } from './discover/discover-search.ts';
import { settleTorn } from './discover/reread-changing-pages.ts';
import { resolveRoots } from './discover/resolve-roots.ts';
import { settleStrays } from './discover/resolve-unknown-parents.ts';
import { sweepComments } from './discover/sweep-comments.ts';
import { makeManifest, summarize } from './place/manifest.ts';
import { placeObjects } from './place/place-objects.ts';
import { countTree, treeSteps } from './place/tree-steps.ts';
import { putDocument } from './read/finish-object.ts';
import { ReadQueue } from './read/read-queue.ts';
import type { WorkspaceReading } from './read/read-workspace.ts';
import { readWorkspace, writeWorkspace } from './read/read-workspace.ts';
import { resumeCrawl } from './read/resume-crawl.ts';
import type { Run } from './state/context.ts';
import type { Crawled, CrawlOptions, CrawlSummary } from './state/crawl-options.ts';
import type { CrawlState } from './state/crawl-state.ts';
import { openCrawlState } from './state/crawl-state.ts';
import { bitOf } from './state/discovery-paths.ts';
import { fatal, isFatal } from './state/end-of-run.ts';
import { createObjects } from './state/objects.ts';
import { fingerprintOf, makePlan } from './state/plan.ts';
import { createAsk, reasonOf } from './state/read-api.ts';

export type {
  CommentSetting,
  Crawled,
  CrawlOptions,
  CrawlSummary,
  DownloadMedia,
  MediaRequest,
} from './state/crawl-options.ts';

/**
 * Crawls what `options` name. One object that cannot be read is an error in the manifest; the crawl goes on.
 * @throws KlosetError when nothing can be listed, the token is refused, the sink fails or the signal aborts; the
 * checkpoint then stays, and the next crawl with the same options goes on from it.
 */
export async function crawl(options: CrawlOptions): Promise<Crawled> {
  const state = openCrawlState(options.stateFile, fingerprintOf(options));
  try {
    return await crawlInto(options, state);
  } catch (error) {
    state.close();
    throw error;
  }
}

async function crawlInto(options: CrawlOptions, state: CrawlState): Promise<Crawled> {
  const run = await beginRun(options, state);
  const queue = new ReadQueue(run);
  const workspace = await discoverAndRead(run, queue);
  await reconcile(run, queue);
  refuseEmpty(run);
  await settleTorn(run, queue);
  await reconcile(run, queue);
  takeOverRest(run);
  if (await sweepComments(run)) await reconcile(run, queue);
  options.monitor.report({ type: 'phase', phase: 'placing' });
  tellForgotten(run);
  placeObjects(run);
  return finish(run, workspace);
}

async function beginRun(options: CrawlOptions, state: CrawlState): Promise<Run> {
  const plan = makePlan(options);
  const ask = createAsk(options.api, options.signal);
  if (state.meta('started') === undefined) state.setMeta('started', String(ask.now()));
  const run: Run = {
    options,
    ask,
    state,
    objects: createObjects(state),
    plan,
    listing: { sinceMs: plan.sinceMs },
    trash: { isKept: options.trash },
    startedMs: Number(state.meta('started')),
    refused: new Map(),
    originals: new Map(),
  };
  await resumeCrawl(run);
  if (state.meta('imported') === undefined) {
    importPrevious(run);
    state.setMeta('imported', 'yes');
  }
  return run;
}

async function discoverAndRead(run: Run, queue: ReadQueue): Promise<WorkspaceReading> {
  const { monitor } = run.options;
  monitor.report({ type: 'phase', phase: 'listing' });
  await resolveRoots(run);
  await watchOldest(run);
  const workspace = readWorkspace(run);
  const listings = [workspace.then(() => {}), search(run), listTrash(run)];
  monitor.report({ type: 'phase', phase: 'reading' });
  await queue.readDuring(listings);
  return workspace;
}

/** Search, unless the checkpoint says it was read to its end. With roots it only adds to what the walk finds. */
async function search(run: Run): Promise<void> {
  if (run.state.meta('searched') !== undefined) return;
  try {
    const listed = await discoverBySearch(run, run.listing.sinceMs);
    if (listed === 0 && run.plan.isWhole) throw fatal(nothingShared());
    run.state.setMeta('searched', String(listed));
  } catch (error) {
    // Nothing listed at all: what the previous snapshot holds would pass for a workspace nobody could look at.
    if (isFatal(error) || (run.plan.isWhole && !wasSearched(run))) throw error;
    if (!run.plan.isWhole) run.refused.set('search', reasonOf(error));
    else run.state.addError({ owner: '', kind: 'listing', what: 'search', id: '', reason: reasonOf(error) });
  }
}

function wasSearched(run: Run): boolean {
  const found = run.state.prepare('SELECT 1 FROM objects WHERE ways & ? <> 0 LIMIT 1').get(bitOf('search'));
  return found !== undefined;
}

async function listTrash(run: Run): Promise<void> {
  const isNeeded = run.options.trash || run.plan.coversSame;
  if (!isNeeded || run.state.meta('trash') !== undefined) return;
  try {
    await discoverTrash(run);
    run.state.setMeta('trash', 'listed');
  } catch (error) {
    if (isFatal(error)) throw error;
    run.state.addError({ owner: '', kind: 'listing', what: 'trash', id: '', reason: reasonOf(error) });
  }
}

/** Asks for what is only pointed at, and reads it, until nothing new comes into sight. */
async function reconcile(run: Run, queue: ReadQueue): Promise<void> {
  do {
    askForMissing(run);
    await queue.readAll();
  } while (await settleStrays(run));
}

/** A workspace in which nothing is visible is a mistake (nothing shared, a dead listing), never a snapshot. */
function refuseEmpty(run: Run): void {
  if (run.objects.countState('done', 'reused', 'previous') > 0) return;
  const first = run.state
    .prepare<[], { reason: string }>('SELECT reason FROM errors ORDER BY owner LIMIT 1')
    .get();
  if (run.plan.isWhole && first === undefined) throw nothingShared();
  const what = run.plan.isWhole
    ? 'Nothing of the workspace could be read'
    : 'None of the given roots could be read';
  throw new KlosetError('not-found', first === undefined ? `${what}.` : `${what}: ${first.reason}`);
}

/** Search always shows what is shared with the integration directly: when it shows nothing, nothing is. */
function nothingShared(): KlosetError {
  return new KlosetError('not-found', 'No page is shared with this integration.', {
    hint: 'Open a page in Notion, choose ••• → Connections, and add the integration.',
  });
}

/** Whatever was in sight and neither read nor found absent by now was forgotten: that would be our mistake, and is said. */
function tellForgotten(run: Run): void {
  run.state.database.exec(
    `INSERT OR IGNORE INTO errors SELECT id, kind, 'in sight, but not read', id, 'the crawl ended before it was read'
     FROM objects WHERE state IN ('ready', 'wanted', 'busy')`,
  );
}

async function finish(run: Run, workspace: WorkspaceReading): Promise<Crawled> {
  const { state } = run;
  const started = new Date(run.startedMs).toISOString();
  const workspaceFiles = await writeWorkspace(run, workspace, started);
  const emojis = workspaceFiles.length - 1;
  const summary = summarize(run, { media: countTree(run, workspaceFiles), emojis });
  const isComplete = summary.errors === 0 && summary.torn === 0;
  const manifest = makeManifest(run, summary, isComplete);
  const content = await putDocument(run, canonicalBytes(manifest));
  const manifestEntry: FileEntry = { type: 'file', name: 'manifest.json', modified: started, content };
  return crawled(run, [...workspaceFiles, manifestEntry], manifest, summary, isComplete);

  function crawled(
    of: Run,
    rootFiles: readonly FileEntry[],
    manifestObject: typeof manifest,
    counts: CrawlSummary,
    complete: boolean,
  ): Crawled {
    return {
      steps: () => treeSteps(of, rootFiles),
      manifest: manifestObject,
      summary: counts,
      complete,
      discard: () => state.remove(),
    };
  }
}
