/** A workspace damaged in many ways at once is what it was after a restore in place; the torture suite has more of it. */
import { it } from 'vitest';
import { expectSameEnd } from './cut.ts';
import { expectMended } from './mend.ts';

it('generated damage is told in the plan, undone, and undone once', async () => {
  await expectMended(1);
});

it('a restore in place that is cut off at a write, and run again, ends as if it had not been', async () => {
  await expectSameEnd(1, 4, 3);
});
