/** One line of the contents of a snapshot: what people look for in a page, a database, a row, a view or a file. */
import type { StoredContent, WalkedEntry } from '../../document/content.ts';
import { stringAt } from '../../document/json.ts';
import { compactId } from '../../document/notion-id.ts';
import { isKlosetError } from '../../errors.ts';
import type { TreeReader } from '../../store/open-store.ts';
import { asDatabase, parseDocument, readBytes } from '../documents/read-document.ts';
import { titleOfPath } from '../documents/titles.ts';

/** `row`: a page of a database. `document`: the JSON of an object. `folder`: a directory that is not an object. */
export const entryKinds = ['page', 'database', 'row', 'view', 'document', 'file', 'folder'] as const;

export type EntryKind = (typeof entryKinds)[number];

export interface ListedEntry {
  readonly kind: EntryKind;
  /** Path of the entry; of a view, that of its database. */
  readonly path: string;
  /** Title of an object or a view as far as a path shows it; the name of a file or folder. */
  readonly title: string;
  /** Compact id of an object or a view. */
  readonly id?: string;
  /** ISO time of the last edit; that of the entry where no edit is known. */
  readonly edited: string;
  /** Bytes of an object's own document and media, or of a file. */
  readonly size?: number;
  /** Pages, rows and databases directly inside an object or a folder. */
  readonly children?: number;
  /** Levels of objects and folders between the place and this entry: 0 for what lies directly in it. */
  readonly depth: number;
  readonly entry: WalkedEntry;
  /** The document of an object. */
  readonly document?: StoredContent;
}

export type DirectoryEntry = WalkedEntry & { readonly type: 'directory' };

/** Digits at the end of an id that commands take for the id: those its directory has after `~`. */
export function shortId(id: string, path: string): string {
  const digits = /~([0-9a-f]{8,32})$/.exec(path)?.[1];
  return digits !== undefined && id.endsWith(digits) ? digits : id.slice(-8);
}

/** A page or database, or a directory that is none. `inside` is its listing, `media` that of its folder of files. */
export function listedDirectory(
  entry: DirectoryEntry,
  place: { readonly isRow: boolean; readonly depth: number },
  inside: readonly WalkedEntry[],
  media: readonly WalkedEntry[],
): ListedEntry {
  const { path, object, modified } = entry;
  const { depth } = place;
  const children = inside.filter((each) => each.type === 'directory' && each.object !== undefined).length;
  if (object === undefined) {
    const title = path.slice(path.lastIndexOf('/') + 1);
    return { kind: 'folder', path, title, edited: modified, children, depth, entry };
  }
  const document = inside.find((each) => each.path === `${path}/${object.kind}.json`);
  const size = [...inside, ...media].reduce(
    (sum, each) => sum + (each.type === 'file' ? each.content.size : 0),
    0,
  );
  return {
    kind: place.isRow ? 'row' : object.kind,
    path,
    title: titleOfPath(path),
    id: compactId(object.id),
    edited: object.edited === '' ? modified : object.edited,
    size,
    children,
    depth,
    entry,
    ...(document?.type === 'file' ? { document: document.content } : {}),
  };
}

/** A file. The document of an object lies directly in its directory. */
export function listedFile(
  entry: WalkedEntry & { readonly type: 'file' },
  { isDocument, depth }: { readonly isDocument: boolean; readonly depth: number },
): ListedEntry {
  const { path, modified, content } = entry;
  const title = path.slice(path.lastIndexOf('/') + 1);
  const kind = isDocument ? 'document' : 'file';
  return { kind, path, title, edited: modified, size: content.size, depth, entry };
}

/** The views of the database whose listing this is, in their order; none where its document cannot be read. */
export async function listedViews(
  snapshot: TreeReader,
  database: DirectoryEntry,
  inside: readonly WalkedEntry[],
  depth: number,
): Promise<ListedEntry[]> {
  const file = inside.find((each) => each.path === `${database.path}/database.json`);
  if (file?.type !== 'file') return [];
  try {
    const bytes = await readBytes(snapshot, file.content);
    const { views } = asDatabase(parseDocument(bytes, file.path), file.path);
    return views.map((view) => ({
      kind: 'view',
      path: database.path,
      title: stringAt(view, 'name') || stringAt(view, 'type') || 'Untitled',
      id: compactId(stringAt(view, 'id') ?? ''),
      edited: stringAt(view, 'last_edited_time') ?? stringAt(view, 'created_time') ?? database.modified,
      depth,
      entry: database,
    }));
  } catch (error) {
    // What is damaged, `check` names; a list goes on.
    if (isKlosetError(error, 'integrity')) return [];
    throw error;
  }
}

/** One entry as JSON; sizes in bytes. */
export function entryJson(listed: ListedEntry): object {
  const { kind, path, title, id, edited, size, children, entry } = listed;
  const common = { type: kind === 'view' ? 'view' : entry.type, kind, path, title, edited };
  return {
    ...common,
    ...(kind === 'view' ? {} : { modified: entry.modified }),
    ...(id === undefined ? {} : { id, short_id: shortId(id, path) }),
    ...(size === undefined ? {} : { size }),
    ...(children === undefined ? {} : { children }),
    ...(entry.type === 'directory' && kind !== 'view' && entry.object !== undefined
      ? { object: entry.object }
      : {}),
  };
}
