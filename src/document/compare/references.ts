/** Ids of a copy told as the ids of the original, so that both sides of a comparison name the same object alike. */
import { compactId } from '../notion-id.ts';

/** Gives the original's id for an id seen in the copy; any other id as it is. */
export type OriginalId = (id: string) => string;

/** For the original itself: every id stands for itself. */
export const sameId: OriginalId = (id) => compactId(id);

/**
 * From the copy's ids to the original's, given pairs `original → copy`. An original that has a copy is not what the copy
 * should name.
 */
export function originalIds(pairs: Iterable<readonly [original: string, copy: string]>): OriginalId {
  const originals = new Map<string, string>();
  const copied = new Set<string>();
  for (const [original, copy] of pairs) {
    originals.set(compactId(copy), compactId(original));
    copied.add(compactId(original));
  }
  return (id) => {
    const compact = compactId(id);
    return originals.get(compact) ?? (copied.has(compact) ? `the original ${compact}` : compact);
  };
}
