/** Options and report of a copy of snapshots. */
import type { SnapshotId } from '../format/ids.ts';
import type { LockOptions } from '../locks/locks.ts';
import type { HealReport } from './heal-notes.ts';

export interface SyncOptions {
  /**
   * Full ids. The snapshots they stand on come with them, for a replica without its past has a broken chain. Without it
   * every snapshot that the target neither has nor removed.
   */
  readonly snapshots?: readonly SnapshotId[];
  /** Leave the past out for good: the target can never take it in later. For exports. */
  readonly alone?: boolean;
  /** Put back first, on both sides, what one has lost and the other has. */
  readonly heal?: boolean;
  /** Name of this machine. */
  readonly host: string;
  readonly lock?: LockOptions;
}

/** One side of a sync that was healed. */
export interface Healed extends HealReport {
  readonly location: string;
}

export interface SyncReport {
  /** Ids at the target of the snapshots copied, in the order in which they were. */
  readonly copied: readonly SnapshotId[];
  /** Between stores of different keys: the ids of those snapshots at the target and at the source. */
  readonly resealed?: readonly { readonly id: SnapshotId; readonly from: SnapshotId }[];
  /** Snapshots that could not be read at the source. */
  readonly failed: readonly { readonly id: SnapshotId; readonly problem: string }[];
  readonly blobsCopied: number;
  /** Bytes of new packfiles. */
  readonly bytesCopied: number;
  /** Reports of healing, by place. */
  readonly healed?: readonly Healed[];
}
