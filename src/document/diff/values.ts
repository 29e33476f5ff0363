/** The values of a page's properties, matched by the properties' ids. */

import type { Gaps } from '../gaps.ts';
import type { Json, JsonObject } from '../json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../json.ts';
import { decodedPropertyId } from '../notion-id.ts';
import { propertyText } from '../render/tree/property-text.ts';
import type { Change } from './change.ts';
import { isSame } from './forms.ts';

/** Types whose values Notion computes: they follow from edits elsewhere. */
const computed = new Set([
  'formula',
  'rollup',
  'created_time',
  'created_by',
  'last_edited_time',
  'last_edited_by',
  'last_visited_time',
  'unique_id',
  'button',
]);

/**
 * The values that differ. The title is not among them, and neither is the value of a property that the later schema no
 * longer has: the database tells of that.
 */
export function diffValues(
  before: JsonObject,
  after: JsonObject,
  gaps: { readonly before: Gaps; readonly after: Gaps },
): Change[] {
  const old = byId(before);
  return [...byId(after)].flatMap(([id, [name, property]]): Change[] => {
    const type = stringAt(property, 'type') ?? '';
    if (type === 'title' || computed.has(type)) return [];
    const [oldName, was] = old.get(id) ?? [name, undefined];
    if (isSame(valueForm(was), valueForm(property))) return [];
    const words = { before: propertyText(was), after: propertyText(property) };
    // A property of another type holds its values otherwise: the database tells of that, the row of other words.
    if (was !== undefined && stringAt(was, 'type') !== type && words.before === words.after) return [];
    const gap = gaps.before.ofProperty(oldName, was ?? null) ?? gaps.after.ofProperty(name, property);
    const common = { part: 'value', id, name } as const;
    return gap === undefined
      ? [{ kind: 'changed', ...common, ...words }]
      : [{ kind: 'unknown', ...common, ...words, reason: gap.reason }];
  });
}

function byId(page: JsonObject): Map<string, [name: string, property: JsonObject]> {
  const properties = Object.entries(objectAt(page, 'properties') ?? {});
  return new Map(
    properties.flatMap(([name, property]) =>
      isObject(property) ? [[decodedPropertyId(stringAt(property, 'id') ?? name), [name, property]]] : [],
    ),
  );
}

/** Options by their ids: renaming an option changes no value. Nothing is one value, whatever the type writes for it. */
function valueForm(property: JsonObject | undefined): Json {
  const type = stringAt(property, 'type') ?? '';
  const value = property?.[type] ?? null;
  if (type === 'select' || type === 'status') return isObject(value) ? optionForm(value) : null;
  if (type === 'multi_select') return filled(arrayAt(property, type).map(optionForm));
  if (type === 'checkbox') return value === true ? true : null;
  return Array.isArray(value) ? filled(value) : value === '' ? null : value;
}

function filled(list: Json[]): Json {
  return list.length === 0 ? null : list;
}

function optionForm(option: Json): Json {
  return stringAt(option, 'id') ?? stringAt(option, 'name') ?? null;
}
