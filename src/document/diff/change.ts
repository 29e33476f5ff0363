/** One difference between two versions of an object. */
import type { Json } from '../json.ts';

/**
 * `removed` and `added` parts are in one version alone; the others are in both. `unknown` parts cannot be judged: one of
 * the versions is not whole where they would be.
 */
export type ChangeKind = 'added' | 'removed' | 'changed' | 'moved' | 'renamed' | 'unknown';

/** The part of an object that differs. */
export type ChangedPart =
  | 'title'
  | 'icon'
  | 'cover'
  | 'lock'
  | 'trash'
  | 'description'
  | 'page setting'
  | 'value'
  | 'block'
  | 'comment'
  | 'data source'
  | 'property'
  | 'option'
  | 'view'
  | 'template';

export interface Change {
  readonly kind: ChangeKind;
  readonly part: ChangedPart;
  /** The id of the part, as the API gives it; that of the object where the part has none. */
  readonly id: string;
  /** The name people know it by: a type of block, the name of a property, of a view. */
  readonly name: string;
  /** The words before and after, for parts that have words. */
  readonly before?: string;
  readonly after?: string;
  /** Other members that differ, by name: `color`, `checked`, `formatting`. */
  readonly details?: readonly Detail[];
  /** The reason why one version is not whole, for `unknown`. */
  readonly reason?: string;
  /** Blocks below a removed or added one that go with it. */
  readonly below?: number;
}

/** One member that differs, without its words. */
export interface Detail {
  readonly name: string;
  readonly before: Json;
  readonly after: Json;
}
