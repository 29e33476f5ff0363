/** Parents as answers name them. */
import type { JsonObject } from '../workspace/json.ts';
import type { Parent } from '../workspace/state.ts';
import type { RenderContext } from './content.ts';
import { isChosen } from './content.ts';

/** `parent` of a page, block, database or comment with the id `ownerId`. */
export function renderParent(context: RenderContext, ownerId: string, parent: Parent): JsonObject {
  if (isChosen(context, 'unknownParentType', ownerId)) {
    return { type: 'constellation_id', constellation_id: parent.id === '' ? ownerId : parent.id };
  }
  if (parent.type === 'workspace') return { type: 'workspace', workspace: true };
  if (parent.type !== 'data_source_id') return { type: parent.type, [parent.type]: parent.id };
  const databaseId = context.state.dataSources.get(parent.id)?.databaseId ?? null;
  if (context.version < '2025-09-03') return { type: 'database_id', database_id: databaseId };
  return { type: 'data_source_id', data_source_id: parent.id, database_id: databaseId };
}
