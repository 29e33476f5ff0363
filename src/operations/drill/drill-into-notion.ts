/** Restores objects below a page of Notion, reads the copies back, compares them, and moves them to the trash. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { NotionConnection } from '../../notion/api/client.ts';
import type { TreeReader } from '../../store/open-store.ts';
import type { JobContext } from '../job-context.ts';
import { placeIn } from '../look/open-place.ts';
import { restoreIntoNotion, undoNotionRestore } from '../restore/restore-into-notion.ts';
import type { SampledObject } from './choose-sample.ts';
import type { DrillFailure } from './drill-into-folder.ts';
import { isOfSnapshot } from './drill-into-folder.ts';

export interface NotionDrill {
  readonly api: NotionConnection;
  /** The page below which the copies are created. */
  readonly pageId: string;
}

/** The objects that failed. What an interrupted drill left in Notion is moved to the trash first. */
export async function drillIntoNotion(
  job: JobContext,
  snapshot: TreeReader,
  objects: readonly SampledObject[],
  { api, pageId }: NotionDrill,
): Promise<DrillFailure[]> {
  // Journals of their own: a restore that a person began is neither resumed nor undone by a drill.
  const drillJob = { ...job, journalFolder: join(dirname(job.journalFolder), 'drills') };
  await undoLeft(drillJob, api);
  const failures: DrillFailure[] = [];
  for (const { id, path } of objects) {
    job.signal.throwIfAborted();
    const problem = await drillOne(drillJob, snapshot, path, { api, pageId });
    if (problem !== undefined) failures.push({ path, id, problem });
  }
  return failures;
}

async function drillOne(
  job: JobContext,
  snapshot: TreeReader,
  path: string,
  { api, pageId }: NotionDrill,
): Promise<string | undefined> {
  try {
    const { result, comparison } = await restoreIntoNotion(job, {
      api,
      place: await placeIn(snapshot, path),
      destination: { type: 'page', id: pageId },
      markers: false,
      comments: true,
      verify: 'full',
    });
    const left = await undoLeft(job, api);
    const [error] = result.errors;
    if (error !== undefined) return `${error.what}: ${error.message}`;
    if (comparison === undefined) return 'the copy was not compared';
    const { lost, extra, unknown } = comparison.counts;
    if (lost + extra + unknown > 0) return `${lost} points lost, ${extra} extra, ${unknown} unknown`;
    return left;
  } catch (error) {
    job.signal.throwIfAborted();
    await undoLeft(job, api).catch(() => undefined);
    if (!isOfSnapshot(error)) throw error;
    return error.message;
  }
}

/** Moves to the trash what the journals of drills created. A sentence when something stays. */
async function undoLeft(job: JobContext, api: NotionConnection): Promise<string | undefined> {
  const { journalFolder } = job;
  const names = existsSync(journalFolder)
    ? readdirSync(journalFolder).filter((name) => name.endsWith('.sqlite'))
    : [];
  for (const name of names) {
    const journal = join(journalFolder, name);
    const { errors } = await undoNotionRestore(job, { api, journal });
    const [error] = errors;
    if (error !== undefined) return `the copy could not be moved to the trash: ${error.message}`;
    for (const end of ['', '-wal', '-shm']) rmSync(`${journal}${end}`, { force: true });
  }
  return undefined;
}
