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

export interface SampleOptions {
  readonly max?: number | undefined;
  /** Changes with every drill. */
  readonly salt: string;
  /** Leaves out what cannot be restored into Notion for itself. */
  readonly standsAlone?: boolean;
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
  { max = Number.POSITIVE_INFINITY, salt, standsAlone = false }: SampleOptions,
): Promise<SampledObject[]> {
  const alone = standsAlone ? await idsStandingAlone(snapshot) : undefined;
  const all: (SampledObject & { readonly turn: number; readonly order: number })[] = [];
  for await (const entry of snapshot.walk('/')) {
    const object = objectOf(entry);
    if (object !== undefined && alone?.has(object.id) !== false)
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

/** Objects below one that is restored into Notion; more of them would spend the requests of many objects. */
const maxBelow = 50;

/**
 * The ids of the objects that can be restored for themselves: not the rows of a database, which are rows of it alone, and not
 * those with much below them, which is restored with them.
 */
async function idsStandingAlone(snapshot: TreeReader): Promise<Set<string>> {
  const below = new Map<string, number>();
  const open: { path: string; id: string; kind: string }[] = [];
  const rows = new Set<string>();
  for await (const entry of snapshot.walk('/')) {
    const { path } = entry;
    while (open.length > 0 && !path.startsWith(`${open.at(-1)?.path}/`)) open.pop();
    if (entry.type !== 'directory' || entry.object === undefined) continue;
    const { id, kind } = entry.object;
    for (const above of open) below.set(above.id, (below.get(above.id) ?? 0) + 1);
    if (open.at(-1)?.kind === 'database' && kind === 'page') rows.add(id);
    below.set(id, 0);
    open.push({ path, id, kind });
  }
  return new Set([...below].filter(([id, count]) => count <= maxBelow && !rows.has(id)).map(([id]) => id));
}

/** Spread evenly, the same on every machine. */
function numberOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0);
}
