/** Parts that will not come back exactly, told by the plan before anything is written. */
import type { BlockNode } from '../../../../document/documents.ts';
import { stringAt } from '../../../../document/json.ts';
import { compactId, dashedId } from '../../../../document/notion-id.ts';
import type { NotionApi } from '../../../api/api.ts';
import { convertBlocks } from '../../blocks/block-payload.ts';
import { isSoughtInTrash } from '../../changed-blocks/apply-block-changes.ts';
import type { BlockChange } from '../../changed-blocks/block-changes.ts';
import { ownNodes } from '../../changed-blocks/own-form.ts';
import { withToCome } from '../../changed-blocks/to-come.ts';
import type { Journal } from '../../journal/journal.ts';
import type { Conversion } from '../../requests/conversion.ts';
import type { Difference } from '../differences.ts';
import { ask } from '../present-state.ts';

/** Values that Notion sets by itself on whatever is created: nobody expects the old ones. */
const alwaysNew = /^value (formula|rollup|created_time|created_by|last_edited_time|last_edited_by)$/;

/** `known` as a plan uses it: what is created later has an id already, and losses are collected in `losses`. */
export function planningConversion(
  journal: Journal,
  known: Conversion,
): { readonly conversion: Conversion; readonly losses: readonly Difference[] } {
  const losses: Difference[] = [];
  const conversion: Conversion = {
    ...withToCome(journal, known),
    note: (outcome, kind, id, reason) => {
      if (!alwaysNew.test(kind)) losses.push({ what: outcome, name: kind, id: compactId(id), now: reason });
    },
    attach: () => {},
  };
  return { conversion, losses };
}

/** Converts what the changes write, so that `conversion` notes what of it does not come back exactly. */
export async function noteBlockLosses(
  api: NotionApi,
  changes: readonly BlockChange[],
  conversion: Conversion,
): Promise<void> {
  const missing = changes.flatMap((change) => (change.type === 'insert' ? change.run : []));
  for (const block of missing)
    if (hasLosses(block, conversion) && !(await comesOutOfTrash(api, block, missing.length)))
      convertBlocks([block], conversion);
  for (const change of changes) if (change.type === 'update') ownNodes(change.was, conversion, true);
}

function hasLosses(block: BlockNode, conversion: Conversion): boolean {
  let isAny = false;
  convertBlocks([block], { ...conversion, note: () => (isAny = true) });
  return isAny;
}

/** True for a block that is taken out of the trash in place of being written again. */
async function comesOutOfTrash(api: NotionApi, block: BlockNode, missing: number): Promise<boolean> {
  if (!isSoughtInTrash(block, missing)) return false;
  return (await ask(api, `blocks/${dashedId(stringAt(block, 'id') ?? '')}`))?.in_trash === true;
}
