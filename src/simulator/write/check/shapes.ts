/**
 * The building blocks of request checks: strings, numbers, arrays, objects with a closed set of keys, and
 * choices told apart by their key. Each says what it wants in the words of Notion's own refusals.
 */
import type { Json, JsonObject } from '../../workspace/json.ts';
import { isJsonObject } from '../../workspace/json.ts';
import type { Check, Path } from './problems.ts';
import { Problems, printed } from './problems.ts';

/** Marks a field that may be left out. */
export interface Optional {
  readonly optional: Check;
}

/** A field that may be left out. */
export function optional(check: Check): Optional {
  return { optional: check };
}

/** Members an object may hold. */
export interface ObjectRule {
  readonly [key: string]: Check | Optional;
}

/** A string of at most `limit` characters (UTF-16 units, as Notion counts). */
export function string(limit?: number): Check {
  return (value, path, problems) => {
    if (typeof value !== 'string') return demand(value, path, problems, 'a string');
    if (limit !== undefined) problems.atMost(path, limit, value.length);
  };
}

/** A string with at least one character. */
export function filledString(limit?: number): Check {
  return (value, path, problems) => {
    string(limit)(value, path, problems);
    if (value === '') problems.atLeast(path, 1, 0);
  };
}

/** A boolean. */
export const boolean: Check = (value, path, problems) => {
  if (typeof value !== 'boolean') demand(value, path, problems, 'a boolean');
};

/** A finite number. */
export const number: Check = (value, path, problems) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) demand(value, path, problems, 'a number');
};

/** A whole number from `least` to `most`. */
export function integer(least: number, most = Number.MAX_SAFE_INTEGER): Check {
  return (value, path, problems) => {
    if (typeof value !== 'number' || !Number.isInteger(value))
      return demand(value, path, problems, 'a number');
    if (value < least) problems.should(path, `be ≥ \`${least}\``, value);
    if (value > most) problems.should(path, `be ≤ \`${most}\``, value);
  };
}

/** One of a closed list of strings (or other scalars). */
export function oneOf(choices: readonly (string | number | boolean)[]): Check {
  const listed = listing(choices.map((choice) => `\`${printed(choice)}\``));
  return (value, path, problems) => {
    if (!choices.some((choice) => choice === value)) problems.should(path, `be ${listed}`, value);
  };
}

/** The value itself or null. */
export function nullable(check: Check): Check {
  return (value, path, problems) => {
    if (value !== null) check(value, path, problems);
  };
}

/** An array of at most `limit` items, each judged by `check`. */
export function array(check: Check, limit = 100): Check {
  return (value, path, problems) => {
    if (!Array.isArray(value)) return demand(value, path, problems, 'an array');
    problems.atMost(path, limit, value.length);
    if (value.length > limit) return;
    for (const [place, item] of value.entries()) check(item, `${path}[${place}]`, problems);
  };
}

/** An object with exactly the keys of the rule; any other key is refused. */
export function object(rule: ObjectRule): Check {
  return (value, path, problems) => {
    if (!isJsonObject(value)) return demand(value, path, problems, 'an object');
    for (const [key, field] of Object.entries(rule))
      checkField(value[key], `${path}.${key}`, field, problems);
    refuseOthers(value, path, Object.keys(rule), problems);
  };
}

/** An object whose keys are names of the caller's choosing; paths show them as they are, spaces included (recorded). */
export function record(check: Check): Check {
  return (value, path, problems) => {
    if (!isJsonObject(value)) return demand(value, path, problems, 'an object');
    for (const [key, item] of Object.entries(value)) check(item, `${path}.${key}`, problems);
  };
}

/** `{}` and nothing else. */
export const empty: Check = object({});

/** A choice among payloads told apart by their key. */
export interface Choice {
  /** Every key that names a payload, with its check. */
  readonly payloads: { readonly [key: string]: Check };
  /** Keys that may stand beside the payload. */
  readonly common?: ObjectRule;
}

/**
 * An object holding exactly one of several payloads, and `type` (when present) naming it. With none of
 * them, Notion lists every payload it would have taken.
 */
export function oneKeyOf(choice: Choice): Check {
  const names = Object.keys(choice.payloads);
  const common = choice.common ?? {};
  return (value, path, problems) => {
    if (!isJsonObject(value)) return demand(value, path, problems, 'an object');
    const chosen = names.find((name) => value[name] !== undefined);
    if (chosen === undefined) {
      for (const name of names) problems.should(`${path}.${name}`, 'be defined', undefined);
      return;
    }
    const payload = choice.payloads[chosen];
    if (payload === undefined) return;
    object({ type: optional(oneOf([chosen])), ...common, [chosen]: payload })(value, path, problems);
  };
}

/** Refuses every key of an object but the known ones. */
export function refuseOthers(
  value: JsonObject,
  path: Path,
  known: readonly string[],
  problems: Problems,
): void {
  for (const [key, item] of Object.entries(value)) {
    if (!known.includes(key)) problems.should(fieldPath(path, key), 'be not present', item);
  }
}

/** The path of a field, in brackets where its name is not a plain word. */
export function fieldPath(path: Path, key: string): Path {
  return /^[\w%-]+$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}

/** Refuses a value of the wrong kind; what is missing is asked for first. */
export function demand(value: Json | undefined, path: Path, problems: Problems, kind: string): void {
  if (value === undefined) problems.should(path, 'be defined', undefined);
  else problems.should(path, `be ${kind}`, value);
}

function checkField(value: Json | undefined, path: Path, field: Check | Optional, problems: Problems): void {
  if (typeof field === 'function') {
    if (value === undefined) problems.should(path, 'be defined', undefined);
    else field(value, path, problems);
  } else if (value !== undefined) {
    checkPresent(value, path, field.optional, problems);
  }
}

/** An optional field that is null is told it may only be left out: "should be an object or `undefined`". */
function checkPresent(value: Json | undefined, path: Path, check: Check, problems: Problems): void {
  if (value !== null) {
    check(value, path, problems);
    return;
  }
  const judged = new Problems();
  check(value, path, judged);
  const [first] = judged.found;
  if (first !== undefined) problems.should(path, `${first.demand} or \`undefined\``, null);
}

function listing(words: readonly string[]): string {
  if (words.length <= 2) return words.join(' or ');
  return `${words.slice(0, -1).join(', ')}, or ${words.at(-1)}`;
}
