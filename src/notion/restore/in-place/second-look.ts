/**
 * A second look at what waited for others: properties that name properties created again elsewhere, views that show them,
 * values that were refused while their property was missing, and links to pages that were created again.
 */
import { compactId } from '../../../document/notion-id.ts';
import type { RestoreContext } from '../requests/restore-context.ts';
import type { InPlaceRun } from './in-place-run.ts';
import { patchDatabaseAgain, patchPageAgain } from './patch-object.ts';

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
  for (const id of journal.inPlace.secondLooks()) {
    const object = journal.objects.get(compactId(id));
    if (object?.kind === 'page') await patchPageAgain(context, run, object);
  }
  for (const { path, what, message } of run.refused.values()) {
    journal.queue.addFailure({ path, what, message });
    monitor.report({ type: 'warning', path, message: `${what}: ${message}` });
  }
}
