/**
 * Decides where every object of the snapshot lies: in the object Notion names as its parent, in the page whose blocks
 * show it, at the root, or under /_orphans when nothing above it is in the snapshot.
 */

import type { CrawlContext } from '../context/crawl-context.ts';
import { directoryName } from '../context/names.ts';
import { parentsOf } from '../select/parents-of.ts';
import { bitOf } from '../state/discovery-paths.ts';
import type { UnplacedObject } from '../state/placement.ts';
import { orphanPlace, orphans, rootPlace, templatePlace } from '../state/placement.ts';

/** Stores allow a thousand; deeper chains are broken here and go on under /_orphans. */
const maxDepth = 400;

/** Gives every object of the snapshot its place, name and depth; those outside given roots become absent. */
export function placeObjects(context: CrawlContext): void {
  const { placement } = context.state;
  context.state.transaction(() => {
    placement.clear();
    placeByParent(context);
    // With given roots, an object in nothing that was read has moved away from under them.
    if (!context.plan.isWhole) while (placement.leaveOut(orphanPlace) > 0) placeByParent(context);
    placeTemplates(context);
    // A trashed object lies in its trashed parent, or else in /_trash, wherever it came from; a root stays at the root.
    placement.placeTrashed('root');
    assignDepths(context);
    placement.clearOthers();
    placement.nameAll(directoryName);
  });
}

function placeByParent(context: CrawlContext): void {
  const { placement } = context.state;
  for (const object of placement.objects()) placement.setPlace(object.id, placeOf(context, object));
}

function placeOf(context: CrawlContext, object: UnplacedObject): string {
  const { isWhole } = context.plan;
  const { id, parentType } = object;
  if (!isWhole && (object.discoveredBy & bitOf('root')) !== 0) return rootPlace;
  if (parentType === 'workspace') return isWhole ? rootPlace : orphanPlace;
  const previous = context.previous.get(id);
  // An object that nothing showed lies where it lay.
  const wasAtRoot = previous?.parentId === null && !previous.path.startsWith(`/${orphans}/`);
  if (parentType === '' && wasAtRoot) return rootPlace;
  const { placement, leftOut, dataSources } = context.state;
  const candidates = parentsOf(dataSources, object, previous?.parentId ?? '').filter((above) => above !== id);
  const above = candidates.find((each) => placement.isInSnapshot(each) || leftOut.isLeftOut(each));
  if (above === undefined) return orphanPlace;
  // What is included without what it lies in is a root of the snapshot.
  return leftOut.isLeftOut(above) ? rootPlace : above;
}

function placeTemplates(context: CrawlContext): void {
  const { placement } = context.state;
  for (const { id, place, owner } of placement.templates()) {
    const database = [owner ?? '', place].find((each) => placement.isInSnapshot(each));
    if (database !== undefined) placement.setPlace(id, templatePlace(database));
  }
}

/**
 * Numbers every object by its distance from the root. An object that cannot be reached from there (parents that lie in
 * each other, chains too deep) is moved to /_orphans, in an order that is always the same.
 */
function assignDepths({ state: { placement } }: CrawlContext): void {
  placement.startDepths();
  for (;;) {
    for (let depth = 0; depth < maxDepth && placement.deepen(depth); depth += 1);
    const unreached = placement.firstUnreached(maxDepth);
    if (unreached === undefined) return;
    placement.detach(unreached, orphanPlace);
    // Depths begin anew for what lies below it: equal depths elsewhere have no unreached children left.
  }
}
