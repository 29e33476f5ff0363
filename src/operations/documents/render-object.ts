/** One object of a snapshot as the files a reader gets: a page as Markdown or HTML, a database as CSV and a page. */
import type { SnapshotReader, WalkedEntry } from '../../document/content.ts';
import type { DatabaseDocument } from '../../document/documents.ts';
import { compactId } from '../../document/notion-id.ts';
import { columnsOf, csvLine, rowFields } from '../../document/render/csv.ts';
import { htmlFrame, nodesHtml, pageHtml } from '../../document/render/html.ts';
import { nodesMarkdown, pageMarkdown } from '../../document/render/markdown.ts';
import { noteDatabase, propertyNotes } from '../../document/render/tree/gap-notes.ts';
import type { Links } from '../../document/render/tree/links.ts';
import { pathToUrl } from '../../document/render/tree/links.ts';
import { linked, listOf, note, paragraph, text } from '../../document/render/tree/nodes.ts';
import { pageTitle } from '../../document/render/tree/property-text.ts';
import { plainText } from '../../document/rich-text.ts';
import { asDatabase, asPage, documentPath, readJson } from './read-document.ts';

export type ReadableForm = 'md' | 'html' | 'csv';

type Directory = WalkedEntry & { type: 'directory' };

export interface RenderOptions {
  readonly snapshot: SnapshotReader;
  readonly directory: Directory;
  readonly as: ReadableForm;
  /** Directory of every object by id. */
  readonly objects: ReadonlyMap<string, string>;
  /** Objects that could not be read, by id, with the reason. */
  readonly unread?: ReadonlyMap<string, string>;
  /** The path at which a directory is written; the same when none is given. */
  readonly written?: (path: string) => string;
}

export interface RenderedFile {
  readonly name: string;
  readonly text: AsyncIterable<string>;
}

/** The files that stand for the object at `directory`. `csv` gives databases alone. */
export async function* renderObject(options: RenderOptions): AsyncIterable<RenderedFile> {
  const { snapshot, directory, as } = options;
  const path = documentPath(directory);
  const document = await readJson(snapshot, path);
  const links = linksFrom(options);
  if (document.kind === 'database') {
    const database = asDatabase(document, path);
    yield { name: 'database.csv', text: databaseCsv(snapshot, directory, database) };
    if (as !== 'csv') yield { name: pageFile(as), text: databaseIndex(options, database, links) };
  } else if (as !== 'csv') {
    const page = asPage(document, path);
    yield { name: pageFile(as), text: once(as === 'md' ? pageMarkdown(page, links) : pageHtml(page, links)) };
  }
}

function pageFile(as: ReadableForm): string {
  return as === 'html' ? 'index.html' : 'page.md';
}

/** Relative URLs from one object's folder to the others' files. */
function linksFrom({ directory, as, objects, unread, written = (path) => path }: RenderOptions): Links {
  const from = written(directory.path);
  return {
    object(id) {
      const to = objects.get(compactId(id));
      return to === undefined ? undefined : relativeUrl(from, `${written(to)}/${pageFile(as)}`);
    },
    unread: (id) => unread?.get(compactId(id)),
  };
}

function relativeUrl(from: string, to: string): string {
  const [a, b] = [from.split('/'), to.split('/')];
  let common = 0;
  while (common < a.length && common < b.length - 1 && a[common] === b[common]) common += 1;
  return '../'.repeat(a.length - common) + pathToUrl(b.slice(common).join('/'));
}

async function* once(text: string): AsyncIterable<string> {
  yield text;
}

/** Rows are read one at a time: a database of any size passes through. Rows that are missing have a line that says so. */
async function* databaseCsv(
  snapshot: SnapshotReader,
  directory: Directory,
  database: DatabaseDocument,
): AsyncIterable<string> {
  const columns = columnsOf(database);
  yield csvLine([...columns, 'Notion id']);
  for await (const { document } of rowsOf(snapshot, directory))
    yield csvLine(rowFields(document.page, columns, propertyNotes(document)));
  for (const note of noteDatabase(database).rows) yield csvLine([note]);
}

async function* databaseIndex(
  { snapshot, directory, as }: RenderOptions,
  database: DatabaseDocument,
  links: Links,
): AsyncIterable<string> {
  const title = plainText((database.database ?? database.data_sources[0])?.title) || 'Untitled';
  const { head, tail } = htmlFrame(title);
  const write = as === 'md' ? nodesMarkdown : nodesHtml;
  if (as === 'html') yield head;
  yield write([
    { type: 'heading', depth: 1, children: [text(title)] },
    paragraph(linked('database.csv', [text('All properties as CSV')])),
  ]);
  for await (const { id, document } of rowsOf(snapshot, directory)) {
    const row = paragraph(linked(links.object(id), [text(pageTitle(document.page) || 'Untitled')]));
    yield write([listOf(row)]);
  }
  const noted = noteDatabase(database);
  yield write([...noted.rows, ...noted.rest].map((words) => paragraph([note(words)])));
  if (as === 'html') yield tail;
}

async function* rowsOf(snapshot: SnapshotReader, directory: Directory) {
  for await (const entry of snapshot.list(directory.path)) {
    if (entry.type !== 'directory' || entry.object?.kind !== 'page') continue;
    const path = documentPath(entry);
    yield { id: entry.object.id, document: asPage(await readJson(snapshot, path), path) };
  }
}
