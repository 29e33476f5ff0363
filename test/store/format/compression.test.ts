import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { canonicalBytes } from '../../../src/document/canonical.ts';
import {
  decodePayload,
  encodePayload,
  newestCompression,
  payloadHeaderBytes,
} from '../../../src/store/format/compression.ts';
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

  it('does not try media whose bytes are spread evenly, and finds text behind a header', () => {
    const text = Buffer.from('a film script, scene by scene; '.repeat(10_000));
    expect(encodePayload(text).length).toBeLessThan(text.length / 50);
    expect(encodePayload(Buffer.concat([bytesOf(4, 40_000), text])).length).toBeLessThan(60_000);
    for (let seed = 0; seed < 20; seed += 1) expect(encodePayload(bytesOf(seed, 200_000))[0]).toBe(0);
  });

  it.each([2, 3, 4, 6, 8])('compresses samples of %i bytes of which one is not random', (length) => {
    const samples = Buffer.from(bytesOf(length, 240_000));
    for (let at = length - 1; at < samples.length; at += length) samples[at] = 0;
    expect(encodePayload(samples)[0]).toBe(1);
  });
});

describe('compression of documents', () => {
  const user = { object: 'user', id: 'e96d1887-af85-4405-adae-7996a198c0cc' };
  const blocks = Array.from({ length: 12 }, (_, at) => ({
    ...{ object: 'block', id: `38c9ce7b-60a4-81${at + 10}-a1b7-cf948b230f${at + 10}`, type: 'to_do' },
    ...{ created_by: user, created_time: `2025-03-21T21:${at + 10}:00.000Z`, in_trash: false },
    to_do: {
      checked: at % 2 === 0,
      color: 'default',
      rich_text: [{ plain_text: `number ${at}`, href: null }],
    },
  }));
  const document = canonicalBytes({ kind: 'page', format: 1, blocks });

  it('takes less than two thirds of what deflate takes, and gives every byte back', () => {
    const encoded = encodePayload(document, newestCompression);
    expect(encoded[0]).toBe(2);
    expect(encoded.length).toBeLessThan((encodePayload(document).length * 2) / 3);
    expect(Buffer.from(decodePayload(encoded, 'it')).equals(document)).toBe(true);
  });

  it('is deflate where a byte of the text is a sign, and none where it does not help', () => {
    const odd = Buffer.concat([document, Uint8Array.of(1)]);
    for (const [plaintext, flag] of [
      [odd, 1],
      [bytesOf(1, 5_000), 0],
      [Buffer.from('short'), 0],
    ] as const) {
      const encoded = encodePayload(plaintext, newestCompression);
      expect(encoded[0]).toBe(flag);
      expect(Buffer.from(decodePayload(encoded, 'it')).equals(plaintext)).toBe(true);
    }
  });

  it('refuses anything cut, another length, and a bomb', () => {
    const whole = encodePayload(document, newestCompression);
    for (let end = 0; end < whole.length; end++)
      expect(() => decodePayload(whole.subarray(0, end), 'it')).toThrowError(integrity);
    for (const length of [document.length - 1, document.length + 1]) {
      const changed = Buffer.from(whole);
      changed.writeUInt32BE(length, 1);
      expect(() => decodePayload(changed, 'it')).toThrowError(integrity);
    }
    const bomb = Buffer.concat([Buffer.alloc(4), deflateRawSync(new Uint8Array(2_000_000))]);
    expect(() => decodePayload(payload(2, 1_000, bomb), 'it')).toThrowError(integrity);
  });
});
