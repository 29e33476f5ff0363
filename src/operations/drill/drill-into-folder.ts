/** Restores objects into a temporary folder, and compares every file with the snapshot. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileEntry, WalkedEntry } from '../../document/content.ts';
import type { KlosetError } from '../../errors.ts';
import { isKlosetError, isUnreachable } from '../../errors.ts';
import type { Monitor } from '../../monitor.ts';
import { withScratchFolder } from '../../scratch-folder.ts';
import type { TreeReader } from '../../store/open-store.ts';
import type { JobContext } from '../job-context.ts';
import { restoreToFolder } from '../restore/restore-to-folder.ts';
import type { SampledObject } from './choose-sample.ts';

/** An object that did not come back as it was. */
export interface DrillFailure {
  readonly path: string;
  readonly id: string;
  readonly problem: string;
}

type FoundFile = WalkedEntry & FileEntry;

/** The objects that failed; a failure of one does not end the drill. The folder is removed at the end. */
export async function drillIntoFolder(
  job: JobContext,
  snapshot: TreeReader,
  objects: readonly SampledObject[],
): Promise<DrillFailure[]> {
  const failures: DrillFailure[] = [];
  await withScratchFolder(async (scratch) => {
    for (const [at, { id, path }] of objects.entries()) {
      job.signal.throwIfAborted();
      job.monitor.report({ type: 'progress', phase: 'restoring objects', done: at, total: objects.length });
      const problem = await drillOne(job, snapshot, path, join(scratch, String(at)));
      if (problem !== undefined) failures.push({ path, id, problem });
    }
  });
  return failures;
}

/** Restores the files of the object itself, not of those below it. */
async function drillOne(
  job: JobContext,
  snapshot: TreeReader,
  path: string,
  folder: string,
): Promise<string | undefined> {
  try {
    const files = await ownFiles(snapshot, path);
    if (files.length === 0) return 'it has no file in the snapshot';
    for (const [at, file] of files.entries()) {
      const problem = await drillFile(job, snapshot, file, join(folder, String(at)));
      if (problem !== undefined) return `${file.path}: ${problem}`;
    }
    return undefined;
  } catch (error) {
    job.signal.throwIfAborted();
    if (!isOfSnapshot(error)) throw error;
    return error.message;
  }
}

/**
 * True for an error that tells of the snapshot itself, or of its restore. A drill that met another one is not recorded as
 * failed: a place could not be reached or read, somebody was at work, or the fault is ours.
 */
export function isOfSnapshot(error: unknown): error is KlosetError {
  if (!isKlosetError(error) || isUnreachable(error)) return false;
  return error.code !== 'locked' && error.code !== 'internal';
}

async function drillFile(
  { monitor }: JobContext,
  snapshot: TreeReader,
  file: FoundFile,
  folder: string,
): Promise<string | undefined> {
  const { errors } = await restoreToFolder({
    snapshot,
    path: file.path,
    folder,
    as: 'json',
    umask: false,
    monitor: warningsOf(monitor),
  });
  const [error] = errors;
  if (error !== undefined) return error.reason;
  const [name, ...others] = await readdir(folder);
  if (name === undefined || others.length > 0) return `${others.length + 1} files were restored in its place`;
  const stored = await sha256Of(snapshot.read(file.content));
  const restored = await sha256Of(createReadStream(join(folder, name)));
  return stored === restored ? undefined : 'the restored bytes differ from the stored ones';
}

/** The warnings alone: the restore of one file is not a phase. */
function warningsOf(monitor: Monitor): Monitor {
  return {
    report(event) {
      if (event.type === 'warning') monitor.report(event);
    },
  };
}

async function ownFiles(snapshot: TreeReader, path: string): Promise<FoundFile[]> {
  const files: FoundFile[] = [];
  for await (const entry of snapshot.list(path)) {
    if (entry.type === 'file') files.push(entry);
    else if (entry.object === undefined) files.push(...(await ownFiles(snapshot, entry.path)));
  }
  return files;
}

async function sha256Of(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of bytes) hash.update(part);
  return hash.digest('hex');
}
