/** Removes the snapshots that a retention policy does not keep. */
import type { SnapshotId, Store, StoreMaintenance } from '../../store/open-store.ts';
import type { JobContext } from '../job-context.ts';
import type { SnapshotFilter } from '../look/filter.ts';
import { filterSnapshots, noFilter } from '../look/filter.ts';
import type { KnownSnapshot } from '../look/known-snapshots.ts';
import { knownSnapshots } from '../look/known-snapshots.ts';
import { removeFromStore } from './remove-snapshots.ts';
import type { RetainedSnapshot, RetentionDecision, RetentionPolicy } from './retention.ts';
import { decideRetention } from './retention.ts';

/** A snapshot of a store, as far as retention is concerned. */
export interface StoredSnapshot extends RetainedSnapshot {
  readonly id: SnapshotId;
}

export interface PruneReport {
  /** Every snapshot that the filter leaves with the reasons to keep it, newest first. */
  readonly decisions: readonly RetentionDecision<StoredSnapshot>[];
  /** Ids of the snapshots without a reason: removed, or to be removed when `apply` was false. */
  readonly removed: readonly SnapshotId[];
}

/**
 * Decides by `policy` among the snapshots that the filter leaves, then removes; without `apply` nothing is changed. What every
 * policy keeps of a whole source stays, also where the filter leaves older ones alone.
 * @throws KlosetError `usage` for a policy without a rule
 */
export async function prune(
  job: JobContext,
  store: StoreMaintenance,
  {
    policy,
    apply,
    filter = noFilter,
  }: { readonly policy: RetentionPolicy; readonly apply: boolean; readonly filter?: SnapshotFilter },
): Promise<PruneReport> {
  const all = await knownSnapshots(store);
  const meant = new Set<string>(filterSnapshots(all, filter).map(({ id }) => id));
  const decisions = decideRetention(all.map(retained), policy, ({ id }) => meant.has(id)).filter(
    ({ snapshot }) => meant.has(snapshot.id),
  );
  const removed = decisions.filter(({ reasons }) => reasons.length === 0).map(({ snapshot }) => snapshot.id);
  if (apply) await removeFromStore(job, store, removed);
  return { decisions, removed };
}

/** The decisions alone, for those who only look. @throws KlosetError `usage` for a policy without a rule */
export async function pruneDecisions(
  store: Store,
  policy: RetentionPolicy,
): Promise<RetentionDecision<StoredSnapshot>[]> {
  return decideRetention((await knownSnapshots(store)).map(retained), policy);
}

function retained(
  { id, header, tags, isGood, isPinned, isAutomatic }: KnownSnapshot,
  place: number,
): StoredSnapshot {
  return {
    id,
    place,
    ...(header === undefined ? {} : { time: header.time }),
    source: header?.source ?? '',
    tags,
    isGood,
    isPinned,
    isAutomatic,
  };
}
