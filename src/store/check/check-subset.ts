/** Shares of a store: so that a large one can be checked a part at a time. */
import { KlosetError } from '../../errors.ts';
import { randomBytes } from '../crypto/primitives.ts';
import type { PackId } from '../format/ids.ts';

/** The `part`th of `of` equal shares, the same each time; or a share of the size named, another each time. */
export type Subset = { readonly part: number; readonly of: number } | { readonly percent: number };

/**
 * The packfiles of `packIds` that a subset has; all when there is none. Every share has at least one, where there is any.
 * @throws KlosetError usage for shares that cannot be
 */
export function packsOf(subset: Subset | undefined, packIds: readonly PackId[]): ReadonlySet<PackId> {
  if (subset === undefined) return new Set(packIds);
  return new Set('percent' in subset ? randomShare(subset.percent, packIds) : fixedShare(subset, packIds));
}

/** As many as make up `percent`, one after another in the order of their ids, from a place chosen by chance. */
function randomShare(percent: number, packIds: readonly PackId[]): PackId[] {
  if (!(percent > 0 && percent <= 100))
    throw new KlosetError('usage', `Not a share of the store: ${percent} %.`);
  const start = Buffer.from(randomBytes(4)).readUInt32BE() % Math.max(1, packIds.length);
  const rotated = [...packIds.slice(start), ...packIds.slice(0, start)];
  return rotated.slice(0, Math.ceil((packIds.length * percent) / 100));
}

/**
 * Every `of`th packfile in the order of their ids, beginning with the `part`th: the shares have no packfile in common, are
 * all of them together, and differ by one at most. Where there are fewer packfiles than shares, the shares beyond read
 * again what an earlier one has, so that none checks nothing.
 */
function fixedShare(
  { part, of }: { readonly part: number; readonly of: number },
  packIds: readonly PackId[],
): PackId[] {
  if (!Number.isInteger(part) || !Number.isInteger(of) || part < 1 || part > of) {
    throw new KlosetError('usage', `Not a part of the store: ${part}/${of}.`);
  }
  const sorted = [...packIds].sort();
  const shares = Math.min(of, Math.max(1, sorted.length));
  return sorted.filter((_, place) => place % shares === (part - 1) % shares);
}
