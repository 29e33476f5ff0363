/** Verifies a restore into Notion: reads the copy into a scratch snapshot and compares it with the original. */
import type { SnapshotReader } from '../../document/content.ts';
import { compactId } from '../../document/notion-id.ts';
import type { NotionConnection } from '../../notion/api/client.ts';
import type { RestoreResult } from '../../notion/restore/journal/restore-result.ts';
import { readOutside, readPeople } from '../../notion/restore/journal/restore-result.ts';
import type { JobContext } from '../job-context.ts';
import type { Comparison } from './compare.ts';
import { compareSnapshots } from './compare.ts';
import { maxNestedLists, planCopy } from './copy-plan.ts';
import { crawlIntoScratch } from './crawl-into-scratch.ts';
import { readCopy } from './read-copy.ts';
import { idsOf } from './same-ids.ts';
import { withScratchSnapshot } from './scratch-snapshot.ts';

export interface VerifyOptions {
  readonly api: NotionConnection;
  readonly snapshot: SnapshotReader;
  /** The part of the snapshot that was restored. */
  readonly path: string;
  readonly result: RestoreResult;
  readonly comments: boolean;
  readonly markers: boolean;
  /** Crawl the copy as a backup would, in place of reading what was written. */
  readonly isFull: boolean;
  /** Number of requests of the restore: reading back what was written takes no more than one and a half times as many. */
  readonly restoreRequests: number;
}

/** Reads the copy, media included, and compares it with the original by meaning. */
export function verifyRestore(job: JobContext, options: VerifyOptions): Promise<Comparison> {
  const ids = idsOf(options.result, new Map());
  const people = readPeople(options.result.journalFile);
  for (const [old, fresh] of people) if (fresh !== null) ids.set(compactId(old), compactId(fresh));
  return options.isFull
    ? compareCrawled(job, options, ids)
    : compareWritten(job, { ...options, people }, ids);
}

async function compareWritten(
  job: JobContext,
  {
    api,
    snapshot,
    path,
    comments,
    markers,
    people,
    restoreRequests,
    result,
  }: VerifyOptions & { readonly people: ReadonlyMap<string, string | null> },
  ids: ReadonlyMap<string, string>,
): Promise<Comparison> {
  const plan = await planCopy({ snapshot, path, ids, comments, markers });
  return withScratchSnapshot(async (scratch) => {
    const limit = maxNestedLists(plan, restoreRequests);
    const unread = await readCopy(job, scratch, { api, plan, people, comments, maxNestedLists: limit });
    const outside = readOutside(result.journalFile);
    const comparison = await compareSnapshots({ original: snapshot, copy: scratch, path, ids, outside });
    return unread === 0 ? comparison : { ...comparison, unread_lists: unread };
  });
}

async function compareCrawled(
  job: JobContext,
  { api, snapshot, path, comments, result }: VerifyOptions,
  ids: ReadonlyMap<string, string>,
): Promise<Comparison> {
  const roots = result.roots.map(({ id }) => compactId(id));
  return withScratchSnapshot(async (scratch, folder) => {
    await crawlIntoScratch(
      job,
      { scratch, folder },
      {
        api,
        roots,
        full: true,
        rereadWithin: 0,
        comments: comments ? 'all' : 'none',
        commentShare: 0,
        emails: false,
        trash: false,
        externalMedia: false,
        media: true,
        sourceKey: 'verify',
      },
    );
    const outside = readOutside(result.journalFile);
    return compareSnapshots({ original: snapshot, copy: scratch, path, ids, outside });
  });
}
