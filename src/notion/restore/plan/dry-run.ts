/**
 * Plans a restore: the very steps a restore takes, carried out against a stand-in for Notion that only counts. So the
 * numbers of the plan are those of the restore, as long as the target is what it is taken to be.
 */
import { join } from 'node:path';
import type { SnapshotReader } from '../../../document/content.ts';
import type { NotInSnapshot } from '../../../document/gaps.ts';
import { arrayAt, isObject } from '../../../document/json.ts';
import { messageOf } from '../../../errors.ts';
import { silentMonitor } from '../../../monitor.ts';
import { withScratchFolder } from '../../../scratch-folder.ts';
import type { NotionApi } from '../../api/api.ts';
import type { KindFidelity } from '../journal/fidelity.ts';
import { fidelityOf } from '../journal/fidelity.ts';
import type { Journal } from '../journal/journal.ts';
import { openJournal } from '../journal/journal.ts';
import type { Failure } from '../journal/tables/steps/step-queue.ts';
import type { PendingFile } from '../requests/conversion.ts';
import { unknownId } from '../requests/conversion.ts';
import type { Destination } from '../requests/restore-context.ts';
import { restoreContext } from '../requests/restore-context.ts';
import type { Uploads } from '../requests/uploads.ts';
import { uploadKey, uploadRequests } from '../requests/uploads.ts';
import { readObject } from '../snapshot/snapshot-documents.ts';
import { stepExecutor } from '../steps/execute-step.ts';
import { runSteps } from '../steps/run-steps.ts';
import type { FoundDestination } from './check-destination.ts';
import { checkDestination } from './check-destination.ts';
import { DryApi } from './dry-api.ts';
import { prepareSteps } from './prepare.ts';
import { requestLowerBound } from './request-lower-bound.ts';

export interface PlanOptions {
  readonly snapshot: SnapshotReader;
  readonly path: string;
  readonly destination: Destination;
  /** The options of the restore that is planned. */
  readonly markers?: boolean;
  readonly comments?: boolean;
  /** The rate limit for the estimate of minutes; 180, that of the free and Plus plans, by default. */
  readonly requestsPerMinute?: number;
  /** Largest file the target takes, in bytes; 5 GiB, that of paid plans, by default. */
  readonly maxFileBytes?: number;
  /** Asked (never written to) whether referred objects exist; without it all of them are assumed to. */
  readonly api?: NotionApi;
  readonly signal?: AbortSignal;
}

/** The plan of a restore, as JSON. */
export interface RestorePlan {
  readonly snapshot: string;
  readonly path: string;
  /** Numbers of things to be created, by kind. */
  readonly objects: { readonly [kind: string]: number };
  readonly requests: number;
  /** A lower bound of the number of requests; see `request-lower-bound.ts`. */
  readonly requestsFloor: number;
  readonly requestsByKind: { readonly [request: string]: number };
  /** At this rate limit. */
  readonly minutes: number;
  readonly requestsPerMinute: number;
  readonly filesToUpload: number;
  readonly bytesToUpload: number;
  readonly fidelity: readonly KindFidelity[];
  /** Parts of what is to be restored that the snapshot does not have. */
  readonly not_in_snapshot: readonly NotInSnapshot[];
  /** Failures, such as documents that the snapshot lacks. */
  readonly errors: readonly Failure[];
}

/** Budget of the free and Plus plans, in requests a minute. */
const documentedBudget = 180;
const paidPlanBytes = 5 * 1024 ** 3;

/**
 * Plans the restore of `path` to `destination`: its requests and its fidelity. Writes nothing to Notion.
 * @throws KlosetError `not-found` when there is nothing at `path` or no such destination, `usage` or `credentials` when it
 * cannot be written to, `integrity` when the snapshot cannot be read
 */
export async function planRestore(options: PlanOptions): Promise<RestorePlan> {
  return await withScratchFolder(async (folder) => {
    const journal = openJournal(join(folder, 'plan.sqlite'), { plan: options.snapshot.id });
    try {
      return await planWith(options, journal);
    } finally {
      journal.close();
    }
  });
}

async function planWith(options: PlanOptions, journal: Journal): Promise<RestorePlan> {
  const { snapshot, path, signal, requestsPerMinute = documentedBudget } = options;
  const api = await dryApi(options, journal);
  const uploads = new CountedUploads(api);
  const comments = options.comments ?? true;
  const { rowsInto } = await lookAtDestination(options, journal, api);
  const markers = options.markers ?? false;
  await prepareSteps({ journal, snapshot, path, comments, markers, rowsInto, signal });
  const requestsFloor = (await requestLowerBound({ journal, snapshot, comments })).total;
  const context = restoreContext({
    api,
    journal,
    snapshot,
    destination: options.destination,
    markers,
    monitor: silentMonitor,
    uploads,
    signal,
  });
  await runSteps({
    journal,
    run: stepExecutor(context),
    onStep: () => {},
    onFailure: (step, error) =>
      journal.queue.addFailure({ path, what: `${step.kind} ${step.object}`, message: messageOf(error) }),
    signal,
  });
  return {
    snapshot: snapshot.id,
    path,
    objects: objectCounts(journal),
    requests: api.requestsSpent,
    requestsFloor,
    requestsByKind: Object.fromEntries([...api.counts].sort(([a], [b]) => (a < b ? -1 : 1))),
    minutes: Math.ceil(api.requestsSpent / requestsPerMinute),
    requestsPerMinute,
    filesToUpload: uploads.files,
    bytesToUpload: uploads.bytesSent,
    fidelity: fidelityOf(journal),
    not_in_snapshot: journal.gaps.all(),
    errors: journal.queue.failures(),
  };
}

/** Checks the destination as the restore will; without a connection it is taken for an empty page, or the workspace. */
async function lookAtDestination(
  { api, destination }: PlanOptions,
  journal: Journal,
  counted: DryApi,
): Promise<FoundDestination> {
  if (api === undefined) {
    if (destination.type === 'page') counted.count('GET destination', 2);
    return {};
  }
  const before = api.requestsSpent;
  const found = await checkDestination(api, destination, journal);
  counted.count('GET destination', api.requestsSpent - before);
  return found;
}

async function dryApi({ snapshot, maxFileBytes, api }: PlanOptions, journal: Journal): Promise<DryApi> {
  const workspace = await readObject(snapshot, '/workspace.json');
  return new DryApi(journal.dryObjects(), {
    users: arrayAt(workspace, 'users').filter(isObject),
    customEmojis: arrayAt(workspace, 'custom_emojis').filter(isObject),
    maxFileBytes: maxFileBytes ?? paidPlanBytes,
    ...(api === undefined ? {} : { ask: (request) => api.request(request) }),
  });
}

/** Counts uploads; each content and name once, as they are uploaded. */
class CountedUploads implements Uploads {
  readonly #api: DryApi;
  readonly #seen = new Set<string>();
  bytesSent = 0;

  constructor(api: DryApi) {
    this.#api = api;
  }

  get files(): number {
    return this.#seen.size;
  }

  async fill(files: readonly PendingFile[]): Promise<void> {
    for (const file of files) {
      file.holder.id = unknownId;
      const key = uploadKey(file);
      if (this.#seen.has(key)) continue;
      this.#seen.add(key);
      this.bytesSent += file.size;
      this.#api.count('POST file_uploads and its parts', uploadRequests(file.size));
    }
  }

  markAttached(): void {}

  discard(): void {}
}

/** Numbers of things to be created, by kind; rows apart from pages. */
function objectCounts({ dataSources, notes, objects }: Journal): { [kind: string]: number } {
  return {
    ...objects.counts(),
    data_sources: dataSources.ids().length,
    views: notes.tallied('view %'),
    blocks: notes.tallied('block %', 'block child_%'),
    comments: notes.tallied('comment %'),
  };
}
