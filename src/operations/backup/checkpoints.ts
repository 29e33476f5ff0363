/**
 * The checkpoints of interrupted crawls: where they lie, and when they go. They hold plain text, so none stays longer
 * than it can be of use.
 */
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { removeUnlessOpen } from '../../database.ts';
import { removeAbandonedScratch } from '../../scratch-folder.ts';
import type { JobContext } from '../job-context.ts';

/** A crawl that nobody resumed for so long is read anew: most of what it had read has changed. */
const abandonedAfterMs = 7 * 24 * 3600 * 1000;
const suffix = '.sqlite';

/** The folder of the checkpoints of one store. */
export function checkpointFolder({ cacheFolder }: Pick<JobContext, 'cacheFolder'>, storeId: string): string {
  return join(cacheFolder, storeId, 'crawls');
}

/** The checkpoint of the source `key` of a workspace. Names of one workspace begin alike. */
export function checkpointFile(folder: string, workspaceId: string, key: string): string {
  return join(folder, `${digest(workspaceId)}-${digest(key)}${suffix}`);
}

/** Removes what the whole workspace, now in a snapshot, has superseded: the checkpoints of its parts that nobody uses. */
export function removeSupersededCheckpoints(folder: string, workspaceId: string): void {
  for (const name of namesIn(folder))
    if (name.startsWith(`${digest(workspaceId)}-`)) removeUnlessOpen(join(folder, name));
}

/** Removes checkpoints that nobody resumed for a week, and the scratch folders of killed runs. */
export function removeAbandonedWork(
  { clock, cacheFolder }: Pick<JobContext, 'clock' | 'cacheFolder'>,
  storeId: string,
): void {
  removeAbandonedScratch();
  const folder = checkpointFolder({ cacheFolder }, storeId);
  for (const name of namesIn(folder)) {
    const path = join(folder, name);
    if (clock.now() - lastWrittenMs(path) > abandonedAfterMs) removeUnlessOpen(path);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(suffix));
  } catch {
    // Nothing was ever interrupted here, or it cannot be read and so not removed.
    return [];
  }
}

function lastWrittenMs(path: string): number {
  const times = ['', '-wal'].map((end) => statSync(path + end, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return Math.max(...times);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
