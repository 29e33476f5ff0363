/**
 * Finds pages that were edited while they were read: a search of what was edited since the crawl began shows, for a
 * request or two, whose time moved after its page object had been taken. Those are read again, a few times at most;
 * a page that will not hold still is kept as it was last read and marked torn.
 */

import { canonicalBytes } from '../../../document/canonical.ts';
import { isObject } from '../../../document/json.ts';
import { loadDocument, loadEntries, putDocument, saveEntries } from '../read/finish-object.ts';
import type { ReadQueue } from '../read/read-queue.ts';
import type { Run } from '../state/context.ts';
import { isFatal } from '../state/end-of-run.ts';
import { isRefusal, reasonOf } from '../state/read-api.ts';
import { discoverBySearch } from './discover-search.ts';

const mostRounds = 3;

/** Edit times are whole minutes, and clocks differ a little. */
const overlapMs = 2 * 60_000;

export async function settleTorn(run: Run, queue: ReadQueue): Promise<void> {
  if (run.state.counter('pages_read') === 0) return;
  for (let round = 0; round < mostRounds; round += 1) {
    if (!(await lookForEdits(run)) || readAgain(run) === 0) return;
    await queue.readAll();
  }
  if (!(await lookForEdits(run))) return;
  await markTorn(run);
  // What came into sight only now is new, not torn.
  await queue.readAll();
}

/** Sights what was edited since the crawl began; false when search cannot tell. */
async function lookForEdits(run: Run): Promise<boolean> {
  try {
    await discoverBySearch(run, run.startedMs - overlapMs);
    return true;
  } catch (error) {
    if (isFatal(error)) throw error;
    if (isRefusal(error)) run.refused.set('search for edits', reasonOf(error));
    else
      run.state.addError({
        owner: '',
        kind: 'listing',
        what: 'edits during the crawl',
        id: '',
        reason: reasonOf(error),
      });
    return false;
  }
}

/** Puts pages that moved among those to be read, beside those the search itself put there. @returns how many there are */
function readAgain(run: Run): number {
  run.state
    .prepare(
      `UPDATE objects SET state = 'wanted', force = 1 WHERE kind = 'page' AND state = 'done' AND torn = 1`,
    )
    .run();
  return run.objects.countState('ready', 'wanted');
}

async function markTorn(run: Run): Promise<void> {
  const moved = run.state
    .prepare<[], { id: string; edited: string }>(
      `SELECT id, edited FROM objects WHERE kind = 'page' AND edited <> '' AND (state IN ('ready', 'wanted') OR (state = 'done' AND torn = 1))`,
    )
    .all();
  for (const { id } of moved) {
    const bytes = loadDocument(run, id);
    const document: unknown =
      bytes === undefined ? undefined : JSON.parse(Buffer.from(bytes).toString('utf8'));
    if (!isObject(document)) continue;
    const tornBytes = canonicalBytes({ ...document, torn: true });
    const content = await putDocument(run, tornBytes);
    run.state.transaction(() => {
      const entries = loadEntries(run, id).map((entry) =>
        entry.name === 'page.json' ? { ...entry, content } : entry,
      );
      saveEntries(run, { id, entries, documentBytes: tornBytes });
      run.state.prepare(`UPDATE objects SET state = 'done', torn = 1, listed = NULL WHERE id = ?`).run(id);
    });
  }
}
