/** Shares of a store: so that a large one can be checked a part at a time. Ids are digests, so their first four bytes fall evenly. */
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

function fixedShare(
  { part, of }: { readonly part: number; readonly of: number },
  packIds: readonly PackId[],
): PackId[] {
  if (!Number.isInteger(part) || !Number.isInteger(of) || part < 1 || part > of) {
    throw new KlosetError('usage', `Not a part of the store: ${part}/${of}.`);
  }
  const share = packIds.filter((id) => Number.parseInt(id.slice(0, 8), 16) % of === part - 1);
  // Fewer packfiles than shares: the parts take turns, so that none checks nothing.
  return share.length > 0 ? share : packIds.slice((part - 1) % Math.max(1, packIds.length)).slice(0, 1);
}
