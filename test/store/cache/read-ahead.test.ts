/** Headers and index deltas are read several at once, in the order of the list. */
import { expect, test } from 'vitest';
import type { ByteRange } from '../../../src/backend/backend.ts';
import { MemoryBackend } from '../../../src/backend/memory.ts';
import { readAhead } from '../../../src/store/cache/read-ahead.ts';
import { copyOf } from '../../backend/faulty-backend.ts';
import { collectAll, TestStore } from '../fixture.ts';
import { otherMachine, pagesOf } from '../life-cycle.ts';

async function* upTo(count: number): AsyncGenerator<number> {
  for (let number = 0; number < count; number++) yield number;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('results come in the order of the list, however long each read takes, and no more are under way than allowed', async () => {
  let underWay = 0;
  let mostUnderWay = 0;
  const results = await collectAll(
    readAhead(upTo(20), 4, async (number) => {
      underWay += 1;
      mostUnderWay = Math.max(mostUnderWay, underWay);
      for (let turns = 0; turns < (number * 7) % 5; turns++) await turn();
      underWay -= 1;
      return number;
    }),
  );
  expect(results).toEqual(Array.from({ length: 20 }, (_, number) => number));
  expect(mostUnderWay).toBe(4);
});

test('the first failure ends it, in its turn', async () => {
  const found: number[] = [];
  const reading = (async () => {
    for await (const number of readAhead(upTo(9), 4, async (each) => {
      if (each >= 3) throw new Error(`no ${each}`);
      return each;
    }))
      found.push(number);
  })();
  await expect(reading).rejects.toThrow('no 3');
  expect(found).toEqual([0, 1, 2]);
});

/** Answers each read after a while, and counts those that wait at once, by folder. */
class SlowBackend extends MemoryBackend {
  readonly mostWaiting = new Map<string, number>();
  readonly #waiting = new Map<string, number>();

  override async read(name: string, range?: ByteRange): Promise<Uint8Array> {
    const [folder = ''] = name.split('/');
    const waiting = (this.#waiting.get(folder) ?? 0) + 1;
    this.#waiting.set(folder, waiting);
    this.mostWaiting.set(folder, Math.max(waiting, this.mostWaiting.get(folder) ?? 0));
    for (let turns = 0; turns < 5; turns++) await turn();
    this.#waiting.set(folder, (this.#waiting.get(folder) ?? 1) - 1);
    return await super.read(name, range);
  }
}

test('a cold machine reads headers and index deltas several at once', async () => {
  const machine = await new TestStore().create();
  for (let night = 0; night < 10; night++) await machine.snapshot(pagesOf([night], 300));
  const backend = new SlowBackend();
  const copy = await copyOf(machine.backend);
  for await (const { name } of copy.list('')) await backend.create(name, await copy.read(name));
  const cold = await otherMachine(machine, backend);
  await cold.open(async (store) => {
    const snapshots = await store.listSnapshots();
    expect(snapshots).toHaveLength(10);
    await store.openSnapshot(snapshots[9]?.id ?? expect.fail());
  });
  expect(backend.mostWaiting.get('snapshots')).toBe(8);
  expect(backend.mostWaiting.get('index')).toBe(4);
});
