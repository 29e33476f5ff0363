/** Writes marks: signed headers that change what a snapshot is called, not what it holds. They remove nothing. */
import { KlosetError } from '../../errors.ts';
import type { WritingParts } from '../access/store-parts.ts';
import type { SnapshotId } from '../format/ids.ts';
import type { HeldLock } from '../locks/locks.ts';
import type { HeaderAuthor } from './heads.ts';
import { writableHeads, writeHeader } from './heads.ts';
import { removedIn } from './listed-header.ts';
import type { SnapshotAccess } from './snapshot-access.ts';

/** A change to one snapshot; what is left out stays as it is. */
export interface MarkChanges {
  readonly addTags?: readonly string[];
  readonly removeTags?: readonly string[];
  readonly pin?: boolean;
  readonly acknowledged?: boolean;
  /** The reason, for people. */
  readonly note?: string;
}

/**
 * Signs and writes `changes` to a snapshot, under `lock`. Returns the id of the mark.
 * @throws KlosetError not-found when there is no such snapshot, credentials when this identity may not sign
 */
export async function markSnapshot(
  parts: WritingParts,
  snapshots: SnapshotAccess,
  lock: HeldLock,
  { snapshot, changes, author }: { snapshot: SnapshotId; changes: MarkChanges; author: HeaderAuthor },
): Promise<SnapshotId> {
  parts.trust.requireOwnSigner(parts.identity.signer.publicKey);
  return await snapshots.cache.guard(async () => {
    const { headers } = await snapshots.headers();
    const found = headers.find(({ id }) => id === snapshot);
    if (found?.header?.kind !== 'snapshot' || removedIn(headers).includes(snapshot))
      throw new KlosetError('not-found', `The store has no snapshot ${snapshot}.`);
    await lock.assertHeld();
    const mark = await writeHeader(parts, author, {
      kind: 'mark',
      snapshot,
      addTags: changes.addTags ?? [],
      removeTags: changes.removeTags ?? [],
      pin: changes.pin ?? null,
      acknowledged: changes.acknowledged ?? null,
      note: changes.note ?? '',
      parents: await writableHeads(parts, headers, author),
    });
    snapshots.lookAgain();
    await snapshots.headers();
    return mark;
  });
}
