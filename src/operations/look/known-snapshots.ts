/** The snapshots of a store with what is known besides their headers: tags, pins, alarms, and who made them. */
import type { HeaderLoss, SnapshotId, SnapshotSummary, Store } from '../../store/open-store.ts';

/** Tag of the backups that a restore in place takes by itself. */
export const beforeRestoreTag = 'before-restore';

/** A snapshot with this tag is pinned. */
export const pinTag = 'pin';

export interface KnownSnapshot extends SnapshotSummary {
  /** Made by the program itself, before a restore in place. */
  readonly isAutomatic: boolean;
  /** True when it holds far less than the last good one did; `readAlarm` gives the details. */
  readonly hasAlarm: boolean;
  /** Readable, signed by a trusted key, complete, and without an alarm that nobody acknowledged. */
  readonly isGood: boolean;
}

/** Every snapshot, newest first. @throws KlosetError `integrity` when newer ones may have been lost */
export async function knownSnapshots(store: Store): Promise<KnownSnapshot[]> {
  return (await store.listSnapshots()).map(known);
}

/** The snapshots that can be listed, newest first. With a loss there may have been newer ones. */
export interface KnownSurvey {
  readonly snapshots: KnownSnapshot[];
  readonly loss: HeaderLoss | undefined;
  /** Ids of headers that are gone and that somebody accepted as lost on this machine: some may have been newer too. */
  readonly accepted: readonly SnapshotId[];
  /** Ids of headers that cannot be read and may be of a newer backup than this one of its source. */
  mayBeNewer(id: SnapshotId): SnapshotId[];
}

/** The same for those who tell of a loss and go on. */
export async function surveyKnownSnapshots(store: Store): Promise<KnownSurvey> {
  const { snapshots, ...rest } = await store.surveySnapshots();
  return { snapshots: snapshots.map(known), ...rest };
}

/** The snapshot with what its header and its marks say together. */
export function known(snapshot: SnapshotSummary): KnownSnapshot {
  const { header, problem, tags, acknowledged } = snapshot;
  const hasAlarm = (header?.counts.suspicious ?? 0) > 0;
  return {
    ...snapshot,
    isPinned: snapshot.isPinned || tags.includes(pinTag),
    isAutomatic: snapshot.automatic,
    hasAlarm,
    isGood: header?.complete === true && problem === undefined && (!hasAlarm || acknowledged !== undefined),
  };
}

/** Readable, trusted, and made by `backup`. */
export function isBackup({ header, problem, isAutomatic }: KnownSnapshot): boolean {
  return header !== undefined && problem === undefined && !isAutomatic;
}

/** True while an alarm waits for somebody to acknowledge it. */
export function isAlarmed({ hasAlarm, acknowledged }: KnownSnapshot): boolean {
  return hasAlarm && acknowledged === undefined;
}
