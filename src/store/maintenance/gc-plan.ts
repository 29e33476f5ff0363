/** The plan of garbage collection for each packfile. Pure. */
import type { PackId } from '../format/ids.ts';
import { packTargetBytes } from '../format/packfile.ts';
import type { PackUsage } from './usage-scan.ts';

/** Since when each packfile is known to hold nothing that is needed, in milliseconds since 1970. */
export type Marks = ReadonlyMap<PackId, number>;

export interface GcRules {
  /** Time for which an unreachable packfile is kept all the same. */
  readonly graceMs: number;
  /** A packfile of which less than this share is needed is repacked. */
  readonly repackBelow: number;
  /** Packfiles smaller than this are merged when there are enough of them. */
  readonly smallPackBytes: number;
}

export const defaultGcRules: GcRules = {
  graceMs: 7 * 24 * 3600 * 1000,
  repackBelow: 0.5,
  smallPackBytes: packTargetBytes / 4,
};

/** Fewer small packfiles than this are not worth the writing. */
const minSmallPacks = 8;

export interface GcPlan {
  /** Packfiles that hold nothing needed. */
  readonly dead: readonly PackId[];
  /** Packfiles whose needed blobs move to new ones. */
  readonly repack: readonly PackId[];
}

export function planGc(packs: readonly PackUsage[], rules: GcRules): GcPlan {
  const dead = packs.filter(({ liveBlobs }) => liveBlobs === 0);
  const live = packs.filter(({ liveBlobs }) => liveBlobs > 0);
  const mostlyDead = live.filter(({ liveBytes, blobBytes }) => liveBytes < rules.repackBelow * blobBytes);
  const small = live.filter((pack) => pack.sizeBytes < rules.smallPackBytes && !mostlyDead.includes(pack));
  const repack = small.length < minSmallPacks ? mostlyDead : [...mostlyDead, ...small];
  return { dead: dead.map(({ id }) => id), repack: repack.map(({ id }) => id) };
}

/** Marks for exactly the packfiles that are dead now: those marked before keep their time. */
export function markDead(dead: Iterable<PackId>, marks: Marks, nowMs: number): Map<PackId, number> {
  // A mark from the future (the clock was wrong) begins anew.
  return new Map([...dead].map((id) => [id, Math.min(marks.get(id) ?? nowMs, nowMs)]));
}

/** Packfiles that have been dead for the whole grace period. */
export function expired(marks: Marks, graceMs: number, nowMs: number): Set<PackId> {
  return new Set([...marks].filter(([, since]) => nowMs - since >= graceMs).map(([id]) => id));
}
