/** One request that appends a batch of blocks: its body, the files it needs, and what its answer tells. */
import type { Json, JsonObject } from '../../../document/json.ts';
import { arrayAt, stringAt } from '../../../document/json.ts';
import { compactId } from '../../../document/notion-id.ts';
import type { ApiRequest } from '../../api/api.ts';
import type { Created } from '../journal/journal.ts';
import type { PendingFile } from '../requests/conversion.ts';
import type { Position } from '../requests/read-back.ts';
import type { Batch, NestingLevel } from './request-batches.ts';
import { levelBelow, minimalChildren, outline, requestBlock } from './request-batches.ts';
import type { WriteNode } from './write-node.ts';

/** The request that appends `nodes` to `parent`. */
export function appendRequest(
  parent: string,
  nodes: readonly WriteNode[],
  { isMinimal }: Batch,
  position: Position,
): ApiRequest {
  const children = nodes.map((node) => requestBlock(node, inlineChildrenOf(isMinimal)));
  const path = `blocks/${parent}/children`;
  return { method: 'patch', path, body: { children, ...positionBody(position) }, effect: 'write' };
}

interface SentBatch {
  readonly parent: string;
  /** Number of children of the parent before. */
  readonly before: number;
  readonly sent: readonly WriteNode[];
  readonly batch: Batch;
}

/** Copies' ids and numbers of children after a batch was appended; `ids` are those of its top-level blocks. */
export function blocksCreated({ parent, before, sent, batch }: SentBatch, ids: readonly string[]): Created {
  const pairs = sent.flatMap((node, index) => {
    const id = ids[index];
    return id === undefined ? [] : [{ node, id }];
  });
  return {
    ids: pairs.flatMap(({ node: { sourceId }, id }) =>
      sourceId === undefined ? [] : [[compactId(sourceId), id, 'block'] as const],
    ),
    children: [
      [parent, before + batch.count],
      ...pairs.flatMap(({ node, id }): [string, number][] =>
        node.children.length === 0 ? [] : [[id, inlineChildrenOf(batch.isMinimal)(node, 1)]],
      ),
    ],
  };
}

/** Number of children sent with a block in this request. */
export function inlineChildrenOf(isMinimal: boolean): (node: WriteNode, level: NestingLevel) => number {
  return (node, level) => {
    const { inlineChildren } = outline(node, level);
    return isMinimal ? minimalChildren(node, inlineChildren) : inlineChildren;
  };
}

/** Files of all blocks sent in one request. */
export function filesOf(nodes: readonly WriteNode[], isMinimal: boolean, level: NestingLevel): PendingFile[] {
  return nodes.flatMap((node) => [
    ...node.files,
    ...filesOf(
      node.children.slice(0, inlineChildrenOf(isMinimal)(node, level)),
      isMinimal,
      levelBelow(node.type, level),
    ),
  ]);
}

function positionBody(position: Position): JsonObject {
  if (position.type === 'end') return {};
  if (position.type === 'start') return { position: { type: 'start' } };
  return { position: { type: 'after_block', after_block: { id: position.id } } };
}

/** The answer lists the new blocks first when they were put before others, and last or alone when at the end. */
export function idsIn(answer: JsonObject, count: number, position: Position): string[] {
  const ids = arrayAt(answer, 'results').map((block) => stringAt(block, 'id') ?? '');
  return position.type === 'end' ? ids.slice(-count) : ids.slice(0, count);
}

/** The texts in a list. */
export function stringsAt(value: JsonObject, key: string): string[] {
  return arrayAt(value, key).filter((item: Json): item is string => typeof item === 'string');
}
