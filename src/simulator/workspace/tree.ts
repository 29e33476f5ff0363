/** The tree of the workspace: parents, children and rows, kept in step with each other. */
import type * as records from './records.ts';

/** The object with this id, whatever it is. */
export function findContainer(state: records.State, id: string): records.Container | undefined {
  return state.pages.get(id) ?? state.blocks.get(id) ?? state.databases.get(id) ?? state.dataSources.get(id);
}

/** Container of a page, block, database or data source; undefined at the top or when the parent is gone. */
export function parentOf(state: records.State, object: records.Container): records.Container | undefined {
  if (object.kind === 'data_source') return state.databases.get(object.databaseId);
  switch (object.parent.type) {
    case 'page_id':
      return state.pages.get(object.parent.id);
    case 'block_id':
      return state.blocks.get(object.parent.id);
    case 'database_id':
      return state.databases.get(object.parent.id);
    case 'data_source_id':
      return state.dataSources.get(object.parent.id);
    default:
      return undefined;
  }
}

/** True when the bot may see the object: it, or something above it, is shared and nothing between is hidden. */
export function isVisible(state: records.State, object: records.Container): boolean {
  for (const link of chain(state, object)) {
    if (state.hidden.has(link.id)) return false;
    if (state.shared.has(link.id)) return true;
  }
  return false;
}

/** True when the object or anything above it is in the trash. */
export function isTrashed(state: records.State, object: records.Container): boolean {
  for (const link of chain(state, object)) if (link.inTrash) return true;
  return false;
}

/** The page a block lies on; the page itself for a page. */
export function pageOf(state: records.State, object: records.Container): records.Page | undefined {
  for (const link of chain(state, object)) if (link.kind === 'page') return link;
  return undefined;
}

/**
 * Moves a page, block or database under another parent.
 * @param at index among the new parent's children; the end when left out
 */
export function moveTo(
  state: records.State,
  object: records.Page | records.Block | records.Database,
  parent: records.Parent,
  at?: number,
): void {
  detach(state, object);
  object.parent = parent;
  attach(state, object, at);
}

/** Takes an object out of its parent's children or rows and forgets it, as purging does. What lies below stays behind. */
export function purge(state: records.State, object: records.Container): void {
  if (object.kind !== 'data_source') detach(state, object);
  state.pages.delete(object.id);
  state.blocks.delete(object.id);
  state.databases.delete(object.id);
  state.dataSources.delete(object.id);
}

/** Inserts `id` at `at`, or at the end. */
export function withChild(children: readonly string[], id: string, at?: number): string[] {
  const result = children.filter((child) => child !== id);
  result.splice(at ?? result.length, 0, id);
  return result;
}

/** Puts an object at the end (or at `at`) of its parent's children or rows; a template stays out of them. */
export function attach(
  state: records.State,
  object: records.Page | records.Block | records.Database,
  at?: number,
): void {
  const parent = parentOf(state, object);
  if (parent === undefined || ('isTemplate' in object && object.isTemplate)) return;
  if (parent.kind === 'data_source') parent.rows.push(object.id);
  else if (parent.kind !== 'database') parent.children = withChild(parent.children, object.id, at);
}

/** Takes an object out of its parent's children or rows. */
export function detach(state: records.State, object: records.Page | records.Block | records.Database): void {
  const parent = parentOf(state, object);
  if (parent === undefined) return;
  if (parent.kind === 'data_source') parent.rows = parent.rows.filter((row) => row !== object.id);
  else if (parent.kind !== 'database') {
    parent.children = parent.children.filter((child) => child !== object.id);
  }
}

/** The object and everything above it, nearest first; ends at a parent that is gone or seen before. */
function* chain(state: records.State, object: records.Container): Generator<records.Container> {
  const seen = new Set<string>();
  for (
    let link: records.Container | undefined = object;
    link !== undefined && !seen.has(link.id);
    link = parentOf(state, link)
  ) {
    seen.add(link.id);
    yield link;
  }
}
