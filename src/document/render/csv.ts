/** Rows as CSV (RFC 4180), UTF-8, with a header line: one table for each data source. */
import type { DatabaseDocument } from '../documents.ts';
import type { Json, JsonObject } from '../json.ts';
import { objectAt, stringAt } from '../json.ts';
import { safeName } from '../names.ts';
import { compactId } from '../notion-id.ts';
import { plainText } from '../rich-text.ts';
import type { ViewOptions } from '../views/rows-of-view.ts';
import { openView } from '../views/rows-of-view.ts';
import { sourceOf } from './database-views.ts';
import type { TitleOf } from './tree/property-text.ts';
import { propertyText } from './tree/property-text.ts';

/**
 * One field: quoted when it must be. A leading `=`, `+`, `-`, `@` would run as a formula in a spreadsheet: it gets a
 * quote mark (OWASP, "CSV Injection").
 */
export function csvField(text: string): string {
  const inert = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

export function csvLine(fields: readonly string[]): string {
  return `${fields.map(csvField).join(',')}\r\n`;
}

/** The rows of one data source as a file. */
export interface CsvTable {
  /** `database.csv`; the name of its source where there are several. */
  readonly name: string;
  /** Names of properties. */
  readonly columns: readonly string[];
  /** The view that chooses the columns, the rows and their order, with the schema it is of. */
  readonly view?: Pick<ViewOptions, 'view' | 'schema'>;
  /** True for rows of this table. A row whose source is not known stands in the first. */
  holds(page: JsonObject): boolean;
}

/** @param view name of a view that chooses columns, rows and their order; all of them where there is no such view */
export function csvTables(database: DatabaseDocument, view?: string): CsvTable[] {
  const sources: readonly JsonObject[] =
    database.data_sources.length > 0 ? database.data_sources : [database.database ?? {}];
  const ids = sources.map((source) => compactId(stringAt(source, 'id') ?? ''));
  const names = new Set<string>();
  return sources.map((source, index) => {
    const schema = objectAt(source, 'properties') ?? {};
    const own = view === undefined ? undefined : viewOf(database, view, source);
    const shown = own === undefined ? undefined : { view: own, schema };
    return {
      name: sources.length === 1 ? 'database.csv' : `${unused(names, sourceName(source))}.csv`,
      columns: columnsOf(schema, shown),
      ...(shown === undefined ? {} : { view: shown }),
      holds(page) {
        const parent = compactId(stringAt(objectAt(page, 'parent'), 'data_source_id') ?? '');
        return ids.includes(parent) ? parent === ids[index] : index === 0;
      },
    };
  });
}

function sourceName(source: JsonObject): string {
  return safeName(plainText(source.title) || stringAt(source, 'name') || 'Untitled');
}

/** `name`, with a number where it is taken, also on systems that take capitals and small letters for one. */
function unused(names: Set<string>, name: string): string {
  for (let number = 1; ; number += 1) {
    const one = number === 1 ? name : `${name} ${number}`;
    if (names.has(one.toLowerCase())) continue;
    names.add(one.toLowerCase());
    return one;
  }
}

/** The view of that name that shows `source`. */
function viewOf(database: DatabaseDocument, name: string, source: JsonObject): JsonObject | undefined {
  return database.views.find(
    (view) => stringAt(view, 'name') === name && sourceOf(view, database) === source,
  );
}

/** Names of the properties: the title first, then in the order they come; of a view, those it shows in its order. */
function columnsOf(schema: JsonObject, view: CsvTable['view']): string[] {
  const shown = view === undefined ? undefined : openView({ ...view, nowMs: Number.NaN }).properties;
  if (shown !== undefined) return shown.map(({ name }) => name);
  const properties = Object.entries(schema);
  const isTitle = ([, property]: [string, Json]) => stringAt(property, 'type') === 'title';
  const all = [...properties.filter(isTitle), ...properties.filter((entry) => !isTitle(entry))];
  return all.map(([name]) => name);
}

/** A row's fields in the order of `columns`, then its Notion id. A value that is not whole says so. */
export function rowFields(
  page: JsonObject,
  columns: readonly string[],
  notes: ReadonlyMap<string, string> = new Map(),
  titleOf?: TitleOf,
): string[] {
  const properties = objectAt(page, 'properties') ?? {};
  const fields = columns.map((name) =>
    [propertyText(properties[name], titleOf), notes.get(name) ?? ''].filter((part) => part !== '').join(' '),
  );
  return [...fields, stringAt(page, 'id') ?? ''];
}
