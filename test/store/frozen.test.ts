import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LocalBackend } from '../../src/backend/local.ts';
import { MemoryBackend } from '../../src/backend/memory.ts';
import type { Compression } from '../../src/store/format/compression.ts';
import type { Secret } from '../../src/store/format/key-slot.ts';
import { contentsOf } from './damage.ts';
import { collect, TestStore, writeSample } from './fixture.ts';

interface Frozen {
  readonly name: string;
  readonly secrets: readonly Secret[];
  readonly compression: Compression;
}

const keyFile: Secret = { kind: 'key-file', key: new Uint8Array(32).fill(7) };
const stores: readonly Frozen[] = [
  {
    name: 'store-v1',
    secrets: [keyFile, { kind: 'passphrase', passphrase: 'frozen for ever in 2026' }],
    compression: 'deflate',
  },
  { name: 'store-v1-spelled', secrets: [keyFile], compression: 'spelled deflate' },
];

function folderOf(name: string): string {
  return new URL(`../fixtures/${name}/`, import.meta.url).pathname;
}

/** A machine that never saw the frozen store, with a copy of it, so that nothing is ever written to the original. */
async function frozenStore(name: string): Promise<TestStore> {
  const backend = new MemoryBackend(name);
  for (const [object, bytes] of await contentsOf(new LocalBackend(`${folderOf(name)}store`)))
    await backend.replace(object, bytes);
  return new TestStore(backend);
}

/** `<snapshot>:<path>` → SHA-256 of the file, or the object that a directory stands for. */
async function readWhole(machine: TestStore): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  await machine.open(async (store) => {
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
  return found;
}

describe.each(stores)('$name, written once and never edited', ({ name, secrets, compression }) => {
  it.each(secrets)('is sound and reads as it always has, opened by a $kind', async (secret) => {
    const machine = await frozenStore(name);
    machine.secret = secret;
    const expected: unknown = JSON.parse(readFileSync(`${folderOf(name)}expected.json`, 'utf8'));
    expect(await machine.open((store) => store.check())).toMatchObject({ findings: [] });
    expect(await readWhole(machine)).toEqual(expected);
  });

  it('keeps its compression, and takes no snapshot of a machine that it does not know', async () => {
    const machine = await frozenStore(name);
    expect(await machine.open(async (store) => store.config.compression)).toBe(compression);
    await expect(machine.snapshot((writer) => writeSample(writer))).rejects.toMatchObject({
      code: 'credentials',
    });
  });
});
