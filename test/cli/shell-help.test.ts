import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { App } from '../../src/cli/app/app.ts';
import { main } from '../../src/cli/main.ts';
import { createProgram } from '../../src/cli/program.ts';
import { fakeIo } from './fake-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'kloset-shell-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const program = await createProgram(new App(fakeIo({}), undefined), main);

async function printed(...words: string[]): Promise<string> {
  const io = fakeIo({ HOME: '/nowhere' });
  expect(await main(words, io)).toBe(0);
  return io.out();
}

function complete(script: string, ...words: string[]): string[] {
  const path = join(folder, 'completion.bash');
  writeFileSync(path, script);
  const line = words.map((word) => `'${word}'`).join(' ');
  const told = execFileSync(
    'bash',
    [
      '-c',
      `source "$1"; COMP_WORDS=(notion-kloset ${line}); COMP_CWORD=${words.length}; _notion_kloset; printf '%s\\n' "\${COMPREPLY[@]}"`,
      'bash',
      path,
    ],
    { encoding: 'utf8', cwd: folder },
  );
  return told.trim().split('\n');
}

test('bash completes commands, subcommands and options, also behind `at STORE`', async () => {
  const script = await printed('completion', 'bash');
  expect(complete(script, 'back')).toEqual(['backup']);
  expect(complete(script, 'at', '/var/backups', 'doc')).toEqual(['doctor']);
  expect(complete(script, 'key', '')).toEqual(expect.arrayContaining(['add', 'list', 'passwd']));
  expect(complete(script, 'backup', '--comment-')).toEqual(['--comment-share']);
  expect(complete(script, 'schedule', 'install', '--ti')).toEqual(['--time']);
});

test.each(['bash', 'zsh', 'fish'])('the script for %s names every command', async (shell) => {
  const script = await printed('completion', shell);
  for (const command of program.commands) expect(script).toContain(`'${command.name()}`);
  if (spawnSync(shell, ['--version']).error === undefined) {
    const path = join(folder, `syntax.${shell}`);
    writeFileSync(path, script);
    expect(spawnSync(shell, ['-n', path], { encoding: 'utf8' }).stderr).toBe('');
  }
});

test('a shell that nobody knows is wrong usage', async () => {
  const io = fakeIo({ HOME: '/nowhere' });
  expect(await main(['completion', 'csh'], io)).toBe(64);
  expect(io.err()).toContain('bash, zsh, fish');
});

test('every command has a manual page with its options, examples and exit codes', async () => {
  for (const command of program.commands) {
    const page = await printed('manual', command.name());
    expect(page).toMatch(/^\.TH "NOTION-KLOSET-/);
    for (const section of ['NAME', 'SYNOPSIS', 'OPTIONS', 'EXAMPLES', 'EXIT CODES'])
      expect(page).toContain(`.SH ${section}`);
    for (const { long } of command.options.filter(({ hidden }) => !hidden))
      expect(page).toContain(String(long).replaceAll('-', '\\-'));
  }
  expect(await printed('manual')).toContain('.SH COMMANDS');
});

test.skipIf(spawnSync('groff', ['--version']).error !== undefined)(
  'groff formats the pages without a warning',
  async () => {
    const page = await printed('manual', 'backup');
    const { stderr } = spawnSync('groff', ['-man', '-Tutf8', '-ww'], { input: page, encoding: 'utf8' });
    expect(stderr).toBe('');
  },
);
