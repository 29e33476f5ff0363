import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LocalBackend } from '../../src/backend/local.ts';
import { MemoryBackend } from '../../src/backend/memory.ts';
import type { Secret } from '../../src/store/format/key-slot.ts';
import { contentsOf } from './damage.ts';
import { collect, TestStore, writeSample } from './fixture.ts';

const folder = new URL('../fixtures/store-v1/', import.meta.url).pathname;

/** A machine that never saw the frozen store, with a copy of it, so that nothing is ever written to the original. */
async function frozenStore(): Promise<TestStore> {
  const backend = new MemoryBackend('frozen');
  for (const [name, bytes] of await contentsOf(new LocalBackend(`${folder}store`)))
    await backend.replace(name, bytes);
  return new TestStore(backend);
}

describe('a store of format v1, written once and never edited', () => {
  const secrets: Secret[] = [
    { kind: 'key-file', key: new Uint8Array(32).fill(7) },
    { kind: 'passphrase', passphrase: 'frozen for ever in 2026' },
  ];

  it.each(secrets)('is sound and reads as it always has, opened by a $kind', async (secret) => {
    const machine = await frozenStore();
    machine.secret = secret;
    const expected: unknown = JSON.parse(readFileSync(`${folder}expected.json`, 'utf8'));
    const found: Record<string, string> = {};
    await machine.open(async (store) => {
      expect((await store.check()).findings).toEqual([]);
      for (const { id } of await store.listSnapshots()) {
        const snapshot = await store.openSnapshot(id);
        for await (const entry of snapshot.walk('/')) {
          found[`${id}:${entry.path}`] =
            entry.type === 'directory'
              ? JSON.stringify(entry.object ?? null)
              : createHash('sha256')
                  .update(await collect(snapshot.read(entry.content)))
                  .digest('hex');
        }
      }
    });
    expect(found).toEqual(expected);
  });

  it('does not take a snapshot of a machine that it does not know', async () => {
    const machine = await frozenStore();
    await expect(machine.snapshot((writer) => writeSample(writer))).rejects.toMatchObject({
      code: 'credentials',
    });
  });
});
