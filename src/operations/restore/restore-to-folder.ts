/** Restores a snapshot, or part of it, into a folder: as it is stored, or as pages people can read. */
import type { SnapshotReader, WalkedEntry } from '../../document/content.ts';
import { isKlosetError, KlosetError, messageOf } from '../../errors.ts';
import type { Monitor } from '../../monitor.ts';
import type { ReadableForm } from '../documents/render-object.ts';
import type { FolderTarget } from './folder-target.ts';
import { openFolder } from './folder-target.ts';
import type { FolderWriter, Written } from './folder-writers.ts';
import { folderWriter } from './folder-writers.ts';

export interface FolderRestore {
  readonly snapshot: SnapshotReader;
  /** Restore what stands at and below this path. */
  readonly path: string;
  readonly folder: string;
  /** `json` is the stored form, byte for byte. */
  readonly as: 'json' | ReadableForm;
  readonly monitor: Monitor;
}

export interface FolderRestored {
  readonly folder: string;
  readonly files: number;
  readonly folders: number;
  readonly bytes: number;
  /** Files that could not be restored, with the reason. */
  readonly errors: readonly FileError[];
}

export interface FileError {
  readonly path: string;
  readonly reason: string;
}

/**
 * Writes every file; one that cannot be read or written is reported and the others are still restored.
 * @throws KlosetError `not-found` when nothing lies at `path`, `usage` when the folder is not empty
 */
export async function restoreToFolder(options: FolderRestore): Promise<FolderRestored> {
  const { snapshot, path, monitor } = options;
  const start = await snapshot.entry(path);
  if (start === undefined)
    throw new KlosetError('not-found', `${path} is not in snapshot ${snapshot.id.slice(0, 8)}.`);
  const target = await openFolder(options.folder);
  const base = start.type === 'file' || path === '/' ? parentOf(path) : path;
  const writer = await folderWriter(snapshot, target, options.as);
  monitor.report({ type: 'phase', phase: `restoring to ${target.folder}` });
  const errors: FileError[] = [];
  let [files, folders, bytes] = [0, 0, 0];
  for await (const entry of snapshot.walk(path)) {
    try {
      const written = await writeEntry(target, writer, entry, entry.path.slice(base.length) || '/');
      files += written.files;
      bytes += written.bytes;
      if (entry.type === 'directory') folders += 1;
    } catch (error) {
      if (isKlosetError(error, 'unavailable')) throw error;
      errors.push({ path: entry.path, reason: messageOf(error) });
      monitor.report({ type: 'warning', path: entry.path, message: messageOf(error) });
    }
    monitor.report({ type: 'progress', phase: 'restoring', done: files, bytes });
  }
  return { folder: target.folder, files, folders, bytes, errors };
}

async function writeEntry(
  target: FolderTarget,
  writer: FolderWriter,
  entry: WalkedEntry,
  path: string,
): Promise<Written> {
  if (entry.type === 'file') return writer.file(entry, path);
  await target.createFolder(path);
  return writer.directory(entry, path);
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
