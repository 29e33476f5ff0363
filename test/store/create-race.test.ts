import { expect, test } from 'vitest';
import type { Backend } from '../../src/backend/backend.ts';
import { MemoryBackend } from '../../src/backend/memory.ts';
import { isKlosetError } from '../../src/errors.ts';
import { namesOf } from '../backend/contract.ts';
import { TestStore } from './fixture.ts';
import { randomNumbers } from './random.ts';

/** The backend as one of two machines sees it: each call waits a while, so that calls of both mix in any order. */
function hesitant(inner: Backend, below: (limit: number) => number): Backend {
  const pause = async () => {
    for (let left = below(12); left > 0; left--) await Promise.resolve();
  };
  return {
    location: inner.location,
    async read(name, range) {
      await pause();
      return await inner.read(name, range);
    },
    async size(name) {
      await pause();
      return await inner.size(name);
    },
    async *list(prefix) {
      await pause();
      yield* inner.list(prefix);
    },
    async create(name, bytes) {
      await pause();
      await inner.create(name, bytes);
    },
    async replace(name, bytes) {
      await pause();
      await inner.replace(name, bytes);
    },
    async remove(name) {
      await pause();
      await inner.remove(name);
    },
  };
}

test('of two machines that create a store at once one wins, the other is told so and leaves nothing behind', async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const below = randomNumbers(seed);
    const place = new MemoryBackend('place');
    const machines = [new TestStore(hesitant(place, below)), new TestStore(hesitant(place, below))];
    for (const [at, machine] of machines.entries())
      machine.secret = { kind: 'key-file', key: new Uint8Array(32).fill(at) };
    const outcomes = await Promise.allSettled(machines.map((machine) => machine.create()));
    const codes = outcomes.flatMap((each) =>
      each.status === 'fulfilled' ? [] : [isKlosetError(each.reason) ? each.reason.code : 'other'],
    );
    expect({ seed, codes }).toEqual({ seed, codes: ['usage'] });
    const winner = machines[outcomes.findIndex(({ status }) => status === 'fulfilled')];
    await winner?.open(async (store) => expect((await store.check()).findings).toEqual([]));
    expect({ seed, slots: (await namesOf(place, 'keys/')).length }).toEqual({ seed, slots: 2 });
  }
});
