/**
 * Changes the blocks of a page back to the snapshot's: equal ones are left alone, changed ones updated, missing ones
 * inserted where they stood, and others moved to the trash. Child pages and databases are never touched.
 */
import { blockType, isOwnObjectBlockType } from '../../../document/block-types.ts';
import type { BlockNode } from '../../../document/documents.ts';
import type { JsonObject } from '../../../document/json.ts';
import { objectAt, stringAt } from '../../../document/json.ts';
import { compactId, dashedId } from '../../../document/notion-id.ts';
import { withoutSignature } from '../../../document/volatile.ts';
import type { Conversion } from '../requests/conversion.ts';
import { writeWithUploads } from '../requests/creation.ts';
import type { Position } from '../requests/read-back.ts';
import { appendBlocks, filesOf } from './append-blocks.ts';
import type { AppendContext } from './append-context.ts';
import { convertBlock } from './block-payload.ts';
import { withPlaceholders } from './request-batches.ts';
import type { WriteNode } from './write-node.ts';

/** Numbers of changed blocks. */
export interface PatchCounts {
  updated: number;
  inserted: number;
  removed: number;
}

/** One list of siblings: as it was, and as it is. */
export interface PatchedList {
  /** Id of the page or block they lie in. */
  readonly parent: string;
  readonly was: readonly BlockNode[];
  readonly is: readonly BlockNode[];
}

/** Brings one list of siblings, and what lies below, to what it was. */
export async function patchBlocks(
  context: AppendContext,
  conversion: Conversion,
  list: PatchedList,
  counts: PatchCounts,
): Promise<void> {
  const kept = keptInOrder(list.was, list.is);
  const keptIds = new Set(kept.map(([before]) => idOf(before)));
  for (const block of list.is) {
    if (isObjectBlock(block) || keptIds.has(idOf(block))) continue;
    await removeBlock(context, idOf(block));
    counts.removed += 1;
  }
  const pairs = new Map(kept.map(([before, now]) => [idOf(before), now]));
  let before: string | undefined;
  for (let index = 0; index < list.was.length; index += 1) {
    const block = list.was[index];
    if (block === undefined) break;
    const now = pairs.get(idOf(block));
    if (isObjectBlock(block)) before = now === undefined ? before : idOf(now);
    else if (now !== undefined) {
      await patchBlock(context, conversion, block, now, counts);
      before = idOf(now);
    } else {
      const run = missingFrom(list.was, index, pairs);
      before = (await insertBlocks(context, conversion, { parent: list.parent, run, before })) ?? before;
      counts.inserted += run.length;
      index += run.length - 1;
    }
  }
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

async function insertBlocks(
  context: AppendContext,
  conversion: Conversion,
  { parent, run, before }: { parent: string; run: readonly BlockNode[]; before: string | undefined },
): Promise<string | undefined> {
  const nodes = withPlaceholders(run.flatMap((block) => convertBlock(block, conversion)));
  const position: Position =
    before === undefined ? { type: 'start' } : { type: 'after', id: dashedId(before) };
  const key = `insert ${parent} ${idOf(run[0])}`;
  return appendBlocks(context, { key, parent: dashedId(parent), nodes, position });
}

async function patchBlock(
  context: AppendContext,
  conversion: Conversion,
  was: BlockNode,
  now: BlockNode,
  counts: PatchCounts,
): Promise<void> {
  const id = idOf(now);
  if (formOf(was, conversion) !== formOf(now, conversion)) {
    const [node] = own(was, conversion);
    if (node !== undefined) {
      await updateBlock(context, id, node, now);
      counts.updated += 1;
    }
  }
  const isCopy = objectAt(objectAt(was, 'synced_block'), 'synced_from') !== undefined;
  if (!isCopy)
    await patchBlocks(
      context,
      conversion,
      { parent: id, was: was.children ?? [], is: now.children ?? [] },
      counts,
    );
}

async function updateBlock(
  context: AppendContext,
  id: string,
  node: WriteNode,
  now: BlockNode,
): Promise<void> {
  const files = filesOf([node], false, 1);
  const current = objectAt(now, stringAt(now, 'type') ?? '') ?? {};
  await writeWithUploads(context, {
    key: `update ${id}`,
    files,
    directory: context.directory,
    request: () => ({
      method: 'patch',
      path: `blocks/${dashedId(id)}`,
      body: { [node.type]: updatePayload(node, current) },
      effect: 'write',
    }),
    keep: () => ({}),
  });
}

/** An update replaces only the fields it names: those that go back to their default are named too. */
function updatePayload(node: WriteNode, now: JsonObject): JsonObject {
  const { type, ...payload } = node.payload;
  const back: JsonObject = {};
  if (now.color !== undefined && payload.color === undefined) back.color = 'default';
  if (Array.isArray(now.caption) && payload.caption === undefined) back.caption = [];
  if (node.type === 'link_to_page' || node.type === 'equation') return payload;
  if (node.type === 'table') {
    const { has_column_header = false, has_row_header = false } = payload;
    return { has_column_header, has_row_header };
  }
  return { ...back, ...payload };
}

async function removeBlock(context: AppendContext, id: string): Promise<void> {
  await context.writer.write({
    key: `remove ${id}`,
    request: () => ({ method: 'delete', path: `blocks/${dashedId(id)}`, effect: 'write' }),
    keep: () => ({}),
    find: async () => {
      const block = await context.api.request({
        method: 'get',
        path: `blocks/${dashedId(id)}`,
        effect: 'read',
      });
      return block.in_trash === true ? {} : undefined;
    },
  });
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
  if (now.type !== was.type) return false;
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

/** A block's own contents as one text; files by where they lie. */
function formOf(block: BlockNode, conversion: Conversion): string {
  const payload = objectAt(block, stringAt(block, 'type') ?? '') ?? {};
  const nodes = own(block, conversion).map(({ type, payload: written }) => [type, written]);
  return JSON.stringify([nodes, fileUrl(payload), fileUrl(objectAt(payload, 'icon'))]);
}

function own(block: BlockNode, conversion: Conversion): WriteNode[] {
  const { children, ...alone } = block;
  const quiet: Conversion = { ...conversion, note: () => {} };
  // Containers are asked about themselves: their contents are compared by themselves.
  if (blockType(stringAt(block, 'type') ?? '')?.children === 'required') return [];
  return convertBlock(alone, quiet);
}

function fileUrl(value: JsonObject | undefined): string | null {
  const url = stringAt(objectAt(value, 'file'), 'url');
  return url === undefined ? null : withoutSignature(url);
}

function isObjectBlock(block: BlockNode): boolean {
  return isOwnObjectBlockType(stringAt(block, 'type') ?? '');
}

function idOf(block: BlockNode | undefined): string {
  return compactId(stringAt(block, 'id') ?? '');
}
