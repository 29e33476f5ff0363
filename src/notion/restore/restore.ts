/**
 * Restores a snapshot, or a part of it, into Notion: surveyed, ordered, written step by step under a journal, so that it
 * can be interrupted anywhere and repeated.
 */
import type { SnapshotReader } from '../../document/content.ts';
import { stringAt } from '../../document/json.ts';
import { compactId, dashedId } from '../../document/notion-id.ts';
import { KlosetError } from '../../errors.ts';
import type { Monitor } from '../../monitor.ts';
import type { NotionApi } from '../api/api.ts';
import { apiFailureOf } from '../api/api.ts';
import { writeRun } from './blocks/block-segment.ts';
import { createDatabase, createSource } from './databases/create-database.ts';
import { writeLinked } from './databases/write-linked.ts';
import { SchemaPlan, writeSchema } from './databases/write-schema.ts';
import { writeViews } from './databases/write-views.ts';
import type { Journal } from './journal/journal.ts';
import { openJournal } from './journal/journal.ts';
import { Writer } from './journal/journaled-write.ts';
import type { RestoreResult } from './journal/restore-result.ts';
import { resultOf } from './journal/restore-result.ts';
import type { Step } from './journal/steps.ts';
import { createPage } from './pages/create-page.ts';
import { lockObject, setValues } from './pages/finish-page.ts';
import { writeCommentLinks } from './pages/write-comment-links.ts';
import { writeComments } from './pages/write-comments.ts';
import { orderSteps } from './plan/order.ts';
import { planSteps } from './plan/plan-steps.ts';
import type { SurveyOptions } from './plan/survey.ts';
import { survey } from './plan/survey.ts';
import { listChildren } from './requests/read-back.ts';
import type { Destination, RestoreContext } from './requests/restore-context.ts';
import { objectOf } from './requests/restore-context.ts';
import { Target } from './requests/target.ts';
import { FileUploads } from './requests/uploads.ts';
import { runSteps } from './steps/run-steps.ts';

export interface RestoreOptions {
  readonly api: NotionApi;
  readonly snapshot: SnapshotReader;
  /** What to restore: the directory of an object in the snapshot, or `/` for all. */
  readonly path: string;
  readonly destination: Destination;
  /** Where the journal of this restore lies or will lie. */
  readonly journalFile: string;
  /** Leave a visible sign where something cannot be written. */
  readonly markers: boolean;
  /** Restore comments, with author and date in their text. */
  readonly comments: boolean;
  readonly monitor: Monitor;
  readonly signal?: AbortSignal;
}

/**
 * Restores what lies at `path` to the destination. An interrupted restore goes on when called again with the same
 * journal: nothing is made twice.
 * @throws KlosetError `not-found` or `usage` when the destination cannot be written to, `credentials` or `unavailable`
 * when Notion cannot be; what fails for one object is in the result's errors
 */
export async function restoreToNotion(options: RestoreOptions): Promise<RestoreResult> {
  const journal = openJournal(options.journalFile, identityOf(options));
  try {
    await prepare(options, journal);
    const { api, snapshot, destination, markers, monitor, signal } = options;
    const uploads = new FileUploads(api, journal, snapshot);
    const context = restoreContext({
      api,
      journal,
      snapshot,
      destination,
      markers,
      monitor,
      uploads,
      signal,
    });
    await runSteps({
      journal,
      run: stepRunner(context),
      signal: options.signal,
      onStep: (done, total) => options.monitor.report({ type: 'progress', phase: 'restore', done, total }),
      onFailure: (step, message) => failStep(context, step, message),
    });
    return resultOf(journal, options.journalFile, context.uploads.bytesSent);
  } finally {
    journal.close();
  }
}

function identityOf({ snapshot, path, destination, markers, comments }: RestoreOptions) {
  const to = destination.type === 'page' ? compactId(destination.id) : 'workspace';
  return { snapshot: snapshot.id, path, destination: to, markers, comments };
}

/** Everything before the first write; done once per journal. */
async function prepare(options: RestoreOptions, journal: Journal): Promise<void> {
  const { monitor, signal } = options;
  if (journal.meta('prepared') === 'yes') return;
  monitor.report({ type: 'phase', phase: 'check the destination' });
  await checkDestination(options, journal);
  monitor.report({ type: 'phase', phase: 'survey the snapshot' });
  await prepareSteps({
    journal,
    snapshot: options.snapshot,
    path: options.path,
    comments: options.comments,
    markers: options.markers,
    signal,
  });
  journal.setMeta('prepared', 'yes');
}

/** Surveys the snapshot and writes the steps, in their order, into the journal. Sends nothing. */
export async function prepareSteps(options: SurveyOptions): Promise<void> {
  const { journal, signal } = options;
  clearPlan(journal);
  await survey(options);
  await planSteps(options);
  orderSteps(journal, signal);
}

/** An earlier run may have been killed while it planned. */
function clearPlan(journal: Journal): void {
  for (const table of [
    'object',
    'source',
    'item',
    'relation',
    'skipped_relation',
    'linked_view',
    'comment',
    'comment_link',
    'wanted',
    'block_home',
    'step',
    'dep',
    'tally',
    'note',
    'failure',
  ])
    journal.database.exec(`DELETE FROM ${table}`);
}

/** @throws KlosetError when the destination is no page this connection can write to */
async function checkDestination({ api, destination }: RestoreOptions, journal: Journal): Promise<void> {
  if (destination.type === 'workspace') return;
  const id = dashedId(destination.id);
  try {
    const page = await api.request({ method: 'get', path: `pages/${id}`, effect: 'read' });
    if (page.in_trash === true)
      throw new KlosetError('usage', `The page ${id} to restore under lies in the trash.`, {
        hint: 'Take it out of the trash, or name another page.',
      });
  } catch (error) {
    const status = apiFailureOf(error)?.status;
    if (status !== 404 && status !== 400) throw error;
    throw new KlosetError(
      'not-found',
      `There is no page ${id} that this connection can see to restore under.`,
      {
        hint: 'Share the page with the connection; a database cannot be restored into.',
        cause: error,
      },
    );
  }
  // What is there now must not be taken for ours when a write has to be looked for.
  for await (const child of listChildren(api, id)) journal.markExisting(stringAt(child, 'id') ?? '');
}

/** What a context is made of. */
export interface ContextOptions extends Omit<RestoreContext, 'writer' | 'target'> {
  readonly signal: AbortSignal | undefined;
}

/** The context all steps share. */
export function restoreContext({ signal, ...parts }: ContextOptions): RestoreContext {
  const { api, journal, snapshot, markers } = parts;
  return {
    ...parts,
    writer: new Writer(api, journal, signal),
    target: new Target({ api, journal, snapshot, markers }),
  };
}

/** How each kind of step is carried out. */
export function stepRunner(context: RestoreContext): (step: Step) => Promise<void> {
  let plan: SchemaPlan | undefined;
  return async (step) => {
    if (step.kind === 'schema') {
      plan ??= new SchemaPlan(context.journal);
      return writeSchema(context, plan, step);
    }
    if (step.kind === 'linked') return writeLinked(context, step);
    const object = objectOf(context.journal, step.object);
    if (object === undefined) return undefined;
    switch (step.kind) {
      case 'page':
        return createPage(context, object);
      case 'run':
        return writeRun(context, object, step);
      case 'database':
        return createDatabase(context, object);
      case 'source':
        return createSource(context, object, step);
      case 'values':
        return setValues(context, object);
      case 'views':
        return writeViews(context, object);
      case 'comments':
        return writeComments(context, object);
      case 'links':
        return writeCommentLinks(context, object);
      case 'lock':
        return lockObject(context, object);
      default:
        return undefined;
    }
  };
}

function failStep({ journal, monitor }: RestoreContext, step: Step, message: string): void {
  const path = objectOf(journal, step.object)?.path ?? step.object;
  journal.fail(path, `${step.kind} ${step.part}`, message);
  monitor.report({ type: 'warning', message: `${step.kind}: ${message}`, path });
}
