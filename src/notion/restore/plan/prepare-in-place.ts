/** Plans a restore in place: compares each object with its state now and decides the action for it. */

import type { SnapshotReader } from '../../../document/content.ts';
import type { JsonObject } from '../../../document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../../document/json.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { compactId } from '../../../document/notion-id.ts';
import { KlosetError } from '../../../errors.ts';
import { silentMonitor } from '../../../monitor.ts';
import type { NotionApi } from '../../api/api.ts';
import { trashedAncestors } from '../in-place/ancestors.ts';
import { findBlock } from '../in-place/block-part.ts';
import { databaseChanges } from '../in-place/database-changes.ts';
import type { Difference } from '../in-place/differences.ts';
import type { InPlaceRun, InPlaceSettings } from '../in-place/in-place-run.ts';
import { inPlaceRun, isWhole } from '../in-place/in-place-run.ts';
import { leadsToCreated, pageChanges } from '../in-place/page-changes.ts';
import { databaseOfSnapshot, pageOfSnapshot } from '../in-place/patch-object.ts';
import {
  apiPath,
  ask,
  databaseBefore,
  databaseNow,
  pageBefore,
  pageNow,
  sourceNow,
} from '../in-place/present-state.ts';
import { propertyIdsNow } from '../in-place/schema-changes.ts';
import type { Journal } from '../journal/journal.ts';
import type { InPlaceAction } from '../journal/tables/in-place-facts.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import type { Conversion } from '../requests/conversion.ts';
import { unknownId } from '../requests/conversion.ts';
import type { RestoreContext } from '../requests/restore-context.ts';
import { restoreContext } from '../requests/restore-context.ts';
import { readDatabase, readObject, readPage } from '../snapshot/snapshot-documents.ts';
import { prepareSteps } from './prepare.ts';

export interface PrepareInPlaceOptions extends InPlaceSettings {
  readonly api: NotionApi;
  /** The state to restore. */
  readonly snapshot: SnapshotReader;
  readonly path: string;
  readonly markers: boolean;
  readonly comments: boolean;
  readonly signal?: AbortSignal;
}

/** Writes the steps of a restore in place into the journal; done once per journal. Writes nothing to Notion. */
export async function prepareInPlace(options: PrepareInPlaceOptions, journal: Journal): Promise<void> {
  if (journal.meta('prepared') === 'yes') return;
  const { snapshot, path, comments, markers, signal, part } = options;
  await prepareSteps({ journal, snapshot, path, comments, markers, signal, isInPlace: true });
  await checkPart(options, journal);
  await recordPresent(options.present, journal);
  const run = inPlaceRun(options);
  const states = new Map<CompactId, JsonObject>();
  for (const object of journal.objects.all()) {
    signal?.throwIfAborted();
    await decide(options, journal, object, states);
  }
  await recordProperties(options, journal, run);
  if (part.properties === undefined) await recordAncestors(options, journal, states);
  const context = planningContext(options, journal);
  for (const object of journal.objects.all()) {
    signal?.throwIfAborted();
    const differences = await differencesOf(context, run, object);
    journal.inPlace.setDifferences(object.id, differences);
  }
  if (isWhole(part)) await recordAdded(options, journal);
  journal.setMeta('prepared', 'yes');
}

/** A context that reads and never writes: nothing is uploaded while a restore is planned. */
function planningContext(
  { api, snapshot, markers }: PrepareInPlaceOptions,
  journal: Journal,
): RestoreContext {
  return restoreContext({
    api,
    journal,
    snapshot,
    destination: { type: 'workspace' },
    markers,
    monitor: silentMonitor,
    uploads: { bytesSent: 0, fill: async () => {}, markAttached: () => {}, discard: () => {} },
    signal: undefined,
  });
}

/** @throws KlosetError `not-found` for a block, `usage` for a property that the snapshot does not have there */
async function checkPart({ part, snapshot, path }: PrepareInPlaceOptions, journal: Journal): Promise<void> {
  const { block, properties } = part;
  if (block !== undefined) {
    const [object] = journal.objects.all();
    const blocks = object?.kind === 'page' ? (await readPage(snapshot, object.path)).blocks : [];
    if (findBlock(blocks, block, '') === undefined)
      throw new KlosetError('not-found', `${path} has no block ${block} in this snapshot.`);
  }
  if (properties === undefined) return;
  const missing = new Set(properties);
  for (const object of journal.objects.all()) {
    if (object.kind !== 'page' || missing.size === 0) continue;
    const { page } = await readPage(snapshot, object.path);
    for (const name of Object.keys(objectAt(page, 'properties') ?? {})) missing.delete(name);
  }
  const [first] = missing;
  if (first !== undefined)
    throw new KlosetError('usage', `Nothing at ${path} has a property "${first}" in this snapshot.`, {
      hint: 'Give the name as it was when the snapshot was taken.',
    });
}

async function recordPresent(present: SnapshotReader, journal: Journal): Promise<void> {
  for await (const entry of present.walk('/')) {
    if (entry.type !== 'directory' || entry.object === undefined) continue;
    const id = compactId(entry.object.id);
    journal.inPlace.setPresentPath(id, entry.path);
    journal.ids.markExisting(id);
  }
}

/** Decides the action for one object. */
async function decide(
  options: PrepareInPlaceOptions,
  journal: Journal,
  object: RestoredObject,
  states: Map<CompactId, JsonObject>,
): Promise<void> {
  const isOutside = options.part.block !== undefined && object.parent !== null;
  const action = isOutside ? 'compare' : await actionFor(options, journal, object, states);
  journal.inPlace.setAction(object.id, action);
  if (action !== 'create') {
    journal.atomically(() => keepObject(journal, object));
    return;
  }
  if (!isWhole(options.part)) {
    if (object.parent === null)
      throw new KlosetError('not-found', `${object.path} is not in Notion any more, not even in the trash.`, {
        hint: 'Restore it as a whole, without naming a part of it.',
      });
    journal.atomically(() => keepObject(journal, object));
    return;
  }
  const page = await originalPage(options.snapshot, object);
  if (object.parent === null && page !== undefined) journal.inPlace.setOriginalPage(object.id, page);
}

async function actionFor(
  options: PrepareInPlaceOptions,
  journal: Journal,
  object: RestoredObject,
  states: Map<CompactId, JsonObject>,
): Promise<InPlaceAction> {
  const wasTrashed = (await originalOf(options.snapshot, object)).in_trash === true;
  const known = await presentObject(options, journal, object);
  const found = known ?? (await ask(options.api, apiPath(object)));
  if (object.parent === null && found !== undefined) states.set(object.id, found);
  if (found === undefined) return (await isHidden(options, object)) ? 'untrash' : 'create';
  return found.in_trash === true && !wasTrashed ? 'untrash' : 'compare';
}

/** True for a database that cannot be seen since its data sources lie in the trash. */
async function isHidden({ api, snapshot }: PrepareInPlaceOptions, object: RestoredObject): Promise<boolean> {
  if (object.kind !== 'database') return false;
  for (const source of (await readDatabase(snapshot, object.path)).data_sources)
    if ((await ask(api, `data_sources/${stringAt(source, 'id') ?? ''}`)) !== undefined) return true;
  return false;
}

/** The object as the backup taken just before has it. */
async function presentObject(
  { present, isPresentFull }: PrepareInPlaceOptions,
  journal: Journal,
  object: RestoredObject,
): Promise<JsonObject | undefined> {
  const path = isPresentFull ? journal.inPlace.presentPath(object.id) : undefined;
  if (path === undefined) return undefined;
  return object.kind === 'database'
    ? ((await readDatabase(present, path)).database ?? undefined)
    : (await readPage(present, path)).page;
}

async function originalOf(snapshot: SnapshotReader, object: RestoredObject): Promise<JsonObject> {
  return object.kind === 'database'
    ? ((await readDatabase(snapshot, object.path)).database ?? {})
    : (await readPage(snapshot, object.path)).page;
}

/** The page an object at the top lay on. */
async function originalPage(snapshot: SnapshotReader, object: RestoredObject): Promise<string | undefined> {
  return stringAt(objectAt(await originalOf(snapshot, object), 'parent'), 'page_id');
}

/** Finds what lies in the trash above the objects at the top: where they are now, and where they belong. */
async function recordAncestors(
  { api, snapshot }: PrepareInPlaceOptions,
  journal: Journal,
  states: ReadonlyMap<CompactId, JsonObject>,
): Promise<void> {
  const parents: (JsonObject | undefined)[] = [];
  for (const object of journal.objects.all()) {
    if (object.parent !== null) continue;
    const now = objectAt(states.get(object.id), 'parent');
    const was = objectAt(await originalOf(snapshot, object), 'parent');
    const isInTrash = states.get(object.id)?.in_trash === true;
    const isElsewhere = JSON.stringify(now) !== JSON.stringify(was);
    if (isInTrash) parents.push(now);
    if (isElsewhere || now === undefined) parents.push(was);
  }
  const restored = (id: string) => journal.objects.has(compactId(id));
  const ancestors = (await trashedAncestors(api, parents)).filter(({ id }) => !restored(id));
  journal.inPlace.setAncestors(JSON.stringify(ancestors));
}

/** Everything in which an object that still exists differs from the snapshot. */
async function differencesOf(
  context: RestoreContext,
  run: InPlaceRun,
  object: RestoredObject,
): Promise<Difference[]> {
  const { journal, api } = context;
  const action = journal.inPlace.actionFor(object.id);
  if (action === 'create' || (run.part.block !== undefined && object.parent !== null)) return [];
  if (object.kind === 'database' && (object.isLinked || !isWhole(run.part))) return trashDifference(action);
  const known = context.target.conversion(object.path);
  const isToCome = (id: string) => journal.inPlace.actionFor(compactId(id)) === 'create';
  const conversion: Conversion = {
    ...known,
    object: (id) => (isToCome(id) ? unknownId : known.object(id)),
    note: () => {},
  };
  if (object.kind === 'page') {
    const was = await pageOfSnapshot(context, object);
    if (isWhole(run.part) && leadsToCreated(journal, was.blocks)) journal.inPlace.markSecondLook(object.id);
    const now = (await pageBefore(journal, run, object.id)) ?? (await pageNow(api, object.id));
    const { differences } = await pageChanges(context, run, object, { was, now }, conversion);
    return [...trashDifference(action), ...differences];
  }
  const was = await databaseOfSnapshot(context, object);
  const sources = was.data_sources.map((source) => stringAt(source, 'id') ?? '');
  if (action === 'untrash' && (await ask(api, apiPath(object))) === undefined) return trashDifference(action);
  const now = (await databaseBefore(journal, run, object.id)) ?? (await databaseNow(api, object.id, sources));
  const { differences } = await databaseChanges(context, object, { was, now }, conversion);
  return [...trashDifference(action), ...differences];
}

function trashDifference(action: InPlaceAction): Difference[] {
  return action === 'untrash' ? [{ what: 'in the trash' }] : [];
}

/** Pages, rows and databases made since below restored objects. What the snapshot failed to read is not among them. */
async function recordAdded({ present, snapshot }: PrepareInPlaceOptions, journal: Journal): Promise<void> {
  const manifest = await readObject(snapshot, '/manifest.json');
  const failed = new Set(
    arrayAt(objectAt(manifest, 'errors'), 'list').flatMap((error) =>
      ['id', 'owner'].map((key) => compactId(stringAt(error, key) ?? '')),
    ),
  );
  const seen = new Map<string, CompactId>();
  for await (const entry of present.walk('/')) {
    if (entry.type !== 'directory' || entry.object === undefined) continue;
    const id = compactId(entry.object.id);
    if (journal.objects.has(id)) {
      seen.set(entry.path, id);
      continue;
    }
    const parent = seen.get(entry.path.slice(0, entry.path.lastIndexOf('/')));
    if (parent === undefined || failed.has(id)) continue;
    const owner = journal.objects.get(parent);
    if (owner === undefined || (await wasListed(snapshot, owner, id))) continue;
    if (await isInTrashNow(present, entry.object.kind, entry.path)) continue;
    journal.inPlace.addAdded({ id, kind: entry.object.kind, path: entry.path, parent });
  }
}

async function isInTrashNow(present: SnapshotReader, kind: string, path: string): Promise<boolean> {
  if (kind === 'database') return (await readDatabase(present, path)).database?.in_trash === true;
  const { page, template_of } = await readPage(present, path);
  return page.in_trash === true || template_of !== undefined;
}

/** True when the snapshot cannot tell that `id` is new: its list there is not whole, or names it without contents. */
async function wasListed(snapshot: SnapshotReader, owner: RestoredObject, id: CompactId): Promise<boolean> {
  const document = owner.kind === 'database' ? 'database' : 'page';
  const text = JSON.stringify((await readObject(snapshot, `${owner.path}/${document}.json`)) ?? {});
  const found: unknown = JSON.parse(text);
  const gaps = arrayAt(found, 'gaps').filter(
    (gap) => !['media', 'comments', 'views'].includes(stringAt(gap, 'what') ?? ''),
  );
  return gaps.length > 0 || text.replaceAll('-', '').includes(id);
}

/** An object that still exists keeps its ids, and one step changes it back to the snapshot's state. */
function keepObject(journal: Journal, object: RestoredObject): void {
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

/** Notes the ids that the properties of existing data sources have now. Those that are gone get none. */
async function recordProperties(
  options: PrepareInPlaceOptions,
  journal: Journal,
  run: InPlaceRun,
): Promise<void> {
  for (const object of journal.objects.all()) {
    const sources = journal.dataSources.of(object.id).filter((source) => journal.inPlace.isExisting(source));
    if (sources.length === 0) continue;
    const before = await databaseBefore(journal, run, object.id);
    for (const source of sources) {
      const found =
        before?.data_sources.find((each) => compactId(stringAt(each, 'id') ?? '') === source) ??
        (await sourceNow(options.api, run, source));
      const was = journal.dataSources.schemaOf(source);
      // What cannot be seen is taken for what it was: the plan finds out when it compares.
      const now = found === undefined ? was : propertiesIn(found);
      for (const [id, copy] of propertyIdsNow(was, now)) journal.ids.mapProperty(source, id, copy);
    }
  }
}

function propertiesIn(source: JsonObject): JsonObject[] {
  return Object.entries(objectAt(source, 'properties') ?? {}).flatMap(([name, property]): JsonObject[] =>
    isObject(property) ? [{ name, ...property }] : [],
  );
}

/** Comments of a page that still exists are not written again: links to them lead to the right comment at once. */
function keepComments({ comments, target }: Journal, page: CompactId): void {
  for (const comment of comments.of(page)) target.setPresence('comment', comment, 'unchanged');
  comments.forgetLinks(page);
}
