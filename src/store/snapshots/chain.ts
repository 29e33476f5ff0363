/**
 * The order of headers. Each names the headers that were newest when it was written, so the chain of parents tells what
 * came after what, whatever the clocks of their machines said. Times only order what the chain leaves open; those
 * that contradict it, or lie in the future, are not believed.
 */
import type { SnapshotId } from '../format/ids.ts';
import type { Header } from '../format/snapshot-header.ts';
import type { ListedHeader } from './listed-header.ts';

/** A header at its place in the chain. */
export interface ChainLink {
  readonly listed: ListedHeader & { readonly header: Header };
  /** Time to show, ISO 8601: the header's own unless that cannot be right. */
  readonly time: string;
}

/** Clocks that differ by less are as good as equal. */
export const clockToleranceMs = 10 * 60_000;

/** The readable headers, parents before children. */
export function chainOf(headers: readonly ListedHeader[], nowMs: number): ChainLink[] {
  const readable = headers.flatMap((listed) =>
    listed.header === undefined ? [] : [{ ...listed, header: listed.header }],
  );
  const ordered = parentsFirst(readable, parentsByChild(readable), nowMs);
  const ends = believableEnds(ordered, nowMs);
  return ordered.map((listed, at) => ({ listed, time: timeOf(listed.header, ends[at]) }));
}

type Readable = ChainLink['listed'];

/** Parents of every header, and of every removed one as far as its removal tells. */
function parentsByChild(headers: readonly Readable[]): Map<SnapshotId, readonly SnapshotId[]> {
  const parents = new Map<SnapshotId, readonly SnapshotId[]>();
  for (const { header, problem } of headers) {
    if (header.kind !== 'removal' || problem !== undefined) continue;
    header.removed.forEach((id, at) => {
      parents.set(id, header.removedParents?.[at] ?? []);
    });
  }
  for (const { id, header } of headers) parents.set(id, header.parents);
  return parents;
}

/** By the time when they were written, each moved behind whatever it stands on. */
function parentsFirst(
  headers: readonly Readable[],
  parents: ReadonlyMap<SnapshotId, readonly SnapshotId[]>,
  nowMs: number,
): Readable[] {
  const byId = new Map(headers.map((listed) => [listed.id, listed]));
  const endOf = (id: SnapshotId) => Math.min(endMs(byId.get(id)?.header), nowMs);
  const earlier = (left: SnapshotId, right: SnapshotId) =>
    endOf(left) - endOf(right) || (left < right ? -1 : 1);
  const seen = new Set<SnapshotId>();
  const ordered: Readable[] = [];
  const stack = [...byId.keys()].sort(earlier).reverse();
  for (let id = stack.at(-1); id !== undefined; id = stack.at(-1)) {
    if (!seen.has(id)) {
      seen.add(id);
      // Ids are digests of what names them, so there is no cycle but in a lie of a removal, which ends here too.
      const waitsFor = (parents.get(id) ?? []).filter((parent) => parents.has(parent) && !seen.has(parent));
      stack.push(...waitsFor.sort(earlier).reverse());
      if (waitsFor.length > 0) continue;
    }
    stack.pop();
    const listed = byId.get(id);
    if (listed !== undefined && byId.delete(id)) ordered.push(listed);
  }
  return ordered;
}

/**
 * The end of each header's work in milliseconds, never decreasing. The largest number of times that agree with the order
 * are believed; each other is moved between its neighbours.
 */
function believableEnds(ordered: readonly Readable[], nowMs: number): number[] {
  const stated = ordered.map(({ header }) => endMs(header));
  const isPossible = (at: number) =>
    ordered[at]?.problem === undefined && (stated[at] ?? Infinity) <= nowMs + clockToleranceMs;
  const believed = agreeing(stated, isPossible);
  const ends = [...stated];
  let latestMs = nowMs;
  for (let at = ends.length - 1; at >= 0; at--) {
    ends[at] = believed.has(at) ? (stated[at] ?? 0) : Math.min(stated[at] ?? 0, latestMs);
    if (believed.has(at)) latestMs = stated[at] ?? latestMs;
  }
  let earliestMs = Number.NEGATIVE_INFINITY;
  return ends.map((end) => {
    earliestMs = Math.max(earliestMs, end);
    return earliestMs;
  });
}

/**
 * Places of a longest run of `times` that never decreases, by patience sorting from the end, so that of two times that
 * contradict each other the earlier place is believed.
 */
function agreeing(times: readonly number[], isPossible: (at: number) => boolean): Set<number> {
  /** For each length of a run, the place with the largest time that begins one. */
  const begins: number[] = [];
  const next = new Map<number, number | undefined>();
  for (let at = times.length - 1; at >= 0; at--) {
    if (!isPossible(at)) continue;
    const length = lengthOfRun(begins, times, times[at] ?? 0);
    next.set(at, begins[length - 1]);
    begins[length] = at;
  }
  const run = new Set<number>();
  for (let at = begins.at(-1); at !== undefined; at = next.get(at)) run.add(at);
  return run;
}

/** Number of runs' beginnings that are not before `time`: a binary search, for they decrease. */
function lengthOfRun(begins: readonly number[], times: readonly number[], time: number): number {
  let [low, high] = [0, begins.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[begins[middle] ?? 0] ?? 0) >= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function endMs(header: Header | undefined): number {
  if (header === undefined) return 0;
  return Date.parse(header.time) + (header.kind === 'snapshot' ? header.durationMs : 0);
}

function timeOf(header: Header, believedMs: number | undefined): string {
  return believedMs === undefined || believedMs === endMs(header)
    ? header.time
    : new Date(believedMs).toISOString();
}
