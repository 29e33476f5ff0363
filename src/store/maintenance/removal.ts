/**
 * Takes snapshots away: first a signed header that says so, then the files. The bytes they held stay until
 * maintenance finds that nothing needs them. Without the header a missing snapshot would be a broken chain.
 */
import { requireRemovable } from '../../backend/backend.ts';
import type { KeptObjects } from '../../backend/object-lock.ts';
import { removeUnlessKept } from '../../backend/object-lock.ts';
import { KlosetError } from '../../errors.ts';
import type { StoreParts } from '../access/store-parts.ts';
import type { SnapshotId } from '../format/ids.ts';
import { headerName } from '../format/snapshot-header.ts';
import type { LockOptions } from '../locks/locks.ts';
import { withLock } from '../locks/locks.ts';
import { allHeaders } from '../snapshots/all-headers.ts';
import type { HeaderAuthor } from '../snapshots/heads.ts';
import { writableHeads, writeHeader } from '../snapshots/heads.ts';
import type { ListedHeader } from '../snapshots/listed-header.ts';
import { removedIn } from '../snapshots/listed-header.ts';

/** About 7 MB of a header, which has at most 64. */
const maxNamedIds = 100_000;

export type RemovalDetails = HeaderAuthor;

/**
 * Removes the snapshots `ids`, under a shared lock: backups may run beside it.
 * @throws KlosetError not-found when one is not there, credentials when this identity may not sign
 */
export async function removeSnapshots(
  parts: StoreParts,
  ids: readonly SnapshotId[],
  details: RemovalDetails,
  lockOptions: LockOptions = {},
): Promise<void> {
  if (ids.length === 0) return;
  requireRemovable(parts.backend);
  parts.trust.requireOwnSigner(parts.identity.signer.publicKey);
  await parts.identity.unlock();
  await withLock(parts, 'shared', { command: 'rm', ...lockOptions }, async (lock) => {
    const headers = await allHeaders(parts);
    checkPresent(headers, ids);
    await lock.assertHeld();
    await writeRemoval(parts, headers, ids, details);
    const kept = await removeUnlessKept(parts.backend, ids.map(headerName));
    if (kept.names.length > 0) parts.monitor.report({ type: 'notice', message: keptLine(kept) });
    await allHeaders(parts);
    await parts.trust.save();
  });
}

/** They are removed all the same: no list shows them, and their contents count as unreachable. */
function keptLine({ names, untilMs }: KeptObjects): string {
  const until = new Date(untilMs).toISOString().slice(0, 16);
  const files =
    names.length === 1 ? 'the file of a removed snapshot' : `the files of ${names.length} removed snapshots`;
  return `The server keeps ${files} until ${until} (object lock); maintenance removes what is kept after that.`;
}

/** Snapshots whose removal was signed and whose file is still there: an interrupted removal left it. */
export async function removedButPresent(parts: StoreParts): Promise<SnapshotId[]> {
  const headers = await allHeaders(parts);
  const removed = new Set(removedIn(headers));
  return headers.filter((listed) => removed.has(listed.id) && isSnapshot(listed)).map(({ id }) => id);
}

/**
 * Signs and writes headers that say that `removed` are gone on purpose: one unless they are very many. Returns the last
 * one's id.
 */
export async function writeRemoval(
  parts: StoreParts,
  headers: readonly ListedHeader[],
  removed: readonly SnapshotId[],
  details: RemovalDetails,
): Promise<SnapshotId> {
  const parentsOf = new Map(headers.map(({ id, header }) => [id, header?.parents ?? []]));
  // What a stranger's header says of its origin must not keep that from being copied.
  const trusted = headers.filter(({ problem }) => problem === undefined);
  const originOf = new Map(trusted.map(({ id, header }) => [id, header?.origin?.id]));
  let parents = await writableHeads(parts, headers, details);
  for (const batch of batches([...removed].sort(), parentsOf)) {
    const removedParents = batch.map((id) => parentsOf.get(id) ?? []);
    const origins = batch.flatMap((id) => originOf.get(id) ?? []);
    const content = {
      kind: 'removal',
      parents,
      removed: batch,
      removedParents,
      ...(origins.length === 0 ? {} : { removedOrigins: origins }),
    } as const;
    parents = [await writeHeader(parts, details, content)];
  }
  const [last] = parents;
  if (last === undefined) throw new KlosetError('internal', 'A removal of nothing.');
  return last;
}

/** `ids` in parts that fit a header each together with their parents. */
function* batches(
  ids: readonly SnapshotId[],
  parentsOf: ReadonlyMap<SnapshotId, readonly SnapshotId[]>,
): Generator<SnapshotId[]> {
  let batch: SnapshotId[] = [];
  let named = 0;
  for (const id of ids) {
    batch.push(id);
    named += 1 + (parentsOf.get(id)?.length ?? 0);
    if (named < maxNamedIds) continue;
    yield batch;
    batch = [];
    named = 0;
  }
  if (batch.length > 0) yield batch;
}

/** True also for a header that cannot be read: it may be one. */
function isSnapshot({ header }: Pick<ListedHeader, 'header'>): boolean {
  return header === undefined || header.kind === 'snapshot';
}

/** Removals and marks stay: the chain rests on them. */
function checkPresent(headers: readonly ListedHeader[], ids: readonly SnapshotId[]): void {
  const snapshots = new Set(headers.filter(isSnapshot).map(({ id }) => id));
  for (const id of ids) {
    if (snapshots.has(id)) continue;
    throw new KlosetError('not-found', `The store has no snapshot ${id}.`);
  }
}
