/** Writes the index anew from the packfiles alone: each of them says what lies in it. */
import { requireRemovable } from '../../backend/backend.ts';
import { isKlosetError, messageOf } from '../../errors.ts';
import type { StoreParts } from '../access/store-parts.ts';
import { readPackIndex } from '../check/check-packs.ts';
import type { DeltaId, PackId } from '../format/ids.ts';
import type { IndexedPack } from '../format/index-delta.ts';
import { deltaIdIn, deltasPrefix } from '../format/index-delta.ts';
import { packIdIn } from '../format/packfile.ts';
import type { LockOptions } from '../locks/locks.ts';
import { withLock } from '../locks/locks.ts';
import { removeDeltas, writeDeltas } from '../packs/index-rewrite.ts';

export interface RebuildReport {
  readonly packs: number;
  readonly blobs: number;
  /** Packfiles whose own index cannot be read; `repair packs` may still recover blobs from them. */
  readonly unreadable: readonly { readonly packId: PackId; readonly problem: string }[];
  /** Index deltas before and after. */
  readonly oldDeltas: number;
  readonly newDeltas: number;
}

/**
 * Replaces every index delta, the damaged ones too. When a packfile's own index cannot be read the old deltas stay:
 * they may know what lies in it. @throws KlosetError locked, unavailable
 */
export async function rebuildIndex(parts: StoreParts, lockOptions: LockOptions = {}): Promise<RebuildReport> {
  requireRemovable(parts.backend);
  const lock = { command: 'repair index', ...lockOptions };
  return await withLock(parts, 'exclusive', lock, async (held) => {
    const old = await deltaIds(parts);
    const found = { packs: 0, blobs: 0, unreadable: [] as { packId: PackId; problem: string }[] };
    const fresh = await writeDeltas(parts, readPacks(parts, found));
    await held.assertHeld();
    const kept = found.unreadable.length > 0 ? new Set(old) : new Set(fresh);
    await removeDeltas(
      parts,
      old.filter((id) => !kept.has(id)),
    );
    return { ...found, oldDeltas: old.length, newDeltas: fresh.length };
  });
}

async function* readPacks(
  parts: StoreParts,
  found: { packs: number; blobs: number; unreadable: { packId: PackId; problem: string }[] },
): AsyncGenerator<IndexedPack> {
  for await (const { name, sizeBytes } of parts.backend.list('packs/')) {
    const id = packIdIn(name);
    if (id === undefined) continue;
    parts.monitor.report({ type: 'progress', phase: 'reading packfiles', done: found.packs });
    try {
      const blobs = await readPackIndex(parts, id, sizeBytes);
      found.packs += 1;
      found.blobs += blobs.length;
      yield { id, sizeBytes, blobs };
    } catch (error) {
      if (!isKlosetError(error, 'integrity')) throw error;
      found.unreadable.push({ packId: id, problem: messageOf(error) });
    }
  }
}

async function deltaIds(parts: StoreParts): Promise<DeltaId[]> {
  const ids: DeltaId[] = [];
  for await (const { name } of parts.backend.list(deltasPrefix)) {
    const id = deltaIdIn(name);
    if (id !== undefined) ids.push(id);
  }
  return ids;
}
