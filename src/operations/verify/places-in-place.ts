/**
 * Places of blocks, pages and databases after a restore in place. No request moves them within their parent, nor a page into
 * a block: what stands elsewhere is there all the same, and counts as approximated.
 */
import type { Finding } from '../../document/compare/block-diff.ts';
import type { JsonObject } from '../../document/json.ts';
import { arrayAt, isObject, stringAt } from '../../document/json.ts';
import { compactId } from '../../document/notion-id.ts';
import { isObjectBlock, misplacedBlocks } from '../../notion/restore/changed-blocks/kept-blocks.ts';

/** The originals that blocks, pages and databases stand for. */
export interface Origins {
  /** The original's id: its own where it is not a copy. */
  originalId(block: JsonObject): string;
  /** True for the original of an object that a restore created again. */
  isCreated(id: string): boolean;
  /** The decoded id of the property that stands for one of the snapshot's now. */
  propertyNow(source: string, property: string): string;
}

/** Blocks put where they were, and a finding for each that was not there. */
export interface PlacedBlocks {
  readonly blocks: JsonObject[];
  readonly misplaced: readonly Finding[];
}

/** `now` with what no request moves where it was, and a finding for each block that was not there. */
export function blocksInOrder(
  was: readonly JsonObject[],
  now: readonly JsonObject[],
  lists: ReadonlySet<string>,
  { originalId, isCreated }: Origins,
): PlacedBlocks {
  const siblings = { was, is: withOriginalIds(now, originalId) };
  const misplacedIds = new Set(misplacedBlocks(siblings, { lists, isCreated }).map(idOf));
  const misplaced: Finding[] = [];
  const inOrder = (
    before: readonly JsonObject[],
    current: readonly JsonObject[],
    at: string,
  ): JsonObject[] => {
    const blocks = current.filter((block) => !misplacedIds.has(originalId(block)));
    for (const [place, block] of before.entries()) {
      const found = misplacedIds.has(idOf(block))
        ? current.find((other) => originalId(other) === idOf(block))
        : undefined;
      if (found === undefined) continue;
      misplaced.push(misplacedAt(block, `${at}/${place}`));
      blocks.splice(place, 0, found);
    }
    return blocks.map((block) => {
      const other = before.find((candidate) => idOf(candidate) === originalId(block));
      if (!Array.isArray(block.children) || other === undefined) return block;
      const [wasBelow, below] = [arrayAt(other, 'children'), block.children].map((list) =>
        list.filter(isObject),
      );
      return { ...block, children: inOrder(wasBelow ?? [], below ?? [], `${at}/children`) };
    });
  };
  return { blocks: inOrder(was, now, 'blocks'), misplaced };
}

function withOriginalIds(blocks: readonly JsonObject[], originalId: Origins['originalId']): JsonObject[] {
  return blocks.map((block) => {
    const children = Array.isArray(block.children) ? block.children.filter(isObject) : undefined;
    const below = children === undefined ? {} : { children: withOriginalIds(children, originalId) };
    return { ...block, id: originalId(block), ...below };
  });
}

/** Pages and databases that lay in another block, put back there, with a finding for each. */
export function objectsAtHome(
  was: readonly JsonObject[],
  now: readonly JsonObject[],
  { originalId }: Origins,
): PlacedBlocks {
  const homes = objectsIn(was, idOf);
  const strays = new Map<string, JsonObject>();
  for (const [id, { block, parent }] of objectsIn(now, originalId)) {
    const home = homes.get(id);
    if (home !== undefined && home.parent !== parent) strays.set(id, block);
  }
  if (strays.size === 0) return { blocks: [...now], misplaced: [] };
  const misplaced: Finding[] = [];
  const placed = (blocks: readonly JsonObject[], parent: string): JsonObject[] => {
    const list = blocks
      .filter((block) => !strays.has(originalId(block)))
      .map((block): JsonObject => {
        const children = placed(childrenOf(block), originalId(block));
        return children.length === 0 && block.children === undefined ? block : { ...block, children };
      });
    for (const [id, block] of strays) {
      const home = homes.get(id);
      if (home?.parent !== parent) continue;
      list.splice(home.place, 0, block);
      misplaced.push(misplacedAt(block, home.at));
    }
    return list;
  };
  return { blocks: placed(now, ''), misplaced };
}

interface PlacedObject {
  readonly block: JsonObject;
  /** Id of the block it lies in; empty on the page itself. */
  readonly parent: string;
  readonly place: number;
  readonly at: string;
}

/** The pages and databases among blocks at any depth, by id. */
function objectsIn(
  blocks: readonly JsonObject[],
  idIn: Origins['originalId'],
  parent = '',
  at = 'blocks',
): Map<string, PlacedObject> {
  const found = new Map<string, PlacedObject>();
  for (const [place, block] of blocks.entries()) {
    const here = `${at}/${place}`;
    if (isObjectBlock(block)) found.set(idIn(block), { block, parent, place, at: here });
    for (const [id, object] of objectsIn(childrenOf(block), idIn, idIn(block), `${here}/children`))
      found.set(id, object);
  }
  return found;
}

function childrenOf(block: JsonObject): JsonObject[] {
  return arrayAt(block, 'children').filter(isObject);
}

function misplacedAt(block: JsonObject, at: string): Finding {
  return { verdict: 'approximated', what: `position of ${stringAt(block, 'type') ?? ''}`, at };
}

/** The compact id of a block. */
export function idOf(block: JsonObject): string {
  return compactId(stringAt(block, 'id') ?? '');
}
