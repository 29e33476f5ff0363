/** Changes one page or database back to the snapshot's state; sends only differences. */
import { objectAt, stringAt } from '../../../document/json.ts';
import { dashedId } from '../../../document/notion-id.ts';
import { KlosetError } from '../../../errors.ts';
import { appendContext } from '../blocks/append-context.ts';
import { applyBlockChanges, untrashBlocks } from '../changed-blocks/apply-block-changes.ts';
import { leadsToCreated, referencesOf, splitChanges, waitingChanges } from '../changed-blocks/to-come.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import { collectingFiles } from '../requests/conversion.ts';
import type { RestoreContext } from '../requests/restore-context.ts';
import { writeParts } from '../requests/write-parts.ts';
import { readDatabase, readPage } from '../snapshot/snapshot-documents.ts';
import { applySourceChanges } from './apply-schema.ts';
import type { DatabaseBefore } from './database-changes.ts';
import { databaseChanges } from './database-changes.ts';
import type { InPlaceRun } from './in-place-run.ts';
import { isWhole } from './in-place-run.ts';
import type { PageBefore } from './page-changes.ts';
import { pageChanges } from './page-changes.ts';
import type { Placement } from './placement.ts';
import type { PresentDatabase, PresentPage } from './present-state.ts';
import { apiPath, ask, databaseBefore, databaseNow, pageBefore, pageNow } from './present-state.ts';
import { applyViewChanges } from './view-changes.ts';

/** The page of the snapshot with its gaps. */
export async function pageOfSnapshot(context: RestoreContext, object: RestoredObject): Promise<PageBefore> {
  return { gaps: [], ...(await readPage(context.snapshot, object.path)) };
}

/** The database of the snapshot with its gaps. */
export async function databaseOfSnapshot(
  context: RestoreContext,
  object: RestoredObject,
): Promise<DatabaseBefore> {
  return { gaps: [], ...(await readDatabase(context.snapshot, object.path)) };
}

/** Executes a `patch` step: takes the object out of the trash if it lies there, and changes back what differs. */
export async function patchObject(
  context: RestoreContext,
  run: InPlaceRun,
  object: RestoredObject,
): Promise<void> {
  const { journal } = context;
  if (isLeftInTrash(context, run, object))
    throw new KlosetError('incomplete', 'It is in the trash: its values were not restored.');
  const isUntrashed = journal.inPlace.actionFor(object.id) === 'untrash' && isUntrashing(run);
  if (!isUntrashed && journal.inPlace.differencesOf(object.id).every(({ left }) => left !== undefined))
    return;
  if (isUntrashed && object.kind === 'database') await untrashSources(context, object);
  if (isUntrashed) await untrash(context, object);
  journal.inPlace.markTouched(object.id);
  if (object.kind === 'database') await patchDatabase(context, run, object, isUntrashed);
  else await patchPage(context, run, object, isUntrashed);
}

/** Takes the data sources of a database out of the trash: without any, the database cannot be seen. */
async function untrashSources(context: RestoreContext, object: RestoredObject): Promise<void> {
  if ((await ask(context.api, apiPath(object))) !== undefined) return;
  for (const source of context.journal.dataSources.of(object.id)) await untrashSource(context, source);
}

function isLeftInTrash({ journal }: RestoreContext, run: InPlaceRun, object: RestoredObject): boolean {
  return !isUntrashing(run) && object.kind === 'page' && journal.inPlace.actionFor(object.id) === 'untrash';
}

/** Values alone are not worth taking a page out of the trash. */
function isUntrashing({ part }: InPlaceRun): boolean {
  return part.properties === undefined;
}

/** @throws KlosetError `incomplete` when the object stays in the trash, whatever Notion answered */
async function untrash(context: RestoreContext, object: RestoredObject): Promise<void> {
  const path = apiPath(object);
  const now = await ask(context.api, path);
  // It may have come out of the trash with its parent.
  if (now?.in_trash !== true) return;
  await context.writer.write({
    key: `untrash ${object.id}`,
    request: () => ({ method: 'patch', path, body: { in_trash: false }, effect: 'write' }),
    keep: () => ({}),
  });
  const after = await ask(context.api, path);
  if (after?.in_trash === true)
    throw new KlosetError('incomplete', 'It is still in the trash, although Notion took the request.');
}

/** Changes properties, icon, cover and blocks of a page back. */
async function patchPage(
  context: RestoreContext,
  run: InPlaceRun,
  object: RestoredObject,
  isUntrashed: boolean,
): Promise<void> {
  const was = await pageOfSnapshot(context, object);
  let now: PresentPage | undefined = isUntrashed
    ? undefined
    : await pageBefore(context.journal, run, object.id);
  now ??= await pageNow(context.api, object.id);
  let changes = await collectPage(context, run, object, was, now);
  if (await move(context, object, changes.placement)) {
    now = await pageNow(context.api, object.id);
    changes = await collectPage(context, run, object, was, now);
  }
  await sendPage(context, run, object, changes);
  const append = appendContext(context, object);
  let { blocks } = changes;
  if (await untrashBlocks(append, blocks)) {
    now = await pageNow(context.api, object.id);
    ({ blocks } = await collectPage(context, run, object, was, now));
  }
  const { free } = splitChanges(context.journal, blocks);
  await applyBlockChanges(append, context.target.conversion(object.path), free);
}

/** Properties, icon and cover; a value that is refused is tried again when all properties are there. */
async function sendPage(
  context: RestoreContext,
  run: InPlaceRun,
  object: RestoredObject,
  { body, files }: Awaited<ReturnType<typeof collectPage>>,
): Promise<void> {
  const accepted = new Set(Object.keys(objectAt(body, 'properties') ?? {}).map((name) => `value ${name}`));
  await writeParts(context, {
    key: `patch ${object.id} ${JSON.stringify(body)}`,
    path: apiPath(object),
    body,
    files,
    directory: object.path,
    onRefused: ({ field, name }, message) => {
      const what = field === 'property' ? `value ${name}` : name;
      accepted.delete(what);
      if (field === 'property') context.journal.inPlace.markSecondLook(object.id);
      run.refused.set(`${object.id} ${what}`, { path: object.path, what, message });
    },
  });
  for (const what of accepted) run.refused.delete(`${object.id} ${what}`);
}

/**
 * Sends the changes of blocks that waited for something that was created again.
 * @param isLast true to send also those that still wait: what they lead to did not come
 * @returns the number of changes that still wait
 */
export async function patchBlocksAgain(
  context: RestoreContext,
  run: InPlaceRun,
  object: RestoredObject,
  isLast: boolean,
): Promise<number> {
  const { journal } = context;
  const was = await pageOfSnapshot(context, object);
  if (!leadsToCreated(journal, referencesOf(was))) return 0;
  const { blocks } = await collectPage(context, run, object, was, await pageNow(context.api, object.id));
  const { bound } = splitChanges(journal, blocks);
  const waiting = new Set(waitingChanges(journal, bound));
  // What stands there is better than what leads nowhere.
  const ready = bound.filter((change) => !waiting.has(change) || (isLast && change.type === 'insert'));
  if (ready.length > 0) journal.inPlace.markTouched(object.id);
  await applyBlockChanges(appendContext(context, object), context.target.conversion(object.path), ready);
  return waiting.size;
}

/** Sends values again that were refused before, or that lead to what was created again. */
export async function patchValuesAgain(
  context: RestoreContext,
  run: InPlaceRun,
  object: RestoredObject,
): Promise<void> {
  const was = await pageOfSnapshot(context, object);
  const { page } = await context.api
    .request({ method: 'get', path: apiPath(object), effect: 'read' })
    .then((found) => pageNow(context.api, object.id, found));
  const now: PresentPage = { page, blocks: [...was.blocks], gaps: [] };
  await sendPage(context, run, object, await collectPage(context, run, object, was, now));
}

async function collectPage(
  context: RestoreContext,
  run: InPlaceRun,
  object: RestoredObject,
  was: PageBefore,
  now: PresentPage,
) {
  const { conversion, files } = collectingFiles(context.target.conversion(object.path));
  return { ...(await pageChanges(context, run, object, { was, now }, conversion)), files };
}

/** True when the object was moved: a row has its values only where it belongs. */
async function move(
  context: RestoreContext,
  object: RestoredObject,
  placement: Placement | undefined,
): Promise<boolean> {
  const request = placement?.request;
  if (request === undefined) return false;
  await context.writer.write({ key: `move ${object.id}`, request: () => request, keep: () => ({}) });
  return true;
}

/** Changes a database back: its looks, its data sources and their properties, its views. */
async function patchDatabase(
  context: RestoreContext,
  run: InPlaceRun,
  object: RestoredObject,
  isUntrashed: boolean,
): Promise<void> {
  if (object.isLinked || !isWhole(run.part)) return;
  const was = await databaseOfSnapshot(context, object);
  const sources = was.data_sources.map((source) => stringAt(source, 'id') ?? '');
  let now: PresentDatabase | undefined = isUntrashed
    ? undefined
    : await databaseBefore(context.journal, run, object.id);
  now ??= await databaseNow(context.api, object.id, sources);
  const collected = await collectDatabase(context, object, was, now);
  const trashed = collected.sources.filter(({ isTrashed }) => isTrashed);
  const isMoved = await move(context, object, collected.placement);
  for (const { id } of trashed) await untrashSource(context, id);
  if (isMoved || trashed.length > 0) now = await databaseNow(context.api, object.id, sources);
  await sendDatabase(context, run, object, { was, now });
}

/**
 * Changes a database as it is now, once more: properties that name others may find them by now.
 * @returns true when anything was sent
 */
export async function patchDatabaseAgain(
  context: RestoreContext,
  run: InPlaceRun,
  object: RestoredObject,
): Promise<boolean> {
  const was = await databaseOfSnapshot(context, object);
  const sources = was.data_sources.map((source) => stringAt(source, 'id') ?? '');
  const now = await databaseNow(context.api, object.id, sources);
  return sendDatabase(context, run, object, { was, now });
}

async function sendDatabase(
  context: RestoreContext,
  run: InPlaceRun,
  object: RestoredObject,
  { was, now }: { readonly was: DatabaseBefore; readonly now: PresentDatabase },
): Promise<boolean> {
  let collected = await collectDatabase(context, object, was, now);
  const { body, files } = collected;
  await writeParts(context, {
    key: `patch ${object.id} ${JSON.stringify(body)}`,
    path: apiPath(object),
    body,
    files,
    directory: object.path,
    onRefused: ({ name }, message) =>
      run.refused.set(`${object.id} ${name}`, { path: object.path, what: name, message }),
  });
  const sources = was.data_sources.map((source) => stringAt(source, 'id') ?? '');
  let isSent = false;
  for (const source of collected.sources)
    isSent = (await applySourceChanges(context, run, object, source)) || isSent;
  // Properties that name others may wait for those of another database.
  if (collected.sources.some(({ schema }) => schema.linked.length > 0))
    context.journal.inPlace.markSecondLook(object.id);
  if (isSent) {
    // Views name properties: those that were created again have other ids.
    context.journal.inPlace.markSecondLook(object.id);
    const after = await databaseNow(context.api, object.id, sources);
    collected = await collectDatabase(context, object, was, after);
  }
  await applyViewChanges(context, run, object, collected.views, sources[0]);
  return isSent;
}

async function collectDatabase(
  context: RestoreContext,
  object: RestoredObject,
  was: DatabaseBefore,
  now: PresentDatabase,
) {
  const { conversion, files } = collectingFiles(context.target.conversion(object.path));
  return { ...(await databaseChanges(context, object, { was, now }, conversion)), files };
}

async function untrashSource({ api, writer }: RestoreContext, id: string): Promise<void> {
  const path = `data_sources/${dashedId(id)}`;
  if ((await ask(api, path))?.in_trash !== true) return;
  await writer.write({
    key: `untrash ${id}`,
    request: () => ({ method: 'patch', path, body: { in_trash: false }, effect: 'write' }),
    keep: () => ({}),
  });
}
