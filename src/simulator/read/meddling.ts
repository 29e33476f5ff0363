/** Edits that people do between two requests, when a fault asks for them. */

import type { Context } from '../protocol/routes.ts';
import type { BlockLike } from '../render/block.ts';
import { pageOf, touch } from '../workspace/state.ts';

/** Somebody trashes what was just listed; the page it lay on counts as edited. */
export function deleteAfterListing(context: Context, victim: BlockLike): void {
  if (!context.faults.strikes('deletedAfterListing')) return;
  const { state, clock } = context;
  const somebody = [...state.users.values()].find(({ type }) => type === 'person')?.id ?? state.botId;
  victim.inTrash = true;
  const page = pageOf(state, victim);
  for (const object of [victim, ...(page === undefined ? [] : [page])]) touch(object, clock.now(), somebody);
}
