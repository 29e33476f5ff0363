/** Writes a segment of a page's blocks in its place among the page's children. */

import { childrenOf } from '../../../document/blocks.ts';
import type { BlockNode } from '../../../document/documents.ts';
import { objectAt, stringAt } from '../../../document/json.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { compactId } from '../../../document/notion-id.ts';
import { KlosetError } from '../../../errors.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import type { PageItem } from '../journal/tables/page-items.ts';
import type { Step } from '../journal/tables/steps/steps.ts';
import type { Position } from '../requests/read-back.ts';
import { idsOf, listChildren } from '../requests/read-back.ts';
import { blockReferences } from '../requests/references.ts';
import type { RestoreContext } from '../requests/restore-context.ts';
import { readPage } from '../snapshot/snapshot-documents.ts';
import { appendBlocks } from './append-blocks.ts';
import { appendContext } from './append-context.ts';
import { convertBlocks } from './block-payload.ts';
import { withPlaceholders } from './request-batches.ts';

/** Executes a `segment` step. @throws KlosetError `incomplete` when its page was not restored */
export async function writeSegment(
  context: RestoreContext,
  object: RestoredObject,
  step: Step,
): Promise<void> {
  const { journal } = context;
  const parent = journal.ids.copyOf(object.id);
  if (parent === undefined) throw new KlosetError('incomplete', 'Its page was not restored.');
  const items = journal.items.of(object.id);
  const item = items[step.index];
  if (item === undefined) return;
  const document = await readPage(context.snapshot, object.path);
  const blocks = document.blocks.slice(step.index === 0 ? object.blocksWithPage : item.first, item.past);
  await context.target.resolveLimits();
  await context.target.resolve(blocks.flatMap((block) => [...blockReferences(block)]));
  const key = `segment ${object.id} ${step.index}`;
  const position = await positionOf(context, { object, items, step, parent, key });
  await writeBlocks(context, object, { key, parent, blocks, position });
}

interface Writing {
  readonly key: string;
  readonly parent: string;
  readonly blocks: readonly BlockNode[];
  readonly position: Position;
}

/**
 * Writes blocks in their order. A copy of a synced block can only name an original that is there: what stands before it
 * is written first; a copy that stands before its original is put in its place afterwards.
 */
async function writeBlocks(
  context: RestoreContext,
  object: RestoredObject,
  { key, parent, blocks, position }: Writing,
): Promise<void> {
  const late: { readonly block: BlockNode; readonly key: string }[] = [];
  let next = position;
  let last: string | undefined;
  for (let from = 0; from < blocks.length; ) {
    const block = blocks[from];
    if (block !== undefined && isBeforeOriginal(blocks, from)) {
      const lateKey = `${key} late ${stringAt(block, 'id')}`;
      late.push({ block, key: lateKey });
      await rememberPlace(context, lateKey, parent, last, next);
      from += 1;
      continue;
    }
    const past = endOfPortion(blocks, from);
    const portion = { key: `${key}.${from}`, parent, blocks: blocks.slice(from, past), position: next };
    last = (await writePortion(context, object, portion)) ?? last;
    if (next.type !== 'end' && last !== undefined) next = { type: 'after', id: last };
    from = past;
  }
  for (const { block, key: lateKey } of late) {
    const place = positionAfter(context.journal.progress.anchorOf(lateKey) ?? null);
    await writePortion(context, object, { key: lateKey, parent, blocks: [block], position: place });
  }
}

/** Records the block after which a late block belongs, until it can be written there. */
async function rememberPlace(
  { journal, api }: RestoreContext,
  key: string,
  parent: string,
  last: string | undefined,
  next: Position,
): Promise<void> {
  if (journal.progress.anchorOf(key) !== undefined) return;
  const before = next.type === 'after' ? next.id : undefined;
  const end =
    next.type === 'end' && last === undefined ? (await idsOf(listChildren(api, parent))).at(-1) : undefined;
  journal.progress.setAnchor(key, last ?? before ?? end ?? null);
}

/** Converts and appends blocks, and returns the id of the last block written. */
async function writePortion(
  context: RestoreContext,
  object: RestoredObject,
  { key, parent, blocks, position }: Writing,
): Promise<string | undefined> {
  const nodes = withPlaceholders(convertBlocks(blocks, context.target.conversion(object.path)));
  return appendBlocks(appendContext(context, object), { key, parent, nodes, position });
}

/** The end of a portion: before a block that copies something of this portion, or that must be written later. */
function endOfPortion(blocks: readonly BlockNode[], from: number): number {
  const originals = new Set(originalsIn(blocks[from]));
  for (let index = from + 1; index < blocks.length; index += 1) {
    if (copiesIn(blocks[index]).some((id) => originals.has(id)) || isBeforeOriginal(blocks, index))
      return index;
    for (const id of originalsIn(blocks[index])) originals.add(id);
  }
  return blocks.length;
}

/** True when the block at `index` is a copy of an original that comes after it. */
function isBeforeOriginal(blocks: readonly BlockNode[], index: number): boolean {
  const block = blocks[index];
  if (block?.type !== 'synced_block') return false;
  const copied = copiesIn(block);
  return (
    copied.length > 0 &&
    blocks.slice(index).some((later) => originalsIn(later).some((id) => copied.includes(id)))
  );
}

/** Originals of synced blocks in a block. */
function originalsIn(block: BlockNode | undefined): CompactId[] {
  if (block === undefined) return [];
  const below = childrenOf(block).flatMap(originalsIn);
  const isOriginal =
    block.type === 'synced_block' && objectAt(block.synced_block, 'synced_from') === undefined;
  return isOriginal ? [compactId(stringAt(block, 'id') ?? ''), ...below] : below;
}

/** Originals that copies in a block name. */
function copiesIn(block: BlockNode | undefined): CompactId[] {
  if (block === undefined) return [];
  return [...blockReferences(block)].filter(({ kind }) => kind === 'block').map(({ id }) => id);
}

interface Place {
  readonly object: RestoredObject;
  readonly items: readonly PageItem[];
  readonly step: Step;
  readonly parent: string;
  readonly key: string;
}

/** The end, as long as nothing that follows exists; else after the preceding sibling. */
async function positionOf(context: RestoreContext, place: Place): Promise<Position> {
  const { step, items, object } = place;
  const follows = items.slice(step.index + 1).some((item) => exists(context, item));
  if (step.stage === 1 || !follows) return { type: 'end' };
  const known = context.journal.progress.anchorOf(place.key);
  if (known !== undefined) return positionAfter(known);
  const anchor =
    step.index === 0
      ? await lastWithPage(context, place)
      : await anchorBefore(context, object.id, items, step.index);
  context.journal.progress.setAnchor(place.key, anchor ?? null);
  return positionAfter(anchor ?? null);
}

function positionAfter(anchor: string | null): Position {
  return anchor === null ? { type: 'start' } : { type: 'after', id: anchor };
}

function exists({ journal }: RestoreContext, item: PageItem): boolean {
  return item.child !== null ? journal.ids.copyOf(item.child) !== undefined : item.past > item.first;
}

/** The last block that the page was created with. */
async function lastWithPage(context: RestoreContext, { object, parent }: Place): Promise<string | undefined> {
  const count = context.journal.progress.blocksWithPage(object.id);
  if (count === 0) return undefined;
  const ids = await idsOf(listChildren(context.api, parent));
  return ids[count - 1];
}

/**
 * The new id of the sibling before the item at `place`: the object before it, or the last block of the segment before it.
 * Undefined when there is none.
 */
export async function anchorBefore(
  context: RestoreContext,
  page: CompactId,
  items: readonly PageItem[],
  place: number,
): Promise<string | undefined> {
  const { journal } = context;
  const parent = journal.ids.copyOf(page);
  for (const item of items.slice(0, place).reverse()) {
    if (item.child !== null) {
      const id = journal.ids.copyOf(item.child);
      if (id !== undefined) return id;
    } else if (item.past > item.first && parent !== undefined) {
      return lastOfSegment(context, parent, items, item);
    }
  }
  return undefined;
}

/** The block before the first object that follows the segment, else the last child of all. */
async function lastOfSegment(
  context: RestoreContext,
  parent: string,
  items: readonly PageItem[],
  segment: PageItem,
): Promise<string | undefined> {
  const ids = await idsOf(listChildren(context.api, parent));
  const following = items
    .slice(segment.place + 1)
    .find((item) => exists(context, item) && item.child !== null);
  const next = following?.child == null ? undefined : context.journal.ids.copyOf(following.child);
  const index = next === undefined ? ids.length : ids.indexOf(next);
  return ids[(index === -1 ? ids.length : index) - 1];
}
