import { describe, expect, test } from 'vitest';
import { MemoryBackend } from '../../../src/backend/memory.ts';
import { isKlosetError } from '../../../src/errors.ts';
import { ensureIdentity } from '../../../src/store/access/identity.ts';
import { hexOf } from '../../../src/store/crypto/hex.ts';
import { deriveStoreKeys, newMasterKey } from '../../../src/store/crypto/keys.ts';
import { encodeCheckedJson, macOf } from '../../../src/store/format/checked-json.ts';
import { documentChunkSizes, mediaChunkSizes } from '../../../src/store/format/chunk-sizes.ts';
import type { StoreConfig } from '../../../src/store/format/config.ts';
import { configBaseDigest, encodeConfig, newStoreId, parseConfig } from '../../../src/store/format/config.ts';
import { testId } from '../context.ts';

const keys = deriveStoreKeys(newMasterKey());
const config: StoreConfig = {
  storeId: newStoreId(),
  created: '2026-01-02T03:04:05.678Z',
  chunkSizes: { document: documentChunkSizes, media: mediaChunkSizes },
  compression: 'spelled deflate',
  signers: [
    { publicKey: '11'.repeat(32) },
    { publicKey: '22'.repeat(32), endorsement: { by: '11'.repeat(32), signature: '33'.repeat(64) } },
  ],
  revocations: [
    {
      key: '22'.repeat(32),
      after: [testId('55'.repeat(32))],
      by: '11'.repeat(32),
      signature: '66'.repeat(64),
    },
  ],
};
const signer = await ensureIdentity(new MemoryBackend(), config.created);
const file = encodeConfig(config, keys, signer);

/** The JSON line of CONFIG, changed, framed again with a right checksum: what an attacker without keys can do. */
function forge(change: (value: { algorithms: object; chunkSizes: object }) => void): Uint8Array {
  const value = JSON.parse(new TextDecoder().decode(file).split('\n')[0] ?? '');
  change(value);
  return encodeCheckedJson(value);
}

function codeOf(run: () => unknown): string {
  try {
    run();
    return 'none';
  } catch (error) {
    return isKlosetError(error) ? error.code : `not ours: ${String(error)}`;
  }
}

const read = (bytes: Uint8Array): StoreConfig => parseConfig(bytes).authenticate(keys);

describe('CONFIG', () => {
  test('is read back as it was written', () => {
    expect(read(file)).toEqual(config);
    expect(encodeConfig(read(file), keys, signer)).toEqual(file);
    expect(parseConfig(file).signedBy).toBe(signer.signer.publicKey);
  });

  test('is text that people can read', () => {
    expect(new TextDecoder().decode(file)).toContain('"magic":"notion-kloset store"');
  });

  test('with any bit flipped is damaged', () => {
    for (let bit = 0; bit < file.length * 8; bit++) {
      const flipped = file.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(codeOf(() => parseConfig(flipped))).toBe('integrity');
    }
  });

  test('cut anywhere, or longer, is damaged', () => {
    for (let length = 0; length < file.length; length++) {
      expect(codeOf(() => parseConfig(file.subarray(0, length)))).toBe('integrity');
    }
    expect(codeOf(() => parseConfig(Buffer.concat([file, file])))).toBe('integrity');
    expect(codeOf(() => parseConfig(new Uint8Array(1_000_000)))).toBe('integrity');
  });

  test('changed by somebody without the key is refused once the key is at hand', () => {
    const stranger = { publicKey: '44'.repeat(32) };
    const forgeries = [
      forge((value) => Object.assign(value, { signers: [stranger] })),
      forge((value) => Object.assign(value, { storeId: newStoreId() })),
      forge((value) => Object.assign(value, { created: '2020-01-01T00:00:00.000Z' })),
      forge((value) => Object.assign(value.chunkSizes, { document: mediaChunkSizes })),
    ];
    for (const forged of forgeries) expect(codeOf(() => read(forged))).toBe('integrity');
  });

  test('changed by somebody with the key, but without the signer, is refused', () => {
    const value = JSON.parse(new TextDecoder().decode(file).split('\n')[0] ?? '');
    const { mac: _mac, ...body } = { ...value, revocations: [] };
    const forged = encodeCheckedJson({ ...body, mac: hexOf(macOf(body, keys.config)) });
    expect(codeOf(() => parseConfig(forged))).toBe('integrity');
  });

  test('names the compression of its store: that of today or that of earlier programs, which know no other', () => {
    for (const compression of ['deflate', 'spelled deflate'] as const) {
      const own = encodeConfig({ ...config, compression }, keys, signer);
      expect(read(own)).toEqual({ ...config, compression });
      expect(JSON.parse(new TextDecoder().decode(own).split('\n')[0] ?? '')).toMatchObject({
        algorithms: { compression },
      });
    }
  });

  test('of another version, or with other algorithms or none, is incompatible', () => {
    const forgeries = [
      forge((value) => Object.assign(value, { version: 3 })),
      forge((value) => Object.assign(value, { version: 0 })),
      forge((value) => Object.assign(value, { version: '1' })),
      forge((value) => Object.assign(value.algorithms, { seal: 'none' })),
      forge((value) => Object.assign(value.algorithms, { compression: 'zstd' })),
      forge((value) => Object.assign(value, { algorithms: {} })),
      forge((value) => Reflect.deleteProperty(value, 'algorithms')),
    ];
    for (const forged of forgeries) expect(codeOf(() => read(forged))).toBe('incompatible');
  });

  test('with chunk sizes that could fill the memory is refused before they are used', () => {
    const huge = { minBytes: 4096, averageBytes: 16_384, maxBytes: 2 ** 40 };
    expect(
      codeOf(() => parseConfig(forge((value) => Object.assign(value.chunkSizes, { media: huge })))),
    ).toBe('incompatible');
  });

  test('with missing, unknown or ill-typed members is damaged, never a crash', () => {
    const names = ['magic', 'storeId', 'created', 'chunkSizes', 'signers', 'revocations', 'signature', 'mac'];
    for (const name of names) {
      expect(codeOf(() => parseConfig(forge((value) => Reflect.deleteProperty(value, name))))).toBe(
        'integrity',
      );
      for (const wrong of [null, 7, [], {}, '']) {
        if ((name === 'signers' || name === 'revocations') && Array.isArray(wrong)) continue;
        const forged = forge((value) => Object.assign(value, { [name]: wrong }));
        expect(codeOf(() => parseConfig(forged))).toBe('integrity');
      }
    }
    expect(codeOf(() => parseConfig(forge((value) => Object.assign(value, { more: 1 }))))).toBe('integrity');
  });

  test('keeps its base digest, that of version 1, when only signers and revocations are added', () => {
    expect(configBaseDigest({ ...config, signers: [], revocations: [] })).toBe(configBaseDigest(config));
    expect(configBaseDigest({ ...config, storeId: newStoreId() })).not.toBe(configBaseDigest(config));
  });
});
