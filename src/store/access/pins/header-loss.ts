/**
 * Judges the headers of a store by the newest ones that this machine has seen.
 *
 * Every header names the headers that were newest when it was written, and every deliberate removal is a header
 * too. So it is enough to remember the newest ones: as long as they are there, and nothing they stand on is
 * missing without a removal, nothing that was ever seen has been lost. Pure: it reads nothing and remembers nothing.
 */
import { KlosetError } from '../../../errors.ts';
import type { SnapshotId } from '../../format/ids.ts';
import type { TrustRecord } from './trust-record.ts';

/** A header as far as trust is concerned. */
export interface SeenHeader {
  readonly id: SnapshotId;
  /** ISO time. */
  readonly time: string;
  /** Public key, 64 hex digits; the signature holds. */
  readonly signer: string;
  readonly parents: readonly SnapshotId[];
  /** False when its signer is not trusted, or was revoked before. */
  readonly counts?: boolean;
  /** For removals: the ids of the snapshots taken away. */
  readonly removed?: readonly SnapshotId[];
  /** False for marks, removals, and snapshots that the program took by itself: they are not backups. */
  readonly isBackup?: boolean;
}

/** Headers that may be newer than what can be read, so that the newest snapshot of the store is not known. */
export interface HeaderLoss {
  /** Seen by this machine, or named by a header that is there, and gone without a removal. */
  readonly missing: readonly SnapshotId[];
  /** There but damaged, and not older than any readable backup: marks that stand on it tell of no newer one. */
  readonly unreadable: readonly SnapshotId[];
  /** The error to end with: what happened and the way out. Code `integrity`, or `incompatible`. */
  readonly error: KlosetError;
}

export interface HeaderJudgement {
  /** Ids of the newest trusted headers. */
  readonly heads: readonly SnapshotId[];
  /** Undefined when nothing is lost but what was accepted as lost before. */
  readonly loss: HeaderLoss | undefined;
}

/**
 * Compares the headers of the store at `location` with what is remembered of it. Headers of foreign signers prove
 * nothing; they are not missing. `unreadable` are the ids of files that are there but damaged.
 */
export function judgeHeaders(
  known: Pick<TrustRecord, 'signers' | 'heads' | 'missed'>,
  listed: readonly SeenHeader[],
  unreadable: readonly SnapshotId[],
  location: string,
): HeaderJudgement {
  const trusted = listed.filter(({ signer, counts = true }) => counts && known.signers.includes(signer));
  const heads = headsOf(trusted);
  const older = belowBackups(trusted);
  const removed = new Set(trusted.flatMap(({ removed: ids = [] }) => ids));
  const accounted = new Set([...listed.map(({ id }) => id), ...unreadable, ...known.missed, ...removed]);
  const lostHeads = known.heads.filter((id) => !accounted.has(id));
  const lostParents = trusted.flatMap(({ parents }) => parents.filter((id) => !accounted.has(id)));
  const missing = [...new Set([...lostHeads, ...lostParents])];
  const missed = new Set(known.missed);
  const damaged = unreadable.filter((id) => !older.has(id) && !removed.has(id) && !missed.has(id));
  if (missing.length === 0 && damaged.length === 0) return { heads, loss: undefined };
  const error =
    lostHeads.length > 0
      ? rolledBack(location, lostHeads, trusted)
      : missing.length > 0
        ? brokenChain(missing)
        : damagedHeads(damaged);
  return { heads, loss: { missing, unreadable: damaged, error } };
}

/** Ids of all that some backup stands on. */
function belowBackups(headers: readonly SeenHeader[]): Set<SnapshotId> {
  return below(
    headers,
    headers.filter(({ isBackup = true }) => isBackup),
  );
}

/** Ids of all that the headers `from` stand on, whether it can be read or not. */
export function below(headers: readonly SeenHeader[], from: readonly SeenHeader[]): Set<SnapshotId> {
  const parentsOf = new Map(headers.map(({ id, parents }) => [id, parents]));
  const found = new Set<SnapshotId>();
  const open = from.flatMap(({ parents }) => parents);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    open.push(...(parentsOf.get(id) ?? []));
  }
  return found;
}

/** The headers that no other header names as a parent, in order of id. */
export function headsOf(headers: readonly SeenHeader[]): SnapshotId[] {
  const below = new Set(headers.flatMap(({ parents }) => parents));
  return headers
    .map(({ id }) => id)
    .filter((id) => !below.has(id))
    .sort();
}

/** Ids as people read them; a long list is cut. */
export function shortIds(ids: readonly string[]): string {
  const shown = ids.slice(0, 10).map((id) => id.slice(0, 8));
  if (ids.length > shown.length) shown.push(`and ${ids.length - shown.length} more`);
  return shown.length === 0 ? 'none' : shown.join(', ');
}

function rolledBack(
  location: string,
  lost: readonly SnapshotId[],
  headers: readonly SeenHeader[],
): KlosetError {
  const newest = headers
    .map(({ time }) => time)
    .sort()
    .at(-1);
  const since =
    newest === undefined ? 'it has no snapshot at all now' : `the newest snapshot is now of ${newest}`;
  return lossError(
    `${location} was rolled back (possible rollback attack): this machine has seen newer snapshots than it holds (${shortIds(lost)}); ${since}.`,
    `Bring them back with ${copying}. ${accepting}; otherwise the store was tampered with.`,
  );
}

function brokenChain(missing: readonly SnapshotId[]): KlosetError {
  const what =
    missing.length === 1
      ? `Snapshot ${shortIds(missing)}`
      : `${missing.length} snapshots (${shortIds(missing)})`;
  return lossError(
    `The chain of snapshots is broken: ${what} vanished without being removed.`,
    `Bring it back with ${healing}. ${accepting}.`,
  );
}

function damagedHeads(damaged: readonly SnapshotId[]): KlosetError {
  const what = damaged.length === 1 ? 'A header' : `${damaged.length} headers`;
  return lossError(
    `${what} of the store cannot be read and may be of the newest snapshot: ${shortIds(damaged)}.`,
    `Bring it back with ${healing}, or name an older snapshot by its id. ${accepting}.`,
  );
}

const copying = '`notion-kloset sync from` a copy of the store';
const healing = '`notion-kloset repair --from` a copy of the store';
const accepting = 'If you know that they are lost, go on without them with --accept-loss, once';

function lossError(message: string, hint: string): KlosetError {
  return new KlosetError('integrity', message, { hint });
}
