/**
 * Restores a snapshot where it was taken: takes out of the trash what lies there, makes again what is gone, and changes
 * back what differs. Ids, and with them links from elsewhere, survive. What was made since stays.
 */
import type { SnapshotReader } from '../../document/content.ts';
import type { JsonObject } from '../../document/json.ts';
import { objectAt, stringAt } from '../../document/json.ts';
import { compactId, dashedId } from '../../document/notion-id.ts';
import type { Monitor } from '../../monitor.ts';
import type { NotionApi } from '../api/api.ts';
import { apiFailureOf } from '../api/api.ts';
import { schemaOf } from './databases/schema-levels.ts';
import type { Journal } from './journal/journal.ts';
import { decodedPropertyId, openJournal } from './journal/journal.ts';
import type { RestoreResult } from './journal/restore-result.ts';
import { resultOf } from './journal/restore-result.ts';
import { StepGraph } from './journal/steps.ts';
import { patchDatabase, patchPage } from './pages/patch-object.ts';
import type { SurveyedObject } from './plan/survey.ts';
import { objectsIn } from './plan/survey.ts';
import type { RestoreContext } from './requests/restore-context.ts';
import { objectOf } from './requests/restore-context.ts';
import { readDatabase, readPage } from './requests/snapshot-documents.ts';
import { FileUploads } from './requests/uploads.ts';
import { prepareSteps, restoreContext, stepRunner } from './restore.ts';
import { runSteps } from './steps/run-steps.ts';

export interface InPlaceOptions {
  readonly api: NotionApi;
  /** What is to be again. */
  readonly snapshot: SnapshotReader;
  /** What is now: the backup taken just before. */
  readonly present: SnapshotReader;
  readonly path: string;
  readonly journalFile: string;
  readonly markers: boolean;
  readonly comments: boolean;
  readonly monitor: Monitor;
  readonly signal?: AbortSignal;
}

/** What is done about one object. */
export type InPlaceAction = 'compare' | 'untrash' | 'create';

/** What a restore in place will do; `compare` counts objects that are there, changed or not. */
export interface InPlacePlan {
  readonly counts: { readonly [action in InPlaceAction]: number };
  /** Objects to be taken out of the trash or made again, with their paths in the snapshot. */
  readonly changes: readonly { readonly path: string; readonly action: InPlaceAction }[];
}

/** Plans a restore in place: asks what became of each object, writes nothing. */
export async function planInPlace(options: InPlaceOptions): Promise<InPlacePlan> {
  const journal = openJournal(options.journalFile, identityOf(options));
  try {
    await prepare(options, journal);
    return planOf(journal);
  } finally {
    journal.close();
  }
}

/** Carries out a restore in place. Repeated with the same journal, it goes on where it stopped. */
export async function restoreInPlace(options: InPlaceOptions): Promise<RestoreResult> {
  const { api, snapshot, markers, monitor, signal } = options;
  const journal = openJournal(options.journalFile, identityOf(options));
  try {
    await prepare(options, journal);
    const uploads = new FileUploads(api, journal, snapshot);
    const context = restoreContext({
      api,
      journal,
      snapshot,
      destination: { type: 'workspace' },
      markers,
      monitor,
      uploads,
      signal,
    });
    const create = stepRunner(context);
    await runSteps({
      journal,
      run: (step) => (step.kind === 'patch' ? patch(context, options.present, step.object) : create(step)),
      onStep: (done, total) => monitor.report({ type: 'progress', phase: 'restore in place', done, total }),
      onFailure: (step, message) => {
        const path = objectOf(journal, step.object)?.path ?? step.object;
        journal.fail(path, `${step.kind} ${step.part}`, message);
        monitor.report({ type: 'warning', message, path });
      },
      signal,
    });
    return resultOf(journal, options.journalFile, uploads.bytesSent);
  } finally {
    journal.close();
  }
}

function identityOf({ snapshot, present, path }: InPlaceOptions): JsonObject {
  return { snapshot: snapshot.id, present: present.id, path, inPlace: true };
}

async function prepare(options: InPlaceOptions, journal: Journal): Promise<void> {
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
async function settle(options: InPlaceOptions, journal: Journal, object: SurveyedObject): Promise<void> {
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

function planOf(journal: Journal): InPlacePlan {
  const counts = { compare: 0, untrash: 0, create: 0 };
  const changes: { path: string; action: InPlaceAction }[] = [];
  for (const { id, path } of objectsIn(journal)) {
    const action = actionOf(journal, id);
    counts[action] += 1;
    if (action !== 'compare') changes.push({ path, action });
  }
  return { counts, changes };
}

function actionOf(journal: Journal, id: string): InPlaceAction {
  const action = journal.seen('action', id);
  return action === 'untrash' || action === 'create' ? action : 'compare';
}

async function patch(context: RestoreContext, present: SnapshotReader, id: string): Promise<void> {
  const { journal, api, writer } = context;
  const object = objectOf(journal, id);
  if (object === undefined) return;
  const path = `${object.kind === 'database' ? 'databases' : 'pages'}/${dashedId(id)}`;
  const isTrashed = actionOf(journal, id) === 'untrash';
  if (isTrashed) {
    const now = await api.request({ method: 'get', path, effect: 'read' });
    // It may have come out of the trash with its parent.
    if (now.in_trash === true)
      await writer.write({
        key: `untrash ${id}`,
        request: () => ({ method: 'patch', path, body: { in_trash: false }, effect: 'write' }),
        keep: () => ({}),
      });
  }
  if (object.kind === 'database') await patchDatabase(context, present, object);
  else await patchPage(context, present, object);
}
