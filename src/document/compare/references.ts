/** Translates ids of a copy into ids of the original, so that both sides of a comparison name an object alike. */
import { compactId } from '../notion-id.ts';

/** Gives the original's id for an id seen in the copy; any other id as it is. */
export type OriginalId = (id: string) => string;

/** For the original itself: every id is its own. */
export const sameId: OriginalId = (id) => compactId(id);

/**
 * From the copy's ids to the original's, given pairs `original → copy`. A copy must not name an original that was copied
 * itself: such an id becomes a text that equals no id.
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
