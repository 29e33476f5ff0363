/** One style of names in all JSON that this program prints: snake_case. What came from Notion, and names people chose, stay as they are. */
import type { Json } from './json.ts';

/** A value whose members keep their names: a document, options by the names of connectors. */
export class Verbatim {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

/** `value` with the names of all members of objects in it in snake_case, and without members that are undefined. */
export function snakeCased(value: unknown): Json {
  if (value instanceof Verbatim) return JSON.parse(JSON.stringify(value.value));
  if (Array.isArray(value)) return value.map((each) => snakeCased(each ?? null));
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return Object.fromEntries(members.map(([name, member]) => [snakeCase(name), snakeCased(member)]));
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

/** `bytesRead` as `bytes_read`; a name of another kind (`POST /v1/pages`, `rootID`) stays as it is. */
function snakeCase(name: string): string {
  if (!/^[a-z][a-z0-9]*(?:[A-Z][a-z0-9]+)+$/.test(name)) return name;
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
