import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { heapFlags } from '../../../src/cli/app/memory.ts';

/** What the program `work` tells as JSON, in a process that was given `flags` after it began. */
function toldBy(flags: readonly string[], work: string): number {
  const program = `
    const v8 = require('node:v8');
    for (const flag of ${JSON.stringify(flags)}) v8.setFlagsFromString(flag);
    ${work}`;
  return Number(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' }));
}

/** Bytes of the young space of a process that had many objects in hand for a while. */
const young = `
  const kept = [];
  for (let number = 0; number < 3e6; number++) kept[number % 1e5] = { number };
  const young = v8.getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  console.log(young.space_size);`;

/** The most that the heap of a process took, which had 40 MB in use and let much go that had grown old. */
const grown = `
  const kept = [];
  let most = 0;
  for (let number = 0; number < 3e6; number++) {
    kept[number % 5e5] = { number, words: [number, number] };
    if (number % 1e4 === 0) most = Math.max(most, v8.getHeapStatistics().total_heap_size);
  }
  console.log(most);`;

describe('the heap of V8', () => {
  const flags = heapFlags();

  it('keeps few young objects in a process that was told so after it began, and would not otherwise', () => {
    if (flags.length === 0) return;
    expect(toldBy([], young)).toBeGreaterThan(8e6);
    expect(toldBy(flags, young)).toBeLessThan(4e6);
  });

  it('stays near what is in use', () => {
    if (flags.length === 0) return;
    expect(toldBy(flags, grown)).toBeLessThan(0.75 * toldBy([], grown));
  });

  it('is left alone by a Node that is not known to have the flags, which would complain on stderr', () => {
    expect(heapFlags('20.19.0')).toHaveLength(2);
    expect(heapFlags('26.1.0')).toEqual([]);
  });
});
