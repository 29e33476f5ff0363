/** The two forms of a restore into a folder: files as they are stored, or pages that people can read. */
import type { SnapshotReader, WalkedEntry } from '../../document/content.ts';
import type { NotInSnapshot } from '../../document/gaps.ts';
import type { UnreadObjects } from '../documents/not-in-snapshot.ts';
import { missingFrom, unreadObjects } from '../documents/not-in-snapshot.ts';
import { documentPath, parseDocument, readBytes, readJson } from '../documents/read-document.ts';
import type { ReadableForm } from '../documents/render-object.ts';
import { Neighbours, pageFile, renderObject } from '../documents/render-object.ts';
import { treePage } from '../documents/render-tree.ts';
import type { NamedObjects } from '../documents/titles.ts';
import { namedObjects } from '../documents/titles.ts';
import type { FolderTarget } from './folder-target.ts';

type Directory = WalkedEntry & { readonly type: 'directory' };
type File = WalkedEntry & { readonly type: 'file' };

/** Files and bytes that were written, and what the snapshot does not have of them. */
export interface Written {
  readonly files: number;
  readonly bytes: number;
  readonly missing: readonly NotInSnapshot[];
}

/** Writes one entry of a snapshot at `path` below the target. The folder of a directory exists by then. */
export interface FolderWriter {
  directory(entry: Directory, path: string): Promise<Written>;
  file(entry: File, path: string): Promise<Written>;
}

export interface FolderWriterOptions {
  readonly snapshot: SnapshotReader;
  readonly target: FolderTarget;
  /** `json` is the stored form, byte for byte. */
  readonly as: 'json' | ReadableForm;
  /** Path of the snapshot's directory that becomes the target's folder. */
  readonly base: string;
}

const nothing: Written = { files: 0, bytes: 0, missing: [] };

/** The writer for a form. */
export async function folderWriter(options: FolderWriterOptions): Promise<FolderWriter> {
  const { as, snapshot } = options;
  const unread = await unreadObjects(snapshot);
  return as === 'json' ? storedWriter(options, unread) : readableWriter(options, as, unread);
}

function storedWriter({ snapshot, target }: FolderWriterOptions, unread: UnreadObjects): FolderWriter {
  return {
    directory: async () => nothing,
    async file(entry, path) {
      const { content, modified } = entry;
      if (!isDocument(entry))
        return {
          ...nothing,
          files: 1,
          bytes: await target.writeFile(path, snapshot.read(content), modified),
        };
      const stored = await readBytes(snapshot, content);
      const bytes = await target.writeFile(path, [stored], modified);
      const document = parseDocument(stored, entry.path);
      const missing = missingFrom(document, entry.path.slice(0, entry.path.lastIndexOf('/')), unread);
      return { files: 1, bytes, missing };
    },
  };
}

/** Pages take the place of the objects' documents; media are written as they are stored. */
async function readableWriter(
  options: FolderWriterOptions,
  as: ReadableForm,
  unread: UnreadObjects,
): Promise<FolderWriter> {
  const { snapshot, target, base } = options;
  const named = await namedObjects(snapshot, base);
  const { paths: objects, titles } = named;
  const order = new Neighbours([...objects.keys()]);
  const stored = storedWriter(options, unread);
  const reasons = new Map([...unread].map(([id, { reason }]) => [id, reason]));
  const written = (path: string): string =>
    path.startsWith(`${base}/`) ? `${base}${target.writtenFolder(path.slice(base.length))}` : path;
  return {
    async directory(entry, path) {
      if (entry.object === undefined)
        return path === '/' && as !== 'csv' ? writeContents(options, as, named, written) : nothing;
      const folder = path === '/' ? '' : path;
      let { files, bytes } = nothing;
      const rendered = renderObject({
        snapshot,
        directory: entry,
        as,
        objects,
        titles,
        order,
        unread: reasons,
        written,
      });
      for await (const { name, text } of rendered) {
        bytes += await target.writeFile(`${folder}/${name}`, encoded(text), entry.modified);
        files += 1;
      }
      const document = await readJson(snapshot, documentPath(entry));
      return { files, bytes, missing: missingFrom(document, entry.path, unread) };
    },
    file: async (entry, path) => (isDocument(entry) ? nothing : stored.file(entry, path)),
  };
}

/** The page with the tree of all others. */
async function writeContents(
  { target, base }: FolderWriterOptions,
  as: 'md' | 'html',
  named: NamedObjects,
  written: (path: string) => string,
): Promise<Written> {
  const name = pageFile(as);
  const text = treePage(named, as, (directory) => `${written(directory).slice(base.length)}/${name}`);
  const bytes = await target.writeFile(`/${name}`, [new TextEncoder().encode(text)], '');
  return { ...nothing, files: 1, bytes };
}

async function* encoded(text: AsyncIterable<string>): AsyncIterable<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const part of text) yield encoder.encode(part);
}

function isDocument({ path }: File): boolean {
  return /\/(page|database)\.json$/.test(path);
}
