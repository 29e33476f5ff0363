/** Finds parts of documents that a test is about to change, and fails when they are not there. */
import type { Json, JsonObject } from '../../src/document/json.ts';
import { arrayAt, isObject } from '../../src/document/json.ts';

/** What stands at `path`, an object. */
export function part(value: Json, ...path: readonly (string | number)[]): JsonObject {
  const found = step(value, path);
  if (!isObject(found)) throw new Error(`no object at ${path.join('/')}`);
  return found;
}

/** What stands at `path`, a list. */
export function list(value: Json, ...path: readonly (string | number)[]): Json[] {
  const found = step(value, path);
  if (!Array.isArray(found)) throw new Error(`no list at ${path.join('/')}`);
  return found;
}

/** Gives `key` another value; it must have had one that differs. */
export function set(object: JsonObject, key: string, value: Json): void {
  if (!Object.hasOwn(object, key)) throw new Error(`nothing at ${key}`);
  if (JSON.stringify(object[key]) === JSON.stringify(value)) throw new Error(`${key} is that already`);
  object[key] = value;
}

/** Takes out the item at `index`. */
export function drop(items: Json[], index: number): Json {
  const [item] = items.splice(index, 1);
  if (item === undefined) throw new Error(`no item ${index}`);
  return item;
}

/** Exchanges an item and the next. */
export function swap(items: Json[], index: number): void {
  items.splice(index + 1, 0, drop(items, index));
}

/** A block with the list it stands in. */
export interface FoundBlock {
  readonly block: JsonObject;
  /** What stands under the block's type. */
  readonly payload: JsonObject;
  readonly siblings: Json[];
  readonly index: number;
}

/** The first block, at any depth, of a type and for which `is` holds. */
export function blockOf(
  page: JsonObject,
  type: string,
  is: (payload: JsonObject, block: JsonObject) => boolean = () => true,
): FoundBlock {
  const found = search(list(page, 'blocks'), type, is);
  if (found === undefined) throw new Error(`no block ${type}`);
  return found;
}

function search(
  blocks: Json[],
  type: string,
  is: (payload: JsonObject, block: JsonObject) => boolean,
): FoundBlock | undefined {
  for (const [index, block] of blocks.entries()) {
    if (!isObject(block)) continue;
    const payload = block[type];
    if (block.type === type && isObject(payload) && is(payload, block))
      return { block, payload, siblings: blocks, index };
    const deeper = search(arrayAt(block, 'children'), type, is);
    if (deeper !== undefined) return deeper;
  }
  return undefined;
}

/** The first run, in the texts of any block, for which `is` holds. */
export function runOf(page: JsonObject, is: (run: JsonObject) => boolean): JsonObject {
  const found = searchRuns(list(page, 'blocks'), is);
  if (found === undefined) throw new Error('no such run');
  return found;
}

function searchRuns(value: Json, is: (run: JsonObject) => boolean): JsonObject | undefined {
  if (isObject(value) && 'plain_text' in value) return is(value) ? value : undefined;
  const inner = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
  for (const item of inner) {
    const found = searchRuns(item, is);
    if (found !== undefined) return found;
  }
  return undefined;
}

function step(value: Json, path: readonly (string | number)[]): Json | undefined {
  let at: Json | undefined = value;
  for (const key of path) {
    if (Array.isArray(at) && typeof key === 'number') at = at[key];
    else if (isObject(at) && typeof key === 'string') at = at[key];
    else return undefined;
  }
  return at;
}
