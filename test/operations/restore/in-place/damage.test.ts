/** A workspace damaged in many ways at once is what it was after a restore in place; the torture suite has more of it. */
import { it } from 'vitest';
import { expectSameEnd } from './cut.ts';
import { mendable } from './damage.ts';
import { expectMended } from './mend.ts';

it('generated damage is told in the plan, undone, and undone once', async () => {
  await expectMended(2, 26);
});

it('a restore in place that is cut off at a write, and run again, ends as if it had not been', async () => {
  await expectSameEnd(1, { cuts: 3, step: 4 });
});

it('an option that a restore was about to rename when it was cut off is renamed by the next', async () => {
  const { 'renamed option': rename } = mendable;
  await expectSameEnd(2, { cuts: 1, step: 1, acts: rename === undefined ? {} : { rename } });
});

it.each(['purged page', 'purged row', 'removed view', 'removed property'])(
  'what a restore had just created when it was cut off is not created again (%s)',
  async (kind) => {
    const act = mendable[kind];
    await expectSameEnd(5, { cuts: 1, step: 1, acts: act === undefined ? {} : { [kind]: act } });
  },
);
