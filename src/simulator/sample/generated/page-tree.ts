/** The tree of pages as arrays of numbers: compact whatever the size. */
import { seededRandom } from '../../workspace/random.ts';

export interface PageTree {
  /** The parent's number; −1 for a top page. */
  parent(page: number): number;
  childrenOf(page: number): number[];
}

/**
 * A random tree of `pages` pages, at most `depth` levels deep.
 * @param roots how many lie at the top
 */
export function growPageTree(seed: number, pages: number, roots: number, depth: number): PageTree {
  const random = seededRandom(seed);
  const parents = new Int32Array(pages).fill(-1);
  const levels = new Uint16Array(pages).fill(1);
  // Children as linked lists: the newest child of each page, and each page's older sibling.
  const newest = new Int32Array(pages).fill(-1);
  const older = new Int32Array(pages).fill(-1);
  for (let page = roots; page < pages && depth > 1; page += 1) {
    let parent = random.below(page);
    while ((levels[parent] ?? 1) >= depth) parent = parents[parent] ?? 0;
    parents[page] = parent;
    levels[page] = (levels[parent] ?? 1) + 1;
    older[page] = newest[parent] ?? -1;
    newest[parent] = page;
  }
  return {
    parent: (page) => parents[page] ?? -1,
    childrenOf(page) {
      const children: number[] = [];
      for (let child = newest[page] ?? -1; child >= 0; child = older[child] ?? -1) children.push(child);
      return children.reverse();
    },
  };
}
