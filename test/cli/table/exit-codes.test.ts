/** Every command with every exit code: each pair is brought about, or cannot happen for a reason that stands in the table. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { App } from '../../../src/cli/app/app.ts';
import { pathOf } from '../../../src/cli/help/find-command.ts';
import { main } from '../../../src/cli/main.ts';
import { createProgram } from '../../../src/cli/program.ts';
import { fakeIo } from '../fake-io.ts';
import { brokenPromises } from '../json-outputs.ts';
import type { Succeeding } from './commands.ts';
import { succeeding } from './commands.ts';
import { codesOf, exitCodes, exitCodesPage, reasonsFor } from './document.ts';
import { pairs } from './pairs.ts';
import type { Situation } from './situations.ts';
import { situations } from './situations.ts';
import { Stage } from './stage.ts';

const stage = new Stage();
beforeAll(() => stage.open());
afterAll(() => stage.close());

const page = new URL('../../../docs/exit-codes.md', import.meta.url);
if (process.env.KLOSET_EXIT_CODES) writeFileSync(page, exitCodesPage());

const commands = Object.keys(pairs);

function rowOf(name: string): {
  readonly command: Succeeding;
  readonly happenings: readonly (readonly [string, Situation])[];
} {
  const command = succeeding[name];
  if (command === undefined) throw new Error(`No words are known for \`${name}\`.`);
  const happenings = (pairs[name] ?? []).map((each) => {
    const situation = situations[each];
    if (situation === undefined) throw new Error(`No situation is called "${each}".`);
    return [each, situation] as const;
  });
  return { command, happenings };
}

describe.each(commands)('`%s`', (name) => {
  test('ends as the table says', async () => {
    const { command, happenings } = rowOf(name);
    const ended: { [situation: string]: number } = {};
    for (const [about, { code, happens }] of happenings) {
      stage.reset();
      const { code: found, stdout, stderr } = await happens(stage, command);
      ended[about] = found;
      // An end that is no success says why, in few words, and never with a trace.
      expect({ about, found, stderr: found === code ? '' : stderr }).toEqual({
        about,
        found: code,
        stderr: '',
      });
      expect(stderr).not.toMatch(/\n\s+at /);
      if (![0, 3].includes(code)) expect(stdout + stderr, about).not.toBe('');
      if (about === 'goes well')
        expect(await brokenPromises([...command.words(stage), '--json'], { stdout, stderr })).toEqual([]);
    }
    expect(Object.keys(ended).length).toBe(happenings.length);
  });

  test('comes to each other exit code for no reason', () => {
    const codes = codesOf(name);
    for (const code of exitCodes) {
      const reasons = reasonsFor(name, code);
      if (codes.has(code)) expect({ code, reasons }).toEqual({ code, reasons: [] });
      else expect({ code, reasons: reasons.length }).toEqual({ code, reasons: 1 });
    }
  });
});

const program = await createProgram(new App(fakeIo({}), undefined), main);

function leaves(command: Command): Command[] {
  const below = command.commands.flatMap(leaves);
  return command.commands.length === 0 || command.name() === 'repair' ? [command, ...below] : below;
}

test('the table has a row for every command', () => {
  expect(program.commands.flatMap(leaves).map(pathOf).sort()).toEqual([...commands].sort());
  expect(Object.keys(succeeding).sort()).toEqual([...commands].sort());
});

test.each(commands)('`help %s` names the exit codes that happen, and no other', async (name) => {
  const io = fakeIo({ HOME: '/nowhere' });
  await main(['help', ...name.split(' ')], io);
  const [, exits = ''] = /\nExit codes:\n(.*)\n$/s.exec(io.out()) ?? [];
  const told = [...exits.matchAll(/^ {2,4}(\d+) {2}/gm)].map(([, code]) => Number(code));
  const happens = [...codesOf(name)].filter((code) => code !== 1);
  expect(told.sort()).toEqual(happens.sort());
});

test('docs/exit-codes.md is the table', () => {
  expect(readFileSync(page, 'utf8')).toBe(exitCodesPage());
});
