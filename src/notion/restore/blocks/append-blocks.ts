/** Appends trees of blocks to a page or block: chunk by chunk, then what belongs below, each request journaled. */

import type { Json, JsonObject } from '../../../document/json.ts';
import { arrayAt, stringAt } from '../../../document/json.ts';
import { apiFailureOf } from '../../api/api.ts';
import type { PendingFile } from '../requests/conversion.ts';
import type { Position } from '../requests/read-back.ts';
import { findAppended, idsOf, listChildren } from '../requests/read-back.ts';
import { withUploads } from '../requests/uploads.ts';
import type { AppendContext } from './append-context.ts';
import type { Tier } from './request-batches.ts';
import {
  hasPlaceholder,
  leanInline,
  maxArray,
  nextChunk,
  outline,
  requestBlock,
  tierBelow,
} from './request-batches.ts';
import type { WriteNode } from './write-node.ts';
import { markerNode } from './write-node.ts';

export interface AppendOptions {
  /** Names the list within the journal. */
  readonly key: string;
  /** New id of the page or block. */
  readonly parent: string;
  readonly nodes: readonly WriteNode[];
  readonly position: Position;
}

/**
 * Appends `nodes` and everything below them. The number of the parent's children is kept in the journal.
 * @returns the id of the last one, if there is any
 */
export async function appendBlocks(
  context: AppendContext,
  options: AppendOptions,
): Promise<string | undefined> {
  let { position } = options;
  const written: { node: WriteNode; id: string; lean: boolean }[] = [];
  for (let from = 0; from < options.nodes.length; ) {
    const { ids, lean, sent } = await appendPart(context, options, from, position);
    ids.forEach((id, index) => {
      const node = sent[index];
      if (node !== undefined) written.push({ node, id, lean });
    });
    from += sent.length;
    const last = ids.at(-1);
    if (position.type !== 'end' && last !== undefined) position = { type: 'after', id: last };
  }
  for (const { node, id, lean } of written)
    await finishBlock(context, { key: options.key, node, id, tier: 1, lean });
  return written.at(-1)?.id;
}

interface Part {
  readonly ids: readonly string[];
  /** The blocks they are the copies of; without ids when Notion refused the one block. */
  readonly sent: readonly WriteNode[];
  readonly lean: boolean;
}

/**
 * Appends what one request holds from `from` on. When Notion refuses it, fewer are sent, until the block it will not have
 * is alone: that one is given up, with a marker in its place where markers are wanted.
 */
async function appendPart(
  context: AppendContext,
  options: AppendOptions,
  from: number,
  position: Position,
): Promise<Part> {
  const writeKey = `${options.key}#${from}`;
  for (let most = maxArray; ; ) {
    const refused = context.journal.seen('refused', writeKey);
    if (refused !== undefined) return giveUp(context, options, from, position, refused);
    const count = nextChunk(options.nodes, from, most).count;
    try {
      return await appendChunk(context, options, from, position, most);
    } catch (error) {
      const failure = apiFailureOf(error);
      if (failure?.status !== 400) throw error;
      if (count === 1) context.journal.setSeen('refused', writeKey, failure.message.slice(0, 300));
      most = Math.max(1, Math.floor(count / 2));
    }
  }
}

async function giveUp(
  context: AppendContext,
  options: AppendOptions,
  from: number,
  position: Position,
  reason: string,
): Promise<Part> {
  const sent = options.nodes.slice(from, from + 1);
  const kind = `block ${sent[0]?.type ?? ''}`;
  context.journal.note({
    id: sent[0]?.sourceId ?? `${options.key}#${from}`,
    kind,
    outcome: 'lost',
    reason: `Notion refused it: ${reason}`,
    path: context.directory,
  });
  if (!context.markers) return { ids: [], sent, lean: false };
  const marker = markerNode(`${kind}: Notion refused it`);
  const part = await appendChunk(
    context,
    { ...options, key: `${options.key}#${from} marker`, nodes: [marker] },
    0,
    position,
    1,
  );
  return { ids: [], sent, lean: part.lean };
}

async function appendChunk(
  context: AppendContext,
  { key, parent, nodes }: AppendOptions,
  from: number,
  position: Position,
  most: number,
): Promise<Part> {
  const writeKey = `${key}#${from}`;
  const earlier = context.journal.writeOf(writeKey)?.detail;
  // An earlier run may have cut elsewhere, with other people and objects in sight: its cut holds.
  const chunk =
    typeof earlier?.count === 'number'
      ? { count: earlier.count, lean: earlier.lean === true }
      : nextChunk(nodes, from, most);
  const sent = nodes.slice(from, from + chunk.count);
  const files = filesOf(sent, chunk.lean, 1);
  const before = typeof earlier?.before === 'number' ? earlier.before : context.journal.childCount(parent);
  const write = () =>
    context.writer.write({
      key: writeKey,
      detail: { count: chunk.count, lean: chunk.lean, before },
      request: async () => {
        await context.uploads.fill(files, context.directory);
        return {
          method: 'patch',
          path: `blocks/${parent}/children`,
          body: {
            children: sent.map((node) => requestBlock(node, inlineOf(chunk.lean))),
            ...positionBody(position),
          },
          effect: 'write',
        };
      },
      keep: (answer) => ({ ids: idsIn(answer, chunk.count, position) }),
      made: (kept) => {
        const ids = stringsAt(kept, 'ids');
        return {
          ids: sent.flatMap(({ sourceId }, index) => {
            const id = ids[index];
            return sourceId === undefined || id === undefined ? [] : [[sourceId, id, 'block'] as const];
          }),
          children: [
            [parent, before + chunk.count],
            ...sent.flatMap((node, index): [string, number][] => {
              const id = ids[index];
              return id === undefined || node.children.length === 0
                ? []
                : [[id, inlineOf(chunk.lean)(node, 1)]];
            }),
          ],
        };
      },
      find: async () => {
        const ids = await findAppended(context.api, { parent, before, count: chunk.count, position });
        return ids === undefined ? undefined : { ids };
      },
      committed: (additional) => {
        const ids = stringsAt(additional, 'committed_child_ids');
        return ids.length >= chunk.count ? { ids: ids.slice(0, chunk.count) } : undefined;
      },
    });
  const kept = await withUploads(context.uploads, files, write);
  return { ids: stringsAt(kept, 'ids'), sent, lean: chunk.lean };
}

interface Unfinished {
  readonly key: string;
  readonly node: WriteNode;
  readonly id: string;
  readonly tier: Tier;
  readonly lean: boolean;
}

/** Writes what did not travel with a block, and learns the ids below it that must be known. */
export async function finishBlock(
  context: AppendContext,
  { key, node, id, tier, lean }: Unfinished,
): Promise<void> {
  const inline = inlineOf(lean)(node, tier);
  const below = tierBelow(node.type, tier);
  const removal = context.journal.writeOf(`${key}/${id}!`);
  if (removal?.state === 'done') return;
  const kids = node.children.slice(0, inline);
  const here = `${key}/${id}`;
  const needsIds = kids.some((kid) => needsId(kid, below, lean)) || hasPlaceholder(node);
  const ids = needsIds ? await idsOf(listChildren(context.api, id)) : [];
  for (const [index, kid] of kids.entries()) {
    const kidId = ids[index];
    if (kidId === undefined || !needsId(kid, below, lean)) continue;
    if (kid.sourceId !== undefined) context.journal.mapId(kid.sourceId, kidId, 'block');
    context.journal.setChildCountOnce(kidId, inlineOf(lean)(kid, below));
    await finishBlock(context, { key, node: kid, id: kidId, tier: below, lean });
  }
  const rest = node.children.slice(inline);
  if (rest.length > 0)
    await appendBlocks(context, { key: here, parent: id, nodes: rest, position: { type: 'end' } });
  // Once it is gone the listing no longer shows it: then the journal knows which it was.
  const standIn = stringAt(removal?.detail, 'id') ?? ids[kids.findIndex((kid) => kid.isPlaceholder)];
  if (standIn !== undefined && hasPlaceholder(node)) await removeStandIn(context, `${here}!`, standIn);
}

async function removeStandIn(context: AppendContext, key: string, id: string): Promise<void> {
  await context.writer.write({
    key,
    detail: { id },
    request: () => ({ method: 'delete', path: `blocks/${id}`, effect: 'write' }),
    keep: () => ({ id }),
    find: async () => {
      const block = await context.api.request({ method: 'get', path: `blocks/${id}`, effect: 'read' });
      return block.in_trash === true ? { id } : undefined;
    },
  });
}

function needsId(node: WriteNode, tier: Tier, lean: boolean): boolean {
  if (outline(node, tier).needsId) return true;
  return lean && node.children.length > inlineOf(lean)(node, tier);
}

/** How many children travel with a block in this request. */
function inlineOf(lean: boolean): (node: WriteNode, tier: Tier) => number {
  return (node, tier) => {
    const { inline } = outline(node, tier);
    return lean ? leanInline(node, inline) : inline;
  };
}

/** Files of everything that travels in a request. */
export function filesOf(nodes: readonly WriteNode[], lean: boolean, tier: Tier): PendingFile[] {
  return nodes.flatMap((node) => [
    ...node.files,
    ...filesOf(node.children.slice(0, inlineOf(lean)(node, tier)), lean, tierBelow(node.type, tier)),
  ]);
}

function positionBody(position: Position): JsonObject {
  if (position.type === 'end') return {};
  if (position.type === 'start') return { position: { type: 'start' } };
  return { position: { type: 'after_block', after_block: { id: position.id } } };
}

/** The answer lists the new blocks first when they were put before others, and last or alone when at the end. */
function idsIn(answer: JsonObject, count: number, position: Position): string[] {
  const ids = arrayAt(answer, 'results').map((block) => stringAt(block, 'id') ?? '');
  return position.type === 'end' ? ids.slice(-count) : ids.slice(0, count);
}

function stringsAt(value: JsonObject, key: string): string[] {
  return arrayAt(value, key).filter((item: Json): item is string => typeof item === 'string');
}
