/**
 * What happens when an object comes into sight: it is noted with the way it was found, and either taken over from
 * the previous snapshot or put among those to be read. Sighting an object twice changes nothing.
 */
import type { PreviousObject } from '../../../document/content.ts';
import type { JsonObject } from '../../../document/json.ts';
import type { Run } from './context.ts';
import { previousOf } from './context.ts';
import type { Way } from './discovery-paths.ts';
import { stemOf } from './names.ts';
import { editedOf, idOf, isTrashed, titleOf } from './notion-object.ts';
import type { ObjectKind, ObjectRow } from './objects.ts';
import type { Parent } from './parent.ts';
import { parentOf } from './parent.ts';

/**
 * A page a search or query listed, `taken` milliseconds on the clock.
 * @param isInside true when it is known to lie where this crawl reads (a row of a database that is read)
 */
export function sightPage(
  run: Run,
  page: JsonObject,
  way: Way,
  taken: number,
  isInside = run.plan.isWhole,
): void {
  const id = idOf(page);
  if (id === undefined) return;
  if (isTrashed(page) && !run.trash.isKept) sightTrashed(run, id);
  else sightAlive(run, id, page, { way, taken, isInside });
}

interface Sighting {
  readonly way: Way;
  readonly taken: number;
  readonly isInside: boolean;
}

function sightAlive(run: Run, id: string, page: JsonObject, { way, taken, isInside }: Sighting): void {
  const { objects } = run;
  const known = objects.get(id);
  objects.add({ id, kind: 'page', state: 'seen' });
  objects.addWay(id, way);
  const isNews = known === undefined || isNewer(known, editedOf(page));
  if (isNews) keepListed(run, id, page, taken);
  if (known?.state === 'busy') return;
  const isWanted = isInside || (known !== undefined && known.state !== 'seen') || isUnderWanted(run, id);
  if (isWanted && (isNews || known.state === 'seen')) admitPage(run, id, page);
}

/** A database that is known to be there; reading it asks for the rest. */
export function sightDatabase(run: Run, id: string, way: Way): void {
  const known = run.objects.get(id);
  run.objects.add({ id, kind: 'database', state: 'wanted' });
  run.objects.addWay(id, way);
  if (known === undefined) return;
  if (known.kind !== 'database') run.objects.setKind(id, 'database');
  if (['seen', 'previous', 'absent'].includes(known.state) || known.kind !== 'database') {
    run.objects.setState(id, 'wanted');
  }
}

/** A child_page or child_database block on the page `container`. */
export function sightChild(run: Run, id: string, kind: ObjectKind, container: string): void {
  const { objects } = run;
  const known = objects.get(id);
  objects.add({ id, kind, state: 'wanted', container });
  objects.addWay(id, 'walk');
  objects.setContainer(id, container);
  if (known === undefined) admitWithin(run, id);
  else if (known.state === 'seen') admitSeen(run, known);
  else if (known.state === 'absent' || known.kind !== kind) {
    objects.setKind(id, kind);
    objects.setState(id, 'wanted');
  }
}

/** Something points at an object. Outside given roots nothing is followed; what is not visible is no error. */
export function sightReference(run: Run, id: string, kind: ObjectKind, way: Way): void {
  const known = run.objects.get(id);
  if (known === undefined && !run.plan.isWhole) return;
  run.objects.add({ id, kind, state: 'wanted' });
  run.objects.addWay(id, way);
}

/** Puts an object among the wanted that was only seen so far, and with it what was seen to lie in it. */
export function admitSeen(run: Run, row: ObjectRow): void {
  if (row.listed !== null && row.kind === 'page') admitPage(run, row.id, JSON.parse(row.listed));
  else run.objects.setState(row.id, 'wanted');
  admitWithin(run, row.id);
}

/** An object is not there, because of `fate`; what the previous snapshot holds below it is asked for one by one. */
export function loseObject(run: Run, id: string, fate: string): void {
  run.objects.setAbsent(id, fate);
  for (const below of run.objects.inParent(id, 'previous')) run.objects.setState(below, 'wanted');
}

/** Admits what listings showed to lie in `parent`. */
export function admitWithin(run: Run, parent: string): void {
  for (const id of run.objects.inParent(parent, 'seen')) {
    const row = run.objects.get(id);
    if (row !== undefined) admitSeen(run, row);
  }
}

/** True when what the previous snapshot holds of a page is what reading it again would give. */
export function isUnchanged(run: Run, id: string, page: JsonObject): boolean {
  const previous = previousOf(run, id);
  const edited = editedOf(page);
  // What a page taken over contains is not walked: it must be known from the previous snapshot, wholly.
  if (run.plan.force || !run.plan.coversSame || edited === '' || previous?.kind !== 'page') return false;
  if (previous.edited !== edited || run.objects.get(id)?.force === 1) return false;
  return !hasMoved(previous, parentOf(page));
}

/** Keeps what a listing showed of a page until it is read. */
export function keepListed(run: Run, id: string, page: JsonObject, taken: number): void {
  run.objects.setListed(id, page, {
    taken,
    seen: editedOf(page),
    stem: stemOf(titleOf(page)),
    parent: parentOf(page),
    isTrashed: isTrashed(page),
  });
}

function admitPage(run: Run, id: string, page: JsonObject): void {
  run.objects.setState(id, isUnchanged(run, id, page) ? 'reused' : 'ready');
  if (run.plan.isWhole) sightParent(run, parentOf(page));
  else admitWithin(run, id);
}

/** What something lies in is there too, though no listing may have shown it. With given roots nobody climbs above them. */
export function sightParent(run: Run, parent: Parent): void {
  if (!run.plan.isWhole || (parent.type !== 'page' && parent.type !== 'database')) return;
  sightReference(run, parent.id, parent.type, 'parent');
}

function sightTrashed(run: Run, id: string): void {
  const state = run.objects.get(id)?.state;
  // What nobody knew of is no loss; what was read before it was trashed is kept.
  if (state !== undefined && state !== 'done') loseObject(run, id, 'trashed');
}

function isNewer(known: ObjectRow, edited: string): boolean {
  if (known.listed === null && known.state !== 'done' && known.state !== 'reused') return true;
  return edited > (known.seen === '' ? known.edited : known.seen);
}

function isUnderWanted(run: Run, id: string): boolean {
  const row = run.objects.get(id);
  const parent = row === undefined || row.parent_id === '' ? undefined : run.objects.get(row.parent_id);
  return parent !== undefined && parent.state !== 'seen' && parent.state !== 'absent';
}

function hasMoved(previous: PreviousObject, parent: Parent): boolean {
  if (parent.type === 'page' || parent.type === 'database') {
    // Below a root, and among orphans, the nearest object above is not the parent the API names.
    return previous.parentId !== null && previous.parentId !== parent.id;
  }
  return parent.type === 'workspace' && previous.parentId !== null;
}
