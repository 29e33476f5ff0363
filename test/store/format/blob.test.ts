import { describe, expect, it } from 'vitest';
import { hmacSha256, seal } from '../../../src/store/crypto/primitives.ts';
import type { BlobType } from '../../../src/store/format/blob.ts';
import { blobIdOf, openBlob, sealBlob } from '../../../src/store/format/blob.ts';
import { contextOf } from '../context.ts';
import { bytesOf } from '../random.ts';

const integrity = expect.objectContaining({ code: 'integrity' });
const context = contextOf();
const plaintext = Buffer.from('a paragraph that somebody wrote');
const id = blobIdOf(context, 'document', plaintext);
const sealed = sealBlob(context, 'document', id, plaintext);

describe('blob', () => {
  it('opens to what was sealed, whatever its size', () => {
    for (const length of [0, 1, 4096, 70_000]) {
      const bytes = bytesOf(length, length);
      const own = blobIdOf(context, 'media', bytes);
      expect(
        Buffer.from(openBlob(context, 'media', own, sealBlob(context, 'media', own, bytes))).equals(bytes),
      ).toBe(true);
    }
  });

  it('has an id that is HMAC-SHA-256 over its type and plaintext', () => {
    const mac = hmacSha256(context.keys.blobId, Uint8Array.of(1), plaintext);
    expect(id).toBe(Buffer.from(mac).toString('hex'));
    expect(blobIdOf(context, 'tree', plaintext)).not.toBe(id);
    expect(blobIdOf(contextOf('f'.repeat(32), 2), 'document', plaintext)).not.toBe(id);
  });

  it('is sealed anew each time and never shows its plaintext', () => {
    expect(Buffer.from(sealBlob(context, 'document', id, plaintext)).equals(sealed)).toBe(false);
    expect(Buffer.from(sealed).includes('paragraph')).toBe(false);
  });

  it('does not open as another type, under another id or in another store', () => {
    const types: BlobType[] = ['media', 'tree'];
    for (const type of types) expect(() => openBlob(context, type, id, sealed)).toThrowError(integrity);
    const other = blobIdOf(context, 'document', Buffer.from('something else'));
    expect(() => openBlob(context, 'document', other, sealed)).toThrowError(integrity);
    expect(() => openBlob(contextOf('0'.repeat(32)), 'document', id, sealed)).toThrowError(integrity);
  });

  it('does not open when any bit was flipped or any byte is missing', () => {
    for (let at = 0; at < sealed.length; at++) {
      const flipped = sealed.slice();
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      expect(() => openBlob(context, 'document', id, flipped)).toThrowError(integrity);
      expect(() => openBlob(context, 'document', id, sealed.subarray(0, at))).toThrowError(integrity);
    }
  });

  it('does not open to other bytes that somebody with the data key sealed under its id', () => {
    const payload = Buffer.concat([Uint8Array.of(0, 0, 0, 0, 4), Buffer.from('evil')]);
    const domain = Buffer.from(`notion-kloset v1 blob\0${context.storeId}\0`);
    const aad = Buffer.concat([domain, Uint8Array.of(1), Buffer.from(id, 'hex')]);
    expect(() => openBlob(context, 'document', id, seal(context.keys.data, aad, payload))).toThrowError(
      /does not match its id/,
    );
  });
});
