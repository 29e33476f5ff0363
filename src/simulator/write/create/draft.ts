/**
 * One write under way: it is judged as a whole before anything changes, so a refusal leaves no trace. What must
 * change beside the main effect waits here until then.
 */

import type { Context } from '../../protocol/routes.ts';
import type { JsonObject } from '../../workspace/json.ts';
import type { PropertySchema } from '../../workspace/state.ts';

/** The request being carried out, and what waits for its acceptance. */
export interface Draft {
  readonly context: Context;
  readonly waiting: (() => void)[];
  /** Options that values of this draft name for the first time. */
  readonly newOptions: Map<PropertySchema, readonly JsonObject[]>;
}

/** A draft with nothing waiting. */
export function newDraft(context: Context): Draft {
  return { context, waiting: [], newOptions: new Map() };
}

/** Carries out what waits, in order. */
export function settle(draft: Draft): void {
  for (const effect of draft.waiting) effect();
}
