/**
 * Spreads a tree of blocks over the fewest requests. One request appends to one parent at most 100 blocks, nests two
 * levels below them (columns do not count as levels), holds at most 1,000 blocks and 500 KB (§10.2). What does not fit
 * is appended later to the block it belongs under, whose id then must be known: of the first level it is in the
 * answer, of deeper ones only in a listing, which is a request too.
 *
 * 1. `outline` decides for each block whether its children are sent with it (`inlineChildren`, a prefix of them) or later,
 *    whichever costs fewer requests.
 * 2. `nextBatch` takes from a list of blocks as many as one request holds.
 */
import { blockType } from '../../../document/block-types.ts';
import type { JsonObject } from '../../../document/json.ts';
import type { WriteNode } from './write-node.ts';
import { writeNode } from './write-node.ts';

/** Max number of blocks in one array, and in one request. */
export const maxArray = 100;
const maxBlocks = 1_000;
/** The API's limit is 500 KB; the rest is for what surrounds the blocks. */
const maxBytes = 450_000;

/** The way a block is written when it stands in a request. */
export interface Outline {
  /** Requests needed beyond the one that carries the block, listings included. */
  readonly cost: number;
  /** True when the id of its copy must be known. */
  readonly needsId: boolean;
  /** Number of its first children sent with it. */
  readonly inlineChildren: number;
}

/** 1: in the array of the request. 2: below that. 3: the lowest, without children. */
export type NestingLevel = 1 | 2 | 3;

const memo: readonly [WeakMap<WriteNode, Outline>, WeakMap<WriteNode, Outline>, WeakMap<WriteNode, Outline>] =
  [new WeakMap(), new WeakMap(), new WeakMap()];

/** The cheapest way to write `node` at `level`. */
export function outline(node: WriteNode, level: NestingLevel): Outline {
  const known = memo[level - 1 === 0 ? 0 : level === 2 ? 1 : 2];
  const before = known.get(node);
  if (before !== undefined) return before;
  const found = findOutline(node, level);
  known.set(node, found);
  return found;
}

/** Requests to append `nodes` to one parent whose id is known, with everything below them. */
export function appendCost(nodes: readonly WriteNode[]): number {
  let requests = 0;
  for (let from = 0; from < nodes.length; ) {
    requests += 1;
    from += nextBatch(nodes, from).count;
  }
  return nodes.reduce((sum, node) => sum + outline(node, 1).cost, requests);
}

function findOutline(node: WriteNode, level: NestingLevel): Outline {
  const wanted = node.sourceId !== undefined;
  const { children } = node;
  if (children.length === 0) return { cost: 0, needsId: wanted, inlineChildren: 0 };
  const inlineChildren = maxInlineChildren(node, level);
  const withInline = inlineChildren === 0 ? undefined : inlineOutline(node, level, inlineChildren, wanted);
  if (blockType(node.type)?.children === 'required' && withInline !== undefined) return withInline;
  const later: Outline = { cost: appendCost(children), needsId: true, inlineChildren: 0 };
  if (withInline === undefined || withInline.cost > later.cost) return later;
  return withInline;
}

function inlineOutline(
  node: WriteNode,
  level: NestingLevel,
  inlineChildren: number,
  wanted: boolean,
): Outline {
  const below = levelBelow(node.type, level);
  const kids = node.children.slice(0, inlineChildren).map((child) => outline(child, below));
  const rest = node.children.slice(inlineChildren);
  const lists = kids.some((kid) => kid.needsId) || hasPlaceholder(node);
  const cost =
    kids.reduce((sum, kid) => sum + kid.cost, 0) +
    (lists ? 1 : 0) +
    (hasPlaceholder(node) ? 1 : 0) +
    (rest.length > 0 ? appendCost(rest) : 0);
  return { cost, needsId: wanted || lists || rest.length > 0, inlineChildren };
}

/** Max number of a node's first children that may be sent with it at `level`. */
function maxInlineChildren(node: WriteNode, level: NestingLevel): number {
  if (level === 3) return 0;
  const below = levelBelow(node.type, level);
  const first = node.children.findIndex((child) => !isAllowedAt(child, below));
  const legal = Math.min(first === -1 ? node.children.length : first, maxArray);
  return node.type === 'table' ? Math.min(legal, rowsThatFit(node)) : legal;
}

/** The level of a node's children when the node stands at `level`; columns lie on the level of their list. */
export function levelBelow(type: string, level: NestingLevel): NestingLevel {
  if (type === 'column_list') return level;
  return level === 1 ? 2 : 3;
}

/** True when `node` may stand at `level`, with or without its children (SDK 5.26 request types). */
function isAllowedAt(node: WriteNode, level: NestingLevel): boolean {
  if (level === 1) return true;
  if (node.type === 'column_list') return false;
  return level === 2 || (node.type !== 'table' && node.type !== 'tab');
}

/** Rows of a very wide or wordy table that leave room in the request for little else. */
function rowsThatFit(node: WriteNode): number {
  let bytes = node.bytes;
  const past = node.children.findIndex((row) => {
    bytes += row.bytes;
    return bytes > maxBytes;
  });
  return past === -1 ? node.children.length : Math.max(1, past);
}

/** Consecutive blocks of a list that go into one request. */
export interface Batch {
  readonly count: number;
  /** True when they are sent with fewer children than their outline says, because even one is too large. */
  readonly isMinimal: boolean;
}

/** The blocks from `from` on that one request holds; at least one. */
export function nextBatch(nodes: readonly WriteNode[], from: number, capacity = maxArray): Batch {
  let blocks = 0;
  let bytes = 0;
  let count = 0;
  while (from + count < nodes.length && count < capacity) {
    const node = nodes[from + count];
    if (node === undefined) break;
    const size = sizeOf(node, 1);
    if (count > 0 && (blocks + size.blocks > maxBlocks || bytes + size.bytes > maxBytes)) break;
    blocks += size.blocks;
    bytes += size.bytes;
    count += 1;
    if (blocks > maxBlocks || bytes > maxBytes) return { count, isMinimal: true };
  }
  return { count, isMinimal: false };
}

function sizeOf(node: WriteNode, level: NestingLevel): { blocks: number; bytes: number } {
  const below = levelBelow(node.type, level);
  let blocks = 1;
  let bytes = node.bytes;
  for (const child of node.children.slice(0, outline(node, level).inlineChildren)) {
    const size = sizeOf(child, below);
    blocks += size.blocks;
    bytes += size.bytes;
  }
  return { blocks, bytes };
}

/** Number of children sent with a node in a minimal request: as few as the API allows. */
export function minimalChildren(node: WriteNode, inlineChildren: number): number {
  if (blockType(node.type)?.children !== 'required') return 0;
  return node.type === 'column' ? Math.min(1, inlineChildren) : inlineChildren;
}

/** True when one of the node's own children is a placeholder. */
export function hasPlaceholder(node: WriteNode): boolean {
  return node.children.some((child) => child.isPlaceholder);
}

/** The block as the request holds it, with the children sent with it. */
export function requestBlock(
  node: WriteNode,
  inlineChildrenOf: (node: WriteNode, level: NestingLevel) => number,
  level: NestingLevel = 1,
): JsonObject {
  const below = levelBelow(node.type, level);
  const children = node.children
    .slice(0, inlineChildrenOf(node, level))
    .map((child) => requestBlock(child, inlineChildrenOf, below));
  const payload = children.length === 0 ? node.payload : { ...node.payload, children };
  return { object: 'block', type: node.type, [node.type]: payload };
}

/**
 * Gives every column that would be created without a child, or whose first child no request can nest there, a
 * paragraph as a placeholder until the rest is written.
 */
export function withPlaceholders(nodes: readonly WriteNode[]): WriteNode[] {
  return nodes.map((node) => {
    const children = withPlaceholders(node.children);
    const first = children[0];
    const needs = node.type === 'column' && (first === undefined || !isAllowedAt(first, 2));
    if (!needs && children.every((child, index) => child === node.children[index])) return node;
    return {
      ...node,
      children: needs
        ? [writeNode('paragraph', { rich_text: [] }, { isPlaceholder: true }), ...children]
        : children,
    };
  });
}
