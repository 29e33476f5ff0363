/** Reads the file or the object at a place: as stored, as JSON, or as a page for people. */
import type { CommentPlace } from '../../document/comment-places.ts';
import type { FileEntry } from '../../document/content.ts';
import { stringAt } from '../../document/json.ts';
import { printable } from '../../document/names.ts';
import { compactId } from '../../document/notion-id.ts';
import { KlosetError } from '../../errors.ts';
import { asDatabase, documentPath, readBytes, readJson } from '../documents/read-document.ts';
import type { RenderOptions } from '../documents/render-object.ts';
import { indexObjects } from '../documents/titles.ts';
import type { Place } from './open-place.ts';

export interface ReadOptions {
  /** Name of the view that chooses columns, rows and order of `csv`. */
  readonly view?: string;
  /** The place of comments; footnotes when none is given. */
  readonly comments?: CommentPlace;
}

export type ReadForm = 'json' | 'md' | 'html' | 'text' | 'csv';

/** A file as one JSON value. */
export interface JsonFile {
  readonly snapshot: string;
  readonly path: string;
  readonly size: number;
  /** The document, when the file is JSON. */
  readonly document?: unknown;
  /** Any other file. */
  readonly base64?: string;
}

/**
 * The bytes or the text at a place. An object's directory stands for its document, or for its page in `md`,
 * `html` and `text`; in `csv` a database's stands for its rows.
 * @throws KlosetError `usage` for a directory that is not an object, for `csv` of a page, and for a view that is not there
 */
export async function* readPlace(
  place: Place,
  form: ReadForm,
  options: ReadOptions = {},
): AsyncIterable<Uint8Array | string> {
  if (form !== 'json' && place.entry.type === 'directory') yield* readable(place, form, options);
  else yield* place.snapshot.read((await fileOf(place)).content);
}

/** The file at a place in one JSON value. @throws KlosetError `usage` for a directory that is not an object */
export async function readJsonFile(place: Place): Promise<JsonFile> {
  const { path, content } = await fileOf(place);
  const bytes = await readBytes(place.snapshot, content);
  const head = { snapshot: place.snapshot.id, path, size: content.size };
  return path.endsWith('.json')
    ? { ...head, document: JSON.parse(new TextDecoder().decode(bytes)) }
    : { ...head, base64: Buffer.from(bytes).toString('base64') };
}

/** The page of an object, or the list of a database's rows. */
async function* readable(
  { snapshot, entry }: Place,
  as: Exclude<ReadForm, 'json'>,
  options: ReadOptions,
): AsyncIterable<string> {
  if (entry.type !== 'directory' || entry.object === undefined) throw isDirectory(entry.path);
  if (as === 'csv') await checkTable(snapshot, entry, options.view);
  const objects = await indexObjects(snapshot, '');
  try {
    yield* rendered({ snapshot, directory: entry, as, objects, ...options });
  } finally {
    objects.close();
  }
}

async function* rendered(options: RenderOptions): AsyncIterable<string> {
  const { as, objects } = options;
  // A page that is printed lies in no folder: what it names is linked where it is in Notion.
  const hrefOf = (id: string) =>
    objects.get(compactId(id)) === undefined ? undefined : `https://www.notion.so/${id}`;
  // Formulas and code are drawn with packages that a document as it is stored does without.
  const { renderObject } = await import('../documents/render-object.ts');
  let tables = 0;
  for await (const { name, text } of renderObject({ ...options, hrefOf })) {
    // Tables of several data sources stand one below the other.
    if (as === 'csv' && tables > 0) yield '\r\n';
    if (name.endsWith('.csv')) tables += 1;
    if (name.endsWith('.csv') === (as === 'csv')) yield* text;
  }
}

/** @throws KlosetError `usage` for a page, and for a view that the database does not have */
async function checkTable(
  snapshot: Place['snapshot'],
  entry: Parameters<typeof documentPath>[0],
  view: string | undefined,
): Promise<void> {
  if (entry.object?.kind !== 'database')
    throw new KlosetError('usage', `${entry.path} is a page; CSV has the rows of a database.`, {
      hint: 'Print it with `--as text` or `--as md`.',
    });
  if (view === undefined) return;
  const path = documentPath(entry);
  const names = asDatabase(await readJson(snapshot, path), path).views.map(
    (each) => stringAt(each, 'name') ?? '',
  );
  if (names.includes(view)) return;
  throw new KlosetError('usage', `${entry.path} has no view "${view}".`, {
    hint: `Its views: ${names.map(printable).join(', ') || 'none'}.`,
  });
}

async function fileOf({ snapshot, entry }: Place): Promise<FileEntry & { readonly path: string }> {
  if (entry.type === 'file') return entry;
  if (entry.object === undefined) throw isDirectory(entry.path);
  const path = documentPath(entry);
  const file = await snapshot.entry(path);
  if (file?.type === 'file') return file;
  throw new KlosetError('not-found', `${path} is not in snapshot ${snapshot.id.slice(0, 8)}.`);
}

function isDirectory(path: string): KlosetError {
  return new KlosetError('usage', `${path} is a directory.`, { hint: 'List it with `notion-kloset ls`.' });
}
