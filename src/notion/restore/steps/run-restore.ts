/** Carries out a planned restore: executes every open step of the journal and reports what came of it. */

import type { SnapshotReader } from '../../../document/content.ts';
import { isKlosetError, messageOf } from '../../../errors.ts';
import type { Monitor } from '../../../monitor.ts';
import type { NotionApi } from '../../api/api.ts';
import type { InPlaceRun } from '../in-place/in-place-run.ts';
import type { Journal } from '../journal/journal.ts';
import type { RestoreResult } from '../journal/restore-result.ts';
import { resultOf } from '../journal/restore-result.ts';
import type { Step, StepKind } from '../journal/tables/steps/steps.ts';
import type { Destination, RestoreContext } from '../requests/restore-context.ts';
import { restoreContext } from '../requests/restore-context.ts';
import { FileUploads } from '../requests/uploads.ts';
import { stepExecutor } from './execute-step.ts';
import { runSteps } from './run-steps.ts';

/** The parts of an object that steps write, for messages. */
const stepNames: { readonly [kind in StepKind]: string } = {
  page: 'page',
  segment: 'blocks',
  database: 'database',
  source: 'data source',
  schema: 'properties',
  linked: 'linked database',
  values: 'property values',
  views: 'views',
  comments: 'comments',
  links: 'links to comments',
  lock: 'lock',
  patch: 'changes',
};

export interface RunRestoreOptions {
  readonly api: NotionApi;
  readonly snapshot: SnapshotReader;
  readonly destination: Destination;
  readonly journalFile: string;
  readonly markers: boolean;
  readonly monitor: Monitor;
  /** The settings of a restore in place. */
  readonly inPlace?: InPlaceRun;
  /** Called before the first step, and after the last one. */
  readonly before?: (context: RestoreContext) => Promise<void>;
  readonly after?: (context: RestoreContext) => Promise<void>;
  readonly signal?: AbortSignal;
}

/**
 * Executes the steps of `journal`, which must be planned. `phase` names the job in progress reports.
 * @throws KlosetError when nothing further can succeed; what fails for one object is in the result's errors
 */
export async function runRestore(
  journal: Journal,
  phase: string,
  options: RunRestoreOptions,
): Promise<RestoreResult> {
  const { api, snapshot, destination, markers, monitor, inPlace, signal } = options;
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
  journal.setMeta('damaged', 'no');
  await options.before?.(context);
  await runSteps({
    journal,
    run: stepExecutor(context, inPlace),
    onStep: (done, total) => monitor.report({ type: 'progress', phase, done, total }),
    onFailure: (step, error) => reportFailure(journal, monitor, step, error),
    signal,
  });
  await options.after?.(context);
  return resultOf(journal, options.journalFile, uploads.bytesSent);
}

function reportFailure(journal: Journal, monitor: Monitor, step: Step, error: unknown): void {
  const message = messageOf(error);
  if (isKlosetError(error, 'integrity')) journal.setMeta('damaged', 'yes');
  const path = journal.objects.get(step.object)?.path ?? step.object;
  journal.queue.addFailure({ path, what: `${step.kind} ${step.index}`, message });
  monitor.report({ type: 'warning', message: `${stepNames[step.kind]}: ${message}`, path });
}
