import { describe, expect, it } from 'vitest';
import { isKlosetError } from '../../../src/errors.ts';
import { hexOf } from '../../../src/store/crypto/hex.ts';
import { generateEd25519, signEd25519 } from '../../../src/store/crypto/primitives.ts';
import { canonicalJson } from '../../../src/store/format/canonical-json.ts';
import { encodeSealedFile } from '../../../src/store/format/sealed-file.ts';
import type {
  MarkHeader,
  RemovalHeader,
  SigningKey,
  SnapshotHeader,
} from '../../../src/store/format/snapshot-header.ts';
import { decodeHeader, encodeHeader } from '../../../src/store/format/snapshot-header.ts';
import { anyId, contextOf } from '../context.ts';
import { randomNumbers } from '../random.ts';

const integrity = expect.objectContaining({ code: 'integrity' });
const context = contextOf();

function signerOf(seed: number): SigningKey {
  const { privateKey, publicKey } = generateEd25519(new Uint8Array(32).fill(seed));
  return { publicKey, sign: (message) => signEd25519(privateKey, message) };
}

const signer = signerOf(1);
const header: SnapshotHeader = {
  kind: 'snapshot',
  time: '2026-01-02T03:04:05.678Z',
  durationMs: 12_345,
  host: 'laptop',
  source: 'notion:workspace',
  name: 'Büro',
  description: 'nightly\nrun',
  tags: ['nightly', 'b'],
  tool: 'notion-kloset 0.1.0',
  complete: true,
  errors: 0,
  counts: { pages: 3, databases: 1 },
  contentBytes: 10,
  addedBytes: 20,
  manifest: anyId('c'),
  root: { size: 10, chunks: [anyId('a')] },
  parents: [anyId('b')],
  signer: hexOf(signer.publicKey),
};
const removal: RemovalHeader = {
  kind: 'removal',
  time: header.time,
  host: 'laptop',
  tool: header.tool,
  parents: [anyId('b')],
  removed: [anyId('d')],
  signer: header.signer,
};

const mark: MarkHeader = {
  kind: 'mark',
  time: header.time,
  host: 'laptop',
  tool: header.tool,
  parents: [anyId('b')],
  snapshot: anyId('b'),
  addTags: ['kept'],
  removeTags: [],
  pin: true,
  acknowledged: null,
  note: '',
  signer: header.signer,
};

/** A file with these members, signed by `by` in the name of whomever they name. */
function fileWith(members: object, by = signer, store = context): Uint8Array {
  const whole = { ...JSON.parse(jsonOf()), ...members };
  const json = Buffer.from(canonicalJson(JSON.parse(JSON.stringify(whole))));
  const message = Buffer.concat([
    Buffer.from(`notion-kloset v1 snapshot signature\0${store.storeId}\0`),
    json,
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(json.length);
  const body = Buffer.concat([by.sign(message), length, json]);
  return encodeSealedFile(context, { magic: 'NKSNAP1\n', domain: 'snapshot', key: 'snapshot' }, body);
}

function jsonOf(): string {
  const { root, ...rest } = header;
  return JSON.stringify({ format: 1, ...rest, root });
}

describe('snapshot header', () => {
  it('gives back what was signed, for snapshots, removals and marks', () => {
    expect(decodeHeader(context, encodeHeader(context, header, signer), 'it')).toEqual(header);
    expect(decodeHeader(context, encodeHeader(context, removal, signer), 'it')).toEqual(removal);
    const whole = { ...removal, removedParents: [[anyId('a'), anyId('b')]] };
    expect(decodeHeader(context, encodeHeader(context, whole, signer), 'it')).toEqual(whole);
    expect(decodeHeader(context, encodeHeader(context, mark, signer), 'it')).toEqual(mark);
    expect(decodeHeader(context, fileWith({}), 'it')).toEqual(header);
  });

  it('is refused when any bit of the file was flipped, or any byte is missing or added', () => {
    const file = encodeHeader(context, header, signer);
    for (let at = 0; at < file.length; at++) {
      const flipped = file.slice();
      flipped[at] = (flipped[at] ?? 0) ^ 32;
      expect(() => decodeHeader(context, flipped, 'it')).toThrowError(integrity);
      expect(() => decodeHeader(context, file.subarray(0, at), 'it')).toThrowError(integrity);
    }
    expect(() => decodeHeader(context, Buffer.concat([file, file]), 'it')).toThrowError(integrity);
  });

  it('is refused when another key signed it, or when it was signed for another store', () => {
    expect(() => decodeHeader(context, fileWith({}, signerOf(2)), 'it')).toThrowError(/signature/);
    expect(() => decodeHeader(context, fileWith({}, signer, contextOf('0'.repeat(32))), 'it')).toThrowError(
      /signature/,
    );
    expect(() => encodeHeader(context, header, signerOf(2))).toThrowError(
      expect.objectContaining({ code: 'internal' }),
    );
  });

  it('does not open in another store, or with another key', () => {
    const file = encodeHeader(context, header, signer);
    expect(() => decodeHeader(contextOf('0'.repeat(32)), file, 'it')).toThrowError(integrity);
    expect(() => decodeHeader(contextOf(context.storeId, 2), file, 'it')).toThrowError(integrity);
  });

  it('refuses members that are missing, unknown, of another kind or out of bounds', () => {
    for (const members of [
      { kind: 'other' },
      { time: '2026-01-02' },
      { time: undefined },
      { durationMs: -1 },
      { complete: 1 },
      { tags: 'x' },
      { tags: [1] },
      { counts: { pages: -1 } },
      { counts: [] },
      { manifest: 'x' },
      { parents: ['x'] },
      { root: { size: 1, chunks: [] } },
      { root: { ...header.root, extra: 1 } },
      { signer: 'x' },
      { surprise: true },
    ]) {
      expect(() => decodeHeader(context, fileWith(members), 'it')).toThrowError(integrity);
    }
    expect(() => decodeHeader(context, fileWith({ format: 2 }), 'it')).toThrowError(
      expect.objectContaining({ code: 'incompatible' }),
    );
  });

  it('never writes a header that it would not read', () => {
    const bad: SnapshotHeader[] = [
      { ...header, time: 'yesterday' },
      { ...header, durationMs: 1.5 },
      { ...header, errors: -1 },
      { ...header, counts: { pages: Number.NaN } },
    ];
    for (const wrong of bad) {
      expect(() => encodeHeader(context, wrong, signer)).toThrowError(
        expect.objectContaining({ code: 'internal' }),
      );
    }
  });

  it('refuses sealed noise as damaged and does not crash', () => {
    const random = randomNumbers(4);
    for (let round = 0; round < 300; round++) {
      const noise = Buffer.from(Array.from({ length: random(300) }, () => random(256)));
      const file = encodeSealedFile(
        context,
        { magic: 'NKSNAP1\n', domain: 'snapshot', key: 'snapshot' },
        noise,
      );
      const error = (() => {
        try {
          return decodeHeader(context, file, 'it');
        } catch (thrown) {
          return thrown;
        }
      })();
      expect(isKlosetError(error, 'integrity')).toBe(true);
    }
  });
});
