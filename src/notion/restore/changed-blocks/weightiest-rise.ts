/** The increasing subsequence of the largest total weight. */

/**
 * Positions of an increasing subsequence of `values` whose weights add up to the maximum. Each element's best sum extends
 * that of the best smaller value before it; a Fenwick tree over the values finds it, so that the time is n log n.
 * @param values distinct whole numbers from 0
 */
export function weightiestRise(values: readonly number[], weights: readonly number[]): number[] {
  const size = Math.max(0, ...values.map((value) => value + 1));
  const best: { sum: number; last: number }[] = Array.from({ length: size + 1 }, () => ({
    sum: 0,
    last: -1,
  }));
  const before: number[] = [];
  let top = { sum: 0, last: -1 };
  values.forEach((value, index) => {
    let found = { sum: 0, last: -1 };
    for (let at = value; at > 0; at -= at & -at) found = larger(found, best[at]);
    before[index] = found.last;
    const reached = { sum: found.sum + (weights[index] ?? 1), last: index };
    for (let at = value + 1; at <= size; at += at & -at) best[at] = larger(reached, best[at]);
    top = larger(top, reached);
  });
  const rise: number[] = [];
  for (let at = top.last; at !== -1; at = before[at] ?? -1) rise.push(at);
  return rise.reverse();
}

function larger<Sum extends { readonly sum: number }>(one: Sum, other: Sum | undefined): Sum {
  return other !== undefined && other.sum > one.sum ? other : one;
}
