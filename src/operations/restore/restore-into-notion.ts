/** Restores a snapshot, or part of it, into Notion: plan it, write it under a journal, verify it, undo it. */
import type { NotInSnapshot } from '../../document/gaps.ts';
import type { NotionConnection } from '../../notion/api/client.ts';
import type { RestoreResult } from '../../notion/restore/journal/restore-result.ts';
import { countWrites } from '../../notion/restore/journal/restore-result.ts';
import type { RestorePlan } from '../../notion/restore/plan/dry-run.ts';
import { planRestore } from '../../notion/restore/plan/dry-run.ts';
import type { Destination } from '../../notion/restore/requests/restore-context.ts';
import { restoreToNotion } from '../../notion/restore/restore.ts';
import type { UndoResult } from '../../notion/restore/undo.ts';
import { undoRestore } from '../../notion/restore/undo.ts';
import type { JobContext } from '../job-context.ts';
import type { Place } from '../look/open-place.ts';
import type { Comparison } from '../verify/compare.ts';
import { planCopy, verifyRequests } from '../verify/copy-plan.ts';
import { SameIds } from '../verify/same-ids.ts';
import { verifyRestore } from '../verify/verify-restore.ts';
import { findJournal, journalFor } from './restore-journals.ts';

/**
 * The reading back after a restore: everything with its comments (`full`), what was written (`fast`), or nothing.
 */
export type VerifyMode = 'full' | 'fast' | 'none';

export interface NotionRestorePlan {
  readonly api: NotionConnection;
  /** Restore what stands at and below this place. */
  readonly place: Place;
  readonly destination: Destination;
  /** Insert a placeholder for content that cannot be restored. */
  readonly markers: boolean;
  readonly comments: boolean;
  /** The reading back to plan for; `fast` by default. */
  readonly verify?: VerifyMode;
}

export interface NotionRestore extends NotionRestorePlan {
  readonly verify: VerifyMode;
}

export interface NotionRestoreReport {
  readonly result: RestoreResult;
  /** Absent when the copy was not verified. */
  readonly comparison: Comparison | undefined;
  /** Parts that the snapshot does not hold. */
  readonly not_in_snapshot: readonly NotInSnapshot[];
  /** Requests the connection has sent by the end of this restore. */
  readonly requests: number;
}

/**
 * Writes the place into Notion, then crawls the copy and compares it. An interrupted restore resumes when called again
 * with the same place, destination and settings: nothing is created twice.
 */
export async function restoreIntoNotion(
  job: JobContext,
  { api, place, destination, markers, comments, verify }: NotionRestore,
): Promise<NotionRestoreReport> {
  const { snapshot, entry } = place;
  const settings = { path: entry.path, destination, markers, comments };
  const before = api.requestsSpent;
  const result = await restoreToNotion({
    ...settings,
    api,
    snapshot,
    journalFile: journalFor(job, { ...settings, snapshot: snapshot.id }),
    monitor: job.monitor,
    signal: job.signal,
  });
  const comparison =
    verify === 'none'
      ? undefined
      : await verifyRestore(job, {
          api,
          snapshot,
          path: entry.path,
          result,
          comments,
          markers,
          isFull: verify === 'full',
          restoreRequests: Math.max(api.requestsSpent - before, countWrites(result.journalFile)),
        });
  return {
    result,
    comparison,
    not_in_snapshot: result.not_in_snapshot,
    requests: api.requestsSpent,
  };
}

/** The plan of a restore with that of its verification. */
export interface VerifiedRestorePlan extends RestorePlan {
  /** Requests for reading the copy back, about; they are not in `requests`, but in `minutes`. */
  readonly requestsToVerify: number;
}

/** Dry run: counts the requests and tells how each kind of content comes back. Nothing is written to Notion. */
export async function planNotionRestore(
  { signal }: JobContext,
  { api, place, verify = 'fast', ...settings }: NotionRestorePlan,
): Promise<VerifiedRestorePlan> {
  const { requestsPerMinute } = api;
  const { snapshot, entry } = place;
  const { comments, markers } = settings;
  const plan = await planRestore({
    ...settings,
    api,
    snapshot,
    path: entry.path,
    signal,
    ...(Number.isFinite(requestsPerMinute) ? { requestsPerMinute } : {}),
  });
  if (verify === 'none') return { ...plan, requestsToVerify: 0 };
  const copy = await planCopy({ snapshot, path: entry.path, ids: new SameIds(), comments, markers });
  const requestsToVerify = verifyRequests(copy, plan.requests, { isFull: verify === 'full', comments });
  const minutes = Math.ceil((plan.requests + requestsToVerify) / plan.requestsPerMinute);
  return { ...plan, minutes, requestsToVerify };
}

/** Moves to the trash what a restore created, and nothing else. `journal` is a name or a file; the newest by default. */
export async function undoNotionRestore(
  job: JobContext,
  { api, journal }: { readonly api: NotionConnection; readonly journal?: string },
): Promise<UndoResult & { readonly journalFile: string }> {
  const journalFile = findJournal(job, journal);
  return { ...(await undoRestore({ api, journalFile, monitor: job.monitor })), journalFile };
}
