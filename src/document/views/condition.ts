/** Single conditions of filters, by the type of value they look at (API reference, "Filter database entries"; SDK 5.26). */
import type { Json } from '../json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../json.ts';
import { compactId } from '../notion-id.ts';
import { plainText } from '../rich-text.ts';
import { optionsOf } from '../schema-names.ts';
import { dateCondition } from './date-condition.ts';
import type { SchemaProperty } from './view-schema.ts';

/** True or false for a value, as it stands under its type's name; undefined when that cannot be said. */
export type Condition = (value: Json) => boolean | undefined;

const textTypes = ['title', 'rich_text', 'url', 'email', 'phone_number'];
const peopleTypes = ['people', 'created_by', 'last_edited_by'];
const dateTypes = ['date', 'created_time', 'last_edited_time', 'last_visited_time'];
const families = [textTypes, peopleTypes, dateTypes];

/** True when a condition of the type `asked` can look at a value of the type `type`. */
export function fitsType(asked: string, type: string): boolean {
  return asked === type || families.some((family) => family.includes(asked) && family.includes(type));
}

/**
 * The test of `condition`, an object with one operator; undefined when it is not known what it asks.
 * @param property where options count: the property whose value is looked at
 */
export function conditionFor(
  type: string,
  condition: Json,
  nowMs: number,
  property?: SchemaProperty,
): Condition | undefined {
  const only = onlyMember(condition);
  if (only === undefined) return undefined;
  const [operator, operand] = only;
  if (type === 'formula') return computed(operator, operand, nowMs);
  if (type === 'rollup')
    return ['any', 'every', 'none'].includes(operator)
      ? rollupList(operator, operand, nowMs)
      : computed(operator, operand, nowMs);
  if ((operator === 'is_empty' || operator === 'is_not_empty') && type !== 'checkbox')
    return operand === true ? (value) => isEmpty(value) === (operator === 'is_empty') : undefined;
  if (textTypes.includes(type)) return textCondition(operator, operand);
  if (dateTypes.includes(type)) return dateCondition(operator, operand, nowMs);
  if (peopleTypes.includes(type) || type === 'relation') return idCondition(operator, operand);
  switch (type) {
    case 'number':
    case 'unique_id':
      return numberCondition(operator, operand);
    case 'checkbox':
      return checkboxCondition(operator, operand);
    case 'select':
    case 'status':
    case 'multi_select':
      return optionCondition(type, operator, operand, property);
    case 'verification':
      return verificationCondition(operator, operand);
    default:
      return undefined;
  }
}

/** The one member of an object; nulls, which answers have for what is not set, do not count. */
export function onlyMember(value: Json, ...besides: readonly string[]): [string, Json] | undefined {
  const members = Object.entries(isObject(value) ? value : {}).filter(
    ([name, member]) => !besides.includes(name) && member !== null,
  );
  return members.length === 1 ? members[0] : undefined;
}

function isEmpty(value: Json): boolean {
  if (value === null || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && 'number' in value && value.number === null;
}

function textCondition(operator: string, operand: Json): Condition | undefined {
  if (typeof operand !== 'string') return undefined;
  const wanted = operand.toLowerCase();
  const test = textTests[operator];
  if (test === undefined) return undefined;
  return (value) => test((typeof value === 'string' ? value : plainText(value)).toLowerCase(), wanted);
}

const textTests: { readonly [operator: string]: (text: string, wanted: string) => boolean } = {
  equals: (text, wanted) => text === wanted,
  does_not_equal: (text, wanted) => text !== wanted,
  contains: (text, wanted) => text.includes(wanted),
  does_not_contain: (text, wanted) => !text.includes(wanted),
  starts_with: (text, wanted) => text.startsWith(wanted),
  ends_with: (text, wanted) => text.endsWith(wanted),
};

function numberCondition(operator: string, operand: Json): Condition | undefined {
  const test = numberTests[operator];
  if (typeof operand !== 'number' || test === undefined) return undefined;
  return (value) => {
    const number = isObject(value) ? value.number : value;
    return typeof number === 'number' ? test(number, operand) : operator === 'does_not_equal';
  };
}

const numberTests: { readonly [operator: string]: (number: number, wanted: number) => boolean } = {
  equals: (number, wanted) => number === wanted,
  does_not_equal: (number, wanted) => number !== wanted,
  greater_than: (number, wanted) => number > wanted,
  less_than: (number, wanted) => number < wanted,
  greater_than_or_equal_to: (number, wanted) => number >= wanted,
  less_than_or_equal_to: (number, wanted) => number <= wanted,
};

function checkboxCondition(operator: string, operand: Json): Condition | undefined {
  if (typeof operand !== 'boolean') return undefined;
  if (operator === 'equals') return (value) => value === operand;
  return operator === 'does_not_equal' ? (value) => value !== operand : undefined;
}

/** Options by name, one or several; of a status also the name of a group. An option that is gone makes it unknown. */
function optionCondition(
  type: string,
  operator: string,
  operand: Json,
  property: SchemaProperty | undefined,
): Condition | undefined {
  const names = (Array.isArray(operand) ? operand : [operand]).map((name) => optionNames(name, property));
  if (names.length === 0 || names.some((each) => each === undefined)) return undefined;
  const wanted = new Set(names.flatMap((each) => each ?? []));
  const has: Condition = (value) =>
    (Array.isArray(value) ? value : [value]).some((option) => wanted.has(currentName(option, property)));
  const isList = type === 'multi_select';
  if (operator === (isList ? 'contains' : 'equals')) return has;
  if (operator === (isList ? 'does_not_contain' : 'does_not_equal')) return (value) => !has(value);
  return undefined;
}

/** The names of options that a filter means by `name`; undefined when the schema has none. */
function optionNames(name: Json, property: SchemaProperty | undefined): string[] | undefined {
  if (typeof name !== 'string') return undefined;
  if (property === undefined) return [name];
  const options = optionsOf(property.config);
  if (options.some((option) => stringAt(option, 'name') === name)) return [name];
  const groups = arrayAt(objectAt(property.config, 'status'), 'groups');
  const group = groups.find((each) => stringAt(each, 'name') === name);
  if (group === undefined) return undefined;
  const ids = arrayAt(group, 'option_ids');
  return options
    .filter((option) => ids.includes(stringAt(option, 'id') ?? ''))
    .map((option) => stringAt(option, 'name') ?? '');
}

/** An option's name in the schema: a row may have been read before it was renamed. */
export function currentName(option: Json, property: SchemaProperty | undefined): string {
  const id = stringAt(option, 'id');
  const known = property === undefined || id === undefined ? undefined : optionOf(property, id);
  return stringAt(known ?? option, 'name') ?? '';
}

function optionOf({ config }: SchemaProperty, id: string): Json | undefined {
  return optionsOf(config).find((option) => stringAt(option, 'id') === id);
}

/** People and pages by id. The person who looks (`me`) is not known. */
function idCondition(operator: string, operand: Json): Condition | undefined {
  if (typeof operand !== 'string' || operand === 'me') return undefined;
  const wanted = compactId(operand);
  const has: Condition = (value) =>
    (Array.isArray(value) ? value : [value]).some((item) => compactId(stringAt(item, 'id') ?? '') === wanted);
  if (operator === 'contains') return has;
  return operator === 'does_not_contain' ? (value) => !has(value) : undefined;
}

function verificationCondition(operator: string, operand: Json): Condition | undefined {
  const state = (value: Json): string => {
    const own = stringAt(value, 'state') ?? 'none';
    return own === 'unverified' ? 'none' : own;
  };
  if (typeof operand !== 'string') return undefined;
  if (operator === 'status') return (value) => state(value) === operand;
  return operator === 'does_not_equal' ? (value) => state(value) !== operand : undefined;
}

/** `{string: {…}}` and its like: the kind names both the member of the result and the condition. */
function computed(kind: string, inner: Json, nowMs: number): Condition | undefined {
  const [type, member] = computedKinds[kind] ?? [];
  if (type === undefined || member === undefined) return undefined;
  const test = conditionFor(type, inner, nowMs);
  if (test === undefined) return undefined;
  return (value) =>
    stringAt(value, 'type') === member ? test(isObject(value) ? (value[member] ?? null) : null) : undefined;
}

const computedKinds: { readonly [kind: string]: readonly [type: string, member: string] } = {
  string: ['rich_text', 'string'],
  checkbox: ['checkbox', 'boolean'],
  number: ['number', 'number'],
  date: ['date', 'date'],
};

/** `{any: {rich_text: {…}}}` and its like: a condition on each of the values that a rollup shows. */
function rollupList(how: string, inner: Json, nowMs: number): Condition | undefined {
  const [type, condition] = onlyMember(inner) ?? [];
  const test = type === undefined ? undefined : conditionFor(type, condition ?? null, nowMs);
  if (type === undefined || test === undefined) return undefined;
  return (value) => {
    if (stringAt(value, 'type') !== 'array') return undefined;
    const verdicts = arrayAt(value, 'array').map((item) => {
      const own = stringAt(item, 'type') ?? '';
      return isObject(item) && fitsType(type, own) ? test(item[own] ?? null) : undefined;
    });
    if (how === 'any') return anyOf(verdicts);
    return how === 'every' ? allOf(verdicts) : not(anyOf(verdicts));
  };
}

/** True when all are; undefined when none is false and some are not known (Kleene 1938). */
export function allOf(verdicts: readonly (boolean | undefined)[]): boolean | undefined {
  if (verdicts.includes(false)) return false;
  return verdicts.includes(undefined) ? undefined : true;
}

/** True when one is; undefined when none is true and some are not known. */
export function anyOf(verdicts: readonly (boolean | undefined)[]): boolean | undefined {
  return not(allOf(verdicts.map(not)));
}

function not(verdict: boolean | undefined): boolean | undefined {
  return verdict === undefined ? undefined : !verdict;
}
