import { afterAll, beforeAll, expect, test } from 'vitest';
import { BadInputMachine, badLines, unclear } from './bad-input.ts';

const machine = new BadInputMachine();
beforeAll(() => machine.open());
afterAll(() => machine.close());

/** Of so many lines one is run, another one each day; `npm run test:torture` runs them all. */
const sliceOf = 12;
const day = Math.floor(Date.now() / 86_400_000);

test('no bad word ends in a stack trace, in silence or in a flood of letters', async () => {
  const lines = (await badLines(machine.home)).filter((_, index) => index % sliceOf === day % sliceOf);
  expect(lines.length).toBeGreaterThan(50);
  for (const { title, words } of lines)
    expect({ title, unclear: unclear(await machine.run(words)) }).toEqual({ title, unclear: undefined });
});

test('what went wrong before ends in one clear line', async () => {
  const long = 'x'.repeat(10_000);
  const cases: readonly (readonly [readonly string[], number])[] = [
    [['create', ''], 64],
    [['create', long], 64],
    [['create', 'text/below'], 69],
    [['sync', 'to', long], 64],
    [['export', ''], 64],
    [['restore', '--to='], 64],
    [[`--keyfile=${machine.home}`, 'ls'], 77],
    [['--keyfile=', 'ls'], 64],
    [['restore', `--undo=${machine.home}`], 66],
    [['restore', `--undo=${machine.home}/text`], 64],
    [['backup', `--comments=${long}`], 64],
    [['source', 'show', long], 66],
    [['at', 'text', 'ls'], 65],
  ];
  for (const [words, code] of cases) {
    const told = await machine.run(words);
    expect({ words, code: told.code, unclear: unclear(told) }).toEqual({ words, code, unclear: undefined });
    expect(told.err.length).toBeLessThan(1000);
  }
});
