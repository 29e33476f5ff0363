/**
 * The origin of a resealed header: the header of another store that it stands for, as its own signer signed it. The text is
 * kept as it was, so the old signature can be verified without the other store and without its key.
 */
import type { Json, JsonObject } from '../../document/json.ts';
import { isObject } from '../../document/json.ts';
import { verifyEd25519 } from '../crypto/primitives.ts';
import { sealDomain } from './blob.ts';
import { canonicalJson, parseCanonicalJson } from './canonical-json.ts';
import { damaged } from './damaged.ts';
import type { SnapshotId } from './ids.ts';
import { isSnapshotId, parseId } from './ids.ts';
import { anyText, MemberReader } from './member-reader.ts';

export interface HeaderOrigin {
  /** Id in the other store. Whoever signed the resealed header says so; the old signature does not cover it. */
  readonly id: SnapshotId;
  /** 32 hex digits. */
  readonly storeId: string;
  /** The JSON that was signed there. */
  readonly text: string;
  /** 128 hex digits. */
  readonly signature: string;
  /** Public key that the text names and whose signature holds, 64 hex digits. */
  readonly signer: string;
}

/** Most UTF-16 code units of the text; a header file has at most 64 MiB. */
const maxTextLength = 24 * 1024 * 1024;

/** Domain and store id go first, so that no signature of ours means anything elsewhere. */
export function signedHeaderBytes(storeId: string, json: Uint8Array): Uint8Array {
  return Buffer.concat([sealDomain('snapshot signature', storeId), json]);
}

export function originJson({ id, storeId, text, signature }: HeaderOrigin): JsonObject {
  return { header: text, id, signature, storeId };
}

/** Reads an untrusted origin. @throws KlosetError integrity when its signature is not valid */
export function parseOrigin(members: MemberReader, what: string): HeaderOrigin {
  const text = members.text('header', anyText, maxTextLength);
  const id = parseId(members.hex('id', 32), isSnapshotId);
  const signature = members.hex('signature', 64);
  const storeId = members.hex('storeId', 16);
  members.end();
  const signer = new MemberReader(parseCanonicalJson(text, what), what).hex('signer', 32);
  const signed = signedHeaderBytes(storeId, Buffer.from(text, 'utf8'));
  if (!verifyEd25519(Buffer.from(signer, 'hex'), signed, Buffer.from(signature, 'hex')))
    throw damaged(what, 'the signature of its origin is not valid');
  return { id, storeId, text, signature, signer };
}

/** @throws KlosetError integrity when `header` says other things than its origin, beyond what a new key changes */
export function checkCarriedOver(header: JsonObject, { text }: HeaderOrigin, what: string): void {
  const { origin: _, ...own } = header;
  const original = parseCanonicalJson(text, what);
  if (!isObject(original) || carriedOver(own) !== carriedOver(original))
    throw damaged(what, 'it says other things than its origin');
}

/** The members that stay the same under another key: ids, place in the chain and signer change, and what the copy added. */
function carriedOver(header: JsonObject): string {
  const { parents, signer, addedBytes, snapshot, root, ...same } = header;
  return canonicalJson({ ...same, ...(isObject(root) ? { rootSize: sizeOf(root) } : {}) });
}

/** Ids have the same length under every key, so a listing has too. */
function sizeOf({ size }: JsonObject): Json {
  return size ?? null;
}
