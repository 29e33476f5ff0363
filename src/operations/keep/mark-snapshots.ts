/** Changes what is said of snapshots: tags, pins and acknowledged alarms, as signed marks beside their headers. */
import { KlosetError } from '../../errors.ts';
import type { MarkChanges, SnapshotId, StoreWriter } from '../../store/open-store.ts';
import type { JobContext } from '../job-context.ts';
import { knownSnapshots } from '../look/known-snapshots.ts';
import { resolveSnapshots } from '../look/open-place.ts';

/** Writes one mark for the snapshot that `word` means, and returns its id. @throws KlosetError `not-found`, `usage` */
export async function markSnapshot(
  job: JobContext,
  store: StoreWriter,
  { word, changes }: { readonly word: string; readonly changes: MarkChanges },
): Promise<SnapshotId> {
  const [id] = await resolveSnapshots(store, [word], job);
  if (id === undefined) throw new KlosetError('not-found', `The store has no snapshot ${word}.`);
  if (changes.acknowledged === true) await requireAlarm(store, id);
  await store.mark(id, changes, { tool: job.tool, host: job.host });
  return id;
}

async function requireAlarm(store: StoreWriter, id: SnapshotId): Promise<void> {
  const found = (await knownSnapshots(store)).find((each) => each.id === id);
  if (found?.hasAlarm === true) return;
  throw new KlosetError('usage', `Snapshot ${id.slice(0, 8)} has no alarm to acknowledge.`);
}
