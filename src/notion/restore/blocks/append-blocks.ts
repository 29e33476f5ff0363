import { stringAt } from '../../../document/json.ts';
import { compactId } from '../../../document/notion-id.ts';
import { apiFailureOf } from '../../api/api.ts';
import type { Outcome } from '../journal/tables/notes.ts';
import { refusedFor } from '../journal/tables/notes.ts';
import { writeWithUploads } from '../requests/creation.ts';
import type { Position } from '../requests/read-back.ts';
import { findAppended, idsOf, listChildren } from '../requests/read-back.ts';
import type { AppendContext } from './append-context.ts';
import {
  appendRequest,
  blocksCreated,
  filesOf,
  idsIn,
  inlineChildrenOf,
  stringsAt,
} from './append-request.ts';
import { contentsOf, nextBestForms } from './next-best-form.ts';
import type { Batch, NestingLevel } from './request-batches.ts';
import { hasPlaceholder, levelBelow, maxArray, nextBatch, outline } from './request-batches.ts';
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
  const written: Written[] = [];
  let last: string | undefined;
  for (let from = 0; from < options.nodes.length; ) {
    const part = await appendPart(context, options, from, position);
    written.push(...part.unfinished);
    from += part.count;
    last = part.last ?? last;
    if (position.type !== 'end' && part.last !== undefined) position = { type: 'after', id: part.last };
  }
  for (const { node, id, isMinimal } of written)
    await finishBlock(context, { key: options.key, node, id, level: 1, isMinimal });
  return last;
}

/** A block that was appended, and below which others may be missing. */
interface Written {
  readonly node: WriteNode;
  readonly id: string;
  readonly isMinimal: boolean;
}

/** The part of a list that one request, or several for one block, appended. */
interface Part {
  /** Number of blocks of the list that are dealt with. */
  readonly count: number;
  /** The id of the last block that stands for them; undefined when there is none. */
  readonly last: string | undefined;
  readonly unfinished: readonly Written[];
}

/**
 * Appends the blocks from `from` on that one request holds. When Notion refuses them, fewer are sent, until the block it
 * refuses is alone: that one is tried in its next best forms.
 */
async function appendPart(
  context: AppendContext,
  options: AppendOptions,
  from: number,
  position: Position,
): Promise<Part> {
  const writeKey = `${options.key}#${from}`;
  for (let capacity = maxArray; ; ) {
    const refused = context.journal.progress.refusalOf(writeKey);
    if (refused !== undefined) return appendNextBest(context, options, from, position, refused);
    const count = nextBatch(options.nodes, from, capacity).count;
    try {
      return await appendBatch(context, options, from, position, capacity);
    } catch (error) {
      const failure = apiFailureOf(error);
      if (failure?.status !== 400) throw error;
      if (count === 1) context.journal.progress.setRefusal(writeKey, failure.message.slice(0, 300));
      capacity = Math.max(1, Math.floor(count / 2));
    }
  }
}

/**
 * Appends a block that Notion refused in the first of its next best forms that Notion takes. Without one, the blocks in it
 * take its place, after a marker where markers are wanted.
 */
async function appendNextBest(
  context: AppendContext,
  options: AppendOptions,
  from: number,
  position: Position,
  reason: string,
): Promise<Part> {
  const node = options.nodes[from];
  const key = `${options.key}#${from}`;
  for (const [index, form] of node === undefined ? [] : nextBestForms(node).entries()) {
    const one = { ...options, key: `${key} form ${index}`, nodes: [form.node] };
    const written = await appendUnlessRefused(context, one, position);
    if (written === undefined) continue;
    for (const { id, kind, how } of form.changes)
      addNote(context, 'approximated', id || key, kind, `Notion refused it: ${how} (${reason})`);
    await finishBlock(context, { ...written, key: one.key, level: 1 });
    await appendBlocks(context, {
      key: `${one.key} below`,
      parent: written.id,
      nodes: form.below,
      position: { type: 'end' },
    });
    return { count: 1, last: written.id, unfinished: [] };
  }
  addNote(context, 'lost', node?.sourceId ?? key, `block ${node?.type ?? ''}`, refusedFor(reason));
  const marker = context.markers ? [markerNode(`block ${node?.type ?? ''}: Notion refused it`)] : [];
  const nodes = [...marker, ...(node === undefined ? [] : contentsOf(node))];
  const last = await appendBlocks(context, { ...options, key: `${key} contents`, nodes, position });
  return { count: 1, last, unfinished: [] };
}

/** Appends the one block of `options`; undefined when Notion refuses it. */
async function appendUnlessRefused(
  context: AppendContext,
  options: AppendOptions,
  position: Position,
): Promise<Written | undefined> {
  try {
    return (await appendBatch(context, options, 0, position, 1)).unfinished[0];
  } catch (error) {
    if (apiFailureOf(error)?.status === 400) return undefined;
    throw error;
  }
}

function addNote(
  { journal, directory }: AppendContext,
  outcome: Outcome,
  id: string,
  kind: string,
  reason: string,
): void {
  journal.notes.add({ id, kind, outcome, reason: reason.slice(0, 400), path: directory });
}

async function appendBatch(
  context: AppendContext,
  { key, parent, nodes }: AppendOptions,
  from: number,
  position: Position,
  capacity: number,
): Promise<Part> {
  const writeKey = `${key}#${from}`;
  const earlier = context.journal.writes.get(writeKey)?.detail;
  // An earlier run may have sent fewer or more, since it found other people and objects: its batch counts.
  const batch: Batch =
    typeof earlier?.count === 'number'
      ? { count: earlier.count, isMinimal: earlier.isMinimal === true }
      : nextBatch(nodes, from, capacity);
  const sent = nodes.slice(from, from + batch.count);
  const files = filesOf(sent, batch.isMinimal, 1);
  const before =
    typeof earlier?.before === 'number' ? earlier.before : context.journal.ids.childCount(parent);
  const kept = await writeWithUploads(context, {
    key: writeKey,
    files,
    directory: context.directory,
    detail: { ...batch, before },
    request: () => appendRequest(parent, sent, batch, position),
    keep: (answer) => ({ ids: idsIn(answer, batch.count, position) }),
    find: async () => {
      const ids = await findAppended(context.api, { parent, before, count: batch.count, position });
      return ids === undefined ? undefined : { ids };
    },
    committed: (additional) => {
      const ids = stringsAt(additional, 'committed_child_ids');
      return ids.length >= batch.count ? { ids: ids.slice(0, batch.count) } : undefined;
    },
    created: (found) => blocksCreated({ parent, before, sent, batch }, stringsAt(found, 'ids')),
  });
  const { isMinimal } = batch;
  const ids = stringsAt(kept, 'ids');
  const unfinished = sent.flatMap((node, index): Written[] => {
    const id = ids[index];
    return id === undefined ? [] : [{ node, id, isMinimal }];
  });
  return { count: batch.count, last: ids.at(-1), unfinished };
}

interface Unfinished {
  readonly key: string;
  readonly node: WriteNode;
  readonly id: string;
  readonly level: NestingLevel;
  readonly isMinimal: boolean;
}

/** Writes the descendants that were not sent with a block, and finds the ids below it that must be known. */
export async function finishBlock(
  context: AppendContext,
  { key, node, id, level, isMinimal }: Unfinished,
): Promise<void> {
  const inlineChildren = inlineChildrenOf(isMinimal)(node, level);
  const below = levelBelow(node.type, level);
  const removal = context.journal.writes.get(`${key}/${id}!`);
  if (removal?.state === 'done') return;
  const kids = node.children.slice(0, inlineChildren);
  const here = `${key}/${id}`;
  const needsIds = kids.some((kid) => needsId(kid, below, isMinimal)) || hasPlaceholder(node);
  const ids = needsIds ? await idsOf(listChildren(context.api, id)) : [];
  for (const [index, kid] of kids.entries()) {
    const kidId = ids[index];
    if (kidId === undefined || !needsId(kid, below, isMinimal)) continue;
    if (kid.sourceId !== undefined) context.journal.ids.map(compactId(kid.sourceId), kidId, 'block');
    context.journal.ids.setChildCountOnce(kidId, inlineChildrenOf(isMinimal)(kid, below));
    await finishBlock(context, { key, node: kid, id: kidId, level: below, isMinimal });
  }
  const rest = node.children.slice(inlineChildren);
  if (rest.length > 0)
    await appendBlocks(context, { key: here, parent: id, nodes: rest, position: { type: 'end' } });
  // Once it is removed the listing no longer shows it: then the journal knows its id.
  const placeholder = stringAt(removal?.detail, 'id') ?? ids[kids.findIndex((kid) => kid.isPlaceholder)];
  if (placeholder !== undefined && hasPlaceholder(node))
    await removePlaceholder(context, `${here}!`, placeholder);
}

async function removePlaceholder(context: AppendContext, key: string, id: string): Promise<void> {
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

function needsId(node: WriteNode, level: NestingLevel, isMinimal: boolean): boolean {
  if (outline(node, level).needsId) return true;
  return isMinimal && node.children.length > inlineChildrenOf(isMinimal)(node, level);
}
