/** Facts a comparison needs besides the two documents. */

import type { SchemaNames } from '../schema-names.ts';
import type { OriginalId } from './references.ts';

/** The place that was restored to. Ids are the original's, compact. */
export interface Destination {
  /** True for an object or block that was created again. */
  isRestored(id: string): boolean;
  /** True for an object that was not created again, and that is still there to be referred to. */
  isThere?(id: string): boolean;
  /** False for a custom emoji that the target lacks. */
  isEmoji?(id: string): boolean;
  /** True for people of the target workspace; bots and people outside it cannot be mentioned or assigned. */
  isPerson(id: string): boolean;
  /** True for an object that the original's crawl could not read. */
  isUnread?(id: string): boolean;
}

export interface CompareContext {
  /** Gives the original's id for an id of the copy. */
  readonly originalOf: OriginalId;
  readonly destination: Destination;
  /**
   * Pages and databases below the page that no block of it shows (databases of a wiki, say), compact ids. A copy has to
   * show them somewhere on the page. They are compared as objects of their own, and not as blocks of the page.
   */
  readonly unshown: ReadonlySet<string>;
  /** True when the originals were restored in place rather than copied. */
  readonly keptIds?: boolean;
  /** The schema of the data source that a row lies in, as the original has it. */
  readonly schema?: SchemaNames;
  /** Comments that both sides were read for; all when absent. */
  readonly comments?: 'all' | 'pages' | 'none';
}

/** Collects what the original has and no request can write. */
export type NoteImpossible = (what: string) => void;
