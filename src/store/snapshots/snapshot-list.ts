/** The headers of a store, each read once and verified every time. */
import type { ReadBackend } from '../../backend/backend.ts';
import type { Database } from '../../database.ts';
import { isKlosetError, KlosetError } from '../../errors.ts';
import type { Trust } from '../access/trust.ts';
import { cachedHeader, keepHeader } from '../cache/header-cache.ts';
import { readAhead } from '../cache/read-ahead.ts';
import type { SealContext } from '../format/blob.ts';
import type { SnapshotId } from '../format/ids.ts';
import type { SnapshotHeader } from '../format/snapshot-header.ts';
import {
  decodeHeader,
  headerIdIn,
  headerIdOf,
  headerName,
  headersPrefix,
  maxHeaderBytes,
} from '../format/snapshot-header.ts';
import { chainOf, clockToleranceMs } from './chain.ts';
import type { ListedHeader } from './listed-header.ts';
import { removedIn } from './listed-header.ts';
import type { MarkedState } from './marks.ts';
import { markedState, marksIn, unmarked } from './marks.ts';
import { withoutRevoked } from './revoked.ts';

export type { ListedHeader } from './listed-header.ts';

/** One snapshot as a listing shows it, with what marks say of it. */
export interface SnapshotSummary extends MarkedState {
  readonly id: SnapshotId;
  /** Bytes of the header file. */
  readonly sizeBytes: number;
  /**
   * Undefined when it cannot be read; may be there beside a problem (a foreign signer, say). Its `time` is the one to
   * show: what it states unless that contradicts the chain of parents or lies in the future.
   */
  readonly header?: SnapshotHeader;
  /** The time that the header states, when it is far from the one to show: a clock was wrong. */
  readonly wrongTime?: string;
  /** The reason not to trust this snapshot; undefined when it is trusted. */
  readonly problem?: string;
  /** Its header is of another version of this program, not damaged. */
  readonly isIncompatible?: true;
  /** True when the problem is that its signer was revoked before it: it is not damaged. */
  readonly isRevoked?: boolean;
}

export interface HeaderReaderOptions {
  readonly context: SealContext;
  readonly backend: ReadBackend;
  /** Keeps files that were read before; they are verified again all the same. */
  readonly database: Database;
  /** Says whose signatures count, and until when. */
  readonly trust: Pick<Trust, 'signerProblem' | 'revocations'>;
}

/** Lists `snapshots/` and reads every header in it. @throws KlosetError unavailable */
export async function readHeaders(options: HeaderReaderOptions): Promise<ListedHeader[]> {
  const found: ListedHeader[] = [];
  const reading = readAhead(listedHeaders(options.backend), headersAhead, ({ id, sizeBytes }) =>
    readHeader(options, id, sizeBytes),
  );
  for await (const header of reading) if (header !== undefined) found.push(header);
  return withoutRevoked(found, options.trust.revocations);
}

/** Headers have some kilobytes. */
const headersAhead = 8;

/** A stray file is `check`'s to name. */
async function* listedHeaders(
  backend: ReadBackend,
): AsyncGenerator<{ readonly id: SnapshotId; readonly sizeBytes: number }> {
  for await (const { name, sizeBytes } of backend.list(headersPrefix)) {
    const id = headerIdIn(name);
    if (id !== undefined) yield { id, sizeBytes };
  }
}

/** Undefined when the file went away since it was listed. */
async function readHeader(
  options: HeaderReaderOptions,
  id: SnapshotId,
  sizeBytes: number,
): Promise<ListedHeader | undefined> {
  try {
    const header = decodeHeader(
      options.context,
      await headerFile(options, id, sizeBytes),
      `Snapshot ${id.slice(0, 12)}…`,
    );
    const problem = options.trust.signerProblem(header.signer);
    return { id, sizeBytes, header, ...(problem === undefined ? {} : { problem }) };
  } catch (error) {
    if (isKlosetError(error, 'not-found')) return undefined;
    // A place that refuses or cannot be reached says nothing about the header.
    if (!isKlosetError(error) || !['integrity', 'incompatible'].includes(error.code)) throw error;
    const isOther = error.code === 'incompatible';
    return { id, sizeBytes, problem: error.message, ...(isOther ? { isIncompatible: true } : {}) };
  }
}

/** The bytes whose SHA-256 is `id`, from the cache or the store. */
async function headerFile(
  options: HeaderReaderOptions,
  id: SnapshotId,
  sizeBytes: number,
): Promise<Uint8Array> {
  const { backend, database } = options;
  const cached = cachedHeader(database, id);
  // The size is the backend's: a cached copy must not hide that the file there was cut.
  if (cached?.length === sizeBytes && headerIdOf(cached) === id) return cached;
  if (sizeBytes > maxHeaderBytes)
    throw new KlosetError('integrity', `Snapshot ${id} has ${sizeBytes} bytes.`);
  const file = await backend.read(headerName(id));
  if (headerIdOf(file) !== id) {
    throw new KlosetError(
      'integrity',
      `Snapshot ${id.slice(0, 12)}… is damaged: its SHA-256 does not match its name.`,
    );
  }
  keepHeader(database, id, file);
  return file;
}

/**
 * The snapshots among `headers`, newest first by the chain of parents; unreadable ones come last. Those removed on
 * purpose are gone. Their times are as the chain and the clock allow (see chain.ts).
 */
export function snapshotsOf(headers: readonly ListedHeader[], nowMs: number): SnapshotSummary[] {
  const removed = new Set(removedIn(headers));
  const chain = chainOf(headers, nowMs);
  const marks = marksIn(chain);
  const readable = chain.flatMap(({ listed: { header, ...rest }, time }) => {
    if (header.kind !== 'snapshot' || removed.has(rest.id)) return [];
    const state = markedState(header, marks.get(rest.id));
    return [{ ...rest, ...state, header: { ...header, time }, ...wrongTime(header.time, time) }];
  });
  const unreadable = headers.flatMap(({ header, ...rest }) =>
    header === undefined && !removed.has(rest.id) ? [{ ...rest, ...unmarked }] : [],
  );
  return [...readable.reverse(), ...unreadable.sort((left, right) => (left.id < right.id ? 1 : -1))];
}

function wrongTime(stated: string, shown: string): { wrongTime?: string } {
  const isFar = Math.abs(Date.parse(stated) - Date.parse(shown)) > clockToleranceMs;
  return isFar ? { wrongTime: stated } : {};
}

/** The snapshot that `prefix` names, or the newest good one for `latest`. @throws KlosetError not-found, usage */
export function findSnapshot(snapshots: readonly SnapshotSummary[], prefix: string): SnapshotSummary {
  if (prefix === 'latest') {
    const latest = snapshots.find(({ problem }) => problem === undefined);
    if (latest !== undefined) return latest;
    throw new KlosetError('not-found', 'The store has no readable snapshot yet.', {
      hint: 'Run `notion-kloset backup`.',
    });
  }
  if (!/^[0-9a-f]{1,64}$/.test(prefix)) {
    throw new KlosetError('usage', `Not a snapshot id: ${JSON.stringify(prefix.slice(0, 80))}.`);
  }
  const [found, second] = snapshots.filter(({ id }) => id.startsWith(prefix));
  if (found === undefined) throw new KlosetError('not-found', `The store has no snapshot ${prefix}.`);
  if (second === undefined) return found;
  throw new KlosetError('usage', `More than one snapshot begins with ${prefix}.`, {
    hint: 'Give more digits.',
  });
}

/** Ids of the snapshots that the next incremental runs will ask for. */
export function newestOfEachSource(snapshots: readonly SnapshotSummary[]): Set<SnapshotId> {
  const newest = new Map<string, SnapshotId>();
  for (const { id, header } of snapshots) {
    if (header !== undefined && !newest.has(header.source)) newest.set(header.source, id);
  }
  return new Set(newest.values());
}
