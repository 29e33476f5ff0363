import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { youngSpaceFlag } from '../../../src/cli/app/memory.ts';

/** Bytes of the young space of a process that was given `flag` and then had many objects in hand for a while. */
function youngBytesWith(flag: string | undefined): number {
  const program = `
    const v8 = require('node:v8');
    if (${JSON.stringify(flag ?? '')} !== '') v8.setFlagsFromString(${JSON.stringify(flag ?? '')});
    const kept = [];
    for (let number = 0; number < 3e6; number++) kept[number % 1e5] = { number };
    const young = v8.getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    console.log(young.space_size);`;
  return Number(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' }));
}

describe('the space of young objects', () => {
  it('stays small in a process that was told so after it began, and would not otherwise', () => {
    const flag = youngSpaceFlag();
    if (flag === undefined) return;
    expect(youngBytesWith(undefined)).toBeGreaterThan(8e6);
    expect(youngBytesWith(flag)).toBeLessThan(4e6);
  });

  it('is left alone by a Node that is not known to have the flag, which would complain on stderr', () => {
    expect(youngSpaceFlag('20.19.0')).toBe('--semi-space-growth-factor=1');
    expect(youngSpaceFlag('26.1.0')).toBeUndefined();
  });
});
