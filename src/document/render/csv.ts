/** Rows as CSV (RFC 4180), UTF-8, with a header line. */
import type { DatabaseDocument } from '../documents.ts';
import type { JsonObject } from '../json.ts';
import { objectAt, stringAt } from '../json.ts';
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

/** Column names of a database: the title first, then every property of its data sources in the order they come. */
export function columnsOf(database: DatabaseDocument): string[] {
  const sources = database.data_sources.length > 0 ? database.data_sources : [database.database ?? {}];
  const titles: string[] = [];
  const others: string[] = [];
  for (const source of sources) {
    for (const [name, property] of Object.entries(objectAt(source, 'properties') ?? {})) {
      const column = stringAt(property, 'type') === 'title' ? titles : others;
      if (!column.includes(name)) column.push(name);
    }
  }
  return [...titles, ...others];
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
