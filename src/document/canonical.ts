/** One byte form for a JSON value: keys in code-unit order (as in RFC 8785), one-space indent, one final newline. */
import type { Json, JsonObject } from './json.ts';
import { isObject } from './json.ts';

/** `value` with the keys of every object sorted; arrays keep their order. */
export function sortKeys(value: Json): Json {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isObject(value)) return value;
  // Plain assignment to "__proto__" would set the prototype; defineProperty keeps any key as data.
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

/** Characters JSON leaves unescaped and terminals obey: DEL, C1 controls, line separators, marks that reorder text. */
const terminalControls = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

/**
 * The canonical text of `value`: equal values give equal texts whatever order the API sent their keys in. Printing it
 * moves no cursor: every control character is escaped.
 */
export function canonicalText(value: Json): string {
  const text = JSON.stringify(sortKeys(value), null, 1);
  return `${text.replace(terminalControls, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}

/** The canonical UTF-8 bytes of `value`. */
export function canonicalBytes(value: Json): Uint8Array {
  return new TextEncoder().encode(canonicalText(value));
}
