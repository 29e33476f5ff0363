/** Types of floor.js, for the tests that use it. */
import type { State } from '../../src/simulator/workspace/state.ts';

export interface RunKind {
  /** True when no run was before it. */
  readonly isFirst: boolean;
  /** What is listed: everything, or what was edited since the run before. */
  readonly listing: 'everything' | 'edited';
  /** Ids of the pages whose content must be read. */
  readonly pages: readonly string[];
  /** Of the pages read: comments of the page and each of its blocks, of the page, or none. */
  readonly comments: 'changed' | 'pages' | 'none';
}

export function requestFloor(state: State, run: RunKind): Map<string, number>;
export function total(terms: ReadonlyMap<string, number>): number;
