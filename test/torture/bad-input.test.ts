import { afterAll, beforeAll, expect, test } from 'vitest';
import { BadInputMachine, badLines, unclear } from '../cli/bad-input.ts';

const machine = new BadInputMachine();
beforeAll(() => machine.open());
afterAll(() => machine.close());

test('every bad word at every place of every command ends in a clear line', async () => {
  const wrong: string[] = [];
  for (const { title, words } of await badLines(machine.home)) {
    const reason = unclear(await machine.run(words));
    if (reason !== undefined) wrong.push(`${title}: ${reason}`);
  }
  expect(wrong).toEqual([]);
});
