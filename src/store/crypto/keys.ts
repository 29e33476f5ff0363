/** The keys of a store: all derived from one random master key, each for one purpose (key separation). */
import { hkdf, randomBytes } from './primitives.ts';

export const masterKeyBytes = 32;

export interface StoreKeys {
  /** HMAC key of blob ids: without it nobody can test whether a store holds a known text. */
  readonly blobId: Uint8Array;
  /** Seals blobs. */
  readonly data: Uint8Array;
  /** Seals index deltas and the indexes inside packfiles. */
  readonly index: Uint8Array;
  /** Seals snapshot headers. */
  readonly snapshot: Uint8Array;
  /** Authenticates CONFIG. */
  readonly config: Uint8Array;
  /** Authenticates key slots and their roster. */
  readonly slots: Uint8Array;
  /** Seals locks. */
  readonly locks: Uint8Array;
  /** Seals what lies in the local cache. */
  readonly cache: Uint8Array;
}

/** A new master key: 256 random bits. */
export function newMasterKey(): Uint8Array {
  return randomBytes(masterKeyBytes);
}

/** The keys of the store whose master key this is. The contexts are part of the format (docs/format.md). */
export function deriveStoreKeys(masterKey: Uint8Array): StoreKeys {
  if (masterKey.length !== masterKeyBytes) throw new RangeError(`a master key has ${masterKeyBytes} bytes`);
  const derive = (purpose: string): Uint8Array => hkdf(masterKey, `notion-kloset v1 ${purpose}`);
  return {
    blobId: derive('blob id'),
    data: derive('data'),
    index: derive('index'),
    snapshot: derive('snapshot'),
    config: derive('config'),
    slots: derive('slots'),
    locks: derive('locks'),
    cache: derive('cache'),
  };
}
