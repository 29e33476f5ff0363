/** The keychain of the system as the installed program uses it: without the package, with a double of it, and with a real Secret Service. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hasPrograms } from '../servers/installed-programs.ts';
import type { Installed } from './installed.ts';
import { installPackage } from './installed.ts';
import { Machine } from './machine.ts';

const hasSecretService =
  existsSync(join(import.meta.dirname, '../../node_modules/@napi-rs/keyring')) &&
  hasPrograms(
    'the keychain of a real Secret Service',
    ['gnome-keyring-daemon', 'dbus-daemon', 'dbus-send'],
    'gnome-keyring dbus',
  );

const secret = 'ntn_canary0token0of0the0keychain';
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'notion-kloset-keychain-')));
const entriesFile = join(folder, 'entries.json');
let original: Installed;
beforeAll(async () => {
  original = await installPackage();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The package by its interface: keeps entries in a file, and refuses any but the Secret Service, as the program must ask for. */
const double = `
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
const file = ${JSON.stringify(entriesFile)};
const read = () => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {});
const write = (all) => writeFileSync(file, JSON.stringify(all));
export class AsyncEntry {
  constructor(service, name, options) {
    if (options?.linux?.store !== 'secret-service') throw new Error('this store forgets');
    this.key = service + '/' + name;
  }
  async getPassword() { if (process.env.BROKEN) throw new Error('Platform failure: no bus\\nsecond line'); return read()[this.key] ?? null; }
  async setPassword(secret) { if (process.env.BROKEN) throw new Error('Platform failure: no bus\\nsecond line'); write({ ...read(), [this.key]: secret }); }
  async deletePassword() { const { [this.key]: gone, ...rest } = read(); write(rest); return gone !== undefined; }
}
`;

/** The installed program beside `keyring`: a folder to link, or the text of a module. */
function machineWith(name: string, keyring: { readonly text?: string; readonly link?: string }): Machine {
  const own = join(folder, name);
  const modules = join(own, 'node_modules');
  mkdirSync(join(modules, '@napi-rs/keyring'), { recursive: true });
  const source = join(original.folder, 'node_modules');
  for (const each of readdirSync(source).filter((entry) => entry !== '@napi-rs')) {
    if (['notion-kloset', '.bin'].includes(each))
      cpSync(join(source, each), join(modules, each), { recursive: true, verbatimSymlinks: true });
    else symlinkSync(join(source, each), join(modules, each));
  }
  rmSync(join(modules, '@napi-rs/keyring'), { recursive: true });
  if (keyring.link !== undefined) symlinkSync(keyring.link, join(modules, '@napi-rs/keyring'));
  if (keyring.text !== undefined) {
    mkdirSync(join(modules, '@napi-rs/keyring'));
    writeFileSync(join(modules, '@napi-rs/keyring/index.js'), keyring.text);
    writeFileSync(
      join(modules, '@napi-rs/keyring/package.json'),
      JSON.stringify({ name: '@napi-rs/keyring', type: 'module', main: 'index.js' }),
    );
  }
  return new Machine({
    folder: own,
    package: join(modules, 'notion-kloset'),
    command: join(modules, '.bin/notion-kloset'),
  });
}

const add = ['source', 'add', 'acme', 'location=notion://', 'token_keychain=-'];

/** Adds the source with `secret` on its standard input. */
async function addWithInput(machine: Machine, env: { readonly [name: string]: string } = {}) {
  writeFileSync(machine.path('input'), `${secret}\n`);
  const added = await machine.run(add, { env, before: `exec 0< ${machine.path('input')}` });
  rmSync(machine.path('input'));
  return added;
}

function filesWith(machine: Machine, text: string): string[] {
  return readdirSync(machine.home, { recursive: true })
    .map((name) => machine.path(String(name)))
    .filter((path) => statSync(path).isFile() && readFileSync(path).includes(text));
}

test('without the package the error names it, and another way', async () => {
  const machine = machineWith('none', {});
  const named = ['source', 'add', 'acme', 'location=notion://', 'token_keychain=mine'];
  expect(await machine.run(named)).toMatchObject({ code: 0, stderr: '' });
  for (const told of [await machine.run(['source', 'ping', 'acme']), await addWithInput(machine)]) {
    expect(told.code).toBe(77);
    expect(told.stdout + told.stderr).toContain('needs the package @napi-rs/keyring');
    expect(told.stdout + told.stderr).toContain('file');
    expect(told.stdout + told.stderr).not.toMatch(/ERR_MODULE|\n {4}at /);
  }
  machine.dispose();
});

test('through the package: the Secret Service, an entry of our own, and no secret in an argument or a file', async () => {
  const machine = machineWith('double', { text: double });
  expect(await addWithInput(machine)).toMatchObject({ code: 0, stderr: '' });
  const entries = Object.entries(JSON.parse(readFileSync(entriesFile, 'utf8')));
  expect(entries).toEqual([
    [expect.stringMatching(/^notion-kloset\/source acme token [0-9a-f]{8}$/), secret],
  ]);
  expect(filesWith(machine, secret)).toEqual([]);
  expect(await machine.run(['source', 'rm', 'acme'])).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(readFileSync(entriesFile, 'utf8'))).toEqual({});
  const broken = await addWithInput(machine, { BROKEN: '1' });
  expect(broken.code).toBe(77);
  expect(broken.stderr).toContain('cannot be used: Platform failure: no bus');
  expect(broken.stderr.trimEnd().split('\n')).toHaveLength(2);
  expect(broken.stderr + broken.stdout).not.toContain(secret);
  machine.dispose();
});

test.runIf(hasSecretService)(
  'a real Secret Service keeps a token and a passphrase, and gives them to the next command',
  async () => {
    const machine = machineWith('real', {
      link: realpathSync(join(import.meta.dirname, '../../node_modules/@napi-rs/keyring')),
    });
    const service = await startSecretService(machine);
    try {
      machine.env.DBUS_SESSION_BUS_ADDRESS = service.address;
      expect(await addWithInput(machine)).toMatchObject({ code: 0, stderr: '' });
      const shown = await machine.run(['source', 'show', 'acme', '--json']);
      expect(JSON.parse(shown.stdout).sources.acme.token_keychain).toMatch(/^source acme token /);
      // The token reaches Notion: a place where nobody listens is asked with it, and the keychain is not what fails.
      const ping = await machine.run(['source', 'ping', 'acme', '--api-url', 'http://127.0.0.1:1'], {
        isHasty: true,
      });
      expect(ping.stdout + ping.stderr).not.toContain('keychain');
      expect(ping.code).toBe(69);
      writeFileSync(machine.path('input'), 'seven unlikely words of a long phrase\n');
      const before = `exec 0< ${machine.path('input')}`;
      const place = ['store', 'add', 'disk', `location=${machine.store}`, 'passphrase_keychain=-'];
      expect(await machine.run(place, { before })).toMatchObject({ code: 0, stderr: '' });
      rmSync(machine.path('input'));
      expect(await machine.run(['at', '@disk', 'create'])).toMatchObject({ code: 0, stderr: '' });
      expect((await machine.run(['at', '@disk', 'ls'])).code).toBe(0);
      await machine.run(['store', 'rm', 'disk']);
      await machine.run(['source', 'set', 'acme', 'token_env=NOTHING']);
      expect(filesWith(machine, secret)).toEqual([]);
    } finally {
      await service.stop();
      machine.dispose();
    }
  },
);

/** A bus and a keyring of the machine's own home, unlocked. */
async function startSecretService(machine: Machine) {
  const env = { ...machine.env, XDG_RUNTIME_DIR: machine.path('tmp') };
  const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address=1'], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = await once(bus.stdout, 'data');
  const address = String(line).trim();
  const keyring = spawn('gnome-keyring-daemon', ['--unlock', '--foreground', '--components=secrets'], {
    env: { ...env, DBUS_SESSION_BUS_ADDRESS: address },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  keyring.stdin.end('a password of the login');
  while (!(await isThere(address)) && keyring.exitCode === null) {}
  return {
    address,
    async stop() {
      for (const child of [keyring, bus]) {
        child.kill();
        await once(child, 'exit');
      }
    },
  };
}

/** True once somebody answers as the Secret Service. */
async function isThere(address: string): Promise<boolean> {
  const { stdout } = await promisify(execFile)(
    'dbus-send',
    [
      ...['--session', '--print-reply', '--dest=org.freedesktop.DBus', '/org/freedesktop/DBus'],
      ...['org.freedesktop.DBus.NameHasOwner', 'string:org.freedesktop.secrets'],
    ],
    { env: { PATH: process.env.PATH ?? '', DBUS_SESSION_BUS_ADDRESS: address } },
  );
  return stdout.includes('boolean true');
}
