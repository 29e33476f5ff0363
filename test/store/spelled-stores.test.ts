import { describe, expect, it } from 'vitest';
import { canonicalBytes } from '../../src/document/canonical.ts';
import { recoverConfig } from '../../src/store/access/recover-config.ts';
import { openTrust } from '../../src/store/access/trust.ts';
import { open } from '../../src/store/crypto/primitives.ts';
import { blobTypeByte, sealDomain } from '../../src/store/format/blob.ts';
import type { Compression } from '../../src/store/format/compression.ts';
import { configName, parseConfig } from '../../src/store/format/config.ts';
import { idBytes } from '../../src/store/format/ids.ts';
import { decodePack } from '../../src/store/format/packfile.ts';
import type { SnapshotWriter } from '../../src/store/open-store.ts';
import { namesOf } from '../backend/contract.ts';
import { fileEntry, TestStore } from './fixture.ts';
import { errorsOf } from './life-cycle.ts';
import { bytesOf } from './random.ts';

const document = canonicalBytes({
  kind: 'page',
  blocks: Array.from({ length: 30 }, (_, at) => ({
    id: `38c9ce7b-60a4-81${at + 10}-a1b7-cf948b230f66`,
    last_edited_time: '2026-01-02T03:04:00.000Z',
    object: 'block',
    type: 'paragraph',
  })),
});

async function write(writer: SnapshotWriter): Promise<void> {
  await writer.step(fileEntry('page.json', await writer.writeDocument(document)));
  async function* media() {
    yield bytesOf(1, 100_000);
    yield document;
  }
  await writer.step(fileEntry('picture.png', await writer.writeMedia(media())));
}

async function storeWith(compression: Compression | undefined): Promise<TestStore> {
  const machine = new TestStore();
  machine.compression = compression;
  await machine.create();
  await machine.snapshot(write);
  return machine;
}

/** Flag of the payload of each blob, by type. */
async function flagsOf(machine: TestStore): Promise<Record<string, Set<number>>> {
  const { backend } = machine;
  const { context } = await machine.secrets();
  const flags: Record<string, Set<number>> = {};
  for (const name of await namesOf(backend, 'packs/')) {
    const pack = await backend.read(name);
    for (const { id, type, offset, sealedBytes } of decodePack(context, pack, name)) {
      const aad = Buffer.concat([
        sealDomain('blob', context.storeId),
        Uint8Array.of(blobTypeByte(type)),
        idBytes(id),
      ]);
      const payload = open(context.keys.data, aad, pack.subarray(offset, offset + sealedBytes));
      flags[type] ??= new Set();
      flags[type].add(payload[0] ?? -1);
    }
  }
  return flags;
}

async function compressionOf(machine: TestStore): Promise<Compression> {
  const { keys } = (await machine.secrets()).context;
  return parseConfig(await machine.backend.read(configName)).authenticate(keys).compression;
}

describe('a store', () => {
  it('spells documents and trees when it is new, and says so in CONFIG, which earlier programs refuse', async () => {
    const machine = await storeWith(undefined);
    expect(await compressionOf(machine)).toBe('spelled deflate');
    expect(await flagsOf(machine)).toEqual({
      document: new Set([2]),
      tree: new Set([2]),
      media: new Set([0]),
    });
    expect(await errorsOf(machine)).toEqual([]);
  });

  it('of an earlier program only gets what that program reads', async () => {
    const machine = await storeWith('deflate');
    expect(await compressionOf(machine)).toBe('deflate');
    expect(await flagsOf(machine)).toEqual({
      document: new Set([1]),
      tree: new Set([1]),
      media: new Set([0]),
    });
    expect(await errorsOf(machine)).toEqual([]);
  });

  it.each(['deflate', 'spelled deflate'] as const)(
    'of %s keeps it when CONFIG is rebuilt on a machine that knows it',
    async (compression) => {
      const machine = await storeWith(compression);
      await machine.backend.remove(configName);
      await recoverConfig({
        backend: machine.backend,
        secret: machine.secret,
        identity: await machine.identity(),
        trust: await openTrust(machine.configuration, machine.backend.location),
        choose: async (slots) => slots.map(({ id }) => id),
      });
      expect(await compressionOf(machine)).toBe(compression);
      await machine.snapshot(write);
      expect(await errorsOf(machine)).toEqual([]);
    },
  );
});
