/**
 * One write under way: it is judged as a whole before anything changes, so a refusal leaves no trace. What must
 * change beside the main effect waits here until then.
 */
import type { Context } from '../../routes.ts';

/** The request being carried out, and what waits for its acceptance. */
export interface Draft {
  readonly context: Context;
  readonly waiting: (() => void)[];
}

/** A draft with nothing waiting. */
export function newDraft(context: Context): Draft {
  return { context, waiting: [] };
}

/** Carries out what waits, in order. */
export function settle(draft: Draft): void {
  for (const effect of draft.waiting) effect();
}
