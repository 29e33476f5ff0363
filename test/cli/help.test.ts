/** Help that teaches: subjects, examples and exit codes of every command, and the right word for a wrong one. */
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { App } from '../../src/cli/app/app.ts';
import { commandWords, readCommandLine } from '../../src/cli/command-line.ts';
import { findCommand, pathOf } from '../../src/cli/help/find-command.ts';
import { ownOptions } from '../../src/cli/help/other-options.ts';
import { otherWords } from '../../src/cli/help/suggestions.ts';
import { main } from '../../src/cli/main.ts';
import { createProgram } from '../../src/cli/program.ts';
import { fakeIo } from './fake-io.ts';

const program = await createProgram(new App(fakeIo({}), undefined), main);
const everyCommand = below(program);

function below(command: Command): Command[] {
  return command.commands.flatMap((child) => [child, ...below(child)]);
}

async function run(...argv: string[]) {
  const io = fakeIo({ HOME: '/nowhere' });
  const code = await main(argv, io);
  return { code, out: io.out(), err: io.err() };
}

/** Whole command lines in backquotes, or after `  ` at the start of a line, without the name of the program. */
function commandLinesIn(text: string): string[] {
  return [...text.matchAll(/(?:`|^ {2})notion-kloset ([^`\n]+)/gm)].map(([, line]) => line ?? '');
}

/** Splits as a shell would, for the quotes that the help uses. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

/** Words of a command line that no command or option answers to. */
function unknownIn(line: string): string[] {
  const { words } = readCommandLine(wordsOf(line));
  const command = findCommand(program, commandWords(words));
  if (command === program && !words.includes('--version')) return [line];
  const known = [...command.options, ...program.options].map(({ long }) => long);
  return words.filter((word) => word.startsWith('--') && !known.includes(word.split('=')[0] ?? ''));
}

test('the help groups the commands by subject, each with one line', async () => {
  const { code, out } = await run('--help');
  expect(code).toBe(0);
  const headings = [...out.matchAll(/^([A-Z][a-z ]+):$/gm)].map(([, heading]) => heading);
  expect(headings).toEqual([
    'Options',
    'Back up',
    'Look',
    'Find and compare',
    'Verify',
    'Restore',
    'Keep',
    'Every night',
    'Configure',
    'Learn',
  ]);
  for (const command of program.commands) expect(out).toMatch(new RegExp(`^ {2}${command.name()}\\b`, 'm'));
  expect((await run('help')).out).toBe(out);
});

test.each(everyCommand.map((command) => [pathOf(command), command] as const))(
  '`help %s` ends with two examples that can be run and with its exit codes',
  async (path, command) => {
    expect(command.description()).toMatch(/^[a-z]+ /);
    const { code, out } = await run('help', ...path.split(' '));
    expect(code).toBe(0);
    const [, examples = '', exits = ''] = /\nExamples:\n(.*)\nExit codes:\n(.*)\n$/s.exec(out) ?? [];
    const lines = commandLinesIn(examples);
    expect(lines).toHaveLength(2);
    expect(lines.flatMap(unknownIn)).toEqual([]);
    if (command.name() !== 'version')
      for (const line of lines)
        expect(` ${line} `).toContain(command.commands.length > 0 ? path : ` ${path} `);
    expect(exits).toMatch(/^ {3,4}0 {2}The command succeeded/);
    expect(exits).toMatch(/^ {2}64 {2}\S/m);
    expect((await run(...path.split(' '), '--help')).out).toBe(out);
  },
);

test('the version is printed for -v, -V, --version and version', async () => {
  const { out } = await run('--version');
  expect(out).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
  for (const argv of [['-v'], ['-V'], ['-version'], ['version']])
    expect(await run(...argv)).toEqual({ code: 0, out, err: '' });
  expect(JSON.parse((await run('version', '--json')).out)).toEqual({ version: out.trim(), json_version: 1 });
});

const suggestions: readonly (readonly [string, string])[] = [
  ['setup', 'init'],
  ['snapshots', 'ls'],
  ['list', 'ls'],
  ['find', 'locate NAME'],
  ['grep', 'search WORDS'],
  ['extract', 'restore -to FOLDER'],
  ['mount', 'restore -to FOLDER'],
  ['serve', 'ui'],
  ['forget', 'prune'],
  ['delete', 'rm'],
  ['clone', 'sync to STORE'],
  ['copy', 'sync to STORE'],
  ['verify', 'check'],
  ['gc', 'maintenance'],
  ['compact', 'maintenance'],
  ['break-lock', 'unlock'],
  ['ptar', 'export FILE'],
  ['stats', 'info'],
  ['rebuild-index', 'repair index'],
  ['passwd', 'key passwd'],
  ['login', 'source add'],
  ['scheduler', 'schedule install'],
  ['bakcup', 'backup'],
  ['Restore', 'restore'],
  ['sorce', 'source'],
];

test.each(suggestions)('`%s` is unknown, and `%s` is suggested', async (word, right) => {
  for (const argv of [[word], [word, '--option', 'x'], [word, '--help'], ['help', word]]) {
    const { code, out, err } = await run(...argv);
    expect({ code, out }).toEqual({ code: 64, out: '' });
    expect(err).toContain(`Unknown command "${word}"`);
    expect(err).toContain(`\`notion-kloset ${right}\``);
    expect(commandLinesIn(err).flatMap(unknownIn)).toEqual([]);
  }
});

test('no word or option that is told to be of another tool is one of ours', () => {
  const names = program.commands.flatMap((each) => [each.name(), ...each.aliases()]);
  expect(Object.keys(otherWords).filter((word) => names.includes(word))).toEqual([]);
  const ours = Object.entries(ownOptions).flatMap(([path, options]) => {
    const command = findCommand(program, path.split(' '));
    return command.options.filter(({ long }) => Object.hasOwn(options, long?.slice(2) ?? ''));
  });
  expect(ours.map(({ long }) => long)).toEqual([]);
});

test('a word that is like nothing points to the list of commands', async () => {
  const { code, err } = await run('frobnicate');
  expect(code).toBe(64);
  expect(err).toBe('notion-kloset: Unknown command "frobnicate".\n  See `notion-kloset help`.\n');
});

test('an unknown subcommand is named with its group, and the right one is suggested', async () => {
  const cases = [
    [['key', 'delete', 'x'], 'key delete', 'key remove'],
    [['key', 'ad'], 'key ad', 'key add'],
    [['source', 'edit'], 'source edit', 'source set'],
    [['help', 'sync', 'push'], 'sync push', 'sync to'],
    [['key', 'help', 'frobnicate'], 'key frobnicate', 'help key'],
    [['--keyfile', 'x', 'source', '--json', 'frobnicate'], 'source frobnicate', 'help source'],
  ] as const;
  for (const [argv, wrong, right] of cases) {
    const { code, err } = await run(...argv);
    expect(code).toBe(64);
    expect(err).toContain(`Unknown command "${wrong}"`);
    expect(err).toContain(`\`notion-kloset ${right}\``);
  }
});

test('wrong usage of a command points to the help of that command', async () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [['backup', '--frobnicate'], 'backup'],
    [['backup', '--root'], 'backup'],
    [['backup', '--comments', 'few'], 'backup'],
    [['cat'], 'cat'],
    [['status', 'more'], 'status'],
    [['check', '--subset', '0%'], 'check'],
    [['prune'], 'prune'],
    [['maintenance', '--grace', 'soon'], 'maintenance'],
    [['restore', '--in-place', '--retry-lock', 'soon'], 'restore'],
    [['key', 'add', '--frobnicate'], 'key add'],
    [['source', 'add', 'a'], 'source add'],
    [['source', 'add', 'a', 'colour=red'], 'source add'],
  ];
  for (const [argv, path] of cases) {
    const { code, out, err } = await run(...argv);
    expect({ argv, code, out }).toEqual({ argv, code: 64, out: '' });
    expect(err).toContain(`See \`notion-kloset help ${path}\``);
    const { error } = JSON.parse((await run(...argv, '--json')).out);
    expect(error).toMatchObject({ code: 'usage' });
    expect(error.hint).toContain(`See \`notion-kloset help ${path}\``);
  }
  const { err } = await run('--frobnicate', 'ls');
  expect(err).toContain('See `notion-kloset help');
});
