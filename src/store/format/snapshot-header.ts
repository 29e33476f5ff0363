/**
 * The snapshot header: what was saved, when and from where, and the root of its tree. Signed, then sealed into the
 * file `snapshots/<id>`, whose name is the SHA-256 of its bytes. A removal is a header of its own kind: it says
 * which snapshots were taken away on purpose, so that one missing without it is known as lost. So is a mark: what
 * somebody says of a snapshot later, whose own header never changes.
 */
import type { Json, JsonObject } from '../../document/json.ts';
import { KlosetError, messageOf } from '../../errors.ts';
import { hexOf } from '../crypto/hex.ts';
import { sha256, verifyEd25519 } from '../crypto/primitives.ts';
import type { SealContext } from './blob.ts';
import { ByteReader, u32Bytes } from './byte-reader.ts';
import { canonicalJson, parseCanonicalJson, utf8Text } from './canonical-json.ts';
import { damaged } from './damaged.ts';
import type { HeaderOrigin } from './header-origin.ts';
import { checkCarriedOver, originJson, parseOrigin, signedHeaderBytes } from './header-origin.ts';
import type { BlobContent, SnapshotId } from './ids.ts';
import { idFrom, isSnapshotId, parseId } from './ids.ts';
import { anyText, isText, MemberReader } from './member-reader.ts';
import type { SealedFileKind } from './sealed-file.ts';
import { decodeSealedFile, encodeSealedFile } from './sealed-file.ts';
import { decodeContent } from './tree.ts';

/** Members of every header. */
interface HeaderBase {
  /** Start of the work, ISO 8601 in UTC with milliseconds. */
  readonly time: string;
  /** Name of the machine. */
  readonly host: string;
  /** Program and version that wrote it. */
  readonly tool: string;
  /** Ids of the headers that no other header named when this one was written: usually one, the previous. */
  readonly parents: readonly SnapshotId[];
  /** Public key of the signer, 64 hex digits. */
  readonly signer: string;
  /** The header of another store that this one stands for, with its contents sealed again. Never of a removal. */
  readonly origin?: HeaderOrigin;
}

export interface SnapshotHeader extends HeaderBase {
  readonly kind: 'snapshot';
  readonly durationMs: number;
  /** The thing saved: `notion:<workspace id>` and the like. Incremental runs look for their own. */
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
  /** The parents of each of them, so that the order of what is left stays known. Older removals lack it. */
  readonly removedParents?: readonly (readonly SnapshotId[])[];
  /** Ids of the origins of those that were resealed, so that no sync brings them back. */
  readonly removedOrigins?: readonly SnapshotId[];
}

/** A note on a snapshot. Null leaves as it is what marks before it said. */
export interface MarkHeader extends HeaderBase {
  readonly kind: 'mark';
  /** Id of the snapshot that is spoken of. */
  readonly snapshot: SnapshotId;
  readonly addTags: readonly string[];
  readonly removeTags: readonly string[];
  /** True keeps the snapshot from being removed. */
  readonly pin: boolean | null;
  /** True when somebody looked at its alarm and accepts it. */
  readonly acknowledged: boolean | null;
  readonly note: string;
}

export type Header = SnapshotHeader | RemovalHeader | MarkHeader;

/** A header names at most this many parents. */
export const maxParents = 1000;
/** A removal names at most this many snapshots. */
const maxRemoved = 100_000;
const maxTags = 10_000;

/** A key that signs. */
export interface SigningKey {
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
}

/** No header file is larger; a larger one is not read. */
export const maxHeaderBytes = 64 * 1024 * 1024;

const fileKind: SealedFileKind = { magic: 'NKSNAP1\n', domain: 'snapshot', key: 'snapshot' };
const signatureBytes = 64;

/** Signs and seals `header`. The signer's own key must be the one the header names. */
export function encodeHeader(context: SealContext, header: Header, signer: SigningKey): Uint8Array {
  if (hexOf(signer.publicKey) !== header.signer)
    throw new KlosetError('internal', 'The header names another signer.');
  const json = Buffer.from(jsonText(header), 'utf8');
  const signature = signer.sign(signedHeaderBytes(context.storeId, json));
  return encodeSealedFile(context, fileKind, Buffer.concat([signature, u32Bytes(json.length), json]));
}

/** The header as text that can be read back: what is signed is for ever. */
function jsonText(header: Header): string {
  const text = canonicalJson(headerJson(header));
  try {
    parseHeader(parseCanonicalJson(text, 'The header'), 'The header');
    return text;
  } catch (cause) {
    throw new KlosetError('internal', `Invalid header: ${messageOf(cause)}`, { cause });
  }
}

/**
 * The header in `file`, whose signature holds with the key it names. The caller judges whether that key is
 * trusted. @throws KlosetError integrity, incompatible
 */
export function decodeHeader(context: SealContext, file: Uint8Array, what: string): Header {
  return decodeSignedHeader(context, file, what).header;
}

/** A header with the JSON that was signed and its signature. */
export interface SignedHeader {
  readonly header: Header;
  readonly text: string;
  /** 128 hex digits. */
  readonly signature: string;
}

/** As {@link decodeHeader}, with what proves it. @throws KlosetError integrity, incompatible */
export function decodeSignedHeader(context: SealContext, file: Uint8Array, what: string): SignedHeader {
  const reader = new ByteReader(decodeSealedFile(context, fileKind, file, what), what);
  const signature = reader.take(signatureBytes);
  const json = reader.take(reader.u32());
  reader.zerosToEnd();
  const text = utf8Text(json, what);
  const header = parseHeader(parseCanonicalJson(text, what), what);
  const signed = signedHeaderBytes(context.storeId, json);
  if (!verifyEd25519(Buffer.from(header.signer, 'hex'), signed, signature)) {
    throw damaged(what, 'its signature is not valid');
  }
  return { header, text, signature: hexOf(signature) };
}

/** The id of a header file: SHA-256 of its bytes. */
export function headerIdOf(file: Uint8Array): SnapshotId {
  return idFrom(sha256(file), isSnapshotId);
}

/** Name of the header `id` in a backend. */
export function headerName(id: SnapshotId): string {
  return headersPrefix + id;
}

/** Prefix of the names of headers. */
export const headersPrefix = 'snapshots/';

/** The id of the header that lies at `name`; undefined when no header has such a name. */
export function headerIdIn(name: string): SnapshotId | undefined {
  const id = name.slice(headersPrefix.length);
  return isSnapshotId(id) && name === headerName(id) ? id : undefined;
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
    ...(header.origin === undefined ? {} : { origin: originJson(header.origin) }),
  };
  switch (header.kind) {
    case 'removal':
      return { ...base, ...removalJson(header) };
    case 'mark':
      return { ...base, ...markJson(header) };
    case 'snapshot':
      return { ...base, ...snapshotJson(header) };
  }
}

function removalJson({ removed, removedParents, removedOrigins }: RemovalHeader): JsonObject {
  return {
    removed: [...removed],
    ...(removedOrigins === undefined ? {} : { removedOrigins: [...removedOrigins] }),
    ...(removedParents === undefined ? {} : { removedParents: removedParents.map((ids) => [...ids]) }),
  };
}

function markJson({ snapshot, addTags, removeTags, pin, acknowledged, note }: MarkHeader): JsonObject {
  return { snapshot, addTags: [...addTags], removeTags: [...removeTags], pin, acknowledged, note };
}

function snapshotJson(header: SnapshotHeader): JsonObject {
  return {
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

/** Strict: a header with unknown members was written by a newer version. */
function parseHeader(value: Json, what: string): Header {
  const members = new MemberReader(value, what);
  const format = members.json('format');
  if (format !== 1) {
    throw new KlosetError(
      'incompatible',
      `${what} has format ${String(format)}; this version reads format 1.`,
    );
  }
  const header = parseKind(members, what);
  members.end();
  const json = headerJson(header);
  if (canonicalJson(json) !== canonicalJson(value)) throw damaged(what, 'it has unknown members');
  if (header.origin !== undefined) checkCarriedOver(json, header.origin, what);
  return header;
}

function parseKind(members: MemberReader, what: string): Header {
  switch (members.oneOf('kind', ['mark', 'removal', 'snapshot'])) {
    case 'mark':
      return parseMark(members, what);
    case 'removal':
      return parseRemoval(members);
    case 'snapshot':
      return parseSnapshot(members, what);
  }
}

function parseRemoval(members: MemberReader): RemovalHeader {
  const removed = members.listOf('removed', maxRemoved, isSnapshotId);
  const origins = members.has('removedOrigins')
    ? { removedOrigins: members.listOf('removedOrigins', maxRemoved, isSnapshotId) }
    : {};
  const header = { ...parseBase(members), kind: 'removal' as const, removed, ...origins };
  if (!members.has('removedParents')) return header;
  const removedParents = members.lists('removedParents', maxParents, isSnapshotId);
  if (removedParents.length !== removed.length) throw members.invalid('removedParents');
  return { ...header, removedParents };
}

function parseMark(members: MemberReader, what: string): MarkHeader {
  return {
    ...parseBase(members),
    ...parseOriginOf(members, what),
    kind: 'mark',
    snapshot: parseId(members.hex('snapshot', 32), isSnapshotId),
    addTags: members.listOf('addTags', maxTags, isText),
    removeTags: members.listOf('removeTags', maxTags, isText),
    pin: members.flagOrNull('pin'),
    acknowledged: members.flagOrNull('acknowledged'),
    note: longText(members, 'note'),
  };
}

function parseSnapshot(members: MemberReader, what: string): SnapshotHeader {
  return {
    ...parseBase(members),
    ...parseOriginOf(members, what),
    kind: 'snapshot',
    durationMs: members.number('durationMs'),
    source: longText(members, 'source'),
    name: longText(members, 'name'),
    description: longText(members, 'description'),
    tags: members.listOf('tags', maxTags, isText),
    complete: members.flag('complete'),
    errors: members.number('errors'),
    counts: members.numbers('counts'),
    contentBytes: members.number('contentBytes'),
    addedBytes: members.number('addedBytes'),
    manifest: members.hexOrNull('manifest', 32),
    root: decodeContent(members.object('root'), what),
  };
}

function parseBase(members: MemberReader): HeaderBase {
  return {
    time: members.time('time'),
    host: longText(members, 'host'),
    tool: longText(members, 'tool'),
    parents: members.listOf('parents', maxParents, isSnapshotId),
    signer: members.hex('signer', 32),
  };
}

function parseOriginOf(members: MemberReader, what: string): Pick<HeaderBase, 'origin'> {
  return members.has('origin') ? { origin: parseOrigin(members.object('origin'), what) } : {};
}

function longText(members: MemberReader, name: string): string {
  return members.text(name, anyText, 100_000);
}
