/** Objects that still exist: they keep their ids, and one step changes each back; what is created waits for them. */
import type { CompactId } from '../../../document/notion-id.ts';
import type { Journal } from '../journal/journal.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import type { Step } from '../journal/tables/steps/steps.ts';

/** An object that still exists keeps its ids, and one step changes it back to the snapshot's state. */
export function keepObject(journal: Journal, object: RestoredObject): void {
  const { blocks, ids, inPlace, relations, steps } = journal;
  ids.map(object.id, object.id, object.kind);
  inPlace.markExisting(object.id);
  const sources = journal.dataSources.of(object.id);
  for (const source of sources) keepSource(journal, source);
  for (const block of blocks.originalsOn(object.id)) ids.map(block, block, 'block');
  keepComments(journal, object.id);
  for (const id of [object.id, ...sources]) steps.skip(id);
  const step = steps.ensure('patch', object.id, 0, `page:${object.id}`, 1);
  // What lies in the trash with its parent is taken out after it.
  steps.addDependency(step, object.parent === null ? undefined : steps.find('patch', object.parent));
  for (const kind of ['page', 'database'] as const)
    for (const child of journal.objects.childrenOf(object.id)) {
      const creation = steps.find(kind, child);
      if (creation !== undefined) steps.addDependency(creation, step);
    }
  // A row that is created again must be there before a relation can lead to it.
  for (const { target } of relations.of(object.id))
    if (journal.objects.has(target)) steps.addDependency(step, steps.find('page', target), 'values');
}

function keepSource({ ids, inPlace }: Journal, source: CompactId): void {
  ids.map(source, source, 'data_source');
  inPlace.markExisting(source);
}

/** Comments of a page that still exists are not written again: links to them lead to the right comment at once. */
function keepComments({ comments, target }: Journal, page: CompactId): void {
  for (const comment of comments.of(page)) target.setPresence('comment', comment, 'unchanged');
  comments.forgetLinks(page);
}

/**
 * Lets what is created on a page that still exists wait for the neighbour before it that comes out of the trash: only among
 * neighbours that are there can it be put in its place.
 */
export function awaitNeighbours(journal: Journal, page: CompactId): void {
  const { inPlace, items, steps } = journal;
  let returning: Step | undefined;
  for (const { child } of items.of(page)) {
    if (child === null) continue;
    if (inPlace.actionFor(child) === 'untrash') returning = steps.find('patch', child) ?? returning;
    if (inPlace.actionFor(child) !== 'create' || returning === undefined) continue;
    for (const kind of ['page', 'database'] as const) {
      const creation = steps.find(kind, child);
      if (creation !== undefined) steps.addDependency(creation, returning);
    }
    returning = undefined;
  }
}
