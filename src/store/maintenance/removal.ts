/**
 * Takes snapshots away: first a signed header that says so, then the files. The bytes they held stay until
 * maintenance finds that nothing needs them. Without the header a missing snapshot would be a broken chain.
 */
import { requireRemovable } from '../../backend/backend.ts';
import { createVerified } from '../../backend/verified-write.ts';
import { KlosetError } from '../../errors.ts';
import type { StoreParts } from '../access/store-parts.ts';
import { headsOf } from '../access/trust.ts';
import { hexOf } from '../crypto/hex.ts';
import type { SnapshotId } from '../format/ids.ts';
import type { RemovalHeader } from '../format/snapshot-header.ts';
import { encodeHeader, headerIdOf, headerName } from '../format/snapshot-header.ts';
import type { LockOptions } from '../locks/locks.ts';
import { withLock } from '../locks/locks.ts';
import { allHeaders, removedIn } from '../snapshots/all-headers.ts';
import type { ListedHeader } from '../snapshots/snapshot-list.ts';
import { seenHeaders } from '../snapshots/snapshot-list.ts';

export interface RemovalDetails {
  /** Program and version. */
  readonly tool: string;
  /** Name of this machine. */
  readonly host: string;
}

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
  await withLock(parts, 'shared', { command: 'rm', ...lockOptions }, async (lock) => {
    const headers = await allHeaders(parts);
    checkPresent(headers, ids);
    await lock.assertHeld();
    await writeRemoval(parts, headers, ids, details);
    for (const id of ids) await parts.backend.remove(headerName(id));
    await allHeaders(parts);
    await parts.trust.save();
  });
}

/** Snapshots whose removal was signed and whose file is still there: an interrupted removal left it. */
export async function removedButPresent(parts: StoreParts): Promise<SnapshotId[]> {
  const headers = await allHeaders(parts);
  const removed = new Set(removedIn(headers));
  return headers.flatMap(({ id, header }) => (removed.has(id) && header?.kind !== 'removal' ? [id] : []));
}

/** Signs and writes the header that says that `removed` are gone on purpose. Returns its id. */
export async function writeRemoval(
  { context, identity, backend, clock }: StoreParts,
  headers: readonly ListedHeader[],
  removed: readonly SnapshotId[],
  details: RemovalDetails,
): Promise<SnapshotId> {
  const header: RemovalHeader = {
    kind: 'removal',
    time: new Date(clock.now()).toISOString(),
    ...details,
    parents: headsOf(seenHeaders(headers.filter(({ problem }) => problem === undefined))),
    signer: hexOf(identity.publicKey),
    removed: [...removed].sort(),
  };
  const file = encodeHeader(context, header, identity);
  const id = headerIdOf(file);
  await createVerified(backend, headerName(id), file);
  return id;
}

/** Removals themselves stay: the chain rests on them. */
function checkPresent(headers: readonly ListedHeader[], ids: readonly SnapshotId[]): void {
  for (const id of ids) {
    const found = headers.find((listed) => listed.id === id);
    if (found !== undefined && found.header?.kind !== 'removal') continue;
    throw new KlosetError('not-found', `The store has no snapshot ${id}.`);
  }
}
