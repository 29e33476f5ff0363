/**
 * Records the discovery of an object: the path that led to it, and whether it is taken over from the previous snapshot
 * or put among those to be read. Recording the same discovery twice changes nothing.
 */
import type { PreviousObject } from '../../../document/content.ts';
import type { JsonObject } from '../../../document/json.ts';
import { titleOf } from '../../../document/title.ts';
import { oddObject } from '../../api/odd-answer.ts';
import type { DiscoveryPath } from '../state/discovery-paths.ts';
import type { AbsenceReason, ObjectKind, ObjectRow } from '../state/objects.ts';
import type { Parent } from '../state/parent.ts';
import { parentOf } from '../state/parent.ts';
import type { CrawlContext } from './crawl-context.ts';
import { nameStemOf } from './names.ts';
import { editedOf, idOf, isTrashed } from './notion-object.ts';

/** The discovery of a page whose object a listing gave. */
export interface Discovery {
  readonly path: DiscoveryPath;
  /** The time at which the listing arrived, in milliseconds. */
  readonly fetchedAt: number;
  /** True when the page is known to lie where this crawl reads (a row of a database that is read). */
  readonly isInside?: boolean;
}

/** Records a page that a search or query listed. */
export function recordPage(context: CrawlContext, page: JsonObject, discovery: Discovery): void {
  const id = idOf(page);
  if (id === undefined) return;
  if (isTrashed(page) && !context.trash.isOn) recordTrashed(context, id);
  else if (oddObject('page', page) !== undefined) recordOddPage(context, id, discovery);
  else recordLivePage(context, id, page, discovery);
}

/** A page of which a listing gave too little: it is there, and asked for. */
function recordOddPage(context: CrawlContext, id: string, { path, isInside }: Discovery): void {
  const { objects } = context.state;
  const known = objects.get(id);
  const isIncluded = isInside ?? (context.plan.isWhole || (known !== undefined && known.state !== 'outside'));
  objects.add({ id, kind: 'page', state: isIncluded ? 'pending' : 'outside' });
  objects.addPath(id, path);
  if (isIncluded && (known?.state === 'previous' || known?.state === 'outside'))
    objects.setState(id, 'pending');
}

function recordLivePage(context: CrawlContext, id: string, page: JsonObject, discovery: Discovery): void {
  const { objects } = context.state;
  const { path, fetchedAt, isInside = context.plan.isWhole } = discovery;
  const known = objects.get(id);
  objects.add({ id, kind: 'page', state: 'outside' });
  objects.addPath(id, path);
  const isNews = known === undefined || isNewer(known, editedOf(page));
  if (isNews) keepListed(context, id, page, fetchedAt);
  if (known?.state === 'reading') return;
  const isIncluded =
    isInside || (known !== undefined && known.state !== 'outside') || isUnderIncluded(context, id);
  if (isIncluded && (isNews || known.state === 'outside')) enqueuePage(context, id, page);
}

/** Has the page object a query just listed replace the one of a page that is taken over, where that is asked for. */
export function refreshListed(context: CrawlContext, id: string, page: JsonObject, fetchedAt: number): void {
  const row = context.state.objects.get(id);
  if (row?.refresh !== 1 || !['reused', 'ready'].includes(row.state)) return;
  keepListed(context, id, page, fetchedAt);
  context.state.objects.setState(id, 'ready');
}

/** Records a database that is known to be there; reading it asks for the rest. */
export function recordDatabase(context: CrawlContext, id: string, path: DiscoveryPath): void {
  const { objects } = context.state;
  const known = objects.get(id);
  objects.add({ id, kind: 'database', state: 'pending' });
  objects.addPath(id, path);
  if (known === undefined) return;
  if (known.kind !== 'database') objects.setKind(id, 'database');
  if (['outside', 'previous', 'absent'].includes(known.state) || known.kind !== 'database') {
    objects.setState(id, 'pending');
  }
}

/** A page or database as its block in another page shows it. */
export interface ChildObject {
  readonly id: string;
  readonly kind: ObjectKind;
  readonly title: string;
}

/** Records a child_page or child_database block on the page `container`. */
export function recordChild(context: CrawlContext, child: ChildObject, container: string): void {
  const { objects, leftOut } = context.state;
  const { id, kind, title } = child;
  const known = objects.get(id);
  objects.add({ id, kind, state: 'pending', container });
  objects.addPath(id, 'walk');
  objects.setContainer(id, container);
  // A database shows no title where none of its data sources is visible.
  if (context.selected.isOn && (title !== '' || kind === 'page'))
    leftOut.learn(id, { name: nameStemOf(title) });
  if (known === undefined) enqueueWithin(context, id);
  else if (known.state === 'outside') enqueueOutside(context, known);
  else if (known.state === 'left-out' && known.container !== container) context.state.leftOut.postpone(id);
  else if (known.state === 'absent' || known.kind !== kind) {
    objects.setKind(id, kind);
    objects.setState(id, 'pending');
  }
}

/** Records an object that something points at. With given roots nothing is followed; what is not visible is not an error. */
export function recordReference(
  context: CrawlContext,
  id: string,
  kind: ObjectKind,
  path: DiscoveryPath,
): void {
  const { objects } = context.state;
  const isFollowed = context.plan.isWhole && (!context.selected.hasIncludes || path === 'parent');
  if (objects.get(id) === undefined && !isFollowed) return;
  objects.add({ id, kind, state: 'pending' });
  objects.addPath(id, path);
}

/** Records the parent: it is there too, though no listing may have shown it. With given roots nothing above them is read. */
export function recordParent(context: CrawlContext, parent: Parent): void {
  if (!context.plan.isWhole || (parent.type !== 'page' && parent.type !== 'database')) return;
  recordReference(context, parent.id, parent.type, 'parent');
}

/** Marks an object as not there; what the previous snapshot holds below it is asked for one by one. */
export function markAbsent(context: CrawlContext, id: string, reason: AbsenceReason): void {
  const { objects } = context.state;
  objects.markAbsent(id, reason);
  for (const below of objects.inParent(id, 'previous')) objects.setState(below, 'pending');
}

/** True when what the previous snapshot holds of a page is what reading it again would give. */
export function isUnchanged(context: CrawlContext, id: string, page: JsonObject): boolean {
  const { plan } = context;
  const previous = context.previous.get(id);
  const edited = editedOf(page);
  // The objects in a page that is taken over are not walked: all of them must be known from the previous snapshot.
  if (plan.force || !plan.coversSame || edited === '' || previous?.kind !== 'page') return false;
  if (previous.edited !== edited || context.state.objects.get(id)?.force === 1) return false;
  return !hasMoved(previous, parentOf(page));
}

/** Keeps a page or database as a listing gave it until it is read. */
export function keepListed(context: CrawlContext, id: string, object: JsonObject, fetchedAt: number): void {
  context.state.objects.keepListed(id, object, {
    fetchedAt,
    newestEdit: editedOf(object),
    nameStem: nameStemOf(titleOf(object)),
    parent: parentOf(object),
    isTrashed: isTrashed(object),
  });
}

/** Puts an object that was outside of the roots among those to be read, and with it what is known to lie in it. */
function enqueueOutside(context: CrawlContext, row: ObjectRow): void {
  if (row.listedObject !== null && row.kind === 'page')
    enqueuePage(context, row.id, JSON.parse(row.listedObject));
  else context.state.objects.setState(row.id, 'pending');
  enqueueWithin(context, row.id);
}

function enqueueWithin(context: CrawlContext, parent: string): void {
  const { objects } = context.state;
  for (const id of objects.inParent(parent, 'outside')) {
    const row = objects.get(id);
    if (row !== undefined) enqueueOutside(context, row);
  }
}

function enqueuePage(context: CrawlContext, id: string, page: JsonObject): void {
  if (!context.selected.admitListed(id)) return;
  const isTakenOver = isUnchanged(context, id, page) && context.state.objects.get(id)?.refresh !== 1;
  context.state.objects.setState(id, isTakenOver ? 'reused' : 'ready');
  if (context.plan.isWhole) recordParent(context, parentOf(page));
  else enqueueWithin(context, id);
}

function recordTrashed(context: CrawlContext, id: string): void {
  const state = context.state.objects.get(id)?.state;
  // A page nobody knew of is not a loss; one that was read before it was trashed is kept.
  if (state !== undefined && state !== 'read') markAbsent(context, id, 'trashed');
}

function isNewer(known: ObjectRow, edited: string): boolean {
  if (known.listedObject === null && known.state !== 'read' && known.state !== 'reused') return true;
  return edited > (known.newestEdit === '' ? known.edited : known.newestEdit);
}

function isUnderIncluded(context: CrawlContext, id: string): boolean {
  const { objects } = context.state;
  const row = objects.get(id);
  const parent = row === undefined || row.parentId === '' ? undefined : objects.get(row.parentId);
  return parent !== undefined && parent.state !== 'outside' && parent.state !== 'absent';
}

function hasMoved(previous: PreviousObject, parent: Parent): boolean {
  if (parent.type === 'page' || parent.type === 'database') {
    // Below a root, and among orphans, the nearest object above is not the parent the API names.
    return previous.parentId !== null && previous.parentId !== parent.id;
  }
  return parent.type === 'workspace' && previous.parentId !== null;
}
