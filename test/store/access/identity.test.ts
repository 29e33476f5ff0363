import { expect, test } from 'vitest';
import { MemoryBackend } from '../../../src/backend/memory.ts';
import {
  decryptIdentity,
  encryptIdentity,
  ensureIdentity,
  exportIdentity,
  findIdentity,
  fingerprint,
  identityName,
  importIdentity,
  isEndorsementValid,
  rotateIdentity,
} from '../../../src/store/access/identity.ts';
import {
  encodeSealedIdentity,
  parseIdentity,
  sealIdentity,
} from '../../../src/store/access/identity-file.ts';
import { verifyEd25519 } from '../../../src/store/crypto/primitives.ts';
import { minCost } from '../../../src/store/format/key-slot.ts';
import { bytesOf, namesOf } from '../../backend/contract.ts';

const now = '2026-01-02T03:04:05.678Z';

test('an identity is made on first use and is the same afterwards', async () => {
  const folder = new MemoryBackend();
  expect(await findIdentity(folder)).toBeUndefined();
  const made = await ensureIdentity(folder, now);
  const found = await ensureIdentity(folder, '2027-01-01T00:00:00.000Z');
  expect(found.publicKey).toEqual(made.publicKey);
  expect(found.created).toBe(now);
  expect(await namesOf(folder)).toEqual([identityName]);
  const message = bytesOf('message');
  expect(verifyEd25519(made.publicKey, message, found.sign(message))).toBe(true);
});

test('two processes that make an identity at the same time end with the same one', async () => {
  const folder = new MemoryBackend();
  const made = await Promise.all([
    ensureIdentity(folder, now),
    ensureIdentity(folder, now),
    ensureIdentity(folder, now),
  ]);
  expect(new Set(made.map(({ publicKey }) => fingerprint(publicKey))).size).toBe(1);
});

test('a rotated identity is a new key that the old one endorsed', async () => {
  const folder = new MemoryBackend();
  await expect(rotateIdentity(folder, now)).rejects.toMatchObject({ code: 'not-found' });
  const old = await ensureIdentity(folder, now);
  const fresh = await rotateIdentity(folder, now);
  expect(fresh.publicKey).not.toEqual(old.publicKey);
  expect(fresh.signer.endorsement?.by).toBe(old.signer.publicKey);
  expect(isEndorsementValid(fresh.signer)).toBe(true);
  expect((await findIdentity(folder))?.signer).toEqual(fresh.signer);
});

test('an identity remembers every key it had, each endorsed by the one before', async () => {
  const folder = new MemoryBackend();
  const first = await ensureIdentity(folder, now);
  for (let count = 0; count < 3; count++) await rotateIdentity(folder, now);
  const last = await ensureIdentity(folder, now);
  expect(last.lineage).toHaveLength(4);
  expect(last.lineage[0]).toEqual(first.signer);
  expect(last.lineage.at(-1)).toEqual(last.signer);
  for (const [at, signer] of last.lineage.entries()) {
    if (at === 0) continue;
    expect(isEndorsementValid(signer)).toBe(true);
    expect(signer.endorsement?.by).toBe(last.lineage[at - 1]?.publicKey);
  }
});

test('an endorsement of another key, by another key or by none does not count', async () => {
  const folder = new MemoryBackend();
  const old = await ensureIdentity(folder, now);
  const { signer } = await rotateIdentity(folder, now);
  const signature = signer.endorsement?.signature ?? '';
  expect(isEndorsementValid(old.signer)).toBe(false);
  expect(isEndorsementValid({ ...signer, publicKey: old.signer.publicKey })).toBe(false);
  expect(isEndorsementValid({ ...signer, endorsement: { by: signer.publicKey, signature } })).toBe(false);
});

test('a damaged identity file is named and never overwritten', async () => {
  const folder = new MemoryBackend('/home/someone/.config/notion-kloset');
  await ensureIdentity(folder, now);
  const bytes = await folder.read(identityName);
  for (let at = 0; at < bytes.length; at++) {
    const flipped = bytes.slice();
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
    await folder.replace(identityName, flipped);
    await expect(ensureIdentity(folder, now)).rejects.toMatchObject({ code: 'integrity' });
    expect(await folder.read(identityName)).toEqual(flipped);
  }
});

test('a fingerprint is short, grouped and its own for each key', async () => {
  expect(fingerprint(new Uint8Array(32))).toMatch(/^([0-9a-f]{4} ){7}[0-9a-f]{4}$/);
  expect(fingerprint(new Uint8Array(32))).not.toBe(fingerprint(new Uint8Array(32).fill(1)));
});

/** A folder whose identity is sealed under "right", at the lowest cost. */
async function sealedFolder() {
  const folder = new MemoryBackend();
  await ensureIdentity(folder, now);
  const clear = parseIdentity(await folder.read(identityName), 'identity');
  if (!('privateKey' in clear)) throw new Error('sealed already');
  const file = encodeSealedIdentity(await sealIdentity(clear, 'right', minCost));
  await folder.replace(identityName, file);
  return { folder, file, clear };
}
const right = async () => 'right';
const wrong = async () => 'wrong';

test('a sealed identity is known without its passphrase, and signs with it only', async () => {
  const { folder, file, clear } = await sealedFolder();
  const seed = Buffer.from(clear.privateKey);
  expect(Buffer.from(file).includes(seed)).toBe(false);
  expect(Buffer.from(file).includes(seed.toString('hex'))).toBe(false);
  const identity = await ensureIdentity(folder, now, right);
  expect(identity.lineage).toEqual(clear.lineage);
  const message = bytesOf('message');
  expect(() => identity.sign(message)).toThrow(/sealed/);
  await identity.unlock();
  expect(verifyEd25519(identity.publicKey, message, identity.sign(message))).toBe(true);
  const refused = await ensureIdentity(folder, now, wrong);
  await expect(refused.unlock()).rejects.toMatchObject({ code: 'credentials' });
  await expect((await ensureIdentity(folder, now)).unlock()).rejects.toMatchObject({ code: 'credentials' });
});

test('a sealed identity comes to another machine with its passphrase, and replaces none there', async () => {
  const { file, clear } = await sealedFolder();
  const [fresh, used] = [new MemoryBackend(), new MemoryBackend()];
  await expect(importIdentity(fresh, file, { what: 'file', ask: wrong })).rejects.toMatchObject({
    code: 'credentials',
  });
  expect(await namesOf(fresh)).toEqual([]);
  await importIdentity(fresh, file, { what: 'file', ask: right });
  expect(parseIdentity(await fresh.read(identityName), 'identity')).toEqual(clear);
  const own = await ensureIdentity(used, now);
  await expect(importIdentity(used, file, { what: 'file', ask: right })).rejects.toMatchObject({
    code: 'usage',
  });
  expect((await ensureIdentity(used, now)).signer).toEqual(own.signer);
});

test('what is exported of a sealed identity is its file, and it is unsealed with its passphrase', async () => {
  const { folder, file, clear } = await sealedFolder();
  expect(await exportIdentity(folder, wrong)).toEqual(file);
  await expect(decryptIdentity(folder, wrong)).rejects.toMatchObject({ code: 'credentials' });
  await decryptIdentity(folder, right);
  expect(parseIdentity(await folder.read(identityName), 'identity')).toEqual(clear);
  await expect(decryptIdentity(folder, right)).rejects.toMatchObject({ code: 'usage' });
  await encryptIdentity(folder, right);
  expect(Buffer.from(await folder.read(identityName)).toString()).not.toContain(
    Buffer.from(clear.privateKey).toString('hex'),
  );
  await expect(encryptIdentity(folder, right)).rejects.toMatchObject({ code: 'usage' });
});
