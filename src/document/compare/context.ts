/** What a comparison knows besides the two documents. */
import type { Attainability } from './attainable.ts';
import type { OriginalId } from './references.ts';

/** What the two documents cannot tell by themselves. */
export interface CompareContext {
  /** Ids of the copy told as the original's. */
  readonly originalOf: OriginalId;
  readonly place: Attainability;
  /**
   * Pages and databases below the page that no block of it shows (databases of a wiki, say), compact ids. A copy has to
   * show them somewhere on the page: where is not judged, that they exist is, as objects of their own.
   */
  readonly unshown: ReadonlySet<string>;
  /** True when the originals were mended rather than copied. */
  readonly keptIds?: boolean;
}
