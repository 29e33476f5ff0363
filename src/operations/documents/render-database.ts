/** A database as files: its rows as CSV, and an index of them. */
import type { SnapshotReader, WalkedEntry } from '../../document/content.ts';
import type { DatabaseDocument } from '../../document/documents.ts';
import { printable } from '../../document/names.ts';
import type { CsvTable } from '../../document/render/csv.ts';
import { csvLine, csvTables, rowFields } from '../../document/render/csv.ts';
import type { ShownRow } from '../../document/render/database.ts';
import { shownRow, shownViews, tableOf, tableRow, viewTabs } from '../../document/render/database.ts';
import { elementsText, htmlFrame, nodesHtml, trailHtml } from '../../document/render/html.ts';
import { nodesMarkdown } from '../../document/render/markdown.ts';
import { nodesText } from '../../document/render/text.ts';
import { noteDatabase, propertyNotes } from '../../document/render/tree/gap-notes.ts';
import type { Links } from '../../document/render/tree/links.ts';
import { pathToUrl } from '../../document/render/tree/links.ts';
import type { RootContent } from '../../document/render/tree/nodes.ts';
import { linked, listOf, note, paragraph, text } from '../../document/render/tree/nodes.ts';
import { pageTitle } from '../../document/render/tree/property-text.ts';
import { plainText } from '../../document/rich-text.ts';
import { asPage, documentPath, readJson } from './read-document.ts';

/** The parts of a snapshot that a database is rendered from. */
export interface DatabaseOptions {
  readonly snapshot: SnapshotReader;
  readonly directory: WalkedEntry & { type: 'directory' };
  readonly as: 'md' | 'html' | 'csv' | 'text';
}

/** Rows are read one at a time: a database of any size passes through. Rows that are missing have a line that says so. */
export async function* databaseCsv(
  { snapshot, directory }: DatabaseOptions,
  database: DatabaseDocument,
  { columns, holds }: CsvTable,
  links: Links,
): AsyncIterable<string> {
  yield csvLine([...columns, 'Notion id']);
  for await (const { document } of rowsOf(snapshot, directory))
    if (holds(document.page))
      yield csvLine(rowFields(document.page, columns, propertyNotes(document), links.title));
  for (const note of noteDatabase(database).rows) yield csvLine([note]);
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
  for await (const { document } of rowsOf(snapshot, directory))
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
  for await (const { id, document } of rowsOf(snapshot, directory))
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
  const views = shownViews(database);
  const columns = views[0]?.columns ?? [];
  yield head + trailHtml(links) + nodesHtml(parts.opening);
  const rows: ShownRow[] = [];
  let isStreamed = false;
  for await (const { document } of rowsOf(snapshot, directory)) {
    const row = shownRow(document.page, links);
    if (!isStreamed && rows.push(row) <= maxRowsOfViews) continue;
    if (isStreamed) yield elementsText([tableRow(columns, row)]);
    else {
      isStreamed = true;
      yield elementsText([tableOf(columns, rows.splice(0))]).replace('</tbody></table></div>', '');
    }
  }
  yield isStreamed ? '</tbody></table></div>' : elementsText(viewTabs(views, rows));
  yield nodesHtml(parts.notes) + tail;
}

async function* rowsOf(snapshot: SnapshotReader, directory: DatabaseOptions['directory']) {
  for await (const entry of snapshot.list(directory.path)) {
    if (entry.type !== 'directory' || entry.object?.kind !== 'page') continue;
    const path = documentPath(entry);
    yield { id: entry.object.id, document: asPage(await readJson(snapshot, path), path) };
  }
}
