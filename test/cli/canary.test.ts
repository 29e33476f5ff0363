/**
 * A token and passphrases that must not be anywhere but where a person put them: planted, used by every kind of command, and
 * searched for in all that was printed and written, in the list of processes, and in what commands started by this program
 * are given.
 */
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleWorkspace } from '../../src/simulator/sample/sample-workspace.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import type { Finished, Machine, RunOptions } from '../e2e/machine.ts';
import { newMachine } from '../e2e/machine.ts';

const canaries = {
  token: 'ntn_canary0token0that0must0not0leak',
  'named token': 'ntn_canary0named0token0of0a0source',
  passphrase: 'canary of nine quiet otters juggling',
  'new passphrase': 'canary of four loud herons waltzing',
  'identity passphrase': 'canary of six shy badgers yodelling',
  'storage key': 'canary0of0the0storage0of0the0copies',
  address: 'http://127.0.0.1:9/canary0address0of0a0webhook',
};

/** Where a person put them: files that are not searched. */
const planted = new Set<string>();
const said: string[] = [];
let machine: Machine;
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({
    state: sampleWorkspace({ small: true }),
    clock: 'real',
    token: canaries.token,
  });
  machine = await newMachine({ isHere: true });
  machine.env.PATH = `${machine.path('bin')}:${process.env.PATH}`;
  machine.env.NOTION_API_URL = simulator.url;
  machine.env.NOTION_TOKEN = canaries.token;
  machine.env.NAMED_TOKEN = canaries['named token'];
  machine.env.NOTION_KLOSET_PASSPHRASE = canaries.passphrase;
  machine.env.NOTION_KLOSET_NEW_PASSPHRASE = canaries['new passphrase'];
  machine.env.NOTION_KLOSET_IDENTITY_PASSPHRASE = canaries['identity passphrase'];
  mkdirSync(machine.path('seen'));
  for (const name of ['hook', 'teller', 'systemctl', 'crontab']) watcher(name, 'cat > /dev/null');
  watcher('token-command', `cat ${plant('token', canaries.token)}`);
  watcher('passphrase-command', `cat ${plant('passphrase', canaries.passphrase)}`);
  const server = join(import.meta.dirname, '../backend/fake-ssh.mjs');
  watcher('fake-ssh', `exec ${process.execPath} ${server} '{}' "$@"`);
  machine.env.NOTION_KLOSET_SSH_COMMAND = machine.path('bin/fake-ssh');
  await useEverything();
});
afterAll(async () => {
  await simulator.close();
  machine?.dispose();
});

/** A file of a person's that holds a secret. */
function plant(name: string, secret: string): string {
  const path = machine.path(`${name}.planted`);
  writeFileSync(path, `${secret}\n`, { mode: 0o600 });
  planted.add(path);
  return path;
}

/** A command that notes its variables, its words, and the words of all processes of this machine, then does its work. */
function watcher(name: string, work: string): void {
  mkdirSync(machine.path('bin'), { recursive: true });
  const note = machine.path('seen', name);
  const script = [
    '#!/bin/sh',
    `{ env; echo "$0 $@"; ps -ef; for f in /proc/[0-9]*/cmdline; do tr '\\0' ' ' < $f; echo; done; } >> ${note} 2>/dev/null`,
    work,
  ];
  writeFileSync(machine.path('bin', name), `${script.join('\n')}\n`);
  chmodSync(machine.path('bin', name), 0o755);
}

/** Runs a command that starts no other one; within this process, which derives a key from each passphrase once. */
async function run(code: number | 'any', ...words: string[]): Promise<Finished> {
  return await ran(code, words, {});
}

/** Runs a command that starts others, as a process: they see its words and variables. */
async function start(code: number | 'any', ...words: string[]): Promise<Finished> {
  return await ran(code, words, { isProcess: true });
}

async function ran(code: number | 'any', words: readonly string[], options: RunOptions): Promise<Finished> {
  const told = await machine.run(words, options);
  said.push(told.stdout, told.stderr);
  if (code !== 'any') expect({ words, code: told.code, stderr: told.stderr }).toMatchObject({ code });
  return told;
}

/** Each way in which secrets come in, and each way in which something goes out. */
async function useEverything(): Promise<void> {
  const policy = [
    'before=hook',
    'after=hook',
    'on_failure=hook',
    'notify=ops,hooked',
    'daily=7',
    'copies=far',
    'drill=1d',
  ];
  const far = `location=sftp://host${machine.path('far')}`;
  await run(
    0,
    'source',
    'add',
    'mine',
    'location=notion://',
    'token_command=token-command',
    'policy=nightly',
  );
  await run(0, 'source', 'add', 'named', 'location=notion://', 'token_env=NAMED_TOKEN');
  await run(
    0,
    'destination',
    'add',
    'mine',
    'location=notion://',
    `token_file=${plant('other-token', canaries.token)}`,
  );
  const storageKey = `secret_access_key_file=${plant('storage', canaries['storage key'])}`;
  // Nobody listens there: the key is read, and there its way ends.
  const bucket = 'location=s3+http://127.0.0.1:1/bucket/kept';
  await run(0, 'store', 'add', 'bucket', bucket, 'access_key_id=AKID', storageKey);
  await run('any', 'at', '@bucket', 'ls');
  const store = ['passphrase_command=passphrase-command', `location=${machine.store}`];
  await run(0, 'store', 'add', 'disk', ...store);
  await run(0, 'store', 'add', 'far', far, 'passphrase_env=NOTION_KLOSET_PASSPHRASE');
  await run(0, 'notify', 'add', 'ops', 'type=command', 'command=teller', 'on=success,failure');
  await run(0, 'notify', 'add', 'hooked', 'type=webhook', `url_file=${plant('address', canaries.address)}`);
  await run(0, 'policy', 'add', 'nightly', ...policy, `metrics=${machine.path('kloset.prom')}`);
  await run(0, 'at', '@disk', 'create');
  await run(0, 'at', '@disk', 'identity', 'encrypt');
  await start('any', 'at', '@disk', 'run', '@mine', '--log', machine.path('night.log'));
  await start(
    'any',
    'at',
    '@disk',
    'run',
    '@named',
    '--policy',
    'nightly',
    '--log',
    machine.path('night.log'),
  );
  // Without the variable, the command of the store is asked.
  await ran(0, ['at', '@disk', 'ls'], { isProcess: true, env: { NOTION_KLOSET_PASSPHRASE: '' } });
  await run(0, 'at', '@disk', 'key', 'add');
  await run(0, 'at', '@disk', 'key', 'list', '--json');
  await run(0, 'at', '@disk', 'restore', '--to', machine.path('restored'));
  const [home = ''] = simulator.state.shared;
  await run(
    'any',
    'at',
    '@disk',
    'restore',
    '-to',
    '@mine',
    '--root-id',
    home,
    'latest:/Home',
    '--progress',
    'json',
  );
  await start(0, 'at', '@far', 'ls', '--json');
  await run(0, 'identity', 'export', machine.path('identity.sealed'));
  await run(77, 'at', '@disk', 'backup', '@named', '--progress', 'json');
  await run('any', 'doctor', '--json');
  for (const kind of ['source', 'destination', 'store', 'notify']) await run(0, kind, 'show', '--json');
  machine.env.NOTION_KLOSET_PASSPHRASE_FILE = plant('passphrase-file', canaries.passphrase);
  for (const kind of ['systemd', 'systemd-system', 'cron', 'launchd', 'windows', 'github'])
    await run('any', 'at', '@disk', 'schedule', 'install', '@mine', '--kind', kind, '--print');
  await start(0, 'at', '@disk', 'schedule', 'install', '@mine', '--kind', 'systemd');
  await start(0, 'at', '@disk', 'schedule', 'install', '@mine', '--kind', 'cron');
  await start('any', 'notify', 'test');
  await run(0, 'history', '--json');
}

/** The secret as it may stand in a file or a line: as it is, in UTF-16, hex, percent signs, JSON, Base64 wherever it begins. */
function formsOf(secret: string): Buffer[] {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(4, -4),
  );
  const texts = [
    secret,
    bytes.toString('hex'),
    encodeURIComponent(secret),
    secret.replaceAll(' ', '+'),
    ...base64,
  ];
  return [...texts.map((text) => Buffer.from(text)), Buffer.from(secret, 'utf16le')];
}

function findIn(bytes: Buffer): string[] {
  return Object.entries(canaries)
    .filter(([, secret]) => formsOf(secret).some((form) => bytes.includes(form)))
    .map(([name]) => name);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

test('the search finds a secret in each form', () => {
  for (const form of formsOf(canaries.passphrase))
    expect(findIn(Buffer.concat([Buffer.from('ab'), form, Buffer.from('cd')]))).toEqual(['passphrase']);
  expect(findIn(readFileSync(machine.path('token.planted')))).toEqual(['token']);
});

test('nothing that was printed holds a secret', () => {
  expect(said.length).toBeGreaterThan(50);
  expect(said.filter((text) => findIn(Buffer.from(text)).length > 0)).toEqual([]);
});

describe.each(['hook', 'teller', 'token-command', 'passphrase-command', 'fake-ssh', 'systemctl', 'crontab'])(
  'while %s runs',
  (name) => {
    test('it was started, and neither its variables nor the words of any process hold a secret', () => {
      const seen = readFileSync(machine.path('seen', name), 'utf8');
      expect(seen).toContain(`PATH=${machine.path('bin')}`);
      // The list of processes was there to be read: the program itself stands in it.
      expect(seen).toMatch(/notion-kloset.* (run|at|schedule|notify|identity|ls)\b/);
      expect(seen.split('\n').filter((line) => findIn(Buffer.from(line)).length > 0)).toEqual([]);
    });
  },
);

test('no file of the store, the settings, caches, journals, logs, figures, units or the restored pages holds a secret', () => {
  const files = filesBelow(machine.home).filter((path) => !planted.has(path));
  const kinds = [
    'store/packs/',
    'config/notion-kloset/',
    'cache/',
    'data/notion-kloset/restores/',
    'night.log',
    'kloset.prom',
    'systemd/user/',
    'restored/',
    'identity.sealed',
    'runs.jsonl',
    'far/',
  ];
  for (const kind of kinds)
    expect(files.filter((path) => path.includes(kind)).length, kind).toBeGreaterThan(0);
  expect(files.flatMap((path) => findIn(readFileSync(path)).map((name) => `${name} in ${path}`))).toEqual([]);
});

test('a secret given on the command line is kept for its owner alone, with a warning, and in no other file', async () => {
  const words = ['source', 'add', 'plain', 'location=notion://', `token=${canaries.token}`];
  const told = await machine.run(words);
  expect(told).toMatchObject({ code: 0, stderr: expect.stringContaining('command line') });
  const found = filesBelow(machine.home).filter(
    (path) => !planted.has(path) && findIn(readFileSync(path)).length > 0,
  );
  expect(found).toEqual([machine.path('config/notion-kloset/sources.yml')]);
  rmSync(machine.path('config/notion-kloset/sources.yml'));
});
