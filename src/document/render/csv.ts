/** Rows as CSV (RFC 4180), UTF-8, with a header line: one table for each data source. */
import type { DatabaseDocument } from '../documents.ts';
import type { Json, JsonObject } from '../json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../json.ts';
import { safeName } from '../names.ts';
import { compactId, decodedPropertyId } from '../notion-id.ts';
import { plainText } from '../rich-text.ts';
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
  /** True for rows of this table. A row whose source is not known stands in the first. */
  holds(page: JsonObject): boolean;
}

/** @param view name of a view whose properties, in its order, are the columns; all of them where there is no such view */
export function csvTables(database: DatabaseDocument, view?: string): CsvTable[] {
  const sources: readonly JsonObject[] =
    database.data_sources.length > 0 ? database.data_sources : [database.database ?? {}];
  const ids = sources.map((source) => compactId(stringAt(source, 'id') ?? ''));
  const names = new Set<string>();
  return sources.map((source, index) => ({
    name: sources.length === 1 ? 'database.csv' : `${unused(names, sourceName(source))}.csv`,
    columns: columnsOf(source, viewOf(database, view, sources.length === 1 ? undefined : ids[index])),
    holds(page) {
      const own = compactId(stringAt(objectAt(page, 'parent'), 'data_source_id') ?? '');
      return ids.includes(own) ? own === ids[index] : index === 0;
    },
  }));
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

/** The view of that name, of the given source when several have one. */
function viewOf(database: DatabaseDocument, name?: string, source?: string): JsonObject | undefined {
  if (name === undefined) return undefined;
  return database.views.find(
    (view) =>
      stringAt(view, 'name') === name &&
      (source === undefined || compactId(stringAt(view, 'data_source_id') ?? '') === source),
  );
}

/** Names of the properties: the title first, then in the order they come; of a view, those it shows in its order. */
function columnsOf(source: JsonObject, view: JsonObject | undefined): string[] {
  const properties = Object.entries(objectAt(source, 'properties') ?? {});
  const isTitle = ([, property]: [string, Json]) => stringAt(property, 'type') === 'title';
  const all = [...properties.filter(isTitle), ...properties.filter((entry) => !isTitle(entry))];
  const shown = arrayAt(objectAt(view ?? null, 'configuration'), 'properties').flatMap((entry) => {
    const id = decodedPropertyId(stringAt(entry, 'property_id') ?? '');
    const found = all.find(([, property]) => decodedPropertyId(stringAt(property, 'id') ?? '') === id);
    return found === undefined || (isObject(entry) && entry.visible === false) ? [] : [found[0]];
  });
  return shown.length > 0 ? shown : all.map(([name]) => name);
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
