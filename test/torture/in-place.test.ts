/** Restores in place, long: generated damage of every kind over many seeds, and cuts at every write. */
import { describe, it } from 'vitest';
import { expectSameEnd } from '../operations/restore/in-place/cut.ts';
import { expectMended } from '../operations/restore/in-place/mend.ts';

const minutes = 60_000;
/** KLOSET_SEED and KLOSET_SEEDS choose other workspaces; each takes some seconds. */
const seed = Number(process.env.KLOSET_SEED ?? 1);
const seeds = Number(process.env.KLOSET_SEEDS ?? 30);
const all = Array.from({ length: seeds }, (_, index) => seed + index);

describe('a restore in place', () => {
  it.each(all)(
    'undoes generated damage, and finds nothing left to do (seed %i)',
    (each) => expectMended(each, 30),
    5 * minutes,
  );

  it.each([1, 2, 3])(
    'that is cut off at every write ends as if it had not been (seed %i)',
    (each) => expectSameEnd(each, { cuts: 40, step: 1 }),
    20 * minutes,
  );
});
