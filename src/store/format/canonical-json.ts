/** The one way this format writes JSON: no white space, members in the order of their names, whole numbers only. */
import type { Json } from '../../document/json.ts';
import { isObject } from '../../document/json.ts';
import { KlosetError } from '../../errors.ts';
import { damaged } from './damaged.ts';

/**
 * `value` as text that is the same for the same value, everywhere: members sorted by UTF-16 code units as in
 * RFC 8785. @throws KlosetError internal for a number that is not whole
 */
export function canonicalJson(value: Json): string {
  return JSON.stringify(isOrdered(value) ? value : ordered(value));
}

/**
 * Parses untrusted text that {@link canonicalJson} wrote. Any other spelling of the same value is refused, so that
 * bytes and value stand for each other. @throws KlosetError integrity
 */
export function parseCanonicalJson(text: string, what: string): Json {
  let value: Json;
  try {
    value = JSON.parse(text);
    if (isOrdered(value) && JSON.stringify(value) === text) return value;
  } catch (error) {
    throw damaged(what, 'it is not canonical JSON', error);
  }
  throw damaged(what, 'it is not canonical JSON');
}

/** UTF-8 bytes as text. @throws KlosetError integrity when they are not UTF-8 */
export function utf8Text(bytes: Uint8Array, what: string): string {
  try {
    return strictUtf8.decode(bytes);
  } catch (error) {
    throw damaged(what, 'it is not UTF-8', error);
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** True when every object's members are in order and every number is whole. */
function isOrdered(value: Json): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value);
  if (Array.isArray(value)) return value.every(isOrdered);
  if (!isObject(value)) return true;
  let previous = '';
  for (const [name, member] of Object.entries(value)) {
    if (name < previous || !isOrdered(member)) return false;
    previous = name;
  }
  return true;
}

function ordered(value: Json): Json {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new KlosetError('internal', `Not a whole number: ${value}.`);
  }
  if (Array.isArray(value)) return value.map(ordered);
  if (!isObject(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, ordered(value[name] ?? null)]));
}
