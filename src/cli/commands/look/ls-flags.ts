/** The options of `ls`, as commander parses them. */
import type { FilterFlags } from '../../session/filters.ts';

export interface LsFlags extends FilterFlags {
  readonly recursive?: boolean;
  readonly tree?: boolean;
  readonly depth?: string;
  readonly kind?: string;
  readonly sort?: string;
  readonly long?: boolean;
  readonly uuid?: boolean;
  readonly tags?: boolean;
  /** Undefined by default, true for `--changes`, false for `--no-changes`. */
  readonly changes?: boolean;
}
