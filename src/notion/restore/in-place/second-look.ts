/**
 * A second look at what waited for others: properties that name properties created again elsewhere, views that show them,
 * values that were refused while their property was missing, and links to pages that were created again.
 */
import { compactId } from '../../../document/notion-id.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import type { RestoreContext } from '../requests/restore-context.ts';
import type { InPlaceRun } from './in-place-run.ts';
import { patchBlocksAgain, patchDatabaseAgain, patchValuesAgain } from './patch-object.ts';

/** Rounds in which properties may wait for each other: relation, rollup, formula, and one that finds nothing left. */
const maxRounds = 5;

/** Looks again at the marked objects, databases first, and reports what Notion still refuses. */
export async function lookAgain(context: RestoreContext, run: InPlaceRun): Promise<void> {
  const { journal, monitor } = context;
  for (let round = 0; round < maxRounds; round += 1) {
    let isSent = false;
    for (const id of journal.inPlace.secondLooks()) {
      const object = journal.objects.get(compactId(id));
      if (object?.kind === 'database') isSent = (await patchDatabaseAgain(context, run, object)) || isSent;
    }
    if (!isSent) break;
  }
  const pages = journal.inPlace.secondLooks().flatMap((id) => {
    const object = journal.objects.get(compactId(id));
    return object?.kind === 'page' ? [object] : [];
  });
  await lookAtBlocks(context, run, pages);
  for (const page of pages) await patchValuesAgain(context, run, page);
  for (const { path, what, message } of run.refused.values()) {
    journal.queue.addFailure({ path, what, message });
    monitor.report({ type: 'warning', path, message: `${what}: ${message}` });
  }
}

/** Copies of synced blocks may wait for originals that wait themselves: as long as fewer do, all are looked at again. */
async function lookAtBlocks(
  context: RestoreContext,
  run: InPlaceRun,
  pages: readonly RestoredObject[],
): Promise<void> {
  for (let before = Number.POSITIVE_INFINITY; ; ) {
    let waiting = 0;
    for (const page of pages) waiting += await patchBlocksAgain(context, run, page, false);
    if (waiting === 0) return;
    if (waiting >= before) break;
    before = waiting;
  }
  for (const page of pages) await patchBlocksAgain(context, run, page, true);
}
