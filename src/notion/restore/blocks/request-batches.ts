/**
 * Spreads a tree of blocks over the fewest requests. One request appends to one parent at most 100 blocks, nests two
 * levels below them (columns do not count as levels), holds at most 1,000 blocks and 500 KB (§10.2). What does not fit
 * is appended later to the block it belongs under, whose id then must be known: of the first level it is in the
 * answer, of deeper ones only in a listing, which is a request too.
 *
 * 1. `outline` decides for each block whether its children travel with it (`inline`, a prefix of them) or follow,
 *    whichever costs fewer requests.
 * 2. `nextChunk` takes from a list of blocks as many as one request holds.
 */
import { blockType } from '../../../document/block-types.ts';
import type { JsonObject } from '../../../document/json.ts';
import type { WriteNode } from './write-node.ts';
import { writeNode } from './write-node.ts';

/** Most blocks in one array, and in one request. */
export const maxArray = 100;
const maxBlocks = 1_000;
/** The API's limit is 500 KB; the rest is for what surrounds the blocks. */
const maxBytes = 450_000;

/** How a block is written when it stands in a request. */
export interface Outline {
  /** Requests needed beyond the one that carries the block, listings included. */
  readonly cost: number;
  /** Whether the id of its copy must be known. */
  readonly needsId: boolean;
  /** How many of its children travel with it. */
  readonly inline: number;
}

/** 1: in the array of the request. 2: below that. 3: the lowest, without children. */
type Tier = 1 | 2 | 3;

const memo: readonly [WeakMap<WriteNode, Outline>, WeakMap<WriteNode, Outline>, WeakMap<WriteNode, Outline>] =
  [new WeakMap(), new WeakMap(), new WeakMap()];

/** The cheapest way to write `node` at `tier`. */
export function outline(node: WriteNode, tier: Tier): Outline {
  const known = memo[tier - 1 === 0 ? 0 : tier === 2 ? 1 : 2];
  const before = known.get(node);
  if (before !== undefined) return before;
  const found = findOutline(node, tier);
  known.set(node, found);
  return found;
}

/** Requests to append `nodes` to one parent whose id is known, with everything below them. */
export function appendCost(nodes: readonly WriteNode[]): number {
  let requests = 0;
  for (let from = 0; from < nodes.length; ) {
    requests += 1;
    from += nextChunk(nodes, from).count;
  }
  return nodes.reduce((sum, node) => sum + outline(node, 1).cost, requests);
}

function findOutline(node: WriteNode, tier: Tier): Outline {
  const wanted = node.sourceId !== undefined;
  const { children } = node;
  if (children.length === 0) return { cost: 0, needsId: wanted, inline: 0 };
  const inline = inlinable(node, tier);
  const inlined = inline === 0 ? undefined : inlineOutline(node, tier, inline, wanted);
  if (blockType(node.type)?.children === 'required' && inlined !== undefined) return inlined;
  const later: Outline = { cost: appendCost(children), needsId: true, inline: 0 };
  if (inlined === undefined || inlined.cost > later.cost) return later;
  return inlined;
}

function inlineOutline(node: WriteNode, tier: Tier, inline: number, wanted: boolean): Outline {
  const below = tierBelow(node.type, tier);
  const kids = node.children.slice(0, inline).map((child) => outline(child, below));
  const rest = node.children.slice(inline);
  const lists = kids.some((kid) => kid.needsId) || hasPlaceholder(node);
  const cost =
    kids.reduce((sum, kid) => sum + kid.cost, 0) +
    (lists ? 1 : 0) +
    (hasPlaceholder(node) ? 1 : 0) +
    (rest.length > 0 ? appendCost(rest) : 0);
  return { cost, needsId: wanted || lists || rest.length > 0, inline };
}

/** How many of a node's first children may travel with it at `tier`. */
function inlinable(node: WriteNode, tier: Tier): number {
  if (tier === 3) return 0;
  const below = tierBelow(node.type, tier);
  const first = node.children.findIndex((child) => !mayStand(child, below));
  const legal = Math.min(first === -1 ? node.children.length : first, maxArray);
  return node.type === 'table' ? Math.min(legal, rowsThatFit(node)) : legal;
}

/** Columns lie on the tier of their list. */
function tierBelow(type: string, tier: Tier): Tier {
  if (type === 'column_list') return tier;
  return tier === 1 ? 2 : 3;
}

/** Whether `node` may stand at `tier` at all, with or without its children (SDK 5.26 request types). */
function mayStand(node: WriteNode, tier: Tier): boolean {
  if (tier === 1) return true;
  if (node.type === 'column_list') return false;
  return tier === 2 || (node.type !== 'table' && node.type !== 'tab');
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

/** What of a list of blocks goes into one request. */
export interface Chunk {
  readonly count: number;
  /** Blocks that travel leaner than their outline says, because even alone they are too large. */
  readonly lean: boolean;
}

/** The blocks from `from` on that one request holds; at least one. */
export function nextChunk(nodes: readonly WriteNode[], from: number, capacity = maxArray): Chunk {
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
    if (blocks > maxBlocks || bytes > maxBytes) return { count, lean: true };
  }
  return { count, lean: false };
}

function sizeOf(node: WriteNode, tier: Tier): { blocks: number; bytes: number } {
  const below = tierBelow(node.type, tier);
  let blocks = 1;
  let bytes = node.bytes;
  for (const child of node.children.slice(0, outline(node, tier).inline)) {
    const size = sizeOf(child, below);
    blocks += size.blocks;
    bytes += size.bytes;
  }
  return { blocks, bytes };
}

/** How many children travel with a node in a lean request: as few as the API allows. */
export function leanInline(node: WriteNode, inline: number): number {
  if (blockType(node.type)?.children !== 'required') return 0;
  return node.type === 'column' ? Math.min(1, inline) : inline;
}

/** Whether one of the node's own children only stands in. */
export function hasPlaceholder(node: WriteNode): boolean {
  return node.children.some((child) => child.isPlaceholder);
}

/** The block as the request holds it, with the children that travel with it. */
export function requestBlock(
  node: WriteNode,
  inlineOf: (node: WriteNode, tier: Tier) => number,
  tier: Tier = 1,
): JsonObject {
  const below = tierBelow(node.type, tier);
  const children = node.children
    .slice(0, inlineOf(node, tier))
    .map((child) => requestBlock(child, inlineOf, below));
  const payload = children.length === 0 ? node.payload : { ...node.payload, children };
  return { object: 'block', type: node.type, [node.type]: payload };
}

export type { Tier };
/** The tier of a node's children when the node stands at `tier`. */
export { tierBelow };

/**
 * Gives every column that would be created without a child, or whose first child no request can nest there, a
 * paragraph that stands in until the rest has come.
 */
export function withPlaceholders(nodes: readonly WriteNode[]): WriteNode[] {
  return nodes.map((node) => {
    const children = withPlaceholders(node.children);
    const first = children[0];
    const needs = node.type === 'column' && (first === undefined || !mayStand(first, 2));
    if (!needs && children.every((child, index) => child === node.children[index])) return node;
    return {
      ...node,
      children: needs
        ? [writeNode('paragraph', { rich_text: [] }, { isPlaceholder: true }), ...children]
        : children,
    };
  });
}
