/** What is lent out of an open store can do no more than its user needs. */
import { describe, expect, test } from 'vitest';
import type { Store, StoreMaintenance, StoreWriter } from '../../src/store/open-store.ts';
import { withStore } from '../../src/store/open-store.ts';
import { namesOf } from '../backend/contract.ts';
import { details, TestStore, writeSample } from './fixture.ts';

const builtIn = new Set<unknown>([Object.prototype, Array.prototype]);

/** Every value that can be reached from `start` by names, methods of classes included. */
function reachable(start: unknown): { readonly path: string; readonly value: unknown }[] {
  const found: { path: string; value: unknown }[] = [];
  const seen = new Set<unknown>();
  const open = [{ path: '', value: start }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    found.push(next);
    const { value } = next;
    if (typeof value !== 'object' || value === null || seen.has(value) || ArrayBuffer.isView(value)) continue;
    seen.add(value);
    for (let owner = value; owner !== null && !builtIn.has(owner); owner = Object.getPrototypeOf(owner))
      for (const name of Reflect.ownKeys(owner))
        open.push({ path: `${next.path}.${String(name)}`, value: Reflect.get(owner, name, value) });
  }
  return found;
}

const methodsOf = (start: unknown): string[] =>
  reachable(start).flatMap(({ path, value }) =>
    typeof value === 'function' && !path.endsWith('.constructor') ? [path] : [],
  );

/** Secrets of the store: the master key, and every key derived from it. */
async function secretsOf(machine: TestStore): Promise<string[]> {
  const { access, context } = await machine.secrets();
  return [access.masterKey, ...Object.values(context.keys)].map((key: Uint8Array) =>
    Buffer.from(key).toString('hex'),
  );
}

const bytesIn = (start: unknown): string[] =>
  reachable(start).flatMap(({ value }) =>
    value instanceof Uint8Array ? [Buffer.from(value).toString('hex')] : [],
  );

const readerMethods = [
  '.check',
  '.compareWitness',
  '.derivedFile',
  '.inspect',
  '.listKeySlots',
  '.listSnapshots',
  '.listedState',
  '.lookAgain',
  '.openSnapshot',
  '.previous',
  '.resolveSnapshot',
  '.snapshotOpener',
  '.surveySnapshots',
  '.usage',
];

describe('an open store', () => {
  test('for reading has no way to write, to delete, or to a key', async () => {
    const machine = await new TestStore().create();
    const { id } = await machine.snapshot((writer) => writeSample(writer));
    const before = await namesOf(machine.backend);
    await withStore(await machine.openOptions(), async (store) => {
      expect(methodsOf(store).sort()).toEqual(readerMethods);
      const lent = [store, await store.openSnapshot(id), await store.previous(details.source)];
      const forbidden = /backend|parts|keys|masterKey|context|trust|begin|create|replace|remove/i;
      for (const { path } of lent.flatMap(reachable).filter(({ value }) => typeof value !== 'string'))
        expect(path.replace('.listKeySlots', '')).not.toMatch(forbidden);
      const secrets = await secretsOf(machine);
      for (const bytes of lent.flatMap(bytesIn)) expect(secrets).not.toContain(bytes);
    });
    expect(await namesOf(machine.backend)).toEqual(before);
  });

  test('for writing begins snapshots, marks them and deletes nothing', async () => {
    const machine = await new TestStore().create();
    await machine.write(async (store) => {
      expect(methodsOf(store).sort()).toEqual([...readerMethods, '.mark', '.beginSnapshot'].sort());
      const writer = await store.beginSnapshot();
      const methods = ['abandon', 'commit', 'has', 'read', 'step', 'writeDocument', 'writeMedia'];
      expect(methodsOf(writer).sort()).toEqual(methods.map((name) => `.${name}`));
      const secrets = await secretsOf(machine);
      for (const bytes of [store, writer].flatMap(bytesIn)) expect(secrets).not.toContain(bytes);
    });
  });

  test('for maintenance keeps the keys to itself', async () => {
    const machine = await new TestStore().create();
    await machine.open(async (store) => {
      const secrets = await secretsOf(machine);
      for (const bytes of bytesIn(store)) expect(secrets).not.toContain(bytes);
      await store.withKeySlots({}, async (slots) => {
        for (const bytes of bytesIn(slots)) expect(secrets).not.toContain(bytes);
      });
    });
  });

  test('is checked by the compiler too', () => {
    const misuse = (reader: Store, writer: StoreWriter, maintenance: StoreMaintenance) => {
      // @ts-expect-error a reader cannot write
      reader.beginSnapshot;
      // @ts-expect-error a writer cannot delete
      writer.removeSnapshots;
      // @ts-expect-error nobody sees the master key
      maintenance.masterKey;
    };
    expect(misuse).toBeDefined();
  });
});

test('a backup holds one lock', async () => {
  const machine = await new TestStore().create();
  await machine.write(async (store) => {
    const writer = await store.beginSnapshot();
    await writeSample(writer);
    expect(await namesOf(machine.backend, 'locks/')).toHaveLength(1);
    await writer.commit(details);
  });
  expect(await namesOf(machine.backend, 'locks/')).toEqual([]);
});
