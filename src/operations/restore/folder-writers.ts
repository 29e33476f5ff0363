/** The two forms of a restore into a folder: files as they are stored, or pages that people can read. */
import { join } from 'node:path';
import type { CommentPlace } from '../../document/comment-places.ts';
import type { SnapshotReader, WalkedEntry } from '../../document/content.ts';
import type { NotInSnapshot } from '../../document/gaps.ts';
import { parentPath } from '../../document/names.ts';
import { withScratchFolder } from '../../scratch-folder.ts';
import type { UnreadObjects } from '../documents/not-in-snapshot.ts';
import { missingFrom, unreadObjects } from '../documents/not-in-snapshot.ts';
import type { ObjectIndex } from '../documents/object-index.ts';
import { documentPath, parseDocument, readBytes, readJson } from '../documents/read-document.ts';
import type { RenderOptions } from '../documents/render-object.ts';
import { pageFile, renderObject } from '../documents/render-object.ts';
import { treePage } from '../documents/render-tree.ts';
import { indexObjects } from '../documents/titles.ts';
import type { FolderTarget } from './folder-target.ts';

type Directory = WalkedEntry & { readonly type: 'directory' };
type File = WalkedEntry & { readonly type: 'file' };

/** `json` is the stored form, byte for byte. */
export type FolderForm = 'json' | 'md' | 'html' | 'csv';

/** Files, folders and bytes that were written, and what the snapshot does not have of them. */
export interface Written {
  readonly files: number;
  readonly folders: number;
  readonly bytes: number;
  readonly missing: readonly NotInSnapshot[];
}

/** Writes one entry of a snapshot at `path` below the target, with the folder it needs. */
export interface FolderWriter {
  directory(entry: Directory, path: string): Promise<Written>;
  file(entry: File, path: string): Promise<Written>;
}

export interface FolderWriterOptions {
  readonly snapshot: SnapshotReader;
  readonly target: FolderTarget;
  readonly as: FolderForm;
  /** Path of the snapshot's directory that becomes the target's folder. */
  readonly base: string;
  /** Name of the view that chooses columns, rows and order of CSV, where a database has one of that name. */
  readonly view?: string;
  /** The place of comments in readable pages; footnotes when none is given. */
  readonly comments?: CommentPlace;
}

const nothing: Written = { files: 0, folders: 0, bytes: 0, missing: [] };

/** Gives `use` the writer for a form; titles and links lie in a table on disk meanwhile. */
export async function withFolderWriter<T>(
  options: FolderWriterOptions,
  use: (writer: FolderWriter) => Promise<T>,
): Promise<T> {
  const { as, snapshot, base } = options;
  const unread = await unreadObjects(snapshot);
  if (as === 'json') return use(storedWriter(options, unread));
  return withScratchFolder(async (folder) => {
    const objects = await indexObjects(snapshot, base, join(folder, 'objects.sqlite'));
    try {
      return await use(
        as === 'csv' ? tableWriter(options, objects, unread) : pageWriter(options, as, objects, unread),
      );
    } finally {
      objects.close();
    }
  });
}

function storedWriter({ snapshot, target }: FolderWriterOptions, unread: UnreadObjects): FolderWriter {
  return {
    async directory(_entry, path) {
      await target.createFolder(path);
      return { ...nothing, folders: 1 };
    },
    async file(entry, path) {
      const { content, modified } = entry;
      if (!isDocument(entry))
        return fileWritten(await target.writeFile(path, () => snapshot.read(content), modified));
      const stored = await readBytes(snapshot, content);
      const bytes = await target.writeFile(path, () => [stored], modified);
      const document = parseDocument(stored, entry.path);
      const missing = missingFrom(document, parentPath(entry.path), unread);
      return { ...fileWritten(bytes), missing };
    },
  };
}

function fileWritten(bytes: number): Written {
  return { ...nothing, files: 1, bytes };
}

/** Pages take the place of the objects' documents; media are written as they are stored. */
function pageWriter(
  options: FolderWriterOptions,
  as: 'md' | 'html',
  objects: ObjectIndex,
  unread: UnreadObjects,
): FolderWriter {
  const { target } = options;
  const stored = storedWriter(options, unread);
  const written = writtenPath(options);
  const render = { ...renderOptions(options, objects, unread), as, isInOrder: true, written };
  return {
    async directory(entry, path) {
      await target.createFolder(path);
      const contents = path === '/' && entry.object === undefined;
      const own = contents ? await writeContents(options, as, objects, written) : nothing;
      return sum(
        { ...nothing, folders: 1 },
        own,
        await writeObject(options, { ...render, directory: entry }, path, unread),
      );
    },
    file: async (entry, path) => (isDocument(entry) ? nothing : stored.file(entry, path)),
  };
}

/** Databases alone, with media; a folder is created when something lies in it. */
function tableWriter(
  options: FolderWriterOptions,
  objects: ObjectIndex,
  unread: UnreadObjects,
): FolderWriter {
  const { target, view } = options;
  const stored = storedWriter(options, unread);
  const created = new Set(['']);
  const create = async (folder: string): Promise<Written> => {
    if (created.has(folder)) return nothing;
    // Entries come depth first: nothing follows in a folder once another one beside it was begun.
    for (const each of created) if (!folder.startsWith(`${each}/`) && each !== '') created.delete(each);
    created.add(folder);
    await target.createFolder(folder);
    return { ...nothing, folders: 1 };
  };
  const render = {
    ...renderOptions(options, objects, unread),
    as: 'csv' as const,
    ...(view === undefined ? {} : { view }),
  };
  return {
    async directory(entry, path) {
      const isTable = entry.object?.kind === 'database';
      const folder = isTable ? await create(path === '/' ? '' : path) : nothing;
      return sum(folder, await writeObject(options, { ...render, directory: entry }, path, unread));
    },
    async file(entry, path) {
      if (isDocument(entry)) return nothing;
      return sum(await create(parentPath(path)), await stored.file(entry, path));
    },
  };
}

function renderOptions(
  { snapshot, comments = 'footnotes' }: FolderWriterOptions,
  objects: ObjectIndex,
  unread: UnreadObjects,
) {
  const reasons = new Map([...unread].map(([id, { reason }]) => [id, reason]));
  return { snapshot, comments, objects, unread: reasons };
}

/** The path at which a directory of the snapshot is written. */
function writtenPath({ base, target }: FolderWriterOptions): (path: string) => string {
  return (path) =>
    path.startsWith(`${base}/`) ? `${base}${target.writtenFolder(path.slice(base.length))}` : path;
}

/** Writes the files of an object, and tells what its document lacks. */
async function writeObject(
  { snapshot, target }: FolderWriterOptions,
  render: RenderOptions,
  path: string,
  unread: UnreadObjects,
): Promise<Written> {
  const { directory } = render;
  if (directory.object === undefined) return nothing;
  const folder = path === '/' ? '' : path;
  let { files, bytes } = nothing;
  for await (const { name, text } of renderObject(render)) {
    bytes += await target.writeFile(`${folder}/${name}`, () => encoded(text), directory.modified);
    files += 1;
  }
  const document = await readJson(snapshot, documentPath(directory));
  return { ...nothing, files, bytes, missing: missingFrom(document, directory.path, unread) };
}

function sum(...all: readonly Written[]): Written {
  return all.reduce((a, b) => ({
    files: a.files + b.files,
    folders: a.folders + b.folders,
    bytes: a.bytes + b.bytes,
    missing: [...a.missing, ...b.missing],
  }));
}

/** The page with the tree of all others. */
async function writeContents(
  { target, base }: FolderWriterOptions,
  as: 'md' | 'html',
  objects: ObjectIndex,
  written: (path: string) => string,
): Promise<Written> {
  const name = pageFile(as);
  const pathOf = (directory: string) => `${written(directory).slice(base.length)}/${name}`;
  const bytes = await target.writeFile(`/${name}`, () => encoded(treePage(objects.all(), as, pathOf)), '');
  return { ...nothing, files: 1, bytes };
}

async function* encoded(text: AsyncIterable<string>): AsyncIterable<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const part of text) yield encoder.encode(part);
}

function isDocument({ path }: File): boolean {
  return /\/(page|database)\.json$/.test(path);
}
