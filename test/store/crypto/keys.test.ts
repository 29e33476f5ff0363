import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { expect, test } from 'vitest';
import { deriveStoreKeys, newMasterKey } from '../../../src/store/crypto/keys.ts';

test('each key of a store is its own, and the same for the same master key', () => {
  const master = newMasterKey();
  const keys = deriveStoreKeys(master);
  const distinct = new Set(Object.values(keys).map((key: Uint8Array) => Buffer.from(key).toString('hex')));
  expect(distinct.size).toBe(8);
  expect(deriveStoreKeys(master)).toEqual(keys);
  expect(deriveStoreKeys(newMasterKey())).not.toEqual(keys);
});

test('the contexts are those of docs/format.md', () => {
  const master = new Uint8Array(32).fill(7);
  const contexts = {
    blobId: 'blob id',
    data: 'data',
    index: 'index',
    snapshot: 'snapshot',
    config: 'config',
    slots: 'slots',
    locks: 'locks',
    cache: 'cache',
  };
  const expected = Object.entries(contexts).map(([name, context]) => {
    const info = new TextEncoder().encode(`notion-kloset v1 ${context}`);
    return [name, hkdf(sha256, master, undefined, info, 32)];
  });
  expect(deriveStoreKeys(master)).toEqual(Object.fromEntries(expected));
});

test('a master key of another length is refused', () => {
  expect(() => deriveStoreKeys(new Uint8Array(16))).toThrow(RangeError);
});
