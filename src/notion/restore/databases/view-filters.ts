/** Filters of views for requests: properties, pages and people replaced by the copy's; conditions that cannot be written are left out. */
import type { Json, JsonObject } from '../../../document/json.ts';
import { isObject, objectAt, stringAt } from '../../../document/json.ts';
import { compactId, decodedPropertyId } from '../../../document/notion-id.ts';
import { writableOptionNames } from '../../../document/option-names.ts';
import { propertyType } from '../../../document/property-types.ts';
import type { Schema } from '../journal/tables/data-sources.ts';
import type { Conversion } from '../requests/conversion.ts';
import type { Reference } from '../requests/references.ts';
import { maxOptions } from './schema.ts';
import { optionsOf } from './schema-levels.ts';

/** The data source of a view as the view's conversion sees it. */
export interface ViewContext {
  readonly conversion: Conversion;
  /** The stored schema of the data source the view shows. */
  readonly schema: Schema;
  /** The copy's id of a property, given the original's. */
  readonly propertyId: (property: string) => string | undefined;
}

/** A filter without the conditions that cannot be said; undefined when none is left. */
export function writableFilter(filter: JsonObject, id: string, context: ViewContext): JsonObject | undefined {
  for (const joint of ['and', 'or']) {
    const parts = filter[joint];
    if (!Array.isArray(parts)) continue;
    const kept = parts.filter(isObject).flatMap((part) => writableFilter(part, id, context) ?? []);
    return kept.length === 0 ? undefined : { [joint]: kept };
  }
  if (typeof filter.timestamp === 'string') return withoutNulls(filter);
  const property = propertyOf(stringAt(filter, 'property') ?? '', context);
  const condition = property === undefined ? undefined : writableCondition(filter, property.stored, context);
  if (property !== undefined && condition !== undefined) return { property: property.key, ...condition };
  context.conversion.note(
    'approximated',
    'view filter',
    id,
    `a condition on ${stringAt(filter, 'property') ?? 'something'} cannot be written`,
  );
  return undefined;
}

function withoutNulls(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
}

/** A property by id or name: what the copy calls it, and how it is stored. */
export function propertyOf(
  key: string,
  context: ViewContext,
): { key: string; stored: JsonObject } | undefined {
  const stored = context.schema.find(
    (candidate) =>
      decodedPropertyId(stringAt(candidate, 'id') ?? '') === decodedPropertyId(key) || candidate.name === key,
  );
  if (stored === undefined) return undefined;
  const copy = context.propertyId(stringAt(stored, 'id') ?? '');
  return copy === undefined ? undefined : { key: copy, stored };
}

/** The condition of a filter with its values mapped; undefined when one names nothing that is there. */
function writableCondition(
  filter: JsonObject,
  stored: JsonObject,
  context: ViewContext,
): JsonObject | undefined {
  const condition: JsonObject = {};
  for (const [kind, test] of Object.entries(filter)) {
    if (kind === 'property' || kind === 'type' || test === null) continue;
    const written = isObject(test) ? writableTest(kind, test, stored, context) : test;
    if (written === undefined) return undefined;
    condition[kind] = written;
  }
  return Object.keys(condition).length === 0 ? undefined : condition;
}

function writableTest(
  kind: string,
  test: JsonObject,
  stored: JsonObject,
  context: ViewContext,
): JsonObject | undefined {
  const written: JsonObject = {};
  for (const [operator, operand] of Object.entries(test)) {
    if (operand === null) continue;
    const value = writableOperand(kind, operand, stored, context);
    if (value === undefined) return undefined;
    written[operator] = value;
  }
  return Object.keys(written).length === 0 ? undefined : written;
}

function writableOperand(
  kind: string,
  operand: Json,
  stored: JsonObject,
  context: ViewContext,
): Json | undefined {
  if (Array.isArray(operand)) {
    const kept = operand.flatMap((item) => writableOperand(kind, item, stored, context) ?? []);
    return kept.length === 0 ? undefined : kept;
  }
  if (typeof operand !== 'string') return operand;
  const { conversion } = context;
  const { refersTo, hasOptions } = propertyType(kind) ?? {};
  if (refersTo === 'pages') return conversion.object(operand);
  if (refersTo === 'people') return operand === 'me' ? operand : conversion.person(operand);
  if (hasOptions && stored.type === kind) return writtenOption(stored, operand);
  return operand;
}

/** The name under which the copy has an option, or a group of statuses; undefined when it has none. */
function writtenOption(stored: JsonObject, name: string): string | undefined {
  const groups = objectAt(stored, 'status')?.groups;
  const isGroup = Array.isArray(groups) && groups.some((group) => stringAt(group, 'name') === name);
  const options = optionsOf(stored);
  const index = options.slice(0, maxOptions).findIndex((option) => stringAt(option, 'name') === name);
  return index === -1 ? (isGroup ? name : undefined) : writableOptionNames(options)[index];
}

/** Quick filters with their conditions mapped. */
export function quickFiltersOf(view: JsonObject, id: string, context: ViewContext): JsonObject {
  const kept: JsonObject = {};
  for (const [key, condition] of Object.entries(isObject(view.quick_filters) ? view.quick_filters : {})) {
    const property = propertyOf(key, context);
    const written =
      property === undefined || !isObject(condition)
        ? undefined
        : writableCondition(condition, property.stored, context);
    if (property !== undefined && written !== undefined) kept[property.key] = written;
    else if (condition !== null)
      context.conversion.note(
        'approximated',
        'view filter',
        id,
        `a quick filter on ${key} cannot be written`,
      );
  }
  return kept;
}

/** Pages and people a view's filters name. */
export function* viewReferences(view: JsonObject): Iterable<Reference> {
  yield* filterReferences(view.filter);
  yield* filterReferences(view.quick_filters);
}

function* filterReferences(value: Json | undefined, kind = ''): Iterable<Reference> {
  if (typeof value === 'string' && /^[0-9a-f-]{32,36}$/i.test(value)) {
    const refersTo = propertyType(kind)?.refersTo;
    if (refersTo === 'pages') yield { kind: 'object', id: compactId(value) };
    if (refersTo === 'people') yield { kind: 'user', id: compactId(value) };
  }
  if (Array.isArray(value)) for (const item of value) yield* filterReferences(item, kind);
  if (isObject(value))
    for (const [key, member] of Object.entries(value))
      yield* filterReferences(member, propertyType(key)?.refersTo === undefined ? kind : key);
}
