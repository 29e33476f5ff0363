/** Checks that a document holds everything a recorded object holds, but for what differs in every response. */
import type { Json, JsonObject } from '../../src/document/json.ts';
import { isObject } from '../../src/document/json.ts';

/** Left out of documents because they differ between two readings of the same object. */
const volatileKeys = new Set(['request_id', 'developer_survey', 'expiry_time', 'next_cursor']);

/**
 * @throws Error naming every path at which `document` lacks a key or value of `recorded`.
 * Keys the document has beyond those (children, path, size, sha256 …) are its own affair.
 */
export function assertHolds(document: Json, recorded: Json): void {
  const lacking = differences(document, recorded);
  if (lacking.length > 0)
    throw new Error(`the document does not hold what was recorded:\n${lacking.join('\n')}`);
}

/** One line per path at which `document` lacks a key or value of `recorded`. */
export function differences(document: Json, recorded: Json): string[] {
  const lines: string[] = [];
  compare(document, recorded, { path: '', cut: false, lines });
  return lines;
}

/** A copy of `value` without what differs in every response; signed URLs lose their query. */
export function withoutVolatile(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutVolatile);
  if (!isObject(value)) return typeof value === 'string' ? unsigned(value) : value;
  const kept: JsonObject = {};
  for (const [key, each] of Object.entries(value)) {
    if (!volatileKeys.has(key) && !(key === 'avatar_url' && isSigned(each)))
      kept[key] = withoutVolatile(each);
  }
  return kept;
}

interface Place {
  readonly path: string;
  /** The recorded array may be the beginning of a longer one. */
  readonly cut: boolean;
  readonly lines: string[];
}

function compare(document: Json | undefined, recorded: Json, place: Place): void {
  if (document === undefined) place.lines.push(`${place.path}: missing`);
  else if (Array.isArray(recorded)) compareArrays(document, recorded, place);
  else if (isObject(recorded)) compareObjects(document, recorded, place);
  else if (!sameScalar(document, recorded)) {
    place.lines.push(
      `${place.path}: ${JSON.stringify(recorded)} became ${JSON.stringify(document).slice(0, 200)}`,
    );
  }
}

function compareArrays(document: Json, recorded: readonly Json[], place: Place): void {
  if (!Array.isArray(document)) {
    place.lines.push(`${place.path}: no array`);
    return;
  }
  if (document.length < recorded.length || (document.length > recorded.length && !place.cut)) {
    place.lines.push(`${place.path}: ${recorded.length} items became ${document.length}`);
    return;
  }
  recorded.forEach((each, index) => {
    compare(document[index], each, { ...place, path: `${place.path}/${index}`, cut: false });
  });
}

function compareObjects(document: Json, recorded: JsonObject, place: Place): void {
  if (!isObject(document)) {
    place.lines.push(`${place.path}: no object`);
    return;
  }
  const isCutHere = recorded.has_more === true;
  for (const [key, expected] of Object.entries(recorded)) {
    if (volatileKeys.has(key) || (key === 'avatar_url' && isSigned(expected))) continue;
    // A completed value says `has_more: false`, or nothing.
    if (key === 'has_more' && isCutHere) continue;
    const cut = isCutHere || place.cut || isAtTheCut(expected);
    compare(document[key], expected, { ...place, path: `${place.path}/${key}`, cut });
  }
}

/** Values of this length may have been cut by the API without a word. */
const cutLength = 25;

function isAtTheCut(value: Json): boolean {
  return Array.isArray(value) && value.length === cutLength;
}

function sameScalar(document: Json, recorded: Json): boolean {
  if (document === recorded) return true;
  if (typeof recorded !== 'string' || !/^https?:/.test(recorded)) return false;
  // A hosted file's URL may have become a reference to its bytes: `{url, path, size, sha256}`.
  const url = isObject(document) ? document.url : document;
  return url === unsigned(recorded);
}

function isSigned(value: Json): boolean {
  return (
    typeof value === 'string' &&
    /^https?:\/\/[^?]+\?.*(SIGNED-QUERY-REDACTED|X-Amz-|[?&]Signature=)/.test(value)
  );
}

function unsigned(text: string): string {
  return isSigned(text) ? text.replace(/\?.*$/s, '') : text;
}
