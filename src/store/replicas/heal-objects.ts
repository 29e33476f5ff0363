/**
 * Puts whole objects back from a copy of the store. Each is named by the digest of its bytes, so what the copy gives is
 * exactly what was lost, or is not taken.
 */
import type { StoreParts } from '../access/store-parts.ts';
import { openCacheDatabase } from '../cache/cache-database.ts';
import { readIndexDelta } from '../cache/index-sync.ts';
import type { DeltaId, PackId, SnapshotId } from '../format/ids.ts';
import { decodeIndexDelta, deltaIdIn, deltaIdOf, deltasPrefix } from '../format/index-delta.ts';
import { decodePack, maxPackBytes, packIdOf, packName } from '../format/packfile.ts';
import { headerIdOf, headerName } from '../format/snapshot-header.ts';
import type { UsageScan } from '../maintenance/usage-scan.ts';
import { compareAllHeaders } from '../snapshots/all-headers.ts';
import type { ListedHeader } from '../snapshots/listed-header.ts';
import { removedIn, seenHeaders } from '../snapshots/listed-header.ts';
import { withoutRevoked } from '../snapshots/revoked.ts';
import { readHeaders } from '../snapshots/snapshot-list.ts';
import type { HealNotes } from './heal-notes.ts';
import { soundOrNone } from './heal-notes.ts';

/** Index deltas: damaged ones that the copy has whole. Returns those that stay damaged. */
export async function healDeltas(
  parts: StoreParts,
  copy: StoreParts | undefined,
  notes: HealNotes,
): Promise<DeltaId[]> {
  const { backend, context } = parts;
  const damaged: DeltaId[] = [];
  const names: { readonly name: string; readonly id: DeltaId; readonly sizeBytes: number }[] = [];
  for await (const { name, sizeBytes } of backend.list(deltasPrefix)) {
    const id = deltaIdIn(name);
    if (id !== undefined) names.push({ name, id, sizeBytes });
  }
  for (const { name, id, sizeBytes } of names) {
    if ((await soundOrNone(() => readIndexDelta(parts, id, sizeBytes))) !== undefined) continue;
    const bytes = await soundOrNone(async () => copy?.backend.read(name));
    const isWhole =
      bytes !== undefined &&
      deltaIdOf(bytes) === id &&
      (await soundOrNone(async () => decodeIndexDelta(context, bytes, name))) !== undefined;
    if (isWhole) await notes.putBack(backend, name, bytes);
    else damaged.push(id);
  }
  return damaged;
}

/** Packfiles that are named and missing or whose bytes do not give their id. Returns those that the copy has not whole. */
export async function healPacks(
  parts: StoreParts,
  copy: StoreParts | undefined,
  scan: UsageScan,
  suspects: ReadonlySet<PackId> | 'all',
  notes: HealNotes,
): Promise<Set<PackId>> {
  const named = [...scan.index.packs()].map(({ id }) => id).filter((id) => !scan.present.has(id));
  const checked = [...scan.present].filter(([id]) => suspects === 'all' || suspects.has(id));
  const bad = new Set<PackId>();
  let done = 0;
  for (const [id, sizeBytes] of [...named.map((id) => [id, undefined] as const), ...checked]) {
    const progress = { done: done++, total: named.length + checked.length };
    parts.monitor.report({ type: 'progress', phase: 'reading packfiles', ...progress });
    if (sizeBytes !== undefined && sizeBytes <= maxPackBytes && (await wholePack(parts, id)) !== undefined)
      continue;
    const mayPut = sizeBytes === undefined || parts.backend.isAppendOnly !== true;
    const bytes = copy === undefined || !mayPut ? undefined : await wholePack(copy, id);
    if (bytes === undefined) bad.add(id);
    else await notes.putBack(parts.backend, packName(id), bytes);
  }
  return bad;
}

/** The packfile when every byte of it is what its id says, and it can be read. */
async function wholePack({ backend, context }: StoreParts, id: PackId): Promise<Uint8Array | undefined> {
  return await soundOrNone(async () => {
    const bytes = await backend.read(packName(id));
    if (packIdOf(bytes) !== id) return undefined;
    decodePack(context, bytes, packName(id));
    return bytes;
  });
}

/**
 * Headers that are damaged, that others or this machine's memory name, and that nobody removed. What else the copy has is
 * `sync`'s to bring. Returns every header that is there then.
 */
export async function healHeaders(
  parts: StoreParts,
  copy: StoreParts | undefined,
  notes: HealNotes,
): Promise<ListedHeader[]> {
  const given = new Map<SnapshotId, ListedHeader>();
  for (const listed of copy === undefined ? [] : await headersOf(copy, parts))
    if (isWhole(listed)) given.set(listed.id, unjudged(listed));
  const here = new Map((await headersOf(parts, parts)).map((listed) => [listed.id, listed]));
  const missing = new Map<SnapshotId, string>();
  for (let isChanged = true; isChanged; ) {
    isChanged = false;
    for (const [id, problem] of wanted(parts, judged(parts, [...here.values()]))) {
      const found = given.get(id);
      const file = await soundOrNone(async () =>
        found === undefined ? undefined : copy?.backend.read(headerName(id)),
      );
      if (found === undefined || file === undefined || headerIdOf(file) !== id) missing.set(id, problem);
      else {
        await notes.putBack(parts.backend, headerName(id), file);
        here.set(id, found);
        isChanged = true;
      }
    }
  }
  const headers = judged(parts, [...here.values()]);
  const removed = new Set(removedIn(headers));
  for (const [id, problem] of missing) if (!removed.has(id)) notes.remains(headerName(id), problem);
  return headers;
}

/** True for a header that can be read and whose signer is one of the store, also one that was revoked before it. */
function isWhole({ header, problem, isRevoked }: ListedHeader): boolean {
  return header !== undefined && (problem === undefined || isRevoked === true);
}

/** The headers with what revocations exclude, which depends on those that are there: one put back may join a chain again. */
function judged({ trust }: StoreParts, headers: readonly ListedHeader[]): ListedHeader[] {
  return withoutRevoked(headers.map(unjudged), trust.revocations);
}

function unjudged(listed: ListedHeader): ListedHeader {
  if (listed.isRevoked !== true) return listed;
  const { problem: _, isRevoked: __, ...rest } = listed;
  return rest;
}

/** Ids of headers that should be readable here and are not, with the reason. */
function wanted({ trust }: StoreParts, headers: readonly ListedHeader[]): Map<SnapshotId, string> {
  const trusted = seenHeaders(headers.filter(({ problem }) => problem === undefined));
  const removed = new Set(removedIn(headers));
  const readable = new Set(headers.flatMap(({ id, header }) => (header === undefined ? [] : [id])));
  const found = new Map<SnapshotId, string>();
  const want = (id: SnapshotId, problem: string) => {
    if (!removed.has(id) && !readable.has(id)) found.set(id, problem);
  };
  for (const { id, header, problem } of headers)
    if (header === undefined) want(id, problem ?? 'It is damaged.');
  for (const id of trust.remembered?.heads ?? [])
    want(id, 'This machine has seen this header, and it is gone.');
  for (const { parents } of trusted)
    for (const id of parents) want(id, 'Another header names this one, and it is gone.');
  for (const id of trust.remembered?.missed ?? []) found.delete(id);
  return found;
}

/** The headers at one place, judged by what this machine trusts at another. */
async function headersOf({ context, backend }: StoreParts, { trust }: StoreParts): Promise<ListedHeader[]> {
  const database = openCacheDatabase(':memory:');
  try {
    return await readHeaders({ context, backend, database, trust });
  } finally {
    database.close();
  }
}

/** Reads what is left under the eyes of this machine's memory, and notes what that misses. */
export async function acceptHealed(parts: StoreParts, notes: HealNotes): Promise<void> {
  const { loss } = await compareAllHeaders(parts);
  if (loss !== undefined) notes.remains('snapshots', loss.error.message);
  await parts.trust.save();
}
