/** What an endless retrier would be shown of a simulated workspace, told from its state and not from the crawl's answers. */
import type { Json, JsonObject } from '../../../src/document/json.ts';
import { arrayAt, isObject, stringAt } from '../../../src/document/json.ts';
import type { Block, Page, State } from '../../../src/simulator/workspace/state.ts';
import { findContainer, isTrashed, isVisible, parentOf } from '../../../src/simulator/workspace/state.ts';
import type { MemorySnapshot } from './memory-snapshot.ts';

export function compact(id: string): string {
  return id.replaceAll('-', '');
}

/** Ids of pages and databases that can be read, templates included. */
export function expectedObjects(state: State): string[] {
  const pages = [...state.pages.values()].filter((page) => isVisible(state, page) && !isTrashed(state, page));
  const databases = [...state.databases.values()].filter(
    (database) =>
      isVisible(state, database) &&
      !isTrashed(state, database) &&
      database.dataSources.some((id) => {
        const source = state.dataSources.get(id);
        return source !== undefined && isVisible(state, source);
      }),
  );
  return [...pages, ...databases].map(({ id }) => compact(id));
}

/** Ids of the blocks of a page that can be read: what lies in unsupported blocks or other pages cannot, or is elsewhere. */
export function expectedBlocks(state: State, page: Page): string[] {
  const found: string[] = [];
  const visit = (ids: readonly string[]): void => {
    for (const id of ids) {
      const block = state.blocks.get(id);
      if (block === undefined) {
        if (isShown(state, id)) found.push(compact(id));
        continue;
      }
      if (block.inTrash || state.hidden.has(id)) continue;
      found.push(compact(id));
      if (block.type === 'meeting_notes')
        for (const section of block.children) visit(childrenOf(state, section));
      else if (block.type !== 'unsupported' && !isCopy(block)) visit(block.children);
    }
  };
  visit(page.children);
  return found;
}

/** A meeting's sections are named by the meeting and listed, not shown themselves. */
function childrenOf(state: State, id: string): readonly string[] {
  return state.blocks.get(id)?.children ?? [];
}

function isShown(state: State, id: string): boolean {
  const object = state.pages.get(id) ?? state.databases.get(id);
  return object !== undefined && !object.inTrash && isVisible(state, object) && !state.hidden.has(id);
}

function isCopy(block: Block): boolean {
  const from = block.payload.synced_from;
  return block.type === 'synced_block' && typeof from === 'object' && from !== null;
}

/** Ids of all blocks in a page's document. */
export function blocksOf(document: JsonObject): Set<string> {
  const ids = new Set<string>();
  const visit = (value: Json): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (!isObject(value)) return;
    const id = stringAt(value, 'id');
    if (value.object === 'block' && id !== undefined) ids.add(compact(id));
    visit(value.children ?? null);
    if (isObject(value.sections)) Object.values(value.sections).forEach(visit);
  };
  visit(document.blocks ?? null);
  return ids;
}

/** Everything the manifest owns up to: ids of errors and of the objects they belong to, and of what was found absent. */
export function toldMissing(manifest: JsonObject): Set<string> {
  const errors = arrayAt(manifest.errors, 'list').flatMap((error) => [
    stringAt(error, 'id'),
    stringAt(error, 'owner'),
  ]);
  const skipped = isObject(manifest.skipped) ? manifest.skipped : {};
  const absent = arrayAt(skipped.absent, 'objects').map((object) => stringAt(object, 'id'));
  return new Set([...errors, ...absent].filter((id) => id !== undefined));
}

/** True when the loss of an object, or of something it can only be reached through, is told. */
function isTold(state: State, id: string, told: ReadonlySet<string>): boolean {
  const dashed = id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  for (let object = findContainer(state, dashed); object !== undefined; object = parentOf(state, object)) {
    if (told.has(compact(object.id))) return true;
  }
  return false;
}

/** One line for each thing that should be in the snapshot, is not, and is not told as missing either. */
export function untoldLosses(state: State, snapshot: MemorySnapshot): string[] {
  const told = toldMissing(snapshot.manifest);
  const losses = expectedObjects(state)
    .filter((id) => !snapshot.all.has(id) && !isTold(state, id, told))
    .map((id) => `object ${id}`);
  for (const page of state.pages.values()) {
    const id = compact(page.id);
    if (!snapshot.all.has(id) || told.has(id) || isTrashed(state, page)) continue;
    const shown = blocksOf(snapshot.document(id));
    for (const block of expectedBlocks(state, page))
      if (!shown.has(block)) losses.push(`block ${block} of ${id}`);
  }
  return losses;
}
