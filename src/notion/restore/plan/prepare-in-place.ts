/** Plans a restore in place: compares each object with its state now and decides the action for it. */

import type { SnapshotReader } from '../../../document/content.ts';
import { objectAt, stringAt } from '../../../document/json.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { compactId, dashedId, decodedPropertyId } from '../../../document/notion-id.ts';
import type { NotionApi } from '../../api/api.ts';
import { apiFailureOf } from '../../api/api.ts';
import type { Journal } from '../journal/journal.ts';
import type { InPlaceAction } from '../journal/tables/in-place-facts.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import { readDatabase, readPage } from '../snapshot/snapshot-documents.ts';
import { prepareSteps } from './prepare.ts';

export interface PrepareInPlaceOptions {
  readonly api: NotionApi;
  /** The state to restore. */
  readonly snapshot: SnapshotReader;
  /** The state now: the backup taken just before. */
  readonly present: SnapshotReader;
  readonly path: string;
  readonly markers: boolean;
  readonly comments: boolean;
  readonly signal?: AbortSignal;
}

/** Writes the steps of a restore in place into the journal; done once per journal. Writes nothing to Notion. */
export async function prepareInPlace(options: PrepareInPlaceOptions, journal: Journal): Promise<void> {
  if (journal.meta('prepared') === 'yes') return;
  const { snapshot, path, comments, markers, signal } = options;
  await prepareSteps({ journal, snapshot, path, comments, markers, signal });
  await recordPresent(options.present, journal);
  for (const object of journal.objects.all()) await decide(options, journal, object);
  journal.setMeta('prepared', 'yes');
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
): Promise<void> {
  const action = await actionFor(options.api, journal, object);
  journal.inPlace.setAction(object.id, action);
  if (action === 'create') {
    const page = await originalPage(options.snapshot, object);
    if (object.parent === null && page !== undefined) journal.inPlace.setOriginalPage(object.id, page);
    return;
  }
  journal.atomically(() => keepObject(journal, object));
}

async function actionFor(api: NotionApi, journal: Journal, object: RestoredObject): Promise<InPlaceAction> {
  if (journal.inPlace.presentPath(object.id) !== undefined) return 'compare';
  const path = `${object.kind === 'database' ? 'databases' : 'pages'}/${dashedId(object.id)}`;
  try {
    const found = await api.request({ method: 'get', path, effect: 'read' });
    return found.in_trash === true ? 'untrash' : 'compare';
  } catch (error) {
    const status = apiFailureOf(error)?.status;
    if (status !== 404 && status !== 400) throw error;
    return 'create';
  }
}

/** The page an object at the top lay on. */
async function originalPage(snapshot: SnapshotReader, object: RestoredObject): Promise<string | undefined> {
  const original =
    object.kind === 'database'
      ? (await readDatabase(snapshot, object.path)).database
      : (await readPage(snapshot, object.path)).page;
  return stringAt(objectAt(original, 'parent'), 'page_id');
}

/** An object that still exists keeps its ids, and one step changes it back to the snapshot's state. */
function keepObject(journal: Journal, object: RestoredObject): void {
  const { blocks, ids, inPlace, steps } = journal;
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
}

function keepSource({ dataSources, ids, inPlace }: Journal, source: CompactId): void {
  ids.map(source, source, 'data_source');
  inPlace.markExisting(source);
  for (const property of dataSources.schemaOf(source)) {
    const id = stringAt(property, 'id') ?? '';
    ids.mapProperty(source, decodedPropertyId(id), id);
  }
}

/** Comments of a page that still exists are not written again: links to them lead to the right comment at once. */
function keepComments({ comments, target }: Journal, page: CompactId): void {
  for (const comment of comments.of(page)) target.setPresence('comment', comment, 'unchanged');
  comments.forgetLinks(page);
}
