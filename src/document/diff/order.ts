/** The members of a list that moved. */

/**
 * The members that have another place among the others, the fewest that explain the new order: those outside a longest
 * rising sequence of old places (patience sorting, O(n log n)).
 */
export function movedIds(before: readonly string[], after: readonly string[]): Set<string> {
  const places = new Map(before.map((id, index) => [id, index]));
  const common = after.filter((id) => places.has(id));
  const [tails, previous]: [number[], number[]] = [[], []];
  const place = (index: number) => places.get(common[index] ?? '') ?? 0;
  for (const index of common.keys()) {
    let [low, high] = [0, tails.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (place(tails[middle] ?? 0) < place(index)) low = middle + 1;
      else high = middle;
    }
    previous[index] = tails[low - 1] ?? -1;
    tails[low] = index;
  }
  const moved = new Set(common);
  for (let index = tails.at(-1) ?? -1; index >= 0; index = previous[index] ?? -1)
    moved.delete(common[index] ?? '');
  return moved;
}
