/** Values of a page's properties that differ from the snapshot's, matched by property id. */
import type { Gap } from '../../../document/documents.ts';
import type { Json, JsonObject } from '../../../document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../../document/json.ts';
import { decodedPropertyId } from '../../../document/notion-id.ts';
import { propertyType } from '../../../document/property-types.ts';
import { withoutSignature } from '../../../document/volatile.ts';
import { define } from '../databases/schema.ts';
import type { RowContext } from '../pages/property-values.ts';
import { rowValue } from '../pages/property-values.ts';
import { asItStands, asWritten } from '../requests/conversion.ts';
import { storedFile } from '../snapshot/stored-file.ts';
import type { Difference } from './differences.ts';
import { valueWords } from './differences.ts';

export interface PropertyComparison {
  /** Compact id of the page, for notes. */
  readonly page: string;
  readonly was: JsonObject;
  readonly now: JsonObject;
  readonly gaps: readonly Gap[];
  readonly row: RowContext;
  /** Names of the properties to restore; all when absent. */
  readonly only?: readonly string[];
  /** True when the page is a row: others have a title alone. */
  readonly isRow: boolean;
  /** The name by which requests name a property now; undefined when it is not there. */
  nameNow(property: JsonObject, name: string): string | undefined;
  /** The id that a property of the snapshot has now: one that was created again has another. */
  idNow(property: JsonObject): string;
}

export interface PropertyChanges {
  readonly differences: readonly Difference[];
  /** By the name of today, as requests take them. */
  readonly values: JsonObject;
}

/** Compares the values of a page with the snapshot's. A value that the snapshot does not hold in full is left alone. */
export function propertyChanges(comparison: PropertyComparison): PropertyChanges {
  const { page, was, now, row, only, isRow, gaps } = comparison;
  const unknown = new Set(gaps.map(({ what }) => what));
  const quiet = { ...row, conversion: { ...row.conversion, note: () => {}, attach: () => {} } };
  // Mentions in texts stand for themselves; options and relations are named as the schema names them.
  const texts = [asWritten, asItStands].map((as) => ({ ...row, conversion: as(row.conversion) }));
  const differences: Difference[] = [];
  const values: JsonObject = {};
  for (const [name, property] of Object.entries(objectAt(was, 'properties') ?? {})) {
    if (!isObject(property) || unknown.has(`property ${name}`)) continue;
    if (only !== undefined && !only.includes(name)) continue;
    if (!isRow && property.type !== 'title') continue;
    if (lacksFiles(property)) continue;
    const id = `${page}/${name}`;
    const other = presentValue(now, name, property, comparison.idNow);
    if (isSameOption(property, other)) continue;
    const isText = property.type === 'title' || property.type === 'rich_text';
    const [before = quiet, after = quiet] = isText ? texts : [];
    const written = rowValue(property, id, before);
    const present = other === undefined ? undefined : rowValue(other, id, after);
    if (valueForm(property, written) === valueForm(other ?? { type: property.type ?? '' }, present)) continue;
    const value = written ?? emptied(stringAt(property, 'type') ?? '', other);
    if (value === undefined) continue;
    const what = property.type === 'title' ? 'title' : 'value';
    const words = { what, name, was: valueWords(property), now: valueWords(other) } as const;
    const key = comparison.nameNow(property, name);
    if (key === undefined) {
      differences.push({ ...words, left: 'the property is not there any more' });
      row.conversion.note(
        'lost',
        `value ${stringAt(property, 'type')}`,
        id,
        'its property is not there any more',
      );
      continue;
    }
    differences.push(words);
    define(values, key, rowValue(property, id, row) ?? value);
  }
  return { differences, values };
}

/** The value of the same property now, under its id in the snapshot; undefined when it has none, or one of another type. */
function presentValue(
  now: JsonObject,
  name: string,
  property: JsonObject,
  idNow: PropertyComparison['idNow'],
): JsonObject | undefined {
  const current = objectAt(now, 'properties') ?? {};
  const id = decodedPropertyId(idNow(property));
  const found =
    Object.values(current).find((value) => decodedPropertyId(stringAt(value, 'id') ?? '') === id) ??
    (Object.hasOwn(current, name) ? current[name] : undefined);
  return isObject(found) && found.type === property.type ? { ...found, id: property.id ?? '' } : undefined;
}

/** An option that was renamed is the same one: its name is a matter of the schema. */
function isSameOption(property: JsonObject, other: JsonObject | undefined): boolean {
  const type = stringAt(property, 'type') ?? '';
  if (other === undefined || propertyType(type)?.hasOptions !== true) return false;
  const idsOf = (value: Json | undefined): (string | undefined)[] =>
    (Array.isArray(value) ? value : [value ?? null]).map((option) => stringAt(option, 'id'));
  const [before, now] = [idsOf(property[type]), idsOf(other[type])];
  return before.every((id) => id !== undefined) && JSON.stringify(before) === JSON.stringify(now);
}

/** True when the snapshot names a file of the value without its bytes. */
function lacksFiles(property: JsonObject): boolean {
  return arrayAt(property, 'files').some((item) => {
    const file = objectAt(item, 'file');
    return file !== undefined && storedFile(file) === undefined;
  });
}

/** A value as one text; files by name and where they lie. */
function valueForm(property: JsonObject, written: JsonObject | undefined): string {
  if (property.type !== 'files') return JSON.stringify(written ?? null);
  return JSON.stringify(
    arrayAt(property, 'files').map((file) => [stringAt(file, 'name') ?? '', fileForm(file)]),
  );
}

/** A file by its contents, or, where they are not known, by where it lies. */
export function fileForm(value: Json | undefined): string {
  const file = objectAt(value, 'file') ?? objectAt(value, 'external');
  return stringAt(file, 'sha256') ?? withoutSignature(stringAt(file, 'url') ?? '');
}

/** The request that clears a value. */
function emptied(type: string, other: JsonObject | undefined): JsonObject | undefined {
  if (other === undefined) return undefined;
  switch (propertyType(type)?.value) {
    case 'list':
      return { [type]: [] };
    case 'single':
      return { [type]: null };
    case 'flag':
      return { [type]: false };
    default:
      return undefined;
  }
}
