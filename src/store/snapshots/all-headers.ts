/** The headers of a store, compared with what this machine has seen. */
import type { Database } from '../../database.ts';
import { KlosetError } from '../../errors.ts';
import type { HeaderJudgement, HeaderLoss } from '../access/pins/header-loss.ts';
import type { ReadingParts } from '../access/store-parts.ts';
import type { Trust } from '../access/trust.ts';
import { openCacheDatabase } from '../cache/cache-database.ts';
import type { ListedHeader } from './listed-header.ts';
import { seenHeaders, unreadableIds } from './listed-header.ts';
import { readHeaders } from './snapshot-list.ts';

export { removedIn } from './listed-header.ts';

type HeaderParts = Pick<ReadingParts, 'context' | 'backend' | 'trust'>;

/** Headers as they are found, and what is lost of those that this machine has seen. */
export interface ComparedHeaders {
  readonly headers: ListedHeader[];
  readonly loss: HeaderLoss | undefined;
}

/** Reads every header, those of `database` from there, and tells of a loss. For those who go on all the same. */
export async function compareHeaders(parts: HeaderParts, database: Database): Promise<ComparedHeaders> {
  const { context, backend, trust } = parts;
  for (let looks = 1; ; looks += 1) {
    const headers = await readHeaders({ context, backend, database, trust });
    const judgement = trust.judgeHeaders(seenHeaders(headers), unreadableIds(headers));
    if (looks < maxLooks && (await mayHaveChanged(parts, headers, judgement))) continue;
    return { headers, loss: remembered(trust, headers, judgement) };
  }
}

/**
 * True when another look may find what this one misses. Another machine may have removed a snapshot between the list and the
 * reading, and its removal is in the next list; and it may have signed with a key that was accepted meanwhile.
 */
async function mayHaveChanged(
  parts: HeaderParts,
  headers: readonly ListedHeader[],
  { loss }: HeaderJudgement,
): Promise<boolean> {
  const isMissed = (loss?.missing.length ?? 0) > 0;
  const hasStrangers = headers.some(
    ({ header, problem, isRevoked = false }) => header !== undefined && problem !== undefined && !isRevoked,
  );
  if (!isMissed && !hasStrangers) return false;
  // Most commands never need it.
  const { readConfigAgain } = await import('../access/config-again.ts');
  return (await readConfigAgain(parts)) !== undefined || isMissed;
}

/** Remembers `headers` as they were judged now, and tells of a loss. */
export function noteHeaders(trust: Trust, headers: readonly ListedHeader[]): HeaderLoss | undefined {
  return remembered(trust, headers, trust.judgeHeaders(seenHeaders(headers), unreadableIds(headers)));
}

function remembered(
  trust: Trust,
  headers: readonly ListedHeader[],
  judgement: HeaderJudgement,
): HeaderLoss | undefined {
  const loss = trust.noteHeaders(judgement);
  return loss === undefined ? undefined : namedByVersion(loss, headers);
}

/** A header that is missing in so many lists, one after the other, is lost. */
const maxLooks = 3;

/** Headers of another version are not damage: they may be of the newest snapshot all the same. */
function namedByVersion(loss: HeaderLoss, headers: readonly ListedHeader[]): HeaderLoss {
  const others = headers.filter(({ id, isIncompatible }) => isIncompatible && loss.unreadable.includes(id));
  if (loss.missing.length > 0 || others.length < loss.unreadable.length) return loss;
  return { ...loss, error: newerFormat(others[0]?.problem ?? '') };
}

/** The error to end with when a header was written by another version; `problem` says which. */
export function newerFormat(problem: string): KlosetError {
  return new KlosetError('incompatible', problem, {
    hint: 'Install the version of notion-kloset that wrote it, or a newer one.',
  });
}

/** Reads every header file of the store from there and not from the cache, and tells of a loss. */
export async function compareAllHeaders(parts: HeaderParts): Promise<ComparedHeaders> {
  const database = openCacheDatabase(':memory:');
  try {
    return await compareHeaders(parts, database);
  } finally {
    database.close();
  }
}

/**
 * Every header file of the store, read from there and not from the cache.
 * @throws KlosetError integrity when headers were lost, so that the newest snapshot is not known
 */
export async function allHeaders(parts: HeaderParts): Promise<ListedHeader[]> {
  const { headers, loss } = await compareAllHeaders(parts);
  if (loss !== undefined) throw loss.error;
  return headers;
}
