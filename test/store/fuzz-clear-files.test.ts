/** The parsers of what lies about in the clear, fed with what attackers and broken disks write. */

import { beforeAll, describe, expect, test } from 'vitest';
import { MemoryBackend } from '../../src/backend/memory.ts';
import { isKlosetError } from '../../src/errors.ts';
import { ensureIdentity } from '../../src/store/access/identity.ts';
import {
  encodeIdentity,
  encodeSealedIdentity,
  parseIdentity,
  sealIdentity,
} from '../../src/store/access/identity-file.ts';
import { parseKeyFile } from '../../src/store/access/key-file.ts';
import { encodeRoster, readRoster } from '../../src/store/access/key-roster.ts';
import { encodeTrust, parseTrust } from '../../src/store/access/pins/trust-record.ts';
import { parseRecoveryWords } from '../../src/store/access/recovery-kit.ts';
import { deriveStoreKeys, newMasterKey } from '../../src/store/crypto/keys.ts';
import { generateEd25519, seal, sha256 } from '../../src/store/crypto/primitives.ts';
import { sealDomain } from '../../src/store/format/blob.ts';
import { documentChunkSizes, mediaChunkSizes } from '../../src/store/format/chunk-sizes.ts';
import { encodeConfig, newStoreId, parseConfig } from '../../src/store/format/config.ts';
import { createKeySlot, minCost, parseKeySlot } from '../../src/store/format/key-slot.ts';
import { thisProcess } from '../../src/store/locks/lock-owner.ts';
import { decodeLock, encodeLock } from '../../src/store/locks/lock-record.ts';
import { testId } from './context.ts';
import { bytesOf, randomNumbers } from './random.ts';

/** Fresh each day, and told when it fails; the fixed ones stay. */
const seeds = [1, 2, 3, Number(process.env.KLOSET_SEED ?? Math.floor(Date.now() / 86_400_000))];

const masterKey = newMasterKey();
const keys = deriveStoreKeys(masterKey);
const storeId = newStoreId();
const created = '2026-01-02T03:04:05.678Z';
const hex = (byte: string, bytes: number): string => byte.repeat(bytes);

const signer = await ensureIdentity(new MemoryBackend(), created);
const revocation = {
  key: hex('22', 32),
  after: [testId(hex('66', 32))],
  by: hex('11', 32),
  signature: hex('33', 64),
};
const config = encodeConfig(
  {
    storeId,
    created,
    chunkSizes: { document: documentChunkSizes, media: mediaChunkSizes },
    compression: 'spelled deflate',
    signers: [{ publicKey: hex('11', 32), endorsement: { by: hex('22', 32), signature: hex('33', 64) } }],
    revocations: [revocation],
  },
  keys,
  signer,
);
const roster = encodeRoster({ storeId, generation: 3, slots: [hex('ab', 16)] }, keys, signer);
const trust = encodeTrust({
  location: '/backups',
  storeId,
  configDigest: hex('44', 32),
  configBase: hex('55', 32),
  signers: [hex('11', 32)],
  isConfigSigned: true,
  revocations: [revocation],
  slotsGeneration: 3,
  slots: [hex('ab', 16)],
  openedSlot: hex('ab', 16),
  heads: [testId(hex('66', 32))],
  missed: [],
});

/** Every kind of clear file: bytes that are right, and what reads them. */
let samples: Record<string, { bytes: Uint8Array; read: (bytes: Uint8Array) => unknown }>;

beforeAll(async () => {
  const details = { storeId, label: 'fuzz', created, cost: minCost };
  const slot = await createKeySlot(masterKey, keys, { kind: 'passphrase', passphrase: 'x' }, details);
  const { publicKey, privateKey } = generateEd25519(new Uint8Array(32).fill(9));
  const identity = { created, privateKey, lineage: [{ publicKey: Buffer.from(publicKey).toString('hex') }] };
  samples = {
    CONFIG: { bytes: config, read: parseConfig },
    'key slot': { bytes: slot.bytes, read: (bytes) => parseKeySlot(bytes, 'slot') },
    roster: { bytes: roster, read: readRosterBytes },
    trust: { bytes: trust, read: (bytes) => parseTrust(bytes, 'trust') },
    identity: { bytes: encodeIdentity(identity), read: (bytes) => parseIdentity(bytes, 'identity') },
    'sealed identity': {
      bytes: encodeSealedIdentity(await sealIdentity(identity, 'x', minCost)),
      read: (bytes) => parseIdentity(bytes, 'identity'),
    },
  };
});

async function readRosterBytes(bytes: Uint8Array): Promise<unknown> {
  const backend = new MemoryBackend();
  await backend.create('keys/roster', bytes);
  return await readRoster(backend, storeId);
}

/** The code of what `read` throws; "none" when it takes the bytes. Anything that is no KlosetError fails the test. */
async function outcome(read: (bytes: Uint8Array) => unknown, bytes: Uint8Array): Promise<string> {
  try {
    await read(bytes);
    return 'none';
  } catch (error) {
    if (isKlosetError(error)) return error.code;
    throw error;
  }
}

/** A value of JSON that nobody would write there. */
function oddValue(below: (limit: number) => number): unknown {
  const odd = [
    null,
    true,
    0,
    -1,
    1e308,
    2 ** 53,
    0.1,
    '',
    'x',
    '\u0000',
    '\ud800',
    hex('ab', 16),
    hex('AB', 32),
    'a'.repeat(5000),
    [],
    [[]],
    {},
    { __proto__: null },
    ['x'],
    { publicKey: 'x' },
    [null],
    '../../etc/passwd',
  ];
  return odd[below(odd.length)];
}

/** Changes some member of `value`, at any depth. */
function mutate(value: Record<string, unknown>, below: (limit: number) => number): void {
  const names = Object.keys(value);
  const name = names[below(names.length)] ?? 'new';
  const member = value[name];
  const goDeeper =
    below(2) === 0 && typeof member === 'object' && member !== null && Object.keys(member).length > 0;
  if (goDeeper) mutate(member as Record<string, unknown>, below);
  else if (below(4) === 0) delete value[name];
  else if (below(6) === 0) value[`${name}2`] = member;
  else value[name] = oddValue(below);
}

describe.each(seeds)('clear files against seed %i', (seed) => {
  test('whose bytes were changed anyhow are damaged', async () => {
    const below = randomNumbers(seed);
    for (const { bytes, read } of Object.values(samples)) {
      expect(await outcome(read, bytes)).toBe('none');
      for (let round = 0; round < 300; round++) {
        const changed = Buffer.from(bytes);
        const at = below(changed.length);
        if (below(3) === 0) changed.fill(below(256), at, Math.min(changed.length, at + 1 + below(20)));
        else changed[at] = ((changed[at] ?? 0) + 1 + below(255)) % 256;
        const cut = below(5) === 0 ? changed.subarray(0, below(changed.length)) : changed;
        if (Buffer.from(bytes).equals(cut)) continue;
        expect(await outcome(read, cut)).toBe('integrity');
      }
    }
  });

  test('written by somebody who computes checksums are refused, or read as what they say', async () => {
    const below = randomNumbers(seed + 1000);
    for (const { bytes, read } of Object.values(samples)) {
      const text = new TextDecoder().decode(bytes).split('\n')[0] ?? '';
      for (let round = 0; round < 400; round++) {
        const value: Record<string, unknown> = JSON.parse(text);
        for (let changes = below(3); changes >= 0; changes--) mutate(value, below);
        const forged = framed(JSON.stringify(sorted(value)));
        expect(['none', 'integrity', 'incompatible']).toContain(await outcome(read, forged));
      }
    }
  });

  test('that are noise are damaged', async () => {
    const below = randomNumbers(seed + 2000);
    for (const { read } of Object.values(samples)) {
      for (let round = 0; round < 100; round++) {
        expect(await outcome(read, bytesOf(below(1 << 30), below(400)))).toBe('integrity');
      }
    }
  });

  test('what people type is refused as a credential', async () => {
    const below = randomNumbers(seed + 3000);
    for (let round = 0; round < 300; round++) {
      const text = Buffer.from(bytesOf(below(1 << 30), below(120))).toString(below(2) ? 'base64' : 'latin1');
      expect(await outcome(() => parseKeyFile(text), new Uint8Array())).toBe('credentials');
      expect(await outcome(() => parseRecoveryWords(text), new Uint8Array())).toBe('credentials');
    }
  });

  test('locks, even those that somebody with the key wrote, never crash a reader', async () => {
    const below = randomNumbers(seed + 4000);
    const context = { storeId, keys };
    const aad = Buffer.concat([sealDomain('lock', storeId), Buffer.from('id')]);
    const record = { ...thisProcess(), kind: 'shared' as const, command: 'x', created, refreshed: created };
    expect(decodeLock(context, 'id', encodeLock(context, 'id', record))).toEqual(record);
    for (let round = 0; round < 200; round++) {
      const value: Record<string, unknown> = { ...record };
      mutate(value, below);
      const bytes = below(3) === 0 ? bytesOf(round, below(100)) : Buffer.from(JSON.stringify(value));
      const read = () => decodeLock(context, 'id', seal(keys.locks, aad, bytes));
      expect(['none', 'integrity']).toContain(await outcome(read, bytes));
    }
  });
});

/** With members in order, as canonical JSON has them. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
}

/** The framing of clear files around any line. */
function framed(line: string): Uint8Array {
  return Buffer.from(`${line}\n${Buffer.from(sha256(Buffer.from(line))).toString('hex')}\n`);
}
