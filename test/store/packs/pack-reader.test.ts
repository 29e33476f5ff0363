import { describe, expect, it } from 'vitest';
import { MemoryBackend } from '../../../src/backend/memory.ts';
import type { BlobLocation } from '../../../src/store/cache/blob-index.ts';
import { packName } from '../../../src/store/format/packfile.ts';
import { PackReader } from '../../../src/store/packs/pack-reader.ts';
import { FaultyBackend } from '../../backend/faulty-backend.ts';
import { anyId } from '../context.ts';
import { bytesOf, randomNumbers } from '../random.ts';

const packId = anyId('a');
const pack = bytesOf(1, 6_000_000);

function place(offset: number, sealedBytes: number): BlobLocation {
  return {
    id: anyId('b'),
    type: 'document',
    offset,
    sealedBytes,
    plainBytes: 1,
    packId,
    packBytes: pack.length,
  };
}

async function reader(): Promise<{ packs: PackReader; backend: FaultyBackend; inner: MemoryBackend }> {
  const inner = new MemoryBackend();
  await inner.create(packName(packId), pack);
  const backend = new FaultyBackend(inner);
  return { packs: new PackReader(backend), backend, inner };
}

describe('pack reader', () => {
  it('reads in order with few requests', async () => {
    const { packs, backend } = await reader();
    for (let at = 0; at + 5000 <= pack.length; at += 5000) {
      const bytes = await packs.readSealed(place(at, 5000));
      expect(Buffer.from(bytes).equals(pack.subarray(at, at + 5000))).toBe(true);
    }
    expect(backend.operations.length).toBeLessThan(6);
  });

  it('reads one packfile after the other with a request for each, once it has read one to its end', async () => {
    const { packs, backend, inner } = await reader();
    const others = ['c', 'd', 'e', 'f'].map((digit) => anyId(digit));
    for (const id of others) await inner.create(packName(id), pack);
    const readThrough = async (id: BlobLocation['packId']) => {
      for (let at = 0; at + 50_000 <= pack.length; at += 50_000)
        await packs.readSealed({ ...place(at, 50_000), packId: id });
    };
    await readThrough(packId);
    const requests = backend.operations.length;
    for (const id of others) await readThrough(id);
    expect(backend.operations.length - requests).toBe(others.length);
  });

  it('does not read the whole packfile for one blob', async () => {
    const { packs, inner } = await reader();
    let read = 0;
    const counting = Object.create(inner, {
      read: {
        value: async (name: string, range: { offset: number; length: number }) => {
          read += range.length;
          return await inner.read(name, range);
        },
      },
    });
    const lone = new PackReader(counting);
    await lone.readSealed(place(3_000_000, 700));
    expect(read).toBeLessThan(200_000);
    expect(packs).toBeDefined();
  });

  it('gives the same bytes in any order, asked one by one or all at once', async () => {
    const { packs } = await reader();
    const places = Array.from({ length: 200 }, (_, at) => place((at * 7_919_777) % 5_900_000, 1 + at * 400));
    const found = await Promise.all(places.map((location) => packs.readSealed(location)));
    for (const [at, bytes] of found.entries()) {
      const { offset, sealedBytes } = places[at] ?? place(0, 0);
      expect(Buffer.from(bytes).equals(pack.subarray(offset, offset + sealedBytes))).toBe(true);
    }
  });

  it('gives bytes that stay what they are, whatever is read meanwhile of more packfiles than are kept', async () => {
    const { packs, inner } = await reader();
    const ids = ['c', 'd', 'e', 'f', '1', '2', '3', '4'].map((digit) => anyId(digit));
    for (const id of ids) await inner.create(packName(id), pack);
    const random = randomNumbers(5);
    const blobs = Array.from({ length: 400 }, (_, number) => ({
      ...place(random(pack.length - 1_000_000), 70_000 + random(900_000)),
      packId: ids[number % ids.length] as BlobLocation['packId'],
    }));
    const read = await Promise.all(blobs.map((blob) => packs.readSealed(blob)));
    for (const [at, { offset, sealedBytes }] of blobs.entries())
      expect(Buffer.compare(pack.subarray(offset, offset + sealedBytes), read[at] as Uint8Array) === 0).toBe(
        true,
      );
  });

  it('still reads the blobs before the place where a packfile was cut', async () => {
    const { packs, inner } = await reader();
    await inner.replace(packName(packId), pack.subarray(0, 10_000));
    const bytes = await packs.readSealed(place(4000, 6000));
    expect(Buffer.from(bytes).equals(pack.subarray(4000, 10_000))).toBe(true);
    await expect(packs.readSealed(place(4001, 6000))).rejects.toMatchObject({ code: 'integrity' });
  });

  it('tries again after a read that failed', async () => {
    const { inner } = await reader();
    const flaky = new PackReader(new FaultyBackend(inner, { fault: 'error', at: 1, of: 'operations' }));
    await expect(flaky.readSealed(place(0, 100))).rejects.toMatchObject({ code: 'unavailable' });
    expect((await flaky.readSealed(place(0, 100))).length).toBe(100);
  });
});
