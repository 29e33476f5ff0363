/** Restores a snapshot, or part of it, into a folder: as it is stored, or as pages people can read. */
import type { SnapshotReader, WalkedEntry } from '../../document/content.ts';
import { compactId } from '../../document/notion-id.ts';
import { isKlosetError, KlosetError, messageOf } from '../../errors.ts';
import type { Monitor } from '../../monitor.ts';
import type { ReadableForm } from '../documents/render-object.ts';
import { renderObject } from '../documents/render-object.ts';
import type { FolderTarget } from './folder-target.ts';
import { openFolder } from './folder-target.ts';

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
  readonly errors: readonly { readonly path: string; readonly reason: string }[];
}

/**
 * Writes every file; one that cannot be read or written is reported and the others are still restored.
 * @throws KlosetError `not-found` when nothing lies at `path`, `usage` when the folder is not empty
 */
export async function restoreToFolder({
  snapshot,
  path,
  folder,
  as,
  monitor,
}: FolderRestore): Promise<FolderRestored> {
  const start = await snapshot.entry(path);
  if (start === undefined)
    throw new KlosetError('not-found', `${path} is not in snapshot ${snapshot.id.slice(0, 8)}.`);
  const target = await openFolder(folder);
  const base = start.type === 'file' || path === '/' ? parentOf(path) : path;
  const objects = as === 'json' ? new Map<string, string>() : await objectPaths(snapshot);
  const result = {
    folder: target.folder,
    files: 0,
    folders: 0,
    bytes: 0,
    errors: [] as { path: string; reason: string }[],
  };
  monitor.report({ type: 'phase', phase: `restoring to ${target.folder}` });
  for await (const entry of snapshot.walk(path)) {
    const below = entry.path.slice(base.length) || '/';
    try {
      if (entry.type === 'directory') {
        await target.makeFolder(below);
        result.folders += 1;
        if (as !== 'json' && entry.object !== undefined) await writeReadable(entry, below);
      } else if (as === 'json' || !isDocument(entry)) {
        result.bytes += await target.writeFile(below, snapshot.read(entry.content), entry.modified);
        result.files += 1;
      }
    } catch (error) {
      if (isKlosetError(error, 'unavailable')) throw error;
      result.errors.push({ path: entry.path, reason: messageOf(error) });
      monitor.report({ type: 'warning', path: entry.path, message: messageOf(error) });
    }
    monitor.report({ type: 'progress', phase: 'restoring', done: result.files, bytes: result.bytes });
  }
  return result;

  async function writeReadable(entry: WalkedEntry & { type: 'directory' }, below: string): Promise<void> {
    if (as === 'json') return;
    for await (const file of renderObject({ snapshot, directory: entry, as, objects })) {
      const bytes = await writeText(target, below, file, entry.modified);
      result.bytes += bytes;
      result.files += 1;
    }
  }
}

function writeText(
  target: FolderTarget,
  folder: string,
  file: { name: string; text: AsyncIterable<string> },
  modified: string,
): Promise<number> {
  return target.writeFile(`${folder === '/' ? '' : folder}/${file.name}`, encoded(file.text), modified);
}

async function* encoded(text: AsyncIterable<string>): AsyncIterable<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const part of text) yield encoder.encode(part);
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

/** Documents of objects and of the snapshot itself; rendered forms take the place of the former. */
function isDocument(entry: WalkedEntry): boolean {
  return /\/(page|database)\.json$/.test(entry.path);
}

/** Directory of every object by id, for links between pages. */
async function objectPaths(snapshot: SnapshotReader): Promise<Map<string, string>> {
  const paths = new Map<string, string>();
  for await (const entry of snapshot.walk('/')) {
    if (entry.type === 'directory' && entry.object !== undefined)
      paths.set(compactId(entry.object.id), entry.path);
  }
  return paths;
}
