import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodePayload, encodePayload, payloadHeaderBytes } from '../../../src/store/format/compression.ts';
import { bytesOf } from '../random.ts';

const integrity = expect.objectContaining({ code: 'integrity' });

function payload(flag: number, length: number, body: Uint8Array): Uint8Array {
  const head = Buffer.alloc(payloadHeaderBytes);
  head.writeUInt8(flag, 0);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, body]);
}

describe('compression', () => {
  it('gives back any plaintext, compressed or not', () => {
    for (const plaintext of [
      new Uint8Array(0),
      bytesOf(1, 1),
      bytesOf(2, 70_000),
      Buffer.from('ab'.repeat(50_000)),
    ]) {
      expect(Buffer.from(decodePayload(encodePayload(plaintext), 'it')).equals(plaintext)).toBe(true);
    }
  });

  it('makes text smaller and adds five bytes to what it cannot make smaller', () => {
    expect(encodePayload(Buffer.from('{"type":"paragraph"}'.repeat(500))).length).toBeLessThan(200);
    expect(encodePayload(bytesOf(3, 300_000)).length).toBe(300_000 + payloadHeaderBytes);
    expect(encodePayload(Buffer.from('short')).length).toBe(5 + payloadHeaderBytes);
  });

  it('refuses a bomb: more bytes than declared, or more declared than a chunk may have', () => {
    const bomb = deflateRawSync(new Uint8Array(2_000_000));
    expect(() => decodePayload(payload(1, 1000, bomb), 'it')).toThrowError(integrity);
    expect(() => decodePayload(payload(1, 8_000_000, bomb), 'it')).toThrowError(integrity);
  });

  it('refuses a length that is not kept, an unknown flag, and anything cut', () => {
    expect(() => decodePayload(payload(0, 4, Buffer.from('five!')), 'it')).toThrowError(integrity);
    expect(() => decodePayload(payload(1, 9, deflateRawSync(Buffer.from('five!'))), 'it')).toThrowError(
      integrity,
    );
    expect(() => decodePayload(payload(2, 5, Buffer.from('five!')), 'it')).toThrowError(integrity);
    const whole = encodePayload(Buffer.from('{"type":"paragraph"}'.repeat(50)));
    for (let end = 0; end < whole.length; end++) {
      expect(() => decodePayload(whole.subarray(0, end), 'it')).toThrowError(integrity);
    }
  });
});
