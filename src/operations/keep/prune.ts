/** Removes the snapshots that a retention policy does not keep. */
import type { SnapshotId, Store, StoreMaintenance } from '../../store/open-store.ts';
import type { JobContext } from '../job-context.ts';
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
  /** Every snapshot with the reasons to keep it, newest first. */
  readonly decisions: readonly RetentionDecision<StoredSnapshot>[];
  /** Ids of the snapshots without a reason: removed, or to be removed when `apply` was false. */
  readonly removed: readonly SnapshotId[];
}

/**
 * Decides by `policy`, then removes; without `apply` nothing is changed.
 * @throws KlosetError `usage` for a policy without a rule
 */
export async function prune(
  job: JobContext,
  store: StoreMaintenance,
  { policy, apply }: { readonly policy: RetentionPolicy; readonly apply: boolean },
): Promise<PruneReport> {
  const decisions = await pruneDecisions(store, policy);
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
