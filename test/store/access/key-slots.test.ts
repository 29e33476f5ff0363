import { describe, expect, test } from 'vitest';
import { MemoryBackend } from '../../../src/backend/memory.ts';
import { ensureIdentity } from '../../../src/store/access/identity.ts';
import { newKey } from '../../../src/store/access/key-file.ts';
import type { KeyAccess } from '../../../src/store/access/key-slots.ts';
import {
  addKeySlot,
  checkKeySlots,
  createFirstKeySlot,
  exchangeKeySlots,
  listKeySlots,
  removeKeySlot,
  unlockStore,
} from '../../../src/store/access/key-slots.ts';
import { deriveStoreKeys, newMasterKey } from '../../../src/store/crypto/keys.ts';
import { encodeCheckedJson } from '../../../src/store/format/checked-json.ts';
import { newStoreId } from '../../../src/store/format/config.ts';
import type { Secret } from '../../../src/store/format/key-slot.ts';
import { costProblem, maxCost, minCost } from '../../../src/store/format/key-slot.ts';
import { bytesOf, namesOf } from '../../backend/contract.ts';
import { copyOf, FaultyBackend, stateAfter } from '../../backend/faulty-backend.ts';
import { programCost } from '../../cheap-passphrases.ts';

const passphrase = (text: string): Secret => ({ kind: 'passphrase', passphrase: text });
const keyFile = (): Secret => ({ kind: 'key-file', key: newKey() });
const recoveryKit = (): Secret => ({ kind: 'recovery-kit', key: newKey() });
const details = { label: 'test', created: '2026-01-02T03:04:05.678Z', cost: minCost };
const refusedAs = (code: string) => ({ code });

interface TestStore extends KeyAccess {
  readonly backend: FaultyBackend;
}

async function newStore(secret: Secret): Promise<TestStore> {
  const access = {
    backend: new FaultyBackend(new MemoryBackend()),
    storeId: newStoreId(),
    masterKey: newMasterKey(),
    identity: await ensureIdentity(new MemoryBackend(), details.created),
  };
  await createFirstKeySlot(access, secret, details);
  return access;
}

const unlock = (access: KeyAccess, secret: Secret, backend = access.backend) =>
  unlockStore(backend, access.storeId, secret);
const findings = (access: KeyAccess, backend = access.backend) =>
  checkKeySlots(backend, access.storeId, deriveStoreKeys(access.masterKey));

describe('key slots', () => {
  test('a passphrase, a key file and a recovery kit each open the store', async () => {
    const secrets = [passphrase('first'), keyFile(), recoveryKit(), passphrase('second')];
    const store = await newStore(passphrase('zeroth'));
    for (const secret of secrets) await addKeySlot(store, secret, details);
    for (const secret of secrets) expect((await unlock(store, secret)).masterKey).toEqual(store.masterKey);
    const kinds = (await listKeySlots(store.backend, store.storeId)).map((slot) =>
      'kind' in slot ? slot.kind : slot.problem,
    );
    expect(kinds).toEqual(['passphrase', 'passphrase', 'key-file', 'recovery-kit', 'passphrase']);
    expect(await findings(store)).toEqual([]);
  });

  test('a wrong secret, or one of a kind the store has no slot for, is refused as a credential', async () => {
    const key = newKey();
    const store = await newStore({ kind: 'key-file', key });
    for (const wrong of [keyFile(), recoveryKit(), passphrase('x'), { kind: 'recovery-kit', key } as const]) {
      await expect(unlock(store, wrong)).rejects.toMatchObject(refusedAs('credentials'));
    }
    const other = await newStore(passphrase('right'));
    await expect(unlock(other, passphrase('wrong'))).rejects.toMatchObject(refusedAs('credentials'));
  });

  test('a passphrase typed as composed or decomposed Unicode is the same', async () => {
    const store = await newStore(passphrase('caf\u00e9'));
    expect((await unlock(store, passphrase('cafe\u0301'))).masterKey).toEqual(store.masterKey);
  });

  test('an empty passphrase and a cost out of bounds are never written', async () => {
    const store = await newStore(keyFile());
    await expect(addKeySlot(store, passphrase(''), details)).rejects.toMatchObject(refusedAs('usage'));
    for (const cost of [
      { ...minCost, memoryKiB: 8 },
      { ...maxCost, memoryKiB: 2 ** 30 },
    ]) {
      const weak = { ...details, cost };
      await expect(addKeySlot(store, passphrase('x'), weak)).rejects.toMatchObject(refusedAs('usage'));
    }
    expect(await namesOf(store.backend, 'keys/')).toHaveLength(2);
  });

  test('a removed slot opens nothing, and the last one is never removed', async () => {
    const [first, second] = [keyFile(), keyFile()];
    const store = await newStore(first);
    const added = await addKeySlot(store, second, details);
    const { slot } = await unlock(store, first);
    await removeKeySlot(store, slot.id);
    await expect(unlock(store, first)).rejects.toMatchObject(refusedAs('credentials'));
    await expect(removeKeySlot(store, added.id)).rejects.toMatchObject(refusedAs('usage'));
    await expect(removeKeySlot(store, slot.id)).rejects.toMatchObject(refusedAs('not-found'));
    expect((await unlock(store, second)).masterKey).toEqual(store.masterKey);
  });

  test('a removed slot that somebody puts back opens nothing', async () => {
    const [first, second] = [keyFile(), keyFile()];
    const store = await newStore(first);
    await addKeySlot(store, second, details);
    const { slot } = await unlock(store, first);
    const bytes = await store.backend.read(`keys/${slot.id}`);
    await removeKeySlot(store, slot.id);
    await store.backend.create(`keys/${slot.id}`, bytes);
    await expect(unlock(store, first)).rejects.toMatchObject(refusedAs('credentials'));
    expect((await findings(store)).map(({ type }) => type)).toEqual(['leftover']);
  });

  test('changing the passphrase exchanges one slot for another', async () => {
    const [old, other, fresh] = [keyFile(), keyFile(), keyFile()];
    const store = await newStore(old);
    await addKeySlot(store, other, details);
    const { slot, roster } = await unlock(store, old);
    await exchangeKeySlots(store, [slot.id], fresh, details);
    await expect(unlock(store, old)).rejects.toMatchObject(refusedAs('credentials'));
    expect((await unlock(store, other)).roster.generation).toBe(roster.generation + 1);
    expect((await unlock(store, fresh)).masterKey).toEqual(store.masterKey);
    expect(await namesOf(store.backend, 'keys/')).toHaveLength(3);
  });

  test('a store has a limited number of slots', async () => {
    const store = await newStore(keyFile());
    for (let count = 1; count < 32; count++) await addKeySlot(store, keyFile(), details);
    await expect(addKeySlot(store, keyFile(), details)).rejects.toMatchObject(refusedAs('usage'));
  });

  test('after a crash at any moment of any change some secret opens the store and no damage is found', async () => {
    const [old, fresh] = [keyFile(), keyFile()];
    const store = await newStore(old);
    const start = store.backend.changes.length;
    const { slot } = await unlock(store, old);
    await exchangeKeySlots(store, [slot.id], fresh, details);
    const added = await addKeySlot(store, keyFile(), details);
    await removeKeySlot(store, added.id);
    for (let count = start; count <= store.backend.changes.length; count++) {
      const state = new FaultyBackend(await stateAfter(store.backend.changes, count));
      const opened = await Promise.allSettled([unlock(store, old, state), unlock(store, fresh, state)]);
      expect(opened.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect((await findings(store, state)).filter(({ type }) => type === 'damaged')).toEqual([]);
    }
  });

  test('when the disk is full at any moment the error is temporary and the old secret still opens', async () => {
    const old = keyFile();
    const store = await newStore(old);
    const { slot } = await unlock(store, old);
    for (const at of [1, 2]) {
      const backend = new FaultyBackend(await copyOf(store.backend), {
        fault: 'disk-full',
        at,
        of: 'changes',
      });
      const access = { ...store, backend };
      const exchange = exchangeKeySlots(access, [slot.id], keyFile(), details);
      await expect(exchange).rejects.toMatchObject(refusedAs('temporary'));
      expect((await unlock(access, old)).masterKey).toEqual(store.masterKey);
    }
  });
});

describe('damage to key slots', () => {
  test('every flipped bit of every file is found by check', async () => {
    const store = await newStore(keyFile());
    await addKeySlot(store, passphrase('second'), details);
    for (const name of await namesOf(store.backend, 'keys/')) {
      const bytes = await store.backend.read(name);
      for (let at = 0; at < bytes.length; at++) {
        const flipped = bytes.slice();
        flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
        await store.backend.replace(name, flipped);
        expect((await findings(store)).some(({ type }) => type === 'damaged')).toBe(true);
      }
      await store.backend.replace(name, bytes);
    }
    expect(await findings(store)).toEqual([]);
  });

  test('a damaged slot is told apart from a wrong key, and another slot still opens', async () => {
    const [first, second] = [keyFile(), keyFile()];
    const store = await newStore(first);
    const { slot } = await unlock(store, first);
    await addKeySlot(store, second, details);
    const bytes = await store.backend.read(`keys/${slot.id}`);
    await store.backend.replace(`keys/${slot.id}`, bytes.subarray(0, 100));
    await expect(unlock(store, first)).rejects.toMatchObject(refusedAs('integrity'));
    expect((await unlock(store, second)).masterKey).toEqual(store.masterKey);
    const listed = await listKeySlots(store.backend, store.storeId);
    // The damaged one is listed too, as damaged, so that it can be removed.
    expect(listed.map((slot) => 'problem' in slot)).toEqual(expect.arrayContaining([true, false]));
    expect(listed).toHaveLength(2);
  });

  test('deleted, renamed, swapped and foreign slots are found', async () => {
    const store = await newStore(keyFile());
    const foreign = await newStore(keyFile());
    const second = await addKeySlot(store, keyFile(), details);
    const [firstName = '', secondName = ''] = [...(await namesOf(store.backend, 'keys/'))].filter(
      (name) => !name.endsWith('roster'),
    );
    expect(secondName === `keys/${second.id}` || firstName === `keys/${second.id}`).toBe(true);
    const damage = async (change: (backend: MemoryBackend) => Promise<void>): Promise<string[]> => {
      const backend = await copyOf(store.backend);
      await change(backend);
      return (await findings(store, new FaultyBackend(backend))).map(({ type }) => type);
    };
    const [one, two] = [await store.backend.read(firstName), await store.backend.read(secondName)];
    expect(await damage((backend) => backend.remove(firstName))).toEqual(['damaged']);
    expect(await damage((backend) => backend.remove('keys/roster'))).toEqual(['damaged']);
    expect(await damage((backend) => backend.create(`keys/${'ab'.repeat(16)}`, one))).toEqual(['damaged']);
    expect(await damage((backend) => backend.create('keys/stranger', bytesOf('hello')))).toEqual(['damaged']);
    expect(
      await damage(async (backend) => {
        await backend.replace(firstName, two);
        await backend.replace(secondName, one);
      }),
    ).toEqual(['damaged', 'damaged']);
    expect(
      await damage(async (backend) => {
        for await (const { name } of foreign.backend.list('keys/')) {
          await backend.replace(name, await foreign.backend.read(name));
        }
      }),
    ).toContain('damaged');
  });

  test('an attacker who can compute checksums but has no key is found', async () => {
    const secret = keyFile();
    const store = await newStore(secret);
    const { slot } = await unlock(store, secret);
    for (const name of [`keys/${slot.id}`, 'keys/roster']) {
      const bytes = await store.backend.read(name);
      const value = JSON.parse(new TextDecoder().decode(bytes).split('\n')[0] ?? '');
      const change = name.endsWith('roster') ? { generation: 9 } : { label: 'mine' };
      await store.backend.replace(name, encodeCheckedJson({ ...value, ...change }));
      expect(await findings(store)).toMatchObject([{ name, type: 'damaged' }]);
      await store.backend.replace(name, bytes);
    }
  });

  test('key derivation parameters that would exhaust memory or time are refused before they are run', async () => {
    const secret = passphrase('x');
    const store = await newStore(secret);
    const { slot } = await unlock(store, secret);
    const name = `keys/${slot.id}`;
    const value = JSON.parse(new TextDecoder().decode(await store.backend.read(name)).split('\n')[0] ?? '');
    const costs = [
      { memoryKiB: 2 ** 31, iterations: 3, parallelism: 1 },
      { memoryKiB: 65_536, iterations: 2 ** 31, parallelism: 1 },
      { memoryKiB: 1_048_576, iterations: 16, parallelism: 1 },
      { memoryKiB: 65_536, iterations: 3, parallelism: 2 },
      { memoryKiB: 8, iterations: 1, parallelism: 1 },
      { memoryKiB: 65_536, iterations: 3, parallelism: 0 },
    ];
    for (const cost of costs) {
      await store.backend.replace(name, encodeCheckedJson({ ...value, cost }));
      await expect(unlock(store, secret)).rejects.toMatchObject(refusedAs('integrity'));
    }
    expect(costProblem(programCost)).toBeUndefined();
  });

  test('a new passphrase costs three passes over 64 MiB, outside of tests', () => {
    expect(programCost).toEqual({ memoryKiB: 65_536, iterations: 3, parallelism: 1 });
  });

  test('a salt has 16 bytes for a passphrase and 32 for a key, and no other length is taken', async () => {
    const cases: [Secret, number][] = [
      [passphrase('x'), 16],
      [keyFile(), 32],
      [recoveryKit(), 32],
    ];
    for (const [secret, saltBytes] of cases) {
      const store = await newStore(secret);
      const { slot } = await unlock(store, secret);
      expect(slot.salt).toHaveLength(2 * saltBytes);
      const name = `keys/${slot.id}`;
      const value = JSON.parse(new TextDecoder().decode(await store.backend.read(name)).split('\n')[0] ?? '');
      for (const bytes of [0, 15, 48 - saltBytes]) {
        await store.backend.replace(name, encodeCheckedJson({ ...value, salt: '0'.repeat(2 * bytes) }));
        await expect(unlock(store, secret)).rejects.toMatchObject(refusedAs('integrity'));
      }
    }
  });

  test('a slot of a newer version is incompatible, not damaged', async () => {
    const secret = keyFile();
    const store = await newStore(secret);
    const { slot } = await unlock(store, secret);
    const name = `keys/${slot.id}`;
    const value = JSON.parse(new TextDecoder().decode(await store.backend.read(name)).split('\n')[0] ?? '');
    await store.backend.replace(name, encodeCheckedJson({ ...value, version: 2 }));
    await expect(unlock(store, secret)).rejects.toMatchObject(refusedAs('incompatible'));
  });
});
