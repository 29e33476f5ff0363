/** One object of a snapshot as the files a reader gets: a page as Markdown or HTML, a database as CSV and a page. */

import type { CommentPlace } from '../../document/comment-places.ts';
import type { SnapshotReader, WalkedEntry } from '../../document/content.ts';
import { compactId } from '../../document/notion-id.ts';
import { csvTables } from '../../document/render/csv.ts';
import { pageHtml } from '../../document/render/html.ts';
import { pageMarkdown } from '../../document/render/markdown.ts';
import { pageText } from '../../document/render/text.ts';
import type { Links } from '../../document/render/tree/links.ts';
import { pathToUrl } from '../../document/render/tree/links.ts';
import { htmlHelpers } from './html-helpers.ts';
import type { NamedObject, ObjectIndex } from './object-index.ts';
import { asDatabase, asPage, documentPath, readJson } from './read-document.ts';
import { databaseCsv, databaseIndex } from './render-database.ts';

export type ReadableForm = 'md' | 'html' | 'csv' | 'text';

type Directory = WalkedEntry & { type: 'directory' };

export interface RenderOptions {
  readonly snapshot: SnapshotReader;
  readonly directory: Directory;
  readonly as: ReadableForm;
  /** The objects that pages can lead to. */
  readonly objects: ObjectIndex;
  /** The address of an object, in place of its file. */
  readonly hrefOf?: (id: string) => string | undefined;
  /** Objects that could not be read, by id, with the reason. */
  readonly unread?: ReadonlyMap<string, string>;
  /** True for links to the objects before and after. */
  readonly isInOrder?: boolean;
  /** The place of comments; footnotes when none is given. `margin` is for HTML. */
  readonly comments?: CommentPlace;
  /** Name of the view that chooses columns, rows and order of CSV, where a database has one of that name. */
  readonly view?: string;
  /** The path at which a directory is written; the same when none is given. */
  readonly written?: (path: string) => string;
}

export interface RenderedFile {
  readonly name: string;
  /** The text, rendered again each time it is read from its beginning. */
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
    for (const table of csvTables(database, options.view))
      yield { name: table.name, text: repeatable(() => databaseCsv(options, database, table, links)) };
    if (as !== 'csv')
      yield { name: pageFile(as), text: repeatable(() => databaseIndex(options, database, links)) };
  } else if (as !== 'csv') {
    const page = asPage(document, path);
    const place = options.comments ?? 'footnotes';
    const below = place === 'margin' ? 'footnotes' : place;
    const rendered =
      as === 'md'
        ? pageMarkdown(page, links, below)
        : as === 'text'
          ? pageText(page, links, below)
          : pageHtml(page, links, await htmlHelpers(page), place);
    yield { name: pageFile(as), text: repeatable(() => once(rendered)) };
  }
}

/** The name of an object's page in its folder. */
export function pageFile(as: ReadableForm): string {
  return as === 'html' ? 'index.html' : as === 'text' ? 'page.txt' : 'page.md';
}

/** Relative URLs from one object's folder to the others' files. */
function linksFrom(options: RenderOptions): Links {
  const { directory, as, objects, unread, written = (path) => path } = options;
  const from = written(directory.path);
  const toFile = (path: string) => relativeUrl(from, `${written(path)}/${pageFile(as)}`);
  return {
    object(id) {
      if (options.hrefOf !== undefined) return options.hrefOf(compactId(id));
      const to = objects.get(compactId(id));
      return to === undefined ? undefined : toFile(to.path);
    },
    neighbours: () => neighboursOf(options, toFile),
    title: (id) => objects.get(compactId(id))?.title,
    ancestors: () => ancestorsOf(options),
    unread: (id) => unread?.get(compactId(id)),
  };
}

function neighboursOf({ directory, objects, isInOrder }: RenderOptions, toFile: (path: string) => string) {
  const { before, after } = objects.beside(compactId(directory.object?.id ?? ''));
  const link = (to: NamedObject | undefined) =>
    to === undefined || isInOrder !== true ? undefined : { title: to.title, href: toFile(to.path) };
  return { before: link(before), after: link(after) };
}

/** The objects whose directories lie above, the outermost first. */
function ancestorsOf({ directory, as, objects, written = (path) => path }: RenderOptions) {
  const parts = directory.path.split('/');
  return parts.slice(1, -1).flatMap((_, index) => {
    const above = objects.at(parts.slice(0, index + 2).join('/'));
    if (above === undefined) return [];
    const href = relativeUrl(written(directory.path), `${written(above.path)}/${pageFile(as)}`);
    return [{ title: above.title, href }];
  });
}

function relativeUrl(from: string, to: string): string {
  const [a, b] = [from.split('/'), to.split('/')];
  let common = 0;
  while (common < a.length && common < b.length - 1 && a[common] === b[common]) common += 1;
  return '../'.repeat(a.length - common) + pathToUrl(b.slice(common).join('/'));
}

function repeatable(text: () => AsyncIterable<string>): AsyncIterable<string> {
  return { [Symbol.asyncIterator]: () => text()[Symbol.asyncIterator]() };
}

async function* once(text: string): AsyncIterable<string> {
  yield text;
}
