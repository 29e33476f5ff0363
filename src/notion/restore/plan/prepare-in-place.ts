/** Plans a restore in place: finds out what became of each object since the snapshot, and what is to be done about it. */
import type { SnapshotReader } from '../../../document/content.ts';
import { objectAt, stringAt } from '../../../document/json.ts';
import { compactId, dashedId } from '../../../document/notion-id.ts';
import type { NotionApi } from '../../api/api.ts';
import { apiFailureOf } from '../../api/api.ts';
import { schemaOf } from '../databases/schema-levels.ts';
import type { Journal } from '../journal/journal.ts';
import { decodedPropertyId } from '../journal/journal.ts';
import type { SurveyedObject } from '../journal/objects.ts';
import { objectsIn } from '../journal/objects.ts';
import { StepGraph } from '../journal/steps.ts';
import { readDatabase, readPage } from '../requests/snapshot-documents.ts';
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

/** What is done about one object. */
export type InPlaceAction = 'compare' | 'untrash' | 'create';

/** Writes the steps of a restore in place into the journal; done once per journal. Writes nothing to Notion. */
export async function prepareInPlace(options: PrepareInPlaceOptions, journal: Journal): Promise<void> {
  if (journal.meta('prepared') === 'yes') return;
  const { snapshot, path, comments, markers, signal } = options;
  await prepareSteps({ journal, snapshot, path, comments, markers, signal });
  await learnPresent(options.present, journal);
  for (const object of objectsIn(journal)) await settle(options, journal, object);
  journal.setMeta('prepared', 'yes');
}

async function learnPresent(present: SnapshotReader, journal: Journal): Promise<void> {
  for await (const entry of present.walk('/')) {
    if (entry.type !== 'directory' || entry.object === undefined) continue;
    const id = compactId(entry.object.id);
    journal.setSeen('present', id, entry.path);
    journal.markExisting(id);
  }
}

/** Finds out what is to be done about one object. */
async function settle(
  options: PrepareInPlaceOptions,
  journal: Journal,
  object: SurveyedObject,
): Promise<void> {
  const action = await actionFor(options.api, journal, object);
  journal.setSeen('action', object.id, action);
  if (action === 'create') {
    const home = await originalHome(options.snapshot, object);
    if (object.parent === null && home !== undefined) journal.setSeen('home', object.id, home);
    return;
  }
  journal.atomically(() => keep(journal, object));
}

async function actionFor(api: NotionApi, journal: Journal, object: SurveyedObject): Promise<InPlaceAction> {
  if (journal.seen('present', object.id) !== undefined) return 'compare';
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
async function originalHome(snapshot: SnapshotReader, object: SurveyedObject): Promise<string | undefined> {
  const original =
    object.kind === 'database'
      ? (await readDatabase(snapshot, object.path)).database
      : (await readPage(snapshot, object.path)).page;
  return stringAt(objectAt(original, 'parent'), 'page_id');
}

/** An object that is there: its ids are its own, and one step brings it back to what it was. */
function keep(journal: Journal, object: SurveyedObject): void {
  journal.mapId(object.id, object.id, object.kind);
  journal.setSeen('kept', object.id, 'yes');
  const sources = journal
    .prepare<[string], string>('SELECT id FROM source WHERE owner = ?')
    .pluck()
    .all(object.id);
  for (const source of sources) {
    journal.mapId(source, source, 'data_source');
    journal.setSeen('kept source', source, 'yes');
    for (const property of schemaOf(journal, source)) {
      const id = stringAt(property, 'id') ?? '';
      journal.mapPropertyId(source, decodedPropertyId(id), id);
    }
  }
  for (const block of journal
    .prepare<[string], string>('SELECT block FROM block_home WHERE page = ?')
    .pluck()
    .all(object.id))
    journal.mapId(block, block, 'block');
  keepComments(journal, object.id);
  const done = journal.prepare("UPDATE step SET state = 'done' WHERE object = ? AND kind <> 'patch'");
  for (const id of [object.id, ...sources]) done.run(id);
  const graph = new StepGraph(journal);
  const step = graph.step('patch', object.id, 0, `page:${object.id}`, 1);
  // What lies in the trash with its parent comes out after it.
  graph.link(step, object.parent === null ? undefined : graph.find('patch', object.parent));
  for (const kind of ['page', 'database'] as const)
    for (const child of childrenOf(journal, object.id)) {
      const creation = graph.find(kind, child);
      if (creation !== undefined) graph.link(creation, step);
    }
}

/** Comments of a page that is there are not written again: links to them lead where they should at once. */
function keepComments(journal: Journal, page: string): void {
  for (const comment of journal
    .prepare<[string], string>('SELECT id FROM comment WHERE page = ?')
    .pluck()
    .all(page))
    journal.setSeen('comment', comment, 'kept');
  journal
    .prepare('DELETE FROM comment_link WHERE page = ? OR comment IN (SELECT id FROM comment WHERE page = ?)')
    .run(page, page);
}

function childrenOf(journal: Journal, parent: string): string[] {
  return journal.prepare<[string], string>('SELECT id FROM object WHERE parent = ?').pluck().all(parent);
}

/** The action planned for one object. */
export function actionOf(journal: Journal, id: string): InPlaceAction {
  const action = journal.seen('action', id);
  return action === 'untrash' || action === 'create' ? action : 'compare';
}
