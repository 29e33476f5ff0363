/** Originals of synced blocks that are gone: they are written again under other ids, and their copies follow them. */
import type { BlockNode } from '../../../../document/documents.ts';
import type { CompactId } from '../../../../document/notion-id.ts';
import { dashedId } from '../../../../document/notion-id.ts';
import { findBlock } from '../../changed-blocks/block-part.ts';
import { blockReferences } from '../../requests/references.ts';
import type { RestoreContext } from '../../requests/restore-context.ts';
import type { InPlaceRun } from '../in-place-run.ts';
import { ask, pageBefore } from '../present-state.ts';

/** Notes which originals of the copies among `blocks` are gone for good. */
export async function markRewrittenOriginals(
  context: RestoreContext,
  run: InPlaceRun,
  blocks: readonly BlockNode[],
): Promise<void> {
  const { inPlace } = context.journal;
  for (const block of blocks)
    for (const { kind, id } of blockReferences(block))
      if (kind === 'block' && !inPlace.isRewritten(id) && (await isGone(context, run, id)))
        inPlace.markRewritten(id);
}

async function isGone({ journal, api }: RestoreContext, run: InPlaceRun, id: CompactId): Promise<boolean> {
  const home = journal.blocks.homeOf(id);
  if (home === undefined) return false;
  if (journal.inPlace.actionFor(home.page) === 'create') return true;
  const page = await pageBefore(journal, run, home.page);
  if (page === undefined || findBlock(page.blocks, id, home.page) !== undefined) return false;
  // One that lies in the trash is taken out.
  return (await ask(api, `blocks/${dashedId(id)}`))?.in_trash !== true;
}
