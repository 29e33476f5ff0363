/** The requests that bring the blocks of a page back: updates, insertions and removals, each journaled. */
import type { BlockNode } from '../../../document/documents.ts';
import type { JsonObject } from '../../../document/json.ts';
import { objectAt, stringAt } from '../../../document/json.ts';
import { dashedId } from '../../../document/notion-id.ts';
import { apiFailureOf } from '../../api/api.ts';
import { appendBlocks } from '../blocks/append-blocks.ts';
import type { AppendContext } from '../blocks/append-context.ts';
import { filesOf } from '../blocks/append-request.ts';
import { convertBlock } from '../blocks/block-payload.ts';
import { withPlaceholders } from '../blocks/request-batches.ts';
import type { WriteNode } from '../blocks/write-node.ts';
import type { Conversion } from '../requests/conversion.ts';
import { writeWithUploads } from '../requests/creation.ts';
import type { Position } from '../requests/read-back.ts';
import { blockReferences } from '../requests/references.ts';
import type { BlockChange } from './block-changes.ts';
import { idOf, idsIn } from './kept-blocks.ts';
import { ownNodes } from './own-form.ts';

/** Sends changes of one page, in order; those of one place together. */
export async function applyBlockChanges(
  context: AppendContext,
  conversion: Conversion,
  changes: readonly BlockChange[],
): Promise<void> {
  const lastInserted = new Map<string, string>();
  for (const change of changes) {
    if (change.type === 'remove') await removeBlock(context, idOf(change.block));
    else if (change.type === 'update') {
      const [node] = ownNodes(change.was, conversion, true);
      if (node !== undefined) await updateBlock(context, node, change.now);
    } else {
      const place = `${change.parent} ${change.after ?? ''}`;
      for (const run of withOriginalsFirst(change.run)) {
        const before = lastInserted.get(place) ?? change.after;
        const last = await insertBlocks(context, conversion, { parent: change.parent, run, before });
        if (last !== undefined) lastInserted.set(place, last);
      }
    }
  }
}

/** The blocks in several parts: a copy of a synced block can be written when its original is there. */
function withOriginalsFirst(run: readonly BlockNode[]): BlockNode[][] {
  const parts: BlockNode[][] = [];
  let part: BlockNode[] = [];
  for (const block of run) {
    const originals = [...blockReferences(block)].filter(({ kind }) => kind === 'block');
    const own = idsIn(part);
    if (originals.some(({ id }) => own.has(id))) {
      parts.push(part);
      part = [];
    }
    part.push(block);
  }
  return [...parts, part];
}

interface Insertion {
  readonly parent: string;
  readonly run: readonly BlockNode[];
  readonly before: string | undefined;
}

async function insertBlocks(
  context: AppendContext,
  conversion: Conversion,
  { parent, run, before }: Insertion,
): Promise<string | undefined> {
  const nodes = withPlaceholders(run.flatMap((block) => convertBlock(block, conversion)));
  const position: Position =
    before === undefined ? { type: 'start' } : { type: 'after', id: dashedId(before) };
  const key = `insert ${parent} ${idOf(run[0])}`;
  return appendBlocks(context, { key, parent: dashedId(parent), nodes, position });
}

/**
 * Takes blocks out of the trash that are missing among their siblings, with all that lies in them.
 * @returns true when one came back: the page is to be read again
 */
export async function untrashBlocks(
  context: AppendContext,
  changes: readonly BlockChange[],
): Promise<boolean> {
  let isAny = false;
  const missing = changes.flatMap((change) => (change.type === 'insert' ? change.run : []));
  for (const block of missing) {
    if (!isSoughtInTrash(block, missing.length)) continue;
    if (await untrashBlock(context, idOf(block))) isAny = true;
  }
  return isAny;
}

/** Single blocks that are looked for in the trash before they are written again. */
const maxUntrashed = 25;

/** True for one of `missing` blocks that is looked for in the trash. */
export function isSoughtInTrash(block: BlockNode, missing: number): boolean {
  // One request brings a tree back, but writes a single block as well as many: a long list is written anew.
  return block.has_children === true || missing <= maxUntrashed;
}

async function untrashBlock(context: AppendContext, id: string): Promise<boolean> {
  try {
    const kept = await context.writer.write({
      key: `untrash block ${id}`,
      request: () => ({
        method: 'patch',
        path: `blocks/${dashedId(id)}`,
        body: { in_trash: false },
        effect: 'write',
      }),
      keep: (answer) => ({ isBack: answer.in_trash === false }),
    });
    return kept.isBack === true;
  } catch (error) {
    const status = apiFailureOf(error)?.status;
    if (status !== 404 && status !== 400) throw error;
    return false;
  }
}

async function updateBlock(context: AppendContext, node: WriteNode, now: BlockNode): Promise<void> {
  const files = filesOf([node], false, 1);
  const current = objectAt(now, stringAt(now, 'type') ?? '') ?? {};
  await writeWithUploads(context, {
    key: `update ${idOf(now)}`,
    files,
    directory: context.directory,
    request: () => ({
      method: 'patch',
      path: `blocks/${dashedId(idOf(now))}`,
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
