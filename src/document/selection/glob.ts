/** Wildcards, matched in time that no pattern can blow up: each "many" is tried again from the last one only. */

/** One step of a pattern: exactly this item, any one item, or any number of items. */
export type Step<T> =
  | { readonly type: 'one'; readonly is: T }
  | { readonly type: 'any' }
  | { readonly type: 'many' };

/** True when all of `items` match all of `steps`, in order. */
export function matchesSteps<T, Item>(
  steps: readonly Step<T>[],
  items: readonly Item[],
  isLike: (wanted: T, item: Item) => boolean,
): boolean {
  let [at, item] = [0, 0];
  let lastMany = -1;
  let resumeAt = 0;
  while (item < items.length) {
    const step = steps[at];
    const here = items[item];
    if (step?.type === 'many') {
      lastMany = at;
      resumeAt = item;
      at += 1;
    } else if (here !== undefined && isOne(step, here, isLike)) {
      at += 1;
      item += 1;
    } else if (lastMany >= 0) {
      at = lastMany + 1;
      resumeAt += 1;
      item = resumeAt;
    } else return false;
  }
  return steps.slice(at).every(({ type }) => type === 'many');
}

function isOne<T, Item>(
  step: Step<T> | undefined,
  item: Item,
  isLike: (wanted: T, item: Item) => boolean,
): boolean {
  return step?.type === 'any' || (step?.type === 'one' && isLike(step.is, item));
}
