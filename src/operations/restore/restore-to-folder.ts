/** Restores a snapshot, or part of it, into a folder: as it is stored, or as pages people can read. */
import type { CommentPlace } from '../../document/comment-places.ts';
import type { SnapshotReader, WalkedEntry } from '../../document/content.ts';
import type { NotInSnapshot } from '../../document/gaps.ts';
import { parentPath } from '../../document/names.ts';
import { compactId } from '../../document/notion-id.ts';
import { isKlosetError, KlosetError, messageOf } from '../../errors.ts';
import type { Monitor } from '../../monitor.ts';
import { unreadParts } from '../documents/not-in-snapshot.ts';
import { requireOutsideStores } from '../stores/outside-stores.ts';
import type { FolderTarget } from './folder-target.ts';
import { openFolder } from './folder-target.ts';
import type { FolderForm, FolderWriter, Written } from './folder-writers.ts';
import { withFolderWriter } from './folder-writers.ts';
import { ForetellingReader } from './foretelling-reader.ts';
import { indexName } from './shortened-paths.ts';
import { WatchedReader } from './watched-reader.ts';

/** The part of a snapshot to write, and its form. */
export interface FolderContents {
  readonly snapshot: SnapshotReader;
  /** Restore what stands at and below this path. */
  readonly path: string;
  /** `json` is the stored form, byte for byte. */
  readonly as: FolderForm;
  /** Name of the view that chooses columns, rows and order of CSV, where a database has one of that name. */
  readonly view?: string;
  /** The place of comments in readable pages; footnotes when none is given. */
  readonly comments?: CommentPlace;
  readonly monitor: Monitor;
}

export interface FolderRestore extends FolderContents {
  readonly folder: string;
  /** Let others read what the umask lets them; else files and folders are for their owner alone. */
  readonly umask?: boolean;
}

export interface FolderRestored {
  readonly folder: string;
  readonly files: number;
  readonly folders: number;
  readonly bytes: number;
  /** Files that could not be restored, with the reason. */
  readonly errors: readonly FileError[];
  /** Parts of the pages restored that the snapshot does not have; their place in a readable page shows a note. */
  readonly not_in_snapshot: readonly NotInSnapshot[];
  /** Folders written under a shorter path, which `shortened-paths.txt` lists. */
  readonly shortened: number;
}

export interface FileError {
  readonly path: string;
  /** True when the file is damaged in the store. */
  readonly damaged?: boolean;
  readonly reason: string;
}

/**
 * Writes every file; one that is damaged or cannot be written is reported and the others are still restored.
 * @throws KlosetError `not-found` when nothing lies at `path`, `usage` when the folder is not empty or lies in a store, `unavailable` when it
 * cannot be created, and as `writeContents` does
 */
export async function restoreToFolder(options: FolderRestore): Promise<FolderRestored> {
  await requireOutsideStores(options.folder);
  await checkPath(options);
  return writeContents(options, await openFolder(options.folder, { umask: options.umask === true }));
}

/** @throws KlosetError `not-found` when nothing lies at `path` */
export async function checkPath({ snapshot, path }: FolderContents): Promise<void> {
  if ((await snapshot.entry(path)) !== undefined) return;
  throw new KlosetError('not-found', `${path} is not in snapshot ${snapshot.id.slice(0, 8)}.`);
}

/**
 * Writes every file into `target`; one that is damaged or cannot be written is reported and the others are still written.
 * @throws KlosetError `unavailable`, `credentials` or `temporary` when the store cannot be read, so that nothing is known of the rest
 */
export async function writeContents(options: FolderContents, target: FolderTarget): Promise<FolderRestored> {
  const { path, monitor } = options;
  const snapshot = new WatchedReader(new ForetellingReader(options.snapshot));
  const start = await snapshot.entry(path);
  const base = start?.type === 'file' || path === '/' ? parentPath(path) : path;
  const { as, view, comments } = options;
  const form = {
    ...(view === undefined ? {} : { view }),
    ...(comments === undefined ? {} : { comments }),
  };
  monitor.report({ type: 'phase', phase: `restoring to ${target.folder}` });
  return withFolderWriter({ snapshot, target, as, base, ...form }, (writer) =>
    writeAll({ ...options, snapshot }, { writer, target, base }),
  );
}

/** A writer with its target and the path of the snapshot's directory that is the target's folder. */
interface Writing {
  readonly writer: FolderWriter;
  readonly target: FolderTarget;
  readonly base: string;
}

async function writeAll(
  { snapshot, path, monitor }: FolderContents & { readonly snapshot: WatchedReader },
  { writer, target, base }: Writing,
): Promise<FolderRestored> {
  const errors: FileError[] = [];
  const missing: NotInSnapshot[] = [];
  let [files, folders, bytes] = [0, 0, 0];
  for await (const entry of snapshot.walk(path)) {
    try {
      const written = await writeEntry(writer, entry, entry.path.slice(base.length) || '/');
      files += written.files;
      bytes += written.bytes;
      missing.push(...written.missing);
      folders += written.folders;
      // A page may have been written without what could not be read of it.
      snapshot.requireReachable();
    } catch (error) {
      snapshot.requireReachable();
      if (isKlosetError(error, 'unavailable')) throw error;
      const damaged = isKlosetError(error, 'integrity') ? { damaged: true } : {};
      errors.push({ path: entry.path, reason: messageOf(error), ...damaged });
      monitor.report({ type: 'warning', path: entry.path, message: messageOf(error) });
    }
    monitor.report({ type: 'progress', phase: 'restoring', done: files, bytes });
  }
  if (path === '/') missing.push(...(await unshown(snapshot, missing)));
  snapshot.requireReachable();
  if (target.shortened.length > 0) await writeIndex(target, base);
  return {
    folder: target.folder,
    files,
    folders,
    bytes,
    errors,
    not_in_snapshot: missing,
    shortened: target.shortened.length,
  };
}

/** Unread objects and parts that no page shows: rows of databases, pages at the top, and parts of the workspace. */
async function unshown(snapshot: SnapshotReader, known: readonly NotInSnapshot[]): Promise<NotInSnapshot[]> {
  const ids = new Set<string>(known.map(({ id }) => compactId(id)));
  return [...(await unreadParts(snapshot))]
    .filter(([key]) => !ids.has(key))
    .map(([, { id, kind, reason }]) => ({ path: '/', what: kind, id, reason }));
}

/** Writes the list of shortened paths: what was written where, one a line. */
async function writeIndex(target: FolderTarget, base: string): Promise<void> {
  const lines = target.shortened.map(({ path, written }) => `${written.slice(1)}\t${base}${path}\n`);
  const head = 'Folders whose paths were too long for this system, each with its path in the snapshot:\n\n';
  const bytes = new TextEncoder().encode(`${head}${lines.join('')}`);
  await target.writeFile(`/${indexName}`, () => [bytes], '');
}

async function writeEntry(writer: FolderWriter, entry: WalkedEntry, path: string): Promise<Written> {
  if (entry.type === 'file') return writer.file(entry, path);
  return writer.directory(entry, path);
}
