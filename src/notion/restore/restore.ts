/**
 * Restores a snapshot, or a part of it, into Notion: surveyed, ordered, written step by step under a journal, so that it
 * can be interrupted anywhere and resumed.
 */
import type { SnapshotReader } from '../../document/content.ts';
import { compactId } from '../../document/notion-id.ts';
import type { Monitor } from '../../monitor.ts';
import type { NotionApi } from '../api/api.ts';
import type { Journal } from './journal/journal.ts';
import { openJournal } from './journal/journal.ts';
import type { RestoreResult } from './journal/restore-result.ts';
import { checkDestination } from './plan/check-destination.ts';
import { prepareSteps } from './plan/prepare.ts';
import type { Destination } from './requests/restore-context.ts';
import { runRestore } from './steps/run-restore.ts';

export interface RestoreOptions {
  readonly api: NotionApi;
  readonly snapshot: SnapshotReader;
  /** The directory of the object to restore in the snapshot, or `/` for all. */
  readonly path: string;
  readonly destination: Destination;
  /** The file of this restore's journal; created when it does not exist. */
  readonly journalFile: string;
  /** Insert a placeholder for content that cannot be restored. */
  readonly markers: boolean;
  /** Restore comments, with author and date in their text. */
  readonly comments: boolean;
  readonly monitor: Monitor;
  readonly signal?: AbortSignal;
}

/**
 * Restores what lies at `path` to the destination. An interrupted restore resumes when called again with the same
 * journal: nothing is created twice.
 * @throws KlosetError `not-found`, `usage` or `credentials` when the destination cannot be written to, `unavailable` when
 * Notion cannot be reached; failures of single objects are in the result's errors
 */
export async function restoreToNotion(options: RestoreOptions): Promise<RestoreResult> {
  const journal = openJournal(options.journalFile, identityOf(options));
  try {
    await prepare(options, journal);
    return await runRestore(journal, 'restore', options);
  } finally {
    journal.close();
  }
}

function identityOf({ snapshot, path, destination, markers, comments }: RestoreOptions) {
  const to = destination.type === 'page' ? compactId(destination.id) : 'workspace';
  return { snapshot: snapshot.id, path, destination: to, markers, comments };
}

/** Checks the destination and plans the steps; done once per journal. */
async function prepare(options: RestoreOptions, journal: Journal): Promise<void> {
  const { monitor, signal } = options;
  if (journal.meta('prepared') === 'yes') return;
  monitor.report({ type: 'phase', phase: 'checking destination' });
  const { rowsInto } = await checkDestination(options.api, options.destination, journal);
  monitor.report({ type: 'phase', phase: 'reading snapshot' });
  await prepareSteps({
    journal,
    snapshot: options.snapshot,
    path: options.path,
    comments: options.comments,
    markers: options.markers,
    rowsInto,
    signal,
  });
  journal.setMeta('prepared', 'yes');
}
