/** Reads the index deltas of a store that is checked, which backups and maintenance may change meanwhile. */
import type { ReadBackend } from '../../backend/backend.ts';
import { isKlosetError, isUnreachable } from '../../errors.ts';
import type { BlobIndex } from '../cache/blob-index.ts';
import { readIndexDelta, takeInDeltas } from '../cache/index-sync.ts';
import type { SealContext } from '../format/blob.ts';
import type { DeltaId, PackId } from '../format/ids.ts';
import type { IndexedPack } from '../format/index-delta.ts';
import { deltaIdIn, deltasPrefix } from '../format/index-delta.ts';
import type { Findings } from './check-findings.ts';

export interface DeltaCheckParts {
  readonly backend: ReadBackend;
  readonly context: SealContext;
  readonly index: BlobIndex;
  readonly findings: Findings;
  /** Deltas that were read and not taken in: see {@link indexedMeanwhile}. */
  readonly later: Set<DeltaId>;
}

/** Takes every delta into the index and names those that cannot be read. @throws KlosetError unavailable, temporary, credentials */
export async function checkDeltas(parts: DeltaCheckParts): Promise<void> {
  await takeInDeltas(parts, (error, name) => parts.findings.addError(name, error));
  parts.index.sortByPack();
}

/**
 * The packfiles among `listed` that no delta named when those were read, and that one names now: a backup wrote both
 * meanwhile. Reads nothing where there is none in question. @throws KlosetError unavailable, temporary, credentials
 */
export async function indexedMeanwhile(
  parts: DeltaCheckParts,
  listed: Iterable<PackId>,
): Promise<ReadonlyMap<PackId, IndexedPack>> {
  const indexed = new Set([...parts.index.packs()].map(({ id }) => id));
  const unnamed = new Set([...listed].filter((id) => !indexed.has(id)));
  const found = new Map<PackId, IndexedPack>();
  if (unnamed.size === 0) return found;
  const known = parts.index.deltaIds();
  for await (const { name, sizeBytes } of parts.backend.list(deltasPrefix)) {
    const id = deltaIdIn(name);
    if (id === undefined || known.has(id) || parts.findings.has(name)) continue;
    try {
      const packs = await readIndexDelta(parts, id, sizeBytes);
      for (const pack of packs.filter((each) => unnamed.has(each.id))) found.set(pack.id, pack);
      parts.later.add(id);
    } catch (error) {
      if (!isKlosetError(error)) throw error;
      if (isUnreachable(error)) throw error;
      if (error.code !== 'not-found') parts.findings.addError(name, error);
    }
  }
  return found;
}

/** True when a delta that was read has left the store since: maintenance or a repair ran beside the check. */
export async function hasLostDeltas({ backend, index, later }: DeltaCheckParts): Promise<boolean> {
  const gone = new Set([...index.deltaIds(), ...later]);
  for await (const { name } of backend.list(deltasPrefix)) {
    const id = deltaIdIn(name);
    if (id !== undefined) gone.delete(id);
  }
  return gone.size > 0;
}
