/**
 * Directory listings as bytes: one line of canonical JSON for each entry, in the order of their names. Listings lie
 * in the store as tree blobs; a snapshot names its root listing, so its signature covers all below.
 */
import type { FileEntry, ObjectInfo } from '../../document/content.ts';
import type { JsonObject } from '../../document/json.ts';
import { KlosetError } from '../../errors.ts';
import { canonicalJson, parseCanonicalJson, utf8Text } from './canonical-json.ts';
import { maxChunkBytes } from './chunk-sizes.ts';
import { damaged } from './damaged.ts';
import type { BlobContent } from './ids.ts';
import { isBlobId } from './ids.ts';
import { anyText, MemberReader } from './member-reader.ts';

/** A directory as its parent lists it; `content` is its own listing. */
export interface DirectoryEntry {
  readonly type: 'directory';
  readonly name: string;
  readonly modified: string;
  readonly object?: ObjectInfo;
  readonly content: BlobContent;
}

/** A file as its directory lists it. */
export interface TreeFile extends FileEntry {
  readonly content: BlobContent;
}

export type TreeEntry = TreeFile | DirectoryEntry;

/** Directories are nested no deeper. */
export const maxTreeDepth = 1000;

/** Maximum length of a line: room for the chunks of a file of some hundred gigabytes. */
const maxLineBytes = 32 * 1024 * 1024;

const maxNameBytes = 255;
const maxTimeLength = 40;
const maxSourceLength = 16_384;
const newline = 0x0a;

/** One line of a listing, its newline included. @throws KlosetError internal when the entry could not be read back */
export function encodeTreeEntry(entry: TreeEntry): string {
  const problem = entryProblem(entry);
  if (problem !== undefined) {
    throw new KlosetError('internal', `A tree cannot hold ${JSON.stringify(entry.name)}: ${problem}.`);
  }
  // Written in the order of canonical JSON, so that it need not be sorted.
  const line = canonicalJson({
    chunks: [...entry.content.chunks],
    modified: entry.modified,
    name: entry.name,
    ...(entry.type === 'directory' && entry.object ? { object: objectJson(entry.object) } : {}),
    size: entry.content.size,
    ...(entry.type === 'file' && entry.source !== undefined ? { source: entry.source } : {}),
    type: entry.type,
  });
  return `${line}\n`;
}

function entryProblem(entry: TreeEntry): string | undefined {
  if (entry.modified.length > maxTimeLength) return 'its time is too long';
  if (entry.type === 'file' && (entry.source ?? '').length > maxSourceLength) return 'its source is too long';
  if (entry.type === 'directory' && entry.object !== undefined) {
    const { id, edited } = entry.object;
    if (!objectId.test(id) || edited.length > maxTimeLength) return 'its object has no proper id or time';
  }
  return nameProblem(entry.name);
}

const objectId = /^[0-9a-f]{32}$/;

function objectJson(object: ObjectInfo): JsonObject {
  return { edited: object.edited, id: object.id, kind: object.kind };
}

/**
 * The reason why `name` cannot be a name in a tree; undefined when it can. Names are never a way out of their directory, on
 * any system, and never fool a terminal.
 */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (name === '.' || name === '..') return 'it means another directory';
  if (/[/\\]/.test(name)) return 'it has a separator';
  if (/[\u0000-\u001f\u007f-\u009f]/.test(name)) return 'it has a control character';
  if (/[\ud800-\udfff]/u.test(name)) return 'it is not Unicode';
  if (Buffer.byteLength(name) > maxNameBytes) return `it is longer than ${maxNameBytes} bytes`;
  return undefined;
}

/** Orders names by Unicode code points, which is the order of their UTF-8 bytes. */
export function compareNames(left: string, right: string): number {
  if (left === right) return 0;
  if (surrogate.test(left) || surrogate.test(right))
    return Buffer.compare(Buffer.from(left), Buffer.from(right));
  return left < right ? -1 : 1;
}

const surrogate = /[\ud800-\udfff]/;

/** Parses the untrusted lines of one listing as they arrive; never holds more than a line and a piece. @throws KlosetError integrity */
export async function* decodeListing(
  bytes: AsyncIterable<Uint8Array>,
  what: string,
): AsyncGenerator<TreeEntry> {
  for await (const entries of decodePieces(bytes, what)) for (const entry of entries) yield entry;
}

/**
 * The same, with the entries that end in each piece together: to wait for each of thousands takes longer than to parse it.
 * An entry is parsed when it is asked for, and each piece must be iterated to its end before the next.
 */
export async function* decodePieces(
  bytes: AsyncIterable<Uint8Array>,
  what: string,
): AsyncGenerator<Iterable<TreeEntry>> {
  const names = new NameOrder(what);
  for await (const text of wholeLines(bytes, what)) yield decodeLines(text, what, names);
}

function* decodeLines(text: string, what: string, names: NameOrder): Generator<TreeEntry> {
  for (let start = 0, end = text.indexOf('\n'); end >= 0; start = end + 1, end = text.indexOf('\n', start)) {
    const entry = decodeTreeEntry(text.slice(start, end), what);
    names.next(entry.name);
    yield entry;
  }
}

/** Refuses names that are not in order. */
class NameOrder {
  readonly #what: string;
  #previous: string | undefined;

  constructor(what: string) {
    this.#what = what;
  }

  next(name: string): void {
    if (this.#previous !== undefined && compareNames(this.#previous, name) >= 0)
      throw damaged(this.#what, 'its names are not in order, or one occurs twice');
    this.#previous = name;
  }
}

/** The lines that end in each piece, as text, with their newlines. */
async function* wholeLines(bytes: AsyncIterable<Uint8Array>, what: string): AsyncGenerator<string> {
  let begun: Uint8Array[] = [];
  let begunBytes = 0;
  for await (const piece of bytes) {
    const end = piece.lastIndexOf(newline) + 1;
    if (end > 0) {
      yield utf8Text(Buffer.concat([...begun, piece.subarray(0, end)]), what);
      begun = [];
      begunBytes = 0;
    }
    if (end < piece.length) begun.push(piece.subarray(end));
    begunBytes += piece.length - end;
    if (begunBytes > maxLineBytes) throw damaged(what, 'a line without an end');
  }
  if (begunBytes > 0) throw damaged(what, 'it ends within a line');
}

/** Parses one untrusted line. @throws KlosetError integrity */
export function decodeTreeEntry(line: string, what: string): TreeEntry {
  const members = new MemberReader(parseCanonicalJson(line, what), what);
  const type = members.oneOf('type', ['file', 'directory']);
  const name = members.text('name', anyText, 4 * maxNameBytes);
  const problem = nameProblem(name);
  if (problem !== undefined) throw damaged(what, `the name ${JSON.stringify(name)}: ${problem}`);
  const modified = members.text('modified', anyText, maxTimeLength);
  const common = { name, modified, content: contentOf(members, what) };
  const entry = type === 'file' ? decodeFile(members, common) : decodeDirectory(members, common);
  members.end();
  return entry;
}

type Common = { readonly name: string; readonly modified: string; readonly content: BlobContent };

function decodeFile(members: MemberReader, common: Common): TreeFile {
  if (!members.has('source')) return { type: 'file', ...common };
  return { type: 'file', ...common, source: members.text('source', anyText, maxSourceLength) };
}

function decodeDirectory(members: MemberReader, common: Common): DirectoryEntry {
  if (!members.has('object')) return { type: 'directory', ...common };
  return { type: 'directory', ...common, object: decodeObject(members.object('object')) };
}

function decodeObject(members: MemberReader): ObjectInfo {
  const object = {
    id: members.text('id', objectId),
    kind: members.oneOf('kind', ['page', 'database']),
    edited: members.text('edited', anyText, maxTimeLength),
  };
  members.end();
  return object;
}

/** Reads an object of a size and the chunk ids that must make it up. @throws KlosetError integrity */
export function decodeContent(members: MemberReader, what: string): BlobContent {
  const content = contentOf(members, what);
  members.end();
  return content;
}

function contentOf(members: MemberReader, what: string): BlobContent {
  const size = members.number('size');
  const chunks = members.listOf('chunks', Number.POSITIVE_INFINITY, isBlobId);
  // Every chunk has at least one byte and at most the largest number.
  if (size < chunks.length || size > chunks.length * maxChunkBytes)
    throw damaged(what, 'its size does not match its chunks');
  return { size, chunks };
}
