/** Values of page properties in requests, by the key that names their type. Read-only types have no key here. */
import type { Json, JsonObject } from '../../workspace/json.ts';
import { isJsonObject } from '../../workspace/json.ts';
import { optionColours } from '../lists/colours.ts';
import { dateValue } from './dates.ts';
import { uuid } from './ids.ts';
import type { Check, Path, Problems } from './problems.ts';
import { richText } from './rich-text.ts';
import type { ObjectRule } from './shapes.ts';
import {
  array,
  boolean,
  demand,
  filledString,
  nullable,
  number,
  object,
  oneKeyOf,
  oneOf,
  optional,
  string,
} from './shapes.ts';
import { urlText } from './urls.ts';

const optionFields: ObjectRule = {
  id: optional(filledString()),
  name: optional(filledString(100)),
  color: optional(oneOf(optionColours)),
  description: optional(nullable(string(280))),
};
const optionShape = object(optionFields);

/** An option by id or by name. */
const option: Check = (value, path, problems) => {
  optionShape(value, path, problems);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  if (value.id === undefined && value.name === undefined) {
    problems.should(`${path}.id`, 'be defined', undefined);
    problems.should(`${path}.name`, 'be defined', undefined);
  }
};

const coordinate = (most: number): Check => {
  return (value, path, problems) => {
    number(value, path, problems);
    if (typeof value === 'number' && Math.abs(value) > most) problems.should(path, `be ≤ \`${most}\``, value);
  };
};
const words = optional(nullable(string(2000)));

const place = object({
  lat: coordinate(90),
  lon: coordinate(180),
  name: words,
  address: words,
  aws_place_id: words,
  google_place_id: words,
});

/** A file: external, uploaded, or the echo of one that is already there. */
const file = oneKeyOf({
  payloads: {
    external: object({ url: urlText }),
    file: object({ url: string(), expiry_time: optional(string()) }),
    file_upload: object({ id: uuid }),
  },
  common: { name: optional(filledString(100)) },
});

const namedFile: Check = (value, path, problems) => {
  file(value, path, problems);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  if (value.file_upload === undefined && value.name === undefined) {
    problems.should(`${path}.name`, 'be defined', undefined);
  }
};

const verification = object({
  state: oneOf(['verified', 'unverified']),
  date: optional(nullable(dateValue)),
});

const user = object({ id: uuid, object: optional(oneOf(['user'])) });
const group = object({ id: uuid, object: optional(oneOf(['group'])), name: optional(nullable(string())) });

/** A person by id. The whole user that reading shows is taken for a group, and refused as one (recorded). */
const person: Check = (value, path, problems) => {
  const isUser = isJsonObject(value) && Object.keys(value).every((key) => key === 'id' || key === 'object');
  (isUser && value.object !== 'group' ? user : groupOnly)(value, path, problems);
};

const groupOnly: Check = (value, path, problems) => {
  const isUser = isJsonObject(value) && value.object !== undefined && value.object !== 'group';
  if (isUser) problems.should(`${path}.object`, 'be `"group"` or `undefined`', value.object);
  else group(value, path, problems);
};

/** Types whose values can be set, with their checks. */
export const writableValues: { readonly [type: string]: Check } = {
  title: richText,
  rich_text: richText,
  number: nullable(number),
  url: nullable(filledString(2000)),
  select: nullable(option),
  multi_select: array(option),
  people: array(person),
  email: nullable(filledString(200)),
  phone_number: nullable(filledString(200)),
  date: nullable(dateValue),
  checkbox: boolean,
  relation: array(object({ id: uuid })),
  files: array(namedFile),
  status: nullable(option),
  place: nullable(place),
  verification,
};

/** `has_more` beside a relation was accepted and ignored in 2026. */
const relation = oneKeyOf({
  payloads: { relation: array(object({ id: uuid })) },
  common: { has_more: optional(boolean) },
});

/** Members by which a value without its type's name is told; the value itself is what stands under that name. */
const shortForms: { readonly [member: string]: Check } = {
  id: option,
  name: option,
  start: dateValue,
  lat: place,
  state: verification,
};

/** One value of `properties`. A bare array stands for a title (recorded in 2026). */
export function checkPropertyValue(given: Json | undefined, path: Path, problems: Problems): void {
  if (Array.isArray(given)) richText(given, path, problems);
  else if (!isJsonObject(given)) demand(given, path, problems, 'an object');
  else if (given.relation !== undefined) relation(given, path, problems);
  else if (typeNamed(given) !== undefined) value(given, path, problems);
  else checkShortForm(given, path, problems);
}

function checkShortForm(given: JsonObject, path: Path, problems: Problems): void {
  const check = Object.entries(shortForms).find(([member]) => given[member] !== undefined)?.[1];
  if (check !== undefined) {
    check(given, path, problems);
    return;
  }
  // Computed values and unknown types are told all that could have stood here, the short forms last (recorded).
  for (const name of [...Object.keys(writableValues), ...Object.keys(shortForms)])
    problems.should(`${path}.${name}`, 'be defined', undefined);
}

const value = oneKeyOf({ payloads: writableValues });

/** The writable type whose name is a member of the value; undefined for short forms and computed values. */
export function typeNamed(given: JsonObject): string | undefined {
  return Object.keys(writableValues).find((name) => given[name] !== undefined);
}

/** True for a value of one of the given types written without the type's name. */
export function isShortFormOf(given: JsonObject, type: string): boolean {
  if (typeNamed(given) !== undefined) return false;
  if (type === 'date') return given.start !== undefined;
  if (type === 'place') return given.lat !== undefined;
  if (type === 'verification') return given.state !== undefined;
  return (type === 'select' || type === 'status') && (given.id !== undefined || given.name !== undefined);
}
