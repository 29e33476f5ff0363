/** Plans a restore in place: compares each object with its state now and decides the action for it. */

import type { SnapshotReader } from '../../../document/content.ts';
import type { JsonObject } from '../../../document/json.ts';
import { objectAt, stringAt } from '../../../document/json.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { compactId } from '../../../document/notion-id.ts';
import { KlosetError } from '../../../errors.ts';
import { silentMonitor } from '../../../monitor.ts';
import type { NotionApi } from '../../api/api.ts';
import { findBlock } from '../changed-blocks/block-part.ts';
import { trashedAncestors } from '../in-place/ancestors.ts';
import type { InPlaceSettings } from '../in-place/in-place-run.ts';
import { inPlaceRun, isWhole } from '../in-place/in-place-run.ts';
import { plannedDifferences } from '../in-place/planned/planned-differences.ts';
import { apiPath, ask } from '../in-place/present-state.ts';
import { recordProperties } from '../in-place/property-ids.ts';
import type { Journal } from '../journal/journal.ts';
import type { InPlaceAction } from '../journal/tables/in-place-facts.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import type { RestoreContext } from '../requests/restore-context.ts';
import { restoreContext } from '../requests/restore-context.ts';
import { readDatabase, readPage } from '../snapshot/snapshot-documents.ts';
import { recordAdded } from './added-objects.ts';
import { awaitNeighbours, keepObject } from './keep-objects.ts';
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
  for (const { old, fresh } of options.earlierViews ?? [])
    journal.inPlace.addEarlierView(compactId(fresh), compactId(old));
  const run = inPlaceRun(options);
  const states = new Map<CompactId, JsonObject>();
  for (const object of journal.objects.all()) {
    signal?.throwIfAborted();
    await decide(options, journal, object, states);
  }
  for (const { id, kind } of journal.objects.all())
    if (kind === 'page' && journal.inPlace.isExisting(id)) awaitNeighbours(journal, id);
  await recordProperties(options.api, journal, run);
  if (part.properties === undefined) await recordAncestors(options, journal, states);
  const context = planningContext(options, journal);
  for (const object of journal.objects.all()) {
    signal?.throwIfAborted();
    const differences = await plannedDifferences(context, run, object, comments);
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
