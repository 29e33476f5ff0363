/** Lists the snapshots of a store, and the entries of one snapshot. */
import type { WalkedEntry } from '../../document/content.ts';
import type { Store } from '../../store/open-store.ts';
import type { KnownSurvey } from './known-snapshots.ts';
import { isBackup, surveyKnownSnapshots } from './known-snapshots.ts';
import type { Place } from './open-place.ts';

export interface SnapshotFilter {
  readonly tag?: string | undefined;
  readonly name?: string | undefined;
  /** The newest backup of those that match, alone. */
  readonly latest?: boolean | undefined;
}

/** The snapshots that match, oldest first, unreadable or badly signed ones with a `problem`; and what is lost. */
export async function listSnapshots(store: Store, filter: SnapshotFilter): Promise<KnownSurvey> {
  const { snapshots, loss } = await surveyKnownSnapshots(store);
  const matching = snapshots.filter(({ header, tags }) => {
    if (filter.tag !== undefined && !tags.includes(filter.tag)) return false;
    return filter.name === undefined || header?.name === filter.name;
  });
  const chosen = filter.latest === true ? matching.filter(isBackup).slice(0, 1) : matching.reverse();
  return { snapshots: chosen, loss };
}

/** The entries directly in a directory, or everything below it; a file stands for itself. */
export async function* listEntries(
  { snapshot, entry }: Place,
  { recursive }: { readonly recursive: boolean },
): AsyncIterable<WalkedEntry> {
  if (entry.type === 'file') yield entry;
  else if (!recursive) yield* snapshot.list(entry.path);
  else for await (const below of snapshot.walk(entry.path)) if (below.path !== entry.path) yield below;
}
