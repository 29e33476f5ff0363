/** The package installed by npm itself, from a registry that holds what this checkout was tested with. */
import { execFile } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import { startSimulator } from '../../../src/simulator/server.ts';
import { installPackage } from '../installed.ts';
import { Machine } from '../machine.ts';
import { Registry } from './registry.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'notion-kloset-install-')));
const registry = new Registry();
const command = join(folder, 'bin/notion-kloset');
const installed = join(folder, 'lib/node_modules/notion-kloset');
let machine: Machine;
beforeAll(async () => {
  const { tarball } = await installPackage();
  const url = await registry.open();
  const config = join(folder, 'npmrc');
  writeFileSync(config, '');
  await promisify(execFile)(
    'npm',
    ['install', '--global', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', tarball],
    {
      cwd: folder,
      env: {
        PATH: process.env.PATH ?? '',
        HOME: folder,
        npm_config_registry: url,
        npm_config_cache: join(folder, 'cache'),
        npm_config_userconfig: config,
        npm_config_update_notifier: 'false',
      },
    },
  );
  machine = new Machine({ folder, package: installed, command });
});
afterAll(async () => {
  machine?.dispose();
  await registry.close();
  rmSync(folder, { recursive: true, force: true });
});

test('npm installs the package with what it depends on', () => {
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  const modules = join(installed, 'node_modules');
  for (const name of Object.keys(manifest.dependencies)) expect(registry.fetched).toContain(name);
  expect(readdirSync(modules)).not.toContain('nodemailer');
  expect(readdirSync(modules)).not.toContain('@aws-sdk');
  expect(readdirSync(modules)).not.toContain('vitest');
  // The keychain comes along where there is one for this system.
  expect(readdirSync(join(modules, '@napi-rs'))).toContain('keyring');
});

test('the command is a symbolic link, and runs from an empty folder', async () => {
  expect(lstatSync(command).isSymbolicLink()).toBe(true);
  mkdirSync(machine.path('empty'));
  const { code, stdout, stderr } = await machine.run(['--version'], { cwd: machine.path('empty') });
  const { version } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  expect(readdirSync(machine.path('empty'))).toEqual([]);
});

test('`man` finds the page of the program, and those of the commands lie beside it', () => {
  const pages = readdirSync(join(folder, 'share/man/man1'));
  expect(pages).toEqual(['notion-kloset.1']);
  expect(readdirSync(join(installed, 'dist/man'))).toContain('notion-kloset-key-add.1');
});

// What the modules do: the demo as a whole in test/cli/table, from the sources.
test('every file of the program can be loaded from there', async () => {
  const modules = readdirSync(join(installed, 'program'))
    .filter((name) => name.endsWith('.js'))
    .map((name) => join(installed, 'program', name));
  expect(modules.length).toBeGreaterThan(90);
  const load = `for (const path of ${JSON.stringify(modules)}) await import(path);`;
  writeFileSync(machine.path('load.mjs'), load);
  const { stderr } = await promisify(execFile)(process.execPath, [machine.path('load.mjs')]);
  expect(stderr).toBe('');
});

test('a store is created, a workspace backed up, checked, restored and shown from there', async () => {
  const simulator = await startSimulator({ state: sampleWorkspace({ small: true }), clock: 'real' });
  try {
    machine.connect(simulator);
    const [page = ''] = simulator.state.shared;
    const restore = ['restore', '--root-id', page, 'latest'];
    for (const words of [['create'], ['backup'], ['check'], restore]) {
      const { code, stderr } = await machine.at(words);
      expect({ words, code, stderr: code === 0 ? '' : stderr }).toEqual({ words, code: 0, stderr: '' });
    }
    const { stdout } = await machine.at(['ls', 'latest:/']);
    expect(stdout).toContain('workspace.json');
  } finally {
    await simulator.close();
  }
});

test('a file that is missing is told with the way out, in two lines', async () => {
  const path = join(installed, 'node_modules/commander');
  rmSync(path, { recursive: true });
  const { code, stderr } = await machine.run(['ls']);
  expect(code).toBe(78);
  expect(stderr).toMatch(
    /^notion-kloset: this program is not installed in full: Cannot find package 'commander'.*\n {2}Install it again: .*\n$/,
  );
});
