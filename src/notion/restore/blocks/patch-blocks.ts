/**
 * The changes that bring the blocks of a page back to the snapshot's: equal ones are left alone, changed ones updated,
 * missing ones inserted where they stood, and others moved to the trash. Child pages and databases are never touched.
 * The requests are left to `apply-block-changes.ts`.
 */
import { blockType, isOwnObjectBlockType, isWritableBlockType } from '../../../document/block-types.ts';
import type { BlockNode } from '../../../document/documents.ts';
import type { JsonObject } from '../../../document/json.ts';
import { arrayAt, objectAt, stringAt } from '../../../document/json.ts';
import { compactId, dashedId } from '../../../document/notion-id.ts';
import { plainText } from '../../../document/rich-text.ts';
import { withoutSignature } from '../../../document/volatile.ts';
import type { Conversion } from '../requests/conversion.ts';
import { boundedRuns } from '../requests/rich-text.ts';
import { storedFile } from '../snapshot/stored-file.ts';
import { convertBlock } from './block-payload.ts';
import type { WriteNode } from './write-node.ts';
import { writeNode } from './write-node.ts';

/** One list of siblings: as it was, and as it is. */
export interface PatchedList {
  /** Id of the page or block they lie in. */
  readonly parent: string;
  readonly was: readonly BlockNode[];
  readonly is: readonly BlockNode[];
}

/** One change that brings a list of blocks back. */
export type BlockChange =
  | { readonly type: 'remove'; readonly block: BlockNode }
  | { readonly type: 'update'; readonly was: BlockNode; readonly now: BlockNode }
  | {
      readonly type: 'insert';
      readonly parent: string;
      readonly run: readonly BlockNode[];
      /** Id of the block that stands before them and stays; undefined at the start of the list. */
      readonly after: string | undefined;
    };

/** The parts of a page's blocks that the snapshot does not know. */
export interface UnknownBlocks {
  /** Compact ids of pages and blocks whose list of children was not read to its end. */
  readonly lists: ReadonlySet<string>;
}

interface Comparing {
  readonly conversion: Conversion;
  readonly unknown: UnknownBlocks;
  readonly changes: BlockChange[];
}

/**
 * The changes that bring one list of siblings, and what lies below, to what it was. Nothing is removed below what was not
 * read; a block that no request could write again is left as it is, and so is one with pages or databases in it.
 */
export function blockChanges(
  list: PatchedList,
  conversion: Conversion,
  unknown: UnknownBlocks,
): BlockChange[] {
  const changes: BlockChange[] = [];
  collectChanges(list, { conversion, unknown, changes });
  return changes;
}

function collectChanges(list: PatchedList, comparing: Comparing): void {
  const { unknown, changes } = comparing;
  const kept = keptInOrder(list.was, list.is);
  const keptIds = new Set(kept.map(([before]) => idOf(before)));
  const isCut = unknown.lists.has(compactId(list.parent));
  const before = new Map(list.was.map((block) => [idOf(block), block]));
  const stays = new Set<string>();
  for (const block of list.is) {
    const id = idOf(block);
    const was = before.get(id);
    if (isObjectBlock(block) || keptIds.has(id)) continue;
    // What lies beyond the part that was read is not known to be new.
    const isUnknown = was === undefined ? isCut : isIrreplaceable(was, unknown);
    if (isUnknown || holdsObjects(block)) stays.add(id);
    else changes.push({ type: 'remove', block });
  }
  const pairs = new Map(kept.map(([block, now]) => [idOf(block), now]));
  const wanted = list.was.filter((block) => !stays.has(idOf(block)));
  let after: string | undefined;
  for (let index = 0; index < wanted.length; index += 1) {
    const block = wanted[index];
    if (block === undefined) break;
    const now = pairs.get(idOf(block));
    if (isObjectBlock(block)) after = now === undefined ? after : idOf(now);
    else if (now !== undefined) {
      changeBlock(block, now, comparing);
      after = idOf(now);
    } else {
      const run = missingFrom(wanted, index, pairs);
      changes.push({ type: 'insert', parent: list.parent, run, after });
      index += run.length - 1;
    }
  }
}

function changeBlock(was: BlockNode, now: BlockNode, comparing: Comparing): void {
  if (isLeftAlone(was) || was.type !== now.type) return;
  const { conversion, changes } = comparing;
  if (!isSameForm(was, now, conversion) && ownNodes(was, conversion).length > 0)
    changes.push({ type: 'update', was, now });
  if (isCopy(was) || isUnreadBelow(was)) return;
  collectChanges({ parent: idOf(now), was: was.children ?? [], is: now.children ?? [] }, comparing);
}

/**
 * Pages and databases that lie in the same list as before, but not at their old place among the blocks that stay. No request
 * moves them there.
 */
export function misplacedObjects({ was, is }: Omit<PatchedList, 'parent'>): BlockNode[] {
  const kept = keptInOrder(was, is);
  const keptIds = new Set(kept.map(([before]) => idOf(before)));
  const present = new Set(is.map(idOf));
  const here = was.filter(
    (block) => isObjectBlock(block) && present.has(idOf(block)) && !keptIds.has(idOf(block)),
  );
  const below = kept.flatMap(([before, now]) =>
    isObjectBlock(before) || isUnreadBelow(before)
      ? []
      : misplacedObjects({ was: before.children ?? [], is: now.children ?? [] }),
  );
  return [...here, ...below];
}

/** True for a block whose copy would lack what the snapshot does not hold. */
function isIrreplaceable(was: BlockNode, unknown: UnknownBlocks): boolean {
  if (isLeftAlone(was) || unknown.lists.has(idOf(was))) return true;
  if (isUnreadBelow(was) && !isCopy(was)) return true;
  return (was.children ?? []).some((child) => isIrreplaceable(child, unknown));
}

/** True for a block with pages or databases in it: they would go to the trash with it. */
export function holdsObjects(block: BlockNode): boolean {
  return (block.children ?? []).some((child) => isObjectBlock(child) || holdsObjects(child));
}

function isCopy(block: BlockNode): boolean {
  return objectAt(objectAt(block, 'synced_block'), 'synced_from') !== undefined;
}

/** True for a block that has children which the snapshot does not hold. */
function isUnreadBelow(was: BlockNode): boolean {
  return was.has_children === true && was.children === undefined;
}

/** True for a block that cannot be written again as it was: where it still is, it is better than any substitute. */
function isLeftAlone(was: BlockNode): boolean {
  const type = stringAt(was, 'type') ?? '';
  const payload = objectAt(was, type);
  return payload === undefined || !isWritableBlockType(type) || lacksBytes(payload);
}

/** True when the snapshot names a hosted file without its bytes. */
export function lacksBytes(payload: JsonObject): boolean {
  return [payload, objectAt(payload, 'icon')].some((holder) => {
    const file = objectAt(holder, 'file');
    return file !== undefined && storedFile(file) === undefined;
  });
}

function missingFrom(
  was: readonly BlockNode[],
  from: number,
  pairs: ReadonlyMap<string, BlockNode>,
): BlockNode[] {
  const run: BlockNode[] = [];
  for (const block of was.slice(from)) {
    if (pairs.has(idOf(block)) || isObjectBlock(block)) break;
    run.push(block);
  }
  return run;
}

/** Words of a block and of what lies in it, for people. */
export function blockWords(block: BlockNode): string {
  const type = stringAt(block, 'type') ?? 'unknown';
  const payload = objectAt(block, type) ?? {};
  const cells = Array.isArray(payload.cells) ? payload.cells.map(plainText).join(' | ') : '';
  const words =
    plainText(payload.rich_text) ||
    cells ||
    plainText(payload.caption) ||
    stringAt(payload, 'url') ||
    stringAt(payload, 'expression') ||
    stringAt(payload, 'title') ||
    '';
  const below = (block.children ?? []).map(blockWords).filter((text) => text !== '');
  return [words, ...below].join(' / ');
}

/** Blocks that are in both lists, can be updated to what they were, and stand in the same order in both. */
function keptInOrder(was: readonly BlockNode[], is: readonly BlockNode[]): [BlockNode, BlockNode][] {
  const places = new Map(is.map((block, place) => [idOf(block), place]));
  const common = was.flatMap((block): { block: BlockNode; place: number }[] => {
    const place = places.get(idOf(block));
    const now = place === undefined ? undefined : is[place];
    return place === undefined || now === undefined || !canBecome(now, block) ? [] : [{ block, place }];
  });
  return maxIncreasingRun(common.map(({ place }) => place)).flatMap((index): [BlockNode, BlockNode][] => {
    const found = common[index];
    const now = found === undefined ? undefined : is[found.place];
    return found === undefined || now === undefined ? [] : [[found.block, now]];
  });
}

function canBecome(now: BlockNode, was: BlockNode): boolean {
  if (isLeftAlone(was) || holdsObjects(now)) return true;
  if (now.type !== was.type) return isUnreadBelow(was) && !isCopy(was);
  const type = stringAt(was, 'type') ?? '';
  const [a, b] = [objectAt(now, type) ?? {}, objectAt(was, type) ?? {}];
  // A synced block follows its original for good.
  if (JSON.stringify(a.synced_from ?? null) !== JSON.stringify(b.synced_from ?? null)) return false;
  if (type === 'table') return a.table_width === b.table_width;
  if (type.startsWith('heading_')) return (a.is_toggleable === true) === (b.is_toggleable === true);
  return true;
}

/** Positions of a maximal increasing subsequence (patience sorting). */
function maxIncreasingRun(values: readonly number[]): number[] {
  const tails: number[] = [];
  const before: number[] = [];
  values.forEach((value, index) => {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((values[tails[middle] ?? 0] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    before[index] = low > 0 ? (tails[low - 1] ?? -1) : -1;
    tails[low] = index;
  });
  const rise: number[] = [];
  for (let at = tails.at(-1) ?? -1; at !== -1; at = before[at] ?? -1) rise.push(at);
  return rise.reverse();
}

/**
 * True when both blocks say the same. What the present one leads to is what it leads to: a link to an object that was created
 * again leads to nothing. What is not there (yet) is named by its own id on both sides.
 */
function isSameForm(was: BlockNode, now: BlockNode, conversion: Conversion): boolean {
  if (stringAt(was, 'type') === 'synced_block') return formOf(was, conversion) === formOf(now, conversion);
  const before: Conversion = { ...conversion, object: (id) => conversion.object(id) ?? dashedId(id) };
  const present: Conversion = { ...conversion, object: dashedId };
  return formOf(was, before) === formOf(now, present);
}

/** A block's own contents as one text; files by where they lie. */
function formOf(block: BlockNode, conversion: Conversion): string {
  const payload = objectAt(block, stringAt(block, 'type') ?? '') ?? {};
  const nodes = ownNodes(block, conversion).map(({ type, payload: written }) => [
    type,
    type === 'table' ? [written.has_column_header === true, written.has_row_header === true] : written,
  ]);
  return JSON.stringify([nodes, fileForm(payload), fileForm(objectAt(payload, 'icon'))]);
}

/** The block itself as a request has it, without what lies in it; losses are noted when `noting`. */
export function ownNodes(block: BlockNode, conversion: Conversion, noting = false): WriteNode[] {
  const { children, ...alone } = block;
  const type = stringAt(block, 'type') ?? '';
  const quiet: Conversion = noting ? conversion : { ...conversion, note: () => {} };
  if (type === 'table_row' || type === 'column') return partOf(type, block, quiet);
  // Containers are asked about themselves: their contents are compared by themselves.
  if (blockType(type)?.children === 'required' && type !== 'table') return [];
  return convertBlock(alone, quiet);
}

/** A row or a column: they are created with what they are part of, and updated by themselves. */
function partOf(type: string, block: BlockNode, conversion: Conversion): WriteNode[] {
  const payload = objectAt(block, type) ?? {};
  if (type === 'column') {
    const ratio = payload.width_ratio;
    return typeof ratio === 'number' && ratio > 0 && ratio < 1
      ? [writeNode('column', { width_ratio: ratio })]
      : [];
  }
  const cells = arrayAt(payload, 'cells').map((cell) => boundedRuns(cell, idOf(block), conversion));
  return [writeNode('table_row', { cells })];
}

/** A hosted file by its contents, or, where they are not known, by where it lies. */
function fileForm(value: JsonObject | undefined): string | null {
  const file = objectAt(value, 'file');
  const url = stringAt(file, 'url');
  return stringAt(file, 'sha256') ?? (url === undefined ? null : withoutSignature(url));
}

function isObjectBlock(block: BlockNode): boolean {
  return isOwnObjectBlockType(stringAt(block, 'type') ?? '');
}

function idOf(block: BlockNode | undefined): string {
  return compactId(stringAt(block, 'id') ?? '');
}
