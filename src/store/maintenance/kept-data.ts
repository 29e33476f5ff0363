/**
 * Object lock and garbage collection: what the server keeps yet is left, and what is still needed is kept on.
 *
 * Packfiles, headers, CONFIG and keys are renewed when less than half of their time is left, so whoever maintains the store
 * twice in that time has all of it kept at any moment. Index deltas are not: they can be built again from the packfiles, and
 * one that is kept for ever could never be merged.
 */
import { isKlosetError } from '../../errors.ts';
import { keysPrefix } from '../access/key-slots.ts';
import type { StoreParts } from '../access/store-parts.ts';
import { configName } from '../format/config.ts';
import type { DeltaId, PackId, SnapshotId } from '../format/ids.ts';
import { deltaName } from '../format/index-delta.ts';
import { packIdIn, packName } from '../format/packfile.ts';
import { headerIdIn } from '../format/snapshot-header.ts';
import type { UsageScan } from './usage-scan.ts';

const dayMs = 24 * 3600_000;
/** Requests at once: each is one small answer. */
const workers = 8;

/** Data that the server does not let go yet. */
export interface KeptData {
  readonly deltas: ReadonlySet<DeltaId>;
  readonly packs: ReadonlySet<PackId>;
  /** The time at which the last of these packfiles may be removed, in milliseconds since 1970; undefined when there is none. */
  readonly untilMs: number | undefined;
}

const nothing: KeptData = { deltas: new Set(), packs: new Set(), untilMs: undefined };

/**
 * Of the packfiles `leaving`, those that cannot go: kept themselves, or listed in a delta that is kept, which would then
 * name what is not there. @throws KlosetError unavailable, credentials
 */
export async function keptData(
  { backend, config }: StoreParts,
  scan: UsageScan,
  leaving: ReadonlySet<PackId>,
): Promise<KeptData> {
  const { objectLock } = backend;
  if (config.objectLockDays === undefined || objectLock === undefined) return nothing;
  const deltas = new Set<DeltaId>();
  const untilOf = new Map<PackId, number>();
  const note = (id: PackId, until: number) => untilOf.set(id, Math.max(until, untilOf.get(id) ?? 0));
  await eachOf(scan.listedDeltas(), async ([delta, packs]) => {
    const until = await objectLock.keptUntil(deltaName(delta));
    if (until === undefined) return;
    deltas.add(delta);
    for (const id of packs) if (leaving.has(id)) note(id, until);
  });
  await eachOf(leaving, async (id) => {
    const until = await objectLock.keptUntil(packName(id));
    if (until !== undefined) note(id, until);
  });
  const packs = new Set(untilOf.keys());
  return { deltas, packs, untilMs: packs.size === 0 ? undefined : Math.max(...untilOf.values()) };
}

/** Objects that the store needs, beside CONFIG and keys. */
export interface NeededData {
  readonly packs: ReadonlySet<PackId>;
  readonly headers: ReadonlySet<SnapshotId>;
}

/** Keeps on what is needed and has less than half of its time left. Returns how many objects that were. */
export async function renewKept({ backend, config, clock }: StoreParts, needed: NeededData): Promise<number> {
  const { objectLock } = backend;
  const { objectLockDays } = config;
  if (objectLockDays === undefined || objectLock === undefined) return 0;
  const halfMs = (objectLockDays * dayMs) / 2;
  const now = clock.now();
  let renewed = 0;
  await eachOf(backend.list(''), async ({ name, modifiedMs }) => {
    // Whatever was written since has more than half left.
    if (!isNeeded(name, needed) || now - modifiedMs < halfMs) return;
    try {
      const until = await objectLock.keptUntil(name);
      if (until !== undefined && until - now >= halfMs) return;
      await objectLock.renew(name);
      renewed += 1;
    } catch (error) {
      if (!isKlosetError(error, 'not-found')) throw error;
    }
  });
  return renewed;
}

function isNeeded(name: string, { packs, headers }: NeededData): boolean {
  const pack = packIdIn(name);
  if (pack !== undefined) return packs.has(pack);
  const header = headerIdIn(name);
  if (header !== undefined) return headers.has(header);
  return name === configName || name.startsWith(keysPrefix);
}

/** Does `work` for each item, a few at a time. */
async function eachOf<T>(
  items: Iterable<T> | AsyncIterable<T>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  for await (const item of items) {
    const one = work(item).finally(() => running.delete(one));
    running.add(one);
    if (running.size >= workers) await Promise.race(running);
  }
  await Promise.all(running);
}
