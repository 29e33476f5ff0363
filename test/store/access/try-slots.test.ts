import { describe, expect, test } from 'vitest';
import { tryKeySlots } from '../../../src/store/access/try-slots.ts';
import { newMasterKey } from '../../../src/store/crypto/keys.ts';
import type { Argon2Cost } from '../../../src/store/crypto/primitives.ts';
import type { ParsedKeySlot, Secret } from '../../../src/store/format/key-slot.ts';
import { costProblem, maxCost, minCost, workOf } from '../../../src/store/format/key-slot.ts';
import { programCost } from '../../cheap-passphrases.ts';

const masterKey = newMasterKey();
const secret: Secret = { kind: 'passphrase', passphrase: 'right' };
const mostExpensive = { memoryKiB: 65_536, iterations: 16, parallelism: 1 };

function slot(id: string, cost: Argon2Cost): ParsedKeySlot {
  const rest = { storeId: '', label: '', created: '', salt: '', wrapped: '', mac: '' };
  return { id, kind: 'passphrase', cost, ...rest };
}

/** Tries `slots`, of which `opening` opens; derives nothing. Adds the ids tried to `tried`. */
async function trial(
  slots: readonly ParsedKeySlot[],
  opening: string,
  options: { readonly budgetKiB?: number; readonly first?: string; readonly tried?: string[] } = {},
): Promise<string | undefined> {
  const open = async ({ id }: ParsedKeySlot) => {
    options.tried?.push(id);
    return id === opening ? masterKey : undefined;
  };
  return (await tryKeySlots(slots, secret, { ...options, open }))?.slot.id;
}

describe('the budget of one opening', () => {
  test('pays for any one slot in bounds, and each is small enough for a process of 300 MB', () => {
    expect(costProblem(mostExpensive)).toBeUndefined();
    expect(costProblem({ ...maxCost, iterations: 9 })).toContain('more memory or time');
    expect(costProblem({ ...minCost, memoryKiB: maxCost.memoryKiB + 1 })).toContain('more memory or time');
    expect(maxCost.memoryKiB).toBeLessThanOrEqual(192 * 1024);
  });

  test('ends the trial of thirty-two expensive slots after the first with a clear error', async () => {
    const slots = Array.from({ length: 32 }, (_, at) => slot(`${at}`, mostExpensive));
    const tried: string[] = [];
    // The budget of a machine without native code: six slots of the default cost.
    const budgetKiB = 6 * workOf({ cost: programCost });
    await expect(trial(slots, '31', { budgetKiB, tried })).rejects.toMatchObject({
      code: 'credentials',
      message: expect.stringContaining('(1 of 32)'),
      hint: expect.stringContaining('key file'),
    });
    expect(tried).toEqual(['0']);
  });

  test('tries the slot that opened here before first, then cheap ones, so that a planted one keeps nobody out', async () => {
    const slots = [slot('planted', mostExpensive), slot('mine', programCost), slot('cheap', minCost)];
    const tried: string[] = [];
    expect(await trial(slots, 'mine', { budgetKiB: 300_000, tried })).toBe('mine');
    expect(tried).toEqual(['cheap', 'mine']);
    expect(
      await trial([slot('other', minCost), ...slots], 'planted', { first: 'planted', budgetKiB: 1 }),
    ).toBe('planted');
  });

  test('is not what a wrong passphrase is told when every slot was tried', async () => {
    const slots = Array.from({ length: 5 }, (_, at) => slot(`${at}`, programCost));
    expect(await trial(slots, 'none')).toBeUndefined();
  });
});
