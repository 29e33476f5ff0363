/** The two forms of a restore into a folder: files as they are stored, or pages that people can read. */
import type { SnapshotReader, WalkedEntry } from '../../document/content.ts';
import { compactId } from '../../document/notion-id.ts';
import type { ReadableForm } from '../documents/render-object.ts';
import { renderObject } from '../documents/render-object.ts';
import type { FolderTarget } from './folder-target.ts';

type Directory = WalkedEntry & { readonly type: 'directory' };
type File = WalkedEntry & { readonly type: 'file' };

/** Files and bytes that were written. */
export interface Written {
  readonly files: number;
  readonly bytes: number;
}

/** Writes one entry of a snapshot at `path` below the target. The folder of a directory exists by then. */
export interface FolderWriter {
  directory(entry: Directory, path: string): Promise<Written>;
  file(entry: File, path: string): Promise<Written>;
}

const nothing: Written = { files: 0, bytes: 0 };

/** The writer for `as`; `json` is the stored form, byte for byte. */
export async function folderWriter(
  snapshot: SnapshotReader,
  target: FolderTarget,
  as: 'json' | ReadableForm,
): Promise<FolderWriter> {
  return as === 'json' ? storedWriter(snapshot, target) : readableWriter(snapshot, target, as);
}

function storedWriter(snapshot: SnapshotReader, target: FolderTarget): FolderWriter {
  return {
    directory: async () => nothing,
    file: async ({ content, modified }, path) => ({
      files: 1,
      bytes: await target.writeFile(path, snapshot.read(content), modified),
    }),
  };
}

/** Pages take the place of the objects' documents; media are written as they are stored. */
async function readableWriter(
  snapshot: SnapshotReader,
  target: FolderTarget,
  as: ReadableForm,
): Promise<FolderWriter> {
  const objects = await objectPaths(snapshot);
  const stored = storedWriter(snapshot, target);
  return {
    async directory(entry, path) {
      if (entry.object === undefined) return nothing;
      const folder = path === '/' ? '' : path;
      let { files, bytes } = nothing;
      for await (const { name, text } of renderObject({ snapshot, directory: entry, as, objects })) {
        bytes += await target.writeFile(`${folder}/${name}`, encoded(text), entry.modified);
        files += 1;
      }
      return { files, bytes };
    },
    file: async (entry, path) => (isDocument(entry) ? nothing : stored.file(entry, path)),
  };
}

async function* encoded(text: AsyncIterable<string>): AsyncIterable<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const part of text) yield encoder.encode(part);
}

function isDocument({ path }: File): boolean {
  return /\/(page|database)\.json$/.test(path);
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
