/** Switches of the write side: differences between connections, and questions on which sources disagree. */
import type { State } from '../workspace/state.ts';
import type { BlockRules } from './check/blocks.ts';

/** The switches; each stands as recorded, or at its strict end, unless a test says otherwise. */
export interface WriteRules extends BlockRules {
  /** Free plan with several members: every request that creates blocks gets a 403. */
  readonly blockLimitReached: boolean;
}

const strict: WriteRules = {
  allowsEmptyColumns: true,
  blockLimitReached: false,
};
const rulesByState = new WeakMap<State, WriteRules>();

/** The switches of a workspace. */
export function writeRules(state: State): WriteRules {
  return rulesByState.get(state) ?? strict;
}

/** Sets some switches of a workspace; the others stay as they are. */
export function setWriteRules(state: State, rules: Partial<WriteRules>): void {
  rulesByState.set(state, { ...writeRules(state), ...rules });
}
