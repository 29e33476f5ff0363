/** The groups of a view: sections of a table, columns of a board. */
import type { Json, JsonObject } from '../json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../json.ts';
import { printable } from '../names.ts';
import { plainText } from '../rich-text.ts';
import { optionsOf } from '../schema-names.ts';
import { currentName } from './condition.ts';
import { dayMs, dayOf, dayText, startOf, weekOf } from './days.ts';
import type { ViewContext } from './filter.ts';
import type { TitleOf } from './sorts.ts';
import type { SchemaProperty, ViewRow } from './view-schema.ts';
import { propertyNamed, rowValue } from './view-schema.ts';

/** A group as one of its rows gives it. */
export interface GroupKey {
  readonly name: string;
  /** Numbers before texts; the order of groups is that of their places. */
  readonly place: number | string;
}

/** The grouping of a view. */
export interface Grouping {
  readonly property: SchemaProperty;
  /** The groups a row stands in: several for a list of values, none when it has no value. */
  keys(row: ViewRow): readonly GroupKey[];
  /** Groups that are shown without rows. */
  readonly always: readonly GroupKey[];
  readonly isDescending: boolean;
}

/** The grouping that a view's configuration asks for; undefined when there is none or it could not be followed. */
export function compileGrouping(
  configuration: JsonObject | undefined,
  context: ViewContext,
  titleOf: TitleOf,
): Grouping | undefined {
  const group = objectAt(configuration, 'group_by');
  if (objectAt(configuration, 'sub_group_by') !== undefined)
    context.tell('The groups within its groups are not shown.');
  if (group === undefined) return undefined;
  const property = propertyNamed(context.schema, stringAt(group, 'property_id'));
  const read = property === undefined ? undefined : keysOf(property, group, context, titleOf);
  if (property === undefined || read === undefined) {
    const name = property?.name ?? stringAt(group, 'property_name') ?? stringAt(group, 'property_id') ?? '';
    context.tell(`This grouping could not be followed: by ${printable(name)}.`);
    return undefined;
  }
  const sort = sortOf(group);
  const isByName = sort !== 'manual' && hasOptions(property);
  const named = (key: GroupKey): GroupKey => (isByName ? { ...key, place: key.name.toLowerCase() } : key);
  return {
    property,
    isDescending: sort === 'descending',
    always: group.hide_empty_groups === true ? [] : optionKeys(property, group).map(named),
    keys(row) {
      const value = rowValue(row, property);
      if (value !== undefined) return read(value).map(named);
      context.tell(`Rows whose ${printable(property.name)} is not known stand in the last group.`);
      return [];
    },
  };
}

function sortOf(group: JsonObject): string {
  const own = objectAt(group, 'sort') ?? objectAt(objectAt(group, 'group_by'), 'sort');
  return stringAt(own, 'type') ?? 'manual';
}

function hasOptions({ type }: SchemaProperty): boolean {
  return ['select', 'multi_select', 'status'].includes(type);
}

/** Every group that the schema knows of. */
function optionKeys(property: SchemaProperty, group: JsonObject): GroupKey[] {
  if (property.type === 'checkbox') return [checkboxKey(true), checkboxKey(false)];
  if (!hasOptions(property)) return [];
  const names = isByStatusGroup(property, group) ? statusGroups(property) : optionsOf(property.config);
  return names.map((each, place) => ({ name: stringAt(each, 'name') ?? '', place }));
}

function isByStatusGroup({ type }: SchemaProperty, group: JsonObject): boolean {
  return type === 'status' && group.group_by === 'group';
}

function statusGroups({ config }: SchemaProperty): Json[] {
  return arrayAt(objectAt(config, 'status'), 'groups');
}

type ReadKeys = (value: Json) => GroupKey[];

function keysOf(
  property: SchemaProperty,
  group: JsonObject,
  context: ViewContext,
  titleOf: TitleOf,
): ReadKeys | undefined {
  switch (property.type) {
    case 'select':
    case 'multi_select':
      return (value) => listed(value).flatMap((option) => optionKey(option, property));
    case 'status':
      return isByStatusGroup(property, group)
        ? (value) => statusGroupKey(value, property)
        : (value) => listed(value).flatMap((option) => optionKey(option, property));
    case 'people':
    case 'created_by':
    case 'last_edited_by':
      return (value) =>
        listed(value).map((person) => textKey(stringAt(person, 'name') ?? stringAt(person, 'id') ?? ''));
    case 'relation':
      return (value) =>
        listed(value).map((page) => {
          const id = stringAt(page, 'id') ?? '';
          return textKey(titleOf(id) ?? id);
        });
    case 'formula':
      return formulaKeys(objectAt(group, 'group_by') ?? {}, context);
    default:
      return plainKeys(property.type, group, context);
  }
}

/** Values that are one text, number, date or checkbox. */
function plainKeys(type: string, group: JsonObject, { nowMs }: ViewContext): ReadKeys | undefined {
  switch (type) {
    case 'checkbox':
      return (value) => [checkboxKey(value === true)];
    case 'number':
      return (value) => (typeof value === 'number' ? [rangeKey(value, group)] : []);
    case 'date':
    case 'created_time':
    case 'last_edited_time':
      if (Number.isNaN(nowMs) && isRelativeGroup(group)) return undefined;
      return (value) => {
        const start = startOf(value);
        return start === undefined ? [] : [dateKey(start, group, nowMs)];
      };
    case 'text':
    case 'title':
    case 'rich_text':
    case 'url':
    case 'email':
    case 'phone_number':
      return (value) => {
        const text = typeof value === 'string' ? value : plainText(value);
        return text === '' ? [] : [textKey(group.group_by === 'alphabet_prefix' ? firstLetter(text) : text)];
      };
    default:
      return undefined;
  }
}

const formulaMembers: { readonly [kind: string]: string } = {
  text: 'string',
  number: 'number',
  date: 'date',
  checkbox: 'boolean',
};

function formulaKeys(group: JsonObject, context: ViewContext): ReadKeys | undefined {
  const kind = stringAt(group, 'type') ?? '';
  const [member, read] = [formulaMembers[kind], plainKeys(kind, group, context)];
  if (member === undefined || read === undefined) return undefined;
  return (value) => {
    const result = isObject(value) ? value[member] : undefined;
    return result === undefined || result === null ? [] : read(result);
  };
}

function listed(value: Json): Json[] {
  if (Array.isArray(value)) return value;
  return value === null ? [] : [value];
}

function textKey(name: string): GroupKey {
  return { name, place: name.toLowerCase() };
}

function checkboxKey(isChecked: boolean): GroupKey {
  return { name: isChecked ? 'Checked' : 'Unchecked', place: isChecked ? 0 : 1 };
}

/** An option by its name in the schema; one that is gone comes after the others. */
function optionKey(option: Json, property: SchemaProperty): GroupKey[] {
  const name = currentName(option, property);
  const options = optionsOf(property.config);
  const place = options.findIndex((each) => stringAt(each, 'name') === name);
  return name === '' ? [] : [{ name, place: place === -1 ? options.length : place }];
}

function statusGroupKey(value: Json, property: SchemaProperty): GroupKey[] {
  const name = currentName(value, property);
  const option = optionsOf(property.config).find((each) => stringAt(each, 'name') === name);
  const groups = statusGroups(property);
  const place = groups.findIndex((group) =>
    arrayAt(group, 'option_ids').includes(stringAt(option ?? null, 'id') ?? ''),
  );
  return place === -1 ? [] : [{ name: stringAt(groups[place] ?? null, 'name') ?? '', place }];
}

/** A range of numbers, or the number itself where the view names no size. */
function rangeKey(number: number, group: JsonObject): GroupKey {
  const [start, end, size] = [
    numberAt(group, 'range_start'),
    numberAt(group, 'range_end'),
    numberAt(group, 'range_size'),
  ];
  if (size === undefined || size <= 0) return { name: String(number), place: number };
  const first = start ?? 0;
  if (start !== undefined && number < start)
    return { name: `below ${start}`, place: Number.NEGATIVE_INFINITY };
  if (end !== undefined && number >= end) return { name: `${end} and more`, place: end };
  const from = first + Math.floor((number - first) / size) * size;
  return { name: `${from} to ${from + size}`, place: from };
}

function numberAt(group: JsonObject, key: string): number | undefined {
  const value = group[key];
  return typeof value === 'number' ? value : undefined;
}

function firstLetter(text: string): string {
  const [first] = new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text.trim());
  return first?.segment.toUpperCase() ?? '';
}

function dateKey(moment: number, group: JsonObject, nowMs: number): GroupKey {
  const day = dayOf(moment);
  switch (group.group_by) {
    case 'day':
      return { name: dayText(day), place: day };
    case 'week': {
      const week = weekOf(moment, group.start_day_of_week === 1 ? 1 : 0);
      return { name: `Week of ${dayText(week)}`, place: week };
    }
    case 'month':
      return monthKey(day);
    case 'year':
      return { name: dayText(day).slice(0, 4), place: Date.parse(`${dayText(day).slice(0, 4)}-01-01`) };
    default:
      return relativeKey(day, dayOf(nowMs));
  }
}

function isRelativeGroup({ group_by }: JsonObject): boolean {
  return !['day', 'week', 'month', 'year'].includes(typeof group_by === 'string' ? group_by : '');
}

function monthKey(day: number): GroupKey {
  const month = dayText(day).slice(0, 7);
  return { name: month, place: Date.parse(`${month}-01`) };
}

/** Groups around today, the latest day they begin with as their place; months farther away. */
function relativeKey(day: number, today: number): GroupKey {
  const days = Math.round((day - today) / dayMs);
  const at = (name: string, first: number): GroupKey => ({ name, place: today + first * dayMs });
  if (days === 0) return at('Today', 0);
  if (days === 1) return at('Tomorrow', 1);
  if (days === -1) return at('Yesterday', -1);
  if (days > 1 && days <= 7) return at('Next 7 days', 2);
  if (days > 7 && days <= 30) return at('Next 30 days', 8);
  if (days < -1 && days >= -7) return at('Last 7 days', -7);
  if (days < -7 && days >= -30) return at('Last 30 days', -30);
  return monthKey(day);
}
