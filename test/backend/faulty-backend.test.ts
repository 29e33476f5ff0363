import { describe, expect, test } from 'vitest';
import { MemoryBackend } from '../../src/backend/memory.ts';
import { backendContract, bytesOf, namesOf } from './contract.ts';
import { FaultyBackend, stateAfter } from './faulty-backend.ts';

backendContract(async () => ({ backend: new FaultyBackend(new MemoryBackend()), close: async () => {} }));

describe('the faulty backend', () => {
  test('fails once where the plan says and works before and after', async () => {
    const backend = new FaultyBackend(new MemoryBackend(), { fault: 'error', at: 2, of: 'operations' });
    await backend.create('a', bytesOf('a'));
    await expect(backend.create('b', bytesOf('b'))).rejects.toMatchObject({ code: 'unavailable' });
    await backend.create('c', bytesOf('c'));
    expect(await namesOf(backend)).toEqual(['a', 'c']);
  });

  test('a full disk refuses every later write but still reads', async () => {
    const backend = new FaultyBackend(new MemoryBackend(), { fault: 'disk-full', at: 2, of: 'changes' });
    await backend.create('a', bytesOf('a'));
    await expect(backend.create('b', bytesOf('b'))).rejects.toMatchObject({ code: 'temporary' });
    await expect(backend.replace('c', bytesOf('c'))).rejects.toMatchObject({ code: 'temporary' });
    expect(await backend.read('a')).toEqual(bytesOf('a'));
    backend.repair();
    await backend.create('b', bytesOf('b'));
  });

  test('a torn write leaves half and fails, a short one leaves half and claims success', async () => {
    const torn = new FaultyBackend(new MemoryBackend(), { fault: 'torn', at: 1, of: 'changes' });
    await expect(torn.create('a', bytesOf('1234'))).rejects.toMatchObject({ code: 'unavailable' });
    expect(await torn.read('a')).toEqual(bytesOf('12'));
    const short = new FaultyBackend(new MemoryBackend(), { fault: 'short', at: 1, of: 'changes' });
    await short.create('a', bytesOf('1234'));
    expect(await short.read('a')).toEqual(bytesOf('12'));
  });

  test('after a death nothing works', async () => {
    const backend = new FaultyBackend(new MemoryBackend(), { fault: 'dead', at: 2, of: 'operations' });
    await backend.create('a', bytesOf('a'));
    await expect(backend.read('a')).rejects.toMatchObject({ code: 'unavailable' });
    await expect(backend.remove('a')).rejects.toMatchObject({ code: 'unavailable' });
    await expect(namesOf(backend)).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('the state after any number of changes can be built', async () => {
    const backend = new FaultyBackend(new MemoryBackend());
    await backend.create('a', bytesOf('1'));
    await backend.replace('a', bytesOf('2'));
    await backend.create('b', bytesOf('b'));
    await backend.remove('a');
    const states = await Promise.all([0, 1, 2, 3, 4].map((count) => stateAfter(backend.changes, count)));
    expect(await Promise.all(states.map((state) => namesOf(state)))).toEqual([
      [],
      ['a'],
      ['a'],
      ['a', 'b'],
      ['b'],
    ]);
    expect(await states[2]?.read('a')).toEqual(bytesOf('2'));
  });
});
