/**
 * The snapshot header: what was saved, when and from where, and the root of its tree. Signed, then sealed into the
 * file `snapshots/<id>`, whose name is the SHA-256 of its bytes. A removal is a header of its own kind: it says
 * which snapshots were taken away on purpose, so that one missing without it is known as lost.
 */
import type { Json, JsonObject } from '../../document/json.ts';
import { isObject } from '../../document/json.ts';
import { KlosetError, messageOf } from '../../errors.ts';
import { hexOf } from '../crypto/hex.ts';
import { sha256, verifyEd25519 } from '../crypto/primitives.ts';
import type { SealContext } from './blob.ts';
import { sealDomain } from './blob.ts';
import { ByteReader, u32Bytes } from './byte-reader.ts';
import { canonicalJson, parseCanonicalJson, utf8Text } from './canonical-json.ts';
import type { BlobContent, SnapshotId } from './ids.ts';
import { idFrom, isHex64, isSnapshotId } from './ids.ts';
import type { SealedFileKind } from './sealed-file.ts';
import { decodeSealedFile, encodeSealedFile } from './sealed-file.ts';
import { decodeContent } from './tree.ts';

/** What every header has. */
interface HeaderBase {
  /** When the work began, ISO 8601 in UTC with milliseconds. */
  readonly time: string;
  /** Name of the machine. */
  readonly host: string;
  /** Program and version that wrote it. */
  readonly tool: string;
  /** Ids of the headers that no other header named when this one was written: usually one, the previous. */
  readonly parents: readonly SnapshotId[];
  /** Public key of the signer, 64 hex digits. */
  readonly signer: string;
}

export interface SnapshotHeader extends HeaderBase {
  readonly kind: 'snapshot';
  readonly durationMs: number;
  /** What was saved: `notion:<workspace id>` and the like. Incremental runs look for their own. */
  readonly source: string;
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  /** False when something could not be read; the manifest says what. */
  readonly complete: boolean;
  /** Objects that could not be read. */
  readonly errors: number;
  /** Whole numbers by name: pages, databases, files, directories and whatever the operation counted. */
  readonly counts: Readonly<Record<string, number>>;
  /** Bytes of all files of the tree. */
  readonly contentBytes: number;
  /** Bytes of the packfiles and index deltas that were written for it. */
  readonly addedBytes: number;
  /** SHA-256 of `/manifest.json`, or null when the tree has none. */
  readonly manifest: string | null;
  /** The root listing. */
  readonly root: BlobContent;
}

export interface RemovalHeader extends HeaderBase {
  readonly kind: 'removal';
  /** Ids of the snapshots taken away. */
  readonly removed: readonly SnapshotId[];
}

export type Header = SnapshotHeader | RemovalHeader;

/** Who signs. */
export interface Signer {
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
}

/** No header file is larger; a larger one is not read. */
export const headerMostBytes = 64 * 1024 * 1024;

const fileKind: SealedFileKind = { magic: 'NKSNAP1\n', domain: 'snapshot', key: 'snapshot' };
const signatureBytes = 64;

/** Signs and seals `header`. The signer's own key must be the one the header names. */
export function encodeHeader(context: SealContext, header: Header, signer: Signer): Uint8Array {
  if (hexOf(signer.publicKey) !== header.signer)
    throw new KlosetError('internal', 'The header names another signer.');
  const json = Buffer.from(jsonText(header), 'utf8');
  const signature = signer.sign(signedBytes(context, json));
  return encodeSealedFile(context, fileKind, Buffer.concat([signature, u32Bytes(json.length), json]));
}

/** The header as text that can be read back: what is signed is for ever. */
function jsonText(header: Header): string {
  const text = canonicalJson(headerJson(header));
  try {
    parseHeader(parseCanonicalJson(text, 'The header'), 'The header');
    return text;
  } catch (cause) {
    throw new KlosetError('internal', `A header that cannot be: ${messageOf(cause)}`, { cause });
  }
}

/**
 * The header in `file`, whose signature holds with the key it names. Whether that key is trusted is the caller's
 * question. @throws KlosetError integrity, incompatible
 */
export function decodeHeader(context: SealContext, file: Uint8Array, what: string): Header {
  const reader = new ByteReader(decodeSealedFile(context, fileKind, file, what), what);
  const signature = reader.take(signatureBytes);
  const json = reader.take(reader.u32());
  reader.zerosToEnd();
  const header = parseHeader(parseCanonicalJson(utf8Text(json, what), what), what);
  if (!verifyEd25519(Buffer.from(header.signer, 'hex'), signedBytes(context, json), signature)) {
    throw reader.fail('its signature does not hold');
  }
  return header;
}

/** The id of a header file: SHA-256 of its bytes. */
export function headerIdOf(file: Uint8Array): SnapshotId {
  return idFrom(sha256(file), isSnapshotId);
}

/** Where the header `id` lies in a backend. */
export function headerName(id: SnapshotId): string {
  return headersPrefix + id;
}

/** Where headers lie in a backend. */
export const headersPrefix = 'snapshots/';

/** The id of the header that lies at `name`; undefined when no header has such a name. */
export function headerIdIn(name: string): SnapshotId | undefined {
  const id = name.slice(headersPrefix.length);
  return isSnapshotId(id) && name === headerName(id) ? id : undefined;
}

/** Domain and store id go first, so that no signature of ours means anything elsewhere. */
function signedBytes(context: SealContext, json: Uint8Array): Uint8Array {
  return Buffer.concat([sealDomain('snapshot signature', context.storeId), json]);
}

function headerJson(header: Header): JsonObject {
  const base = {
    format: 1,
    host: header.host,
    kind: header.kind,
    parents: [...header.parents],
    signer: header.signer,
    time: header.time,
    tool: header.tool,
  };
  if (header.kind === 'removal') return { ...base, removed: [...header.removed] };
  return {
    ...base,
    addedBytes: header.addedBytes,
    complete: header.complete,
    contentBytes: header.contentBytes,
    counts: { ...header.counts },
    description: header.description,
    durationMs: header.durationMs,
    errors: header.errors,
    manifest: header.manifest,
    name: header.name,
    root: { chunks: [...header.root.chunks], size: header.root.size },
    source: header.source,
    tags: [...header.tags],
  };
}

/** Strict: a header with members nobody knows was written by a newer version. */
function parseHeader(value: Json, what: string): Header {
  if (!isObject(value)) throw damaged(what, 'no object');
  if (value.format !== 1) {
    throw new KlosetError(
      'incompatible',
      `${what} has format ${String(value.format)}; this version reads format 1.`,
    );
  }
  const fields = new Fields(value, what);
  const header = value.kind === 'removal' ? parseRemoval(fields) : parseSnapshot(fields);
  if (canonicalJson(headerJson(header)) !== canonicalJson(value)) throw damaged(what, 'members nobody knows');
  return header;
}

function parseRemoval(fields: Fields): RemovalHeader {
  return { ...parseBase(fields), kind: 'removal', removed: fields.ids('removed', 100_000) };
}

function parseSnapshot(fields: Fields): SnapshotHeader {
  if (fields.value.kind !== 'snapshot') throw fields.bad('kind');
  return {
    ...parseBase(fields),
    kind: 'snapshot',
    durationMs: fields.count('durationMs'),
    source: fields.text('source'),
    name: fields.text('name'),
    description: fields.text('description'),
    tags: fields.texts('tags'),
    complete: fields.flag('complete'),
    errors: fields.count('errors'),
    counts: fields.counts('counts'),
    contentBytes: fields.count('contentBytes'),
    addedBytes: fields.count('addedBytes'),
    manifest: fields.hex64OrNull('manifest'),
    root: fields.content('root'),
  };
}

function parseBase(fields: Fields): HeaderBase {
  return {
    time: fields.time('time'),
    host: fields.text('host'),
    tool: fields.text('tool'),
    parents: fields.ids('parents', 1000),
    signer: fields.hex64('signer'),
  };
}

/** Reads members of an untrusted object, each with its bounds. */
class Fields {
  readonly value: JsonObject;
  readonly #what: string;

  constructor(value: JsonObject, what: string) {
    this.value = value;
    this.#what = what;
  }

  text(member: string): string {
    const found = this.value[member];
    if (typeof found !== 'string' || found.length > 100_000) throw this.bad(member);
    return found;
  }

  texts(member: string): string[] {
    const found = this.value[member];
    if (!Array.isArray(found) || found.length > 10_000) throw this.bad(member);
    return found.map((item) => {
      if (typeof item !== 'string') throw this.bad(member);
      return item;
    });
  }

  time(member: string): string {
    const found = this.text(member);
    const ms = Date.parse(found);
    if (Number.isNaN(ms) || new Date(ms).toISOString() !== found) throw this.bad(member);
    return found;
  }

  flag(member: string): boolean {
    const found = this.value[member];
    if (typeof found !== 'boolean') throw this.bad(member);
    return found;
  }

  count(member: string): number {
    const found = this.value[member];
    if (typeof found !== 'number' || !Number.isSafeInteger(found) || found < 0) throw this.bad(member);
    return found;
  }

  counts(member: string): Record<string, number> {
    const found = this.value[member];
    if (!isObject(found)) throw this.bad(member);
    const fields = new Fields(found, this.#what);
    return Object.fromEntries(Object.keys(found).map((name) => [name, fields.count(name)]));
  }

  hex64(member: string): string {
    const found = this.value[member];
    if (!isHex64(found)) throw this.bad(member);
    return found;
  }

  hex64OrNull(member: string): string | null {
    return this.value[member] === null ? null : this.hex64(member);
  }

  ids(member: string, most: number): SnapshotId[] {
    const found = this.texts(member);
    if (found.length > most || !found.every(isSnapshotId)) throw this.bad(member);
    return found;
  }

  content(member: string): BlobContent {
    const found = this.value[member];
    if (!isObject(found)) throw this.bad(member);
    return decodeContent(found.size, found.chunks, this.#what);
  }

  bad(member: string): KlosetError {
    return damaged(this.#what, `its ${member} is not what it should be`);
  }
}

function damaged(what: string, problem: string): KlosetError {
  return new KlosetError('integrity', `${what} is damaged: ${problem}.`);
}
