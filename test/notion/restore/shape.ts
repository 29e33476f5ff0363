/** What lies below a page of the simulated workspace, told without ids, so that two copies can be compared. */
import type { Workspace } from './workspace.ts';

/** Titles, types and texts below a page, in order; rows have none. */
export function shapeOf(workspace: Workspace, id: string): unknown {
  const { state } = workspace.simulator;
  const page = state.pages.get(id);
  const block = state.blocks.get(id);
  const database = state.databases.get(id);
  if (block?.inTrash || page?.inTrash || database?.inTrash) return undefined;
  const children = (page ?? block)?.children ?? [];
  const below = children.map((child) => shapeOf(workspace, child)).filter((shape) => shape !== undefined);
  const comments = [...state.comments.values()].filter((comment) => comment.parent.id === id).length;
  if (block !== undefined)
    return [block.type, JSON.stringify(block.payload.rich_text ?? null), comments, below];
  if (database !== undefined) {
    const rows = database.dataSources.flatMap((source) => state.dataSources.get(source)?.rows ?? []);
    return [
      'database',
      database.views.length,
      rows.map((row) => JSON.stringify(shapeOf(workspace, row))).sort(),
    ];
  }
  return ['page', Object.keys(page?.values ?? {}).length, comments, below];
}
