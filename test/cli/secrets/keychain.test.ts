/** Tokens and passphrases in the keychain, as the commands use it; `system-keychain.test.ts` is about the real one. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import type { Simulator } from '../../../src/simulator/server.ts';
import { fakeIo } from '../fake-io.ts';
import { NightMachine } from '../nightly/night-machine.ts';
import { MemoryKeychain } from './memory-keychain.ts';

let machine: NightMachine;
let notion: Simulator;
let keychain: MemoryKeychain;
beforeEach(async () => {
  machine = new NightMachine();
  notion = await machine.notion();
  machine.env.NOTION_API_URL = notion.url;
  keychain = new MemoryKeychain();
  mkdirSync(machine.path('bin'));
  writeFileSync(machine.path('bin/systemctl'), '#!/bin/sh\nexit 0\n');
  chmodSync(machine.path('bin/systemctl'), 0o755);
  machine.env.PATH = `${machine.path('bin')}:${process.env.PATH}`;
});
afterEach(() => machine.close());

interface Run {
  /** What a person types; nobody is there without. */
  readonly answers?: string[];
  readonly input?: string;
  readonly env?: { readonly [name: string]: string };
}

async function run(words: readonly string[], { answers = [], input = '', env = {} }: Run = {}) {
  const asked: string[] = [];
  const fake = fakeIo({ ...machine.env, ...env }, machine.home, [...answers], input);
  const ask = async (question: string) => {
    asked.push(question);
    return answers[asked.length - 1] ?? '';
  };
  const io = { ...fake, clock: machine.clock, keychain, ...(answers.length > 0 ? { ask } : {}) };
  return { code: await main([...words], io), asked, out: io.out(), err: io.err() };
}

/** Files of the machine that hold `text`. */
function filesWith(text: string): string[] {
  return readdirSync(machine.home, { recursive: true })
    .map((name) => join(machine.home, String(name)))
    .filter((path) => statSync(path).isFile() && readFileSync(path).includes(text));
}

const location = 'location=notion://';

test('a token given to the keychain is read from there, and lies in no file', async () => {
  const added = await run(['source', 'add', 'acme', location, 'token_keychain=-'], { input: notion.token });
  expect(added).toMatchObject({ code: 0, err: '' });
  const [[name = '', secret] = []] = [...keychain.entries];
  expect(name).toMatch(/^source acme token [0-9a-f]{8}$/);
  expect(secret).toBe(notion.token);
  expect(await run(['source', 'ping', 'acme'])).toMatchObject({ code: 0 });
  const backup = await run(['--keyfile', machine.keyFile, 'at', machine.store, 'backup', '@acme']);
  expect(backup.code).toBe(0);
  expect(filesWith(notion.token)).toEqual([]);
  expect((await run(['source', 'show', 'acme'])).out).toContain(`token_keychain: ${name}`);
});

test('a passphrase of the keychain creates and opens a store, named by its settings or a variable', async () => {
  const passphrase = 'seven unlikely words of a long canary phrase';
  const place = ['store', 'add', 'disk', `location=${machine.store}`];
  expect(await run([...place, 'passphrase_keychain=-'], { input: passphrase })).toMatchObject({ code: 0 });
  expect(await run(['at', '@disk', 'create'])).toMatchObject({ code: 0, err: '' });
  expect((await run(['at', '@disk', 'ls'])).code).toBe(0);
  expect((await run(['at', machine.store, 'ls'])).code).toBe(77);
  const [name = ''] = keychain.entries.keys();
  const env = { NOTION_KLOSET_PASSPHRASE_KEYCHAIN: name };
  expect((await run(['at', machine.store, 'ls'], { env })).code).toBe(0);
  expect(filesWith('canary phrase')).toEqual([]);
});

test('an entry of the user’s own is read and never removed', async () => {
  keychain.entries.set('my own', notion.token);
  await run(['source', 'add', 'acme', location, 'token_keychain=my own']);
  expect((await run(['source', 'ping', 'acme'])).code).toBe(0);
  await run(['source', 'rm', 'acme']);
  expect([...keychain.entries.keys()]).toEqual(['my own']);
});

test('entries go when no setting names them: after set, unset and rm', async () => {
  const add = async () =>
    expect((await run(['source', 'add', 'a', location, 'token_keychain=-'], { input: 'ntn_one' })).code).toBe(
      0,
    );
  await add();
  const [first] = keychain.entries.keys();
  await run(['source', 'set', 'a', 'token_keychain=-'], { input: 'ntn_two' });
  expect([...keychain.entries.values()]).toEqual(['ntn_two']);
  expect([...keychain.entries.keys()]).not.toContain(first);
  await run(['source', 'unset', 'a', 'token_keychain']);
  expect(keychain.entries.size).toBe(0);
  await run(['source', 'rm', 'a']);
  await add();
  await run(['source', 'rm', 'a']);
  expect(keychain.entries.size).toBe(0);
});

test('a source that exists keeps its entry, and the one that was not added leaves none', async () => {
  await run(['source', 'add', 'a', location, 'token_keychain=-'], { input: 'ntn_one' });
  const again = await run(['source', 'add', 'a', location, 'token_keychain=-'], { input: 'ntn_two' });
  expect(again.code).toBe(64);
  expect([...keychain.entries.values()]).toEqual(['ntn_one']);
});

test('an entry that is gone or locked is told by its name, and two ways at once are refused', async () => {
  await run(['source', 'add', 'a', location, 'token_keychain=nothing there']);
  const gone = await run(['source', 'ping', 'a']);
  expect(gone.code).toBe(77);
  expect(gone.out + gone.err).toContain('no entry "nothing there"');
  const both = await run(['source', 'add', 'b', location, 'token_env=X', 'token_keychain=y']);
  expect(both.code).toBe(64);
  expect(both.err).toContain('token_env and token_keychain');
});

test('without a keychain nothing is added, and the error names another way', async () => {
  keychain.isBroken = true;
  const added = await run(['source', 'add', 'a', location, 'token_keychain=-'], { input: 'ntn_one' });
  expect(added.code).toBe(77);
  expect(added.err).toContain('keychain');
  expect((await run(['source', 'list'])).out).toBe('');
});

test('`init` offers the keychain where there is one, and the night finds both secrets there', async () => {
  const { code, asked, out, err } = await run(['init', machine.store], {
    answers: [notion.token, 'y', 'y', 'n', 'y', 'y'],
  });
  expect({ code, asked: asked.map((question) => question.split(' ').slice(0, 3).join(' ')) }).toEqual({
    code: 0,
    asked: [
      'Notion token: ',
      'Keep the token',
      'Create a passphrase',
      'Print a recovery',
      'Take the first',
      'Back up every',
    ],
  });
  expect([...keychain.entries.values()][0]).toBe(notion.token);
  const [, passphrase = ''] = /printed this once: (\S+)/.exec(out) ?? [];
  expect([...keychain.entries.values()][1]).toBe(passphrase);
  expect(err).toContain('while you are not logged in');
  for (const secret of [notion.token, passphrase]) expect(filesWith(secret)).toEqual([]);
  expect(existsSync(machine.path('config/notion-kloset/nightly.key'))).toBe(false);
  expect(await run(['at', '@mynotion', 'run', '@mynotion'])).toMatchObject({ code: 0 });
});

test('`init --keychain` creates nothing where there is none', async () => {
  keychain.isBroken = true;
  const env = { NOTION_TOKEN: notion.token };
  const refused = await run(['init', machine.store, '--keychain', '--generate-passphrase'], { env });
  expect({ code: refused.code, isThere: existsSync(machine.store) }).toEqual({ code: 77, isThere: false });
  const without = await run(['init', machine.store, '--generate-passphrase'], { env });
  expect(without.code).toBe(0);
});

test('a schedule that no login starts is refused with a keychain', async () => {
  await run(['source', 'add', 'a', location, 'token_keychain=-'], { input: 'ntn_one' });
  for (const kind of ['cron', 'systemd-system']) {
    const { code, err } = await run([
      '--keyfile',
      machine.keyFile,
      'schedule',
      'install',
      '@a',
      '--kind',
      kind,
      '--print',
    ]);
    expect({ code, kind }).toEqual({ code: 77, kind });
    expect(err).toContain('keychain');
  }
  const user = ['--keyfile', machine.keyFile, 'schedule', 'install', '@a', '--kind', 'systemd', '--print'];
  expect(await run(user)).toMatchObject({ code: 0 });
});
