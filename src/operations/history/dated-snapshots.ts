/** The backups of one workspace in the order they were made. */

import { KlosetError } from '../../errors.ts';
import type { Store } from '../../store/open-store.ts';
import type { SnapshotFilter } from '../look/filter.ts';
import { filterSnapshots, noFilter } from '../look/filter.ts';
import { isBackup, knownSnapshots } from '../look/known-snapshots.ts';
import type { Place } from '../look/open-place.ts';
import { workspaceOf } from '../look/sources.ts';
import type { DatedSnapshot } from './versions.ts';

/**
 * Every readable backup of the workspace that `place` lies in, as far as the filter leaves it, oldest first, and the id of the
 * object there.
 */
export async function historyOf(
  store: Store,
  { snapshot, entry }: Place,
  filter: SnapshotFilter = noFilter,
): Promise<{ readonly id: string; readonly snapshots: DatedSnapshot[] }> {
  if (entry.type !== 'directory' || entry.object === undefined)
    throw new KlosetError('usage', `${entry.path} is neither a page nor a database.`, {
      hint: 'Give the path, the title, the id or the Notion URL of one.',
    });
  const workspace = workspaceOf(snapshot.header.source);
  const backups = filterSnapshots(await knownSnapshots(store), filter).filter(
    (each) => isBackup(each) && workspaceOf(each.header?.source ?? '') === workspace,
  );
  const snapshots = backups
    .reverse()
    .flatMap(({ id, header }): DatedSnapshot[] =>
      header === undefined ? [] : [{ id, time: header.time, open: () => store.openSnapshot(id) }],
    );
  return { id: entry.object.id, snapshots };
}
