/** A database as files: its rows as CSV, and an index of them. */
import type { SnapshotReader, WalkedEntry } from '../../document/content.ts';
import type { DatabaseDocument, PageDocument } from '../../document/documents.ts';
import { stringAt } from '../../document/json.ts';
import { printable } from '../../document/names.ts';
import type { CsvTable } from '../../document/render/csv.ts';
import { csvLine, csvTables, rowFields } from '../../document/render/csv.ts';
import { caption, tableOf, tableRow, viewTabs } from '../../document/render/database.ts';
import type { ShownRow } from '../../document/render/database-views.ts';
import { otherViews, shownRow, shownViews } from '../../document/render/database-views.ts';
import { elementsText, htmlFrame, nodesHtml, trailHtml } from '../../document/render/html.ts';
import { nodesMarkdown } from '../../document/render/markdown.ts';
import { nodesText } from '../../document/render/text.ts';
import { noteDatabase, propertyNotes } from '../../document/render/tree/gap-notes.ts';
import type { Links } from '../../document/render/tree/links.ts';
import { pathToUrl } from '../../document/render/tree/links.ts';
import type { RootContent } from '../../document/render/tree/nodes.ts';
import { linked, listOf, note, paragraph, text } from '../../document/render/tree/nodes.ts';
import { plainText } from '../../document/rich-text.ts';
import { pageTitle } from '../../document/title.ts';
import type { OpenView } from '../../document/views/rows-of-view.ts';
import { openView } from '../../document/views/rows-of-view.ts';
import type { SortKey } from '../../document/views/sorts.ts';
import { asPage, documentPath, readJson } from './read-document.ts';
import { snapshotTime } from './snapshot-time.ts';

/** The parts of a snapshot that a database is rendered from. */
export interface DatabaseOptions {
  readonly snapshot: SnapshotReader;
  readonly directory: WalkedEntry & { type: 'directory' };
  readonly as: 'md' | 'html' | 'csv' | 'text';
}

/**
 * Rows are read one at a time: a database of any size passes through. Rows that are missing have a line that says so, and
 * so has what could not be followed of the view that chooses and orders them.
 */
export async function* databaseCsv(
  { snapshot, directory }: DatabaseOptions,
  database: DatabaseDocument,
  { columns, holds, view }: CsvTable,
  links: Links,
): AsyncIterable<string> {
  const titleOf = (id: string) => links.title?.(id);
  const seen =
    view === undefined ? undefined : openView({ ...view, nowMs: await snapshotTime(snapshot), titleOf });
  yield csvLine([...columns, 'Notion id']);
  for await (const document of rowsInOrder(snapshot, directory, holds, seen))
    yield csvLine(rowFields(document.page, columns, propertyNotes(document), links.title));
  for (const note of noteDatabase(database).rows) yield csvLine([note]);
  const name = stringAt(view?.view, 'name') ?? '';
  for (const note of seen?.notes() ?? []) yield csvLine([`[view "${printable(name)}": ${note}]`]);
}

/** The rows that `holds` takes, as a view chooses and orders them: of each it keeps in memory what it is sorted by. */
async function* rowsInOrder(
  snapshot: SnapshotReader,
  directory: DatabaseOptions['directory'],
  holds: CsvTable['holds'],
  view: OpenView | undefined,
): AsyncIterable<PageDocument> {
  const sorted: { readonly path: string; readonly keys: readonly SortKey[] }[] = [];
  for await (const { path, document } of rowsOf(snapshot, directory.path)) {
    if (!holds(document.page) || view?.shows(document) === false) continue;
    if (view?.isSorted === true) sorted.push({ path, keys: view.sortKeys(document) });
    else yield document;
  }
  if (view !== undefined) sorted.sort((a, b) => view.compare(a.keys, b.keys));
  for (const { path } of sorted) yield asPage(await readJson(snapshot, path), path);
}

export async function* databaseIndex(
  options: DatabaseOptions,
  database: DatabaseDocument,
  links: Links,
): AsyncIterable<string> {
  const noted = noteDatabase(database);
  const notes = [...noted.rows, ...noted.rest].map((words) => paragraph([note(words)]));
  const title = plainText((database.database ?? database.data_sources[0])?.title) || 'Untitled';
  const opening: RootContent[] = [
    { type: 'heading', depth: 1, children: [text(title)] },
    ...(options.as === 'text' ? [] : csvTables(database).map((table) => csvLink(table))),
  ];
  if (options.as === 'text') yield* textIndex(options, opening, notes);
  else if (options.as === 'md') yield* markdownIndex(options, opening, notes, links);
  else yield* htmlIndex(options, database, { title, opening, notes }, links);
}

function csvLink({ name }: CsvTable): RootContent {
  const words = name === 'database.csv' ? 'All properties as CSV' : `${name.slice(0, -4)} as CSV`;
  return paragraph(linked(pathToUrl(name), [text(words)]));
}

/** The title and those of the rows. */
async function* textIndex(
  { snapshot, directory }: DatabaseOptions,
  opening: readonly RootContent[],
  notes: readonly RootContent[],
): AsyncIterable<string> {
  yield `${nodesText(opening)}\n`;
  for await (const { document } of rowsOf(snapshot, directory.path))
    yield nodesText([listOf(paragraph([text(printable(pageTitle(document.page)) || 'Untitled')]))]);
  if (notes.length > 0) yield `\n${nodesText(notes)}`;
}

async function* markdownIndex(
  { snapshot, directory }: DatabaseOptions,
  opening: readonly RootContent[],
  notes: readonly RootContent[],
  links: Links,
): AsyncIterable<string> {
  yield `${nodesMarkdown(opening)}\n`;
  for await (const { id, document } of rowsOf(snapshot, directory.path))
    yield nodesMarkdown([
      listOf(paragraph(linked(links.object(id), [text(pageTitle(document.page) || 'Untitled')]))),
    ]);
  if (notes.length > 0) yield `\n${nodesMarkdown(notes)}`;
}

/** A database of more rows has one table, written row by row: memory does not grow with it. */
const maxRowsOfViews = 2000;

async function* htmlIndex(
  { snapshot, directory }: DatabaseOptions,
  database: DatabaseDocument,
  parts: {
    readonly title: string;
    readonly opening: readonly RootContent[];
    readonly notes: readonly RootContent[];
  },
  links: Links,
): AsyncIterable<string> {
  const { head, tail } = htmlFrame(parts.title, 'wide');
  const titleOf = (id: string) => links.title?.(id);
  const views = shownViews(database, { nowMs: await snapshotTime(snapshot), titleOf });
  const columns = views[0]?.columns ?? [];
  yield head + trailHtml(links) + nodesHtml(parts.opening);
  const rows: ShownRow[] = [];
  let isStreamed = false;
  for await (const { document } of rowsOf(snapshot, directory.path)) {
    const row = shownRow(document, links);
    if (!isStreamed && rows.push(row) <= maxRowsOfViews) continue;
    if (isStreamed) yield elementsText([tableRow(columns, row)]);
    else {
      isStreamed = true;
      const note = caption('It has too many rows for its views to be shown: here are all rows in one table.');
      const opening = [note, tableOf(columns, rows.splice(0))];
      yield elementsText(opening).replace('</tbody></table></div>', '');
    }
  }
  if (!isStreamed)
    for await (const { document } of rowsOf(snapshot, `${directory.path}/_templates`))
      rows.push(shownRow(document, links));
  yield isStreamed ? '</tbody></table></div>' : elementsText(viewTabs(views, rows));
  const others = otherViews(database);
  const note = others.length === 0 ? [] : [caption(`Views that are not shown: ${others.join(', ')}.`)];
  yield elementsText(note) + nodesHtml(parts.notes) + tail;
}

async function* rowsOf(snapshot: SnapshotReader, folder: string) {
  if ((await snapshot.entry(folder))?.type !== 'directory') return;
  for await (const entry of snapshot.list(folder)) {
    if (entry.type !== 'directory' || entry.object?.kind !== 'page') continue;
    const path = documentPath(entry);
    yield { id: entry.object.id, path, document: asPage(await readJson(snapshot, path), path) };
  }
}
