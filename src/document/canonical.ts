/** One byte form for a JSON value: keys in code-unit order, one-space indent, one final newline (after RFC 8785's ordering). */
import type { Json, JsonObject } from './json.ts';
import { isObject } from './json.ts';

/** `value` with the keys of every object sorted; arrays keep their order. */
export function sortKeys(value: Json): Json {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isObject(value)) return value;
  // Object.create(null) would lose "__proto__" keys in JSON.stringify's view; defineProperty keeps any key as data.
  const sorted: JsonObject = {};
  for (const key of Object.keys(value).sort()) {
    Object.defineProperty(sorted, key, {
      value: sortKeys(value[key] ?? null),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return sorted;
}

/** The canonical text of `value`: equal values give equal texts whatever order the API sent their keys in. */
export function canonicalText(value: Json): string {
  return `${JSON.stringify(sortKeys(value), null, 1)}\n`;
}

/** The canonical UTF-8 bytes of `value`. */
export function canonicalBytes(value: Json): Uint8Array {
  return new TextEncoder().encode(canonicalText(value));
}
