/** Small immutable files of one sealed part each: magic ‖ seal(body ‖ zeros). Index deltas and snapshots are such files. */
import { padmeSize } from '../crypto/padding.ts';
import { open, seal, sealOverheadBytes } from '../crypto/primitives.ts';
import type { SealContext } from './blob.ts';
import { sealDomain } from './blob.ts';
import { damaged } from './damaged.ts';

/** A kind of sealed file: its first eight bytes, the domain of its seal, and the key that seals it. */
export interface SealedFileKind {
  readonly magic: string;
  readonly domain: string;
  readonly key: 'index' | 'snapshot';
}

/** Seals `body`, padded with zeros so that the file has a Padmé size. */
export function encodeSealedFile(context: SealContext, kind: SealedFileKind, body: Uint8Array): Uint8Array {
  const bareBytes = kind.magic.length + sealOverheadBytes + body.length;
  const padding = new Uint8Array(padmeSize(bareBytes) - bareBytes);
  const aad = sealDomain(kind.domain, context.storeId);
  const sealed = seal(context.keys[kind.key], aad, Buffer.concat([body, padding]));
  return Buffer.concat([Buffer.from(kind.magic, 'latin1'), sealed]);
}

/** The body with its padding. @throws KlosetError integrity */
export function decodeSealedFile(
  context: SealContext,
  kind: SealedFileKind,
  file: Uint8Array,
  what: string,
): Uint8Array {
  const magic = Buffer.from(kind.magic, 'latin1');
  if (!magic.equals(file.subarray(0, magic.length))) {
    throw damaged(what, `it does not begin with ${kind.magic.trim()}`);
  }
  try {
    return open(
      context.keys[kind.key],
      sealDomain(kind.domain, context.storeId),
      file.subarray(magic.length),
    );
  } catch (error) {
    throw damaged(what, 'authentication failed', error);
  }
}
