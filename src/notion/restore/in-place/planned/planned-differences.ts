/** Everything that a restore in place does to one object, told before the first request that writes. */
import { stringAt } from '../../../../document/json.ts';
import { leadsToCreated, referencesOf } from '../../changed-blocks/to-come.ts';
import type { InPlaceAction } from '../../journal/tables/in-place-facts.ts';
import type { RestoredObject } from '../../journal/tables/objects.ts';
import { valueReferences } from '../../requests/references.ts';
import type { RestoreContext } from '../../requests/restore-context.ts';
import { databaseChanges } from '../database-changes.ts';
import type { Difference } from '../differences.ts';
import type { InPlaceRun } from '../in-place-run.ts';
import { isWhole } from '../in-place-run.ts';
import { pageChanges } from '../page-changes.ts';
import { databaseOfSnapshot, pageOfSnapshot } from '../patch-object.ts';
import { apiPath, ask, databaseBefore, databaseNow, pageBefore, pageNow } from '../present-state.ts';
import { createdDifferences } from './created-differences.ts';
import { noteBlockLosses, planningConversion } from './planned-losses.ts';
import { markRewrittenOriginals } from './rewritten-originals.ts';

/** Everything in which an object differs from the snapshot, and what of it will not come back exactly. */
export async function plannedDifferences(
  context: RestoreContext,
  run: InPlaceRun,
  object: RestoredObject,
  comments: boolean,
): Promise<Difference[]> {
  const { journal } = context;
  const action = journal.inPlace.actionFor(object.id);
  if (run.part.block !== undefined && object.parent !== null) return [];
  if (action === 'create') return isWhole(run.part) ? createdDifferences(context, object, comments) : [];
  const isBack: Difference[] = action === 'untrash' ? [{ what: 'in the trash' }] : [];
  if (object.kind === 'page') return [...isBack, ...(await pageDifferences(context, run, object))];
  if (object.isLinked || !isWhole(run.part)) return isBack;
  return [...isBack, ...(await databaseDifferences(context, run, object, action))];
}

async function pageDifferences(
  context: RestoreContext,
  run: InPlaceRun,
  object: RestoredObject,
): Promise<Difference[]> {
  const { journal, api, target } = context;
  const { conversion, losses } = planningConversion(journal, target.conversion(object.path));
  const was = await pageOfSnapshot(context, object);
  if (isWhole(run.part)) {
    await markRewrittenOriginals(context, run, was.blocks);
    if (leadsToCreated(journal, referencesOf(was))) journal.inPlace.markSecondLook(object.id);
  }
  const now = (await pageBefore(journal, run, object.id)) ?? (await pageNow(api, object.id));
  const { differences, blocks } = await pageChanges(context, run, object, { was, now }, conversion);
  await noteBlockLosses(api, blocks, conversion);
  return [...differences, ...losses];
}

async function databaseDifferences(
  context: RestoreContext,
  run: InPlaceRun,
  object: RestoredObject,
  action: InPlaceAction,
): Promise<Difference[]> {
  const { journal, api, target } = context;
  const { conversion, losses } = planningConversion(journal, target.conversion(object.path));
  const was = await databaseOfSnapshot(context, object);
  const sources = was.data_sources.map((source) => stringAt(source, 'id') ?? '');
  const { title = null, description = null } = was.database ?? {};
  if (leadsToCreated(journal, valueReferences([title, description])))
    journal.inPlace.markSecondLook(object.id);
  if (action === 'untrash' && (await ask(api, apiPath(object))) === undefined) return [];
  const now = (await databaseBefore(journal, run, object.id)) ?? (await databaseNow(api, object.id, sources));
  const { differences } = await databaseChanges(context, object, { was, now }, conversion);
  return [...differences, ...losses];
}
