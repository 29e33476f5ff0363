/** Counts of each kind that a workspace shows to the bot: what a complete backup must have found. */
import type { Page, State } from '../workspace/state.ts';
import { isTrashed, isVisible } from '../workspace/state.ts';

export interface Counts {
  /** Pages that are neither rows nor templates. */
  readonly pages: number;
  /** Rows of data sources, archived ones included. */
  readonly rows: number;
  readonly templates: number;
  readonly databases: number;
  readonly dataSources: number;
  readonly views: number;
  /** Blocks on pages, rows and templates; child pages and databases are not among them. */
  readonly blocks: number;
  /** Blocks with children of their own; copies of synced blocks and unsupported blocks are not among them. */
  readonly containers: number;
  /** Comments that are not resolved, on what is visible. */
  readonly comments: number;
  /** Stored files, whoever shows them. */
  readonly media: number;
  readonly mediaBytes: number;
}

/** Counts what is visible and not in the trash. */
export function counts(state: State): Counts {
  const live = { pages: 0, rows: 0, templates: 0, blocks: 0, containers: 0 };
  for (const page of state.pages.values()) {
    if (!isVisible(state, page) || isTrashed(state, page)) continue;
    if (page.isTemplate) live.templates += 1;
    else if (page.parent.type === 'data_source_id') live.rows += 1;
    else live.pages += 1;
    countBlocks(state, page.children, live);
  }
  return { ...live, ...countTables(state), ...countRest(state) };
}

function countBlocks(
  state: State,
  ids: Page['children'],
  live: { blocks: number; containers: number },
): void {
  for (const id of ids) {
    const block = state.blocks.get(id);
    if (block === undefined || block.inTrash || state.hidden.has(id)) continue;
    live.blocks += 1;
    if (block.type === 'unsupported' || block.children.length === 0) continue;
    live.containers += 1;
    countBlocks(state, block.children, live);
  }
}

function countTables(state: State): Pick<Counts, 'databases' | 'dataSources' | 'views'> {
  const databases = [...state.databases.values()].filter(
    (each) => isVisible(state, each) && !isTrashed(state, each),
  );
  const sources = [...state.dataSources.values()].filter(
    (each) => isVisible(state, each) && !isTrashed(state, each),
  );
  const views = databases.reduce((sum, { views: ids }) => sum + ids.length, 0);
  return { databases: databases.length, dataSources: sources.length, views };
}

function countRest(state: State): Pick<Counts, 'comments' | 'media' | 'mediaBytes'> {
  let comments = 0;
  for (const { isResolved, parent } of state.comments.values()) {
    const owner = state.pages.get(parent.id) ?? state.blocks.get(parent.id);
    if (owner === undefined || isResolved) continue;
    if (isVisible(state, owner) && !isTrashed(state, owner)) comments += 1;
  }
  let mediaBytes = 0;
  for (const { size } of state.files.values()) mediaBytes += size;
  return { comments, media: state.files.size, mediaBytes };
}
