/** A workspace damaged in many ways at once is what it was after a restore in place; the torture suite has more seeds. */
import { it } from 'vitest';
import { expectMended } from './mend.ts';

it.each([1, 2, 3, 4, 5, 6])(
  'generated damage is told in the plan, undone, and undone once (seed %i)',
  async (seed) => {
    await expectMended(seed);
  },
);
