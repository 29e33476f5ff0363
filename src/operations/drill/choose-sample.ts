/** The objects of a snapshot whose turn it is in a drill. All turns together are all objects, each once. */
import { createHash } from 'node:crypto';
import type { WalkedEntry } from '../../document/content.ts';
import type { TreeReader } from '../../store/open-store.ts';

/** One of `of` turns, from 1. */
export interface Turn {
  readonly part: number;
  readonly of: number;
}

export interface SampledObject {
  readonly id: string;
  readonly path: string;
}

const weekMs = 7 * 86_400_000;
const weeksOfYear = 52;

/** The turn of the week: over a year each object has had one. */
export function turnOfWeek(nowMs: number): Turn {
  return { part: (Math.floor(nowMs / weekMs) % weeksOfYear) + 1, of: weeksOfYear };
}

/**
 * The objects of the turn, at most `max`, those first that come first in an order that changes with every turn. A turn in which
 * nothing falls has the object that is next to it, so that a small workspace is drilled too.
 */
export async function chooseSample(
  snapshot: TreeReader,
  { part, of }: Turn,
  { max = Number.POSITIVE_INFINITY, salt }: { readonly max?: number | undefined; readonly salt: string },
): Promise<SampledObject[]> {
  const all: (SampledObject & { readonly turn: number; readonly order: number })[] = [];
  for await (const entry of snapshot.walk('/')) {
    const object = objectOf(entry);
    if (object !== undefined)
      all.push({ ...object, turn: numberOf(object.id) % of, order: numberOf(salt + object.id) });
  }
  const distance = (turn: number) => (turn - (part - 1) + of) % of;
  const nearest = all.reduce((least, { turn }) => Math.min(least, distance(turn)), of);
  return all
    .filter(({ turn }) => distance(turn) === nearest)
    .sort((left, right) => left.order - right.order)
    .slice(0, max)
    .map(({ id, path }) => ({ id, path }));
}

function objectOf(entry: WalkedEntry): SampledObject | undefined {
  if (entry.type !== 'directory' || entry.object === undefined) return undefined;
  return { id: entry.object.id, path: entry.path };
}

/** Spread evenly, the same on every machine. */
function numberOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0);
}
