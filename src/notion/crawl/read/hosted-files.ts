/**
 * Finds the files inside an API object: whatever carries a URL that expires, on request files hosted elsewhere, and files
 * that came without any URL.
 */
import type { Json, JsonObject } from '../../../document/json.ts';
import { isObject, stringAt } from '../../../document/json.ts';

/** A file's `{url, …}` where it stands in an object. */
export interface FoundFile {
  readonly file: JsonObject;
  readonly url: string;
  /** Its name whatever its signature. */
  readonly identity: string;
  /** The time at which the URL expires, in milliseconds; NaN when it does not say. */
  readonly expiresMs: number;
  /** The name beside it, when there is one. */
  readonly name: string | undefined;
  readonly isExternal: boolean;
}

/** A hosted file whatever its signature: its URL as it came, without query. Documents hold it in this form. */
function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '');
}

/**
 * Every hosted file in `value`, in order of appearance; with `external`, also media at somebody's own URL.
 * Subtrees of a block (`children`, `sections`) are objects of their own and left out at the top.
 */
export function findFiles(value: JsonObject, external: boolean): FoundFile[] {
  const found: FoundFile[] = [];
  const { children, sections, ...own } = value;
  search(own, undefined, external, found);
  return found;
}

function search(value: Json, name: string | undefined, external: boolean, found: FoundFile[]): void {
  if (Array.isArray(value)) for (const each of value) search(each, undefined, external, found);
  if (!isObject(value)) return;
  const ownName = stringAt(value, 'name') ?? name;
  const hosted = hostedAt(value, ownName);
  if (hosted !== undefined) found.push(hosted);
  for (const [key, member] of Object.entries(value)) {
    const elsewhere = external && key === 'external' ? externalAt(value, ownName) : undefined;
    if (elsewhere !== undefined) found.push(elsewhere);
    else search(member, ownName, external, found);
  }
}

/** `{url, expiry_time}`; stored ones do not have the latter any more. */
function hostedAt(value: JsonObject, name: string | undefined): FoundFile | undefined {
  const url = stringAt(value, 'url');
  if (url === undefined || !('expiry_time' in value)) return undefined;
  const expiresMs = Date.parse(stringAt(value, 'expiry_time') ?? '');
  return { file: value, url, identity: withoutQuery(url), expiresMs, name, isExternal: false };
}

/** `{type: "external", external: {url}}`: an icon, a cover, a files item, a media block's content. */
function externalAt(value: JsonObject, name: string | undefined): FoundFile | undefined {
  const file = value.external;
  const url = stringAt(file, 'url');
  if (value.type !== 'external' || !isObject(file) || url === undefined) return undefined;
  return { file, url, identity: url, expiresMs: Number.NaN, name, isExternal: true };
}

/** A file object that came without its URL. */
export interface UnaddressedFile {
  readonly file: JsonObject;
  /** The keys that lead to it from the object it stands in. */
  readonly place: readonly string[];
}

/** Every file in `value`, hosted or not, that came without its URL; `children` and `sections` are left out at the top. */
export function findUnaddressed(value: JsonObject): UnaddressedFile[] {
  const found: UnaddressedFile[] = [];
  const { children, sections, ...own } = value;
  searchUnaddressed(own, [], found);
  return found;
}

/** The file at `place` in another reading of the same object, when it has its URL there. */
export function addressedAt(value: JsonObject, place: readonly string[]): JsonObject | undefined {
  let at: Json | undefined = value;
  for (const key of place) at = Array.isArray(at) ? at[Number(key)] : isObject(at) ? at[key] : undefined;
  return isObject(at) && hasUrl(at) ? at : undefined;
}

function searchUnaddressed(value: Json, place: readonly string[], found: UnaddressedFile[]): void {
  if (Array.isArray(value)) {
    for (const [index, each] of value.entries()) searchUnaddressed(each, [...place, String(index)], found);
  }
  if (!isObject(value)) return;
  const key = fileKeyOf(value);
  const file = key === undefined ? undefined : value[key];
  if (key !== undefined && !hasUrl(file)) {
    const empty: JsonObject = isObject(file) ? file : {};
    value[key] = empty;
    found.push({ file: empty, place: [...place, key] });
    return;
  }
  for (const [name, member] of Object.entries(value)) searchUnaddressed(member, [...place, name], found);
}

/** The member in which an icon, a cover, a files item, a media block's content or an attachment has its file. */
function fileKeyOf(value: JsonObject): 'file' | 'external' | undefined {
  // The content of a block is an object of its own, whatever the block's type is called.
  if (value.object === 'block') return undefined;
  if (value.type === 'file' || value.type === 'external') return value.type;
  return typeof value.category === 'string' && 'file' in value ? 'file' : undefined;
}

function hasUrl(file: Json | undefined): boolean {
  const url = stringAt(file, 'url');
  return url !== undefined && url !== '';
}
