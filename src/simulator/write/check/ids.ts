/** Ids in requests: UUIDs with or without dashes, checked down to their version digit as the API does. */
import type { Check } from './problems.ts';
import { string } from './shapes.ts';

const nil = '00000000000000000000000000000000';

/** The id in lower case with dashes, or undefined when it is not a UUID the API would take. */
export function uuidOf(text: string): string | undefined {
  const dashed = /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})$/i.exec(text);
  const hex = (dashed === null ? text : dashed.slice(1).join('')).toLowerCase();
  if (hex !== nil && !/^[0-9a-f]{12}[1-8][0-9a-f]{3}[89ab][0-9a-f]{15}$/.test(hex)) return undefined;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** A UUID. */
export const uuid: Check = (value, path, problems) => {
  string()(value, path, problems);
  if (typeof value === 'string' && uuidOf(value) === undefined)
    problems.should(path, 'be a valid uuid', value);
};
