/** Writes a run of a page's blocks where it belongs among the page's children. */

import { KlosetError } from '../../errors.ts';
import { appendBlocks } from './append-blocks.ts';
import { convertBlocks } from './block-payload.ts';
import { withPlaceholders } from './block-waves.ts';
import type { Item } from './plan-steps.ts';
import { itemsOf } from './plan-steps.ts';
import type { Position } from './read-back.ts';
import { idsOf, listChildren } from './read-back.ts';
import { blockReferences } from './references.ts';
import type { RestoreContext, RestoredObject } from './restore-context.ts';
import { appendContext } from './restore-context.ts';
import { readPage } from './snapshot-documents.ts';
import type { Step } from './steps.ts';

/** Carries out a `run` step. @throws KlosetError `incomplete` when its page was not made */
export async function writeRun(context: RestoreContext, object: RestoredObject, step: Step): Promise<void> {
  const { journal } = context;
  const parent = journal.newId(object.id);
  if (parent === undefined) throw new KlosetError('incomplete', 'Its page was not restored.');
  const items = itemsOf(journal, object.id);
  const item = items[step.part];
  if (item === undefined) return;
  const document = await readPage(context.snapshot, object.path);
  const blocks = document.blocks.slice(step.part === 0 ? object.carry : item.first, item.past);
  await context.target.learnLimits();
  await context.target.learn(blocks.flatMap((block) => [...blockReferences(block)]));
  const nodes = withPlaceholders(convertBlocks(blocks, context.target.conversion(object.path)));
  const key = `run ${object.id} ${step.part}`;
  await appendBlocks(appendContext(context, object), {
    key,
    parent,
    nodes,
    position: await positionOf(context, { object, items, step, parent, key }),
  });
}

interface Place {
  readonly object: RestoredObject;
  readonly items: readonly Item[];
  readonly step: Step;
  readonly parent: string;
  readonly key: string;
}

/** The end, as long as what follows is not there yet; else behind what stands before. */
async function positionOf(context: RestoreContext, place: Place): Promise<Position> {
  const { step, items, object } = place;
  const follows = items.slice(step.part + 1).some((item) => isThere(context, item));
  if (step.stage === 1 || !follows) return { type: 'end' };
  const known = context.journal.seen('position', place.key);
  if (known !== undefined) return known === 'start' ? { type: 'start' } : { type: 'after', id: known };
  const anchor =
    step.part === 0
      ? await lastCarried(context, place)
      : await anchorBefore(context, object.id, items, step.part);
  context.journal.setSeen('position', place.key, anchor ?? 'start');
  return anchor === undefined ? { type: 'start' } : { type: 'after', id: anchor };
}

function isThere({ journal }: RestoreContext, item: Item): boolean {
  return item.child !== null ? journal.newId(item.child) !== undefined : item.past > item.first;
}

/** The last block that came with the page. */
async function lastCarried(context: RestoreContext, { object, parent }: Place): Promise<string | undefined> {
  if (object.carry === 0) return undefined;
  const count = Number(context.journal.seen('carried', object.id) ?? 0);
  const ids = await idsOf(listChildren(context.api, parent));
  return ids[count - 1];
}

/**
 * The new id of what stands before the item at `place`: the object before it, or the last block of the run before it.
 * Undefined when nothing does.
 */
export async function anchorBefore(
  context: RestoreContext,
  page: string,
  items: readonly Item[],
  place: number,
): Promise<string | undefined> {
  const { journal } = context;
  const parent = journal.newId(page);
  for (const item of items.slice(0, place).reverse()) {
    if (item.child !== null) {
      const id = journal.newId(item.child);
      if (id !== undefined) return id;
    } else if (item.past > item.first && parent !== undefined) {
      return lastOfRun(context, parent, items, item);
    }
  }
  return undefined;
}

/** The block before the first object that follows the run, else the last child of all. */
async function lastOfRun(
  context: RestoreContext,
  parent: string,
  items: readonly Item[],
  run: Item,
): Promise<string | undefined> {
  const ids = await idsOf(listChildren(context.api, parent));
  const following = items.slice(run.place + 1).find((item) => isThere(context, item) && item.child !== null);
  const next = following?.child == null ? undefined : context.journal.newId(following.child);
  const index = next === undefined ? ids.length : ids.indexOf(next);
  return ids[(index === -1 ? ids.length : index) - 1];
}
