/** Objects a replay showed, and the check that documents created from it hold all of them. */
import type { Json, JsonObject } from '../../src/document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../src/document/json.ts';
import { differences } from './holds.ts';
import type { ServedBody } from './replay-server.ts';

const kinds = new Set(['page', 'block', 'database', 'data_source', 'comment', 'user', 'view']);

/** An object that was served, with every version of it: recordings were taken over weeks. */
export interface RecordedObject {
  readonly kind: string;
  /** 32 hex digits. */
  readonly id: string;
  readonly versions: readonly JsonObject[];
}

/** A property value that was served by itself, whole or in pages. */
export interface RecordedValue {
  readonly pageId: string;
  readonly propertyId: string;
  /** `property_item` objects in the order they were served. */
  readonly items: readonly JsonObject[];
}

/** Each page, block, database, data source, comment, user and view in the bodies, by kind and id. References `{object, id}` are left out. */
export function recordedObjects(served: readonly ServedBody[]): Map<string, RecordedObject> {
  const found = new Map<string, { kind: string; id: string; versions: JsonObject[] }>();
  for (const { body } of served) {
    for (const object of [body, ...arrayAt(body, 'results')]) {
      const key = keyOf(object);
      if (key === undefined || !isObject(object)) continue;
      const known = found.get(key);
      if (known !== undefined) known.versions.push(object);
      else
        found.set(key, { kind: stringAt(object, 'object') ?? '', id: compact(object), versions: [object] });
    }
  }
  return found;
}

/** Each property value that was served at `/pages/{id}/properties/{id}`. */
export function recordedValues(served: readonly ServedBody[]): RecordedValue[] {
  const found = new Map<string, { pageId: string; propertyId: string; items: JsonObject[] }>();
  for (const { path, body } of served) {
    const [, pageId, propertyId] = /^\/v1\/pages\/([^/]+)\/properties\/([^/]+)$/.exec(path) ?? [];
    if (pageId === undefined || propertyId === undefined) continue;
    const items = (body.object === 'list' ? arrayAt(body, 'results') : [body]).filter(isObject);
    const key = `${undash(pageId)} ${decodeURIComponent(propertyId)}`;
    const known = found.get(key);
    if (known !== undefined) known.items.push(...items);
    else found.set(key, { pageId: undash(pageId), propertyId: decodeURIComponent(propertyId), items });
  }
  return [...found.values()];
}

/** Every object with its own `object` and `id` anywhere in the documents, by kind and id, all its occurrences. */
export function documentObjects(documents: Iterable<unknown>): Map<string, JsonObject[]> {
  const found = new Map<string, JsonObject[]>();
  for (const document of documents) collect(document, found);
  return found;
}

/**
 * One line for each recorded object or value that the documents do not hold; none when they hold everything.
 * An object served in several versions is held when one of them is: one that no other version contains.
 */
export function notHeld(documents: Iterable<unknown>, served: readonly ServedBody[]): string[] {
  const kept = documentObjects(documents);
  const lines: string[] = [];
  for (const [key, { versions }] of recordedObjects(served)) {
    const copies = kept.get(key) ?? [];
    if (copies.length === 0) lines.push(`${key}: not in any document`);
    else if (!copies.some((copy) => holdsOne(copy, versions))) {
      lines.push(`${key}: ${closest(copies, versions).slice(0, 5).join('; ')}`);
    }
  }
  for (const value of recordedValues(served)) lines.push(...valueNotHeld(value, kept));
  return lines;
}

function holdsOne(copy: JsonObject, versions: readonly JsonObject[]): boolean {
  return fullest(versions).some((version) => differences(copy, version).length === 0);
}

function closest(copies: readonly JsonObject[], versions: readonly JsonObject[]): string[] {
  const all = copies.flatMap((copy) => fullest(versions).map((version) => differences(copy, version)));
  return all.sort((a, b) => a.length - b.length)[0] ?? [];
}

/** The versions that no other one contains: a query that asked for two columns is not a witness of a page. */
function fullest(versions: readonly JsonObject[]): readonly JsonObject[] {
  return versions.filter(
    (version, index) =>
      !versions.some(
        (other, at) =>
          at !== index &&
          differences(other, version).length === 0 &&
          (differences(version, other).length > 0 || at < index),
      ),
  );
}

function valueNotHeld(value: RecordedValue, kept: ReadonlyMap<string, readonly JsonObject[]>): string[] {
  const name = `property ${value.propertyId} of page ${value.pageId}`;
  const pages = kept.get(`page ${value.pageId}`) ?? [];
  const cells = pages.flatMap((page) => cellsOf(page, value.propertyId));
  if (cells.length === 0) return [`${name}: not in any document`];
  const lacking = value.items.filter((item) => !cells.some((cell) => cellHolds(cell, item)));
  return lacking.length === 0
    ? []
    : [`${name}: ${lacking.length} of ${value.items.length} items are missing`];
}

function cellsOf(page: JsonObject, propertyId: string): JsonObject[] {
  return Object.values(objectAt(page, 'properties') ?? {})
    .filter(isObject)
    .filter((cell) => decodeURIComponent(stringAt(cell, 'id') ?? '') === propertyId);
}

/** A list item (one relation, one run of text) stands in the cell's array; any other value is the cell's own. */
function cellHolds(cell: JsonObject, item: JsonObject): boolean {
  const type = stringAt(item, 'type') ?? '';
  const expected = item[type] ?? null;
  const actual = cell[type] ?? null;
  if (Array.isArray(actual) && !Array.isArray(expected)) {
    return actual.some((each) => differences(each, expected).length === 0);
  }
  // Items of a rollup are the values it rolled up, each of a type of its own.
  const rolled = arrayAt(objectAt(cell, 'rollup'), 'array');
  if (type !== 'rollup' && rolled.length > 0) {
    return rolled.some((each) => isObject(each) && differences(each[type] ?? null, expected).length === 0);
  }
  return differences(actual, expected).length === 0;
}

function collect(value: unknown, found: Map<string, JsonObject[]>): void {
  if (Array.isArray(value)) for (const each of value) collect(each, found);
  if (!isObject(value)) return;
  const key = keyOf(value);
  if (key !== undefined) {
    const known = found.get(key);
    if (known === undefined) found.set(key, [value]);
    else known.push(value);
  }
  for (const each of Object.values(value)) collect(each, found);
}

function keyOf(object: Json): string | undefined {
  if (!isObject(object) || typeof object.id !== 'string' || typeof object.object !== 'string')
    return undefined;
  if (!kinds.has(object.object) || Object.keys(object).length === 2) return undefined;
  return `${object.object} ${compact(object)}`;
}

function compact(object: JsonObject): string {
  return undash(stringAt(object, 'id') ?? '');
}

function undash(id: string): string {
  return id.replaceAll('-', '').toLowerCase();
}
