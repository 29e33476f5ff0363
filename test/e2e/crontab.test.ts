/** `schedule` with the real `crontab`: its lines are read as crontab(5) says, and run as cron runs them. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleWorkspace } from '../../src/simulator/sample/sample-workspace.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { hasPrograms } from '../servers/installed-programs.ts';
import { installPackage } from './installed.ts';
import { jsonOf, Machine } from './machine.ts';

/** Signs that a shell, cron or a URL reads in its own way. Node itself allows no backslash above a module. */
const oddFolder = "it's 100% odd";
const oddStore = `störe ${oddFolder} \\\\ \\% \\`;

const isHere = hasPrograms('schedules in a real crontab', ['crontab'], 'cron');

const folder = mkdtempSync(join(tmpdir(), 'notion-kloset-crontab-'));
let machine: Machine;
let simulator: Simulator;
beforeAll(async () => {
  if (!isHere) return;
  machine = await oddMachine();
  simulator = await startSimulator({ state: sampleWorkspace({ small: true }), clock: 'real' });
  machine.env.NOTION_API_URL = simulator.url;
  machine.store = machine.path(oddStore);
  writeFileSync(machine.path('token'), simulator.token);
  const source = ['source', 'add', 'mine', 'location=notion://', `token_file=${machine.path('token')}`];
  expect(await machine.run(source)).toMatchObject({ code: 0, stderr: '' });
  expect(await machine.at(['create'])).toMatchObject({ code: 0 });
});
afterAll(async () => {
  await simulator?.close();
  machine?.dispose();
  rmSync(folder, { recursive: true });
});

/** A test that begins and ends without a crontab. Lines of this user would be lost if it were killed: then it is left out. */
function withCrontab(title: string, use: () => Promise<void>): void {
  test.skipIf(!isHere)(title, async ({ skip }) => {
    const before = listed();
    if (!before.stderr.includes('no crontab for')) {
      process.stderr.write(`LEFT OUT: ${title}: this user has a crontab already\n`);
      skip('this user has a crontab already');
    }
    try {
      await use();
    } finally {
      spawnSync('crontab', ['-r']);
    }
    expect(listed()).toEqual(before);
  });
}

/** The installed program, copied into a folder with a difficult name. */
async function oddMachine(): Promise<Machine> {
  const from = join((await installPackage()).folder, 'node_modules');
  const to = join(folder, oddFolder, 'node_modules');
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from).filter((each) => each !== '.bin')) {
    if (name === 'notion-kloset') cpSync(join(from, name), join(to, name), { recursive: true });
    else symlinkSync(join(from, name), join(to, name));
  }
  const own = join(to, 'notion-kloset');
  return new Machine({ folder: to, package: own, command: join(own, 'bin/notion-kloset.js') });
}

/** `crontab -l`, a character for each byte. */
function listed() {
  const { status, stdout, stderr } = spawnSync('crontab', ['-l'], { encoding: 'latin1' });
  return { status, stdout, stderr };
}

/** Makes this the crontab of the user. */
function put(crontab: string): void {
  const { status, stderr } = spawnSync('crontab', ['-'], { input: Buffer.from(crontab, 'latin1') });
  expect({ status, stderr: String(stderr) }).toEqual({ status: 0, stderr: '' });
}

interface Entry {
  /** Minute, hour, day of the month, month, day of the week. */
  readonly fields: readonly string[];
  readonly command: string;
  readonly input: string;
}

interface Crontab {
  readonly variables: { readonly [name: string]: string };
  readonly entries: readonly Entry[];
}

/** Reads what crontab(5) allows, without names of months and days. @throws Error for any other line */
function parsed(crontab: string): Crontab {
  const variables: { [name: string]: string } = {};
  const entries: Entry[] = [];
  for (const line of crontab.split('\n').map((each) => each.replace(/^[ \t]+/, ''))) {
    if (line === '' || line.startsWith('#')) continue;
    const [, name, value = ''] = /^([^\s=]+)[ \t]*=[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (name === undefined) entries.push(entryOf(line));
    else variables[name] = value.replace(/^(["'])(.*)\1$/, '$2');
  }
  return { variables, entries };
}

const ranges = [
  [0, 59],
  [0, 23],
  [0, 31],
  [0, 12],
  [0, 7],
] as const;

function entryOf(line: string): Entry {
  const [, times = '', rest = ''] = /^((?:\S+[ \t]+){5})(.+)$/.exec(line) ?? [];
  const fields = times.trim().split(/[ \t]+/);
  for (const [n, [min, max]] of ranges.entries()) {
    for (const part of (fields[n] ?? '').split(',')) {
      const numbers = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/\d+)?$/.exec(part)?.slice(1);
      if (
        numbers?.every((each) => each === undefined || (Number(each) >= min && Number(each) <= max)) !== true
      )
        throw new Error(`not a field of a crontab: "${part}" in ${line}`);
    }
  }
  return { fields, ...unescaped(rest) };
}

/**
 * The first percent sign ends the command, every further one is a newline of its input. A backslash takes the meaning from a percent
 * sign, as crontab(5) says, and from a backslash, as cron does without saying so.
 */
function unescaped(rest: string): { command: string; input: string } {
  const [, command = '', , input = ''] = /^((?:\\.|[^\\%])*)(%(.*))?$/s.exec(rest) ?? [];
  return { command: command.replace(/\\([\\%])/g, '$1'), input: input.replaceAll('%', '\n') };
}

/** Runs a line with what cron gives to it: hardly a variable, no terminal, and an input that has ended. */
async function runAsCron({ command, input }: Entry, variables: Crontab['variables']) {
  const { username, homedir } = userInfo();
  const env = { HOME: homedir, SHELL: '/bin/sh', PATH: '/usr/bin:/bin', ...variables, LOGNAME: username };
  const words = ['-c', Buffer.from(command, 'latin1').toString('utf8')];
  const child = spawn(env.SHELL, words, { cwd: env.HOME, env, detached: true, stdio: 'pipe' });
  child.stdin.end(input);
  const [out, err, [code]] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    once(child, 'exit'),
  ]);
  return { code, out, err };
}

async function snapshots(): Promise<number> {
  const { snapshots: all } = jsonOf(await machine.at(['ls', '--json']));
  return Array.isArray(all) ? all.length : -1;
}

/** Installs the schedule. Its minutes are far off: a cron at work on this machine must not start it meanwhile. */
async function install(): Promise<{ readonly minute: number }> {
  const minute = (new Date().getMinutes() + 15) % 60;
  const time = `02:${String(minute).padStart(2, '0')}`;
  const words = ['schedule', 'install', '@mine', '--kind', 'cron', '--time', time, '--delay', '0s'];
  expect(await machine.at(words)).toMatchObject({ code: 0, stderr: '' });
  return { minute };
}

/** Lines of somebody else, with bytes that are no UTF-8 and empty lines at their end; they give the run a home of its own. */
function othersLines(): string {
  return `# caf\xe9\nMAILTO = ""\nHOME=${machine.home}\n\n 0 5 * * 1-5 /usr/bin/printf 'a\\%b' > /dev/null\n\n\n`;
}

withCrontab(
  'a run that cron starts from the real crontab backs up, and every hour looks whether one is due',
  async () => {
    put(othersLines());
    const { minute } = await install();
    const { entries, variables } = parsed(listed().stdout);
    expect(variables).toEqual({ MAILTO: '', HOME: machine.home });
    expect(entries.map(({ fields }) => fields.join(' '))).toEqual([
      '0 5 * * 1-5',
      `${minute} 2 * * *`,
      `${(minute + 30) % 60} * * * *`,
    ]);
    expect(entries.map(({ input }) => input)).toEqual(['', '', '']);
    const [, nightly, hourly] = entries;
    if (nightly === undefined || hourly === undefined) throw new Error('lines are missing');
    for (const [entry, kept] of [
      [hourly, 1],
      [nightly, 2],
      [hourly, 2],
    ] as const) {
      expect(await runAsCron(entry, variables)).toEqual({ code: 0, out: '', err: '' });
      expect(await snapshots()).toBe(kept);
    }
    const log = readFileSync(machine.path('data/notion-kloset/nightly.log'), 'utf8');
    expect(log.split('\n').filter((line) => line.includes('succeeded'))).toHaveLength(2);
  },
);

withCrontab('lines of others in the real crontab stay byte for byte, whatever `schedule` does', async () => {
  const others = othersLines();
  put(others);
  for (let n = 0; n < 2; n += 1) {
    await install();
    expect(listed().stdout.startsWith(others)).toBe(true);
    expect(parsed(listed().stdout).entries).toHaveLength(3);
  }
  const { code, stdout } = await machine.run(['schedule', 'show', '--kind', 'cron']);
  expect(code).toBe(0);
  expect(stdout).toContain('störe');
  expect(stdout).not.toContain('MAILTO');
  expect((await machine.run(['schedule', 'remove', '--kind', 'cron'])).code).toBe(0);
  expect(listed()).toEqual({ status: 0, stdout: others, stderr: '' });
  expect((await machine.run(['schedule', 'show', '--kind', 'cron'])).code).toBe(66);
});

withCrontab('a user who had no crontab has none after `schedule remove`', async () => {
  const before = listed();
  await install();
  expect(parsed(listed().stdout).entries).toHaveLength(2);
  expect((await machine.run(['schedule', 'remove', '--kind', 'cron'])).code).toBe(0);
  expect(listed()).toEqual(before);
});
