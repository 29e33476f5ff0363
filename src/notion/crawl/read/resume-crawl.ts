/** Puts a checkpoint left by a killed run in order: what was read stays read, if its bytes are still there. */

import type { Run } from '../state/context.ts';
import { loadDocument, loadEntries, putDocument } from './finish-object.ts';

/** A checkpoint older than this keeps its pages, but everything is listed again. */
const staleMs = 24 * 3_600_000;

export async function resumeCrawl(run: Run): Promise<void> {
  const { state, ask, startedMs } = run;
  if (!state.isResumed) return;
  state.database.exec(
    `UPDATE objects SET state = CASE WHEN listed IS NOT NULL AND kind = 'page' THEN 'ready' ELSE 'wanted' END WHERE state IN ('busy', 'failed')`,
  );
  state.database.exec(`DELETE FROM errors WHERE kind = 'listing'`);
  if (ask.now() - startedMs > staleMs)
    state.database.exec(`DELETE FROM meta WHERE key IN ('searched', 'trash')`);
  const done = state
    .prepare<[], { id: string }>(`SELECT id FROM objects WHERE state = 'done'`)
    .all()
    .map(({ id }) => id);
  for (const id of done) if (!(await isStillStored(run, id))) run.objects.setState(id, 'wanted');
}

/** True when everything the object needs is in the sink; a document lost with the process is given to it again. */
async function isStillStored(run: Run, id: string): Promise<boolean> {
  const entries = loadEntries(run, id);
  for (const { name, content } of entries) {
    if (run.options.sink.has(content)) continue;
    const bytes = name.startsWith('files/') ? undefined : loadDocument(run, id);
    if (bytes === undefined) return false;
    await putDocument(run, bytes);
  }
  return entries.length > 0;
}
