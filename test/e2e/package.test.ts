/** The package as `npm pack` makes it, in a folder where nothing else is. */
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { arrayAt, objectAt, stringAt } from '../../src/document/json.ts';
import { installPackage } from './installed.ts';
import { withMachine } from './machine.ts';

test('the installed command shows its help in an empty folder, with nothing but what it depends on', async () => {
  const { folder } = await installPackage();
  await withMachine(async (machine) => {
    const quiet = { npm_config_update_notifier: 'false', npm_config_offline: 'true' };
    const { stdout } = await promisify(execFile)('npx', ['notion-kloset', '--help'], {
      cwd: folder,
      env: { ...machine.env, ...quiet },
    });
    expect(stdout).toContain('Usage: notion-kloset [at STORE] COMMAND [options]');
    for (const command of ['create', 'backup', 'ls', 'cat', 'check', 'restore', 'info'])
      expect(stdout).toMatch(new RegExp(`^ {2}${command} `, 'm'));
    mkdirSync(machine.path('empty'));
    const direct = await machine.run(['--help'], { cwd: machine.path('empty') });
    expect(direct).toMatchObject({ code: 0, stdout, stderr: '' });
    expect(readdirSync(machine.path('empty'))).toEqual([]);
  });
});

test('a store on S3 without its SDK is one clear error, and costs nobody else anything', async () => {
  const installed = await installPackage();
  const manifest: unknown = JSON.parse(readFileSync(join(installed.package, 'package.json'), 'utf8'));
  const sdk = '@aws-sdk/client-s3';
  expect(Object.keys(objectAt(manifest, 'dependencies') ?? {})).not.toContain(sdk);
  expect(objectAt(objectAt(manifest, 'peerDependenciesMeta'), sdk)).toEqual({ optional: true });
  await withMachine(async (machine) => {
    const { code, stdout, stderr } = await machine.run(['at', 's3://bucket/store', 'ls']);
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
    expect(stderr).toContain(`needs the package ${sdk}, which is not installed`);
    expect(stderr).toContain(`npm install -g notion-kloset ${sdk}`);
    expect(stderr).not.toMatch(/ERR_MODULE|\n {4}at /);
  });
});

test('the version printed is the package’s', async () => {
  const installed = await installPackage();
  const manifest: unknown = JSON.parse(readFileSync(join(installed.package, 'package.json'), 'utf8'));
  await withMachine(async (machine) => {
    const { code, stdout } = await machine.run(['--version']);
    expect({ code, version: stdout.trim() }).toEqual({ code: 0, version: stringAt(manifest, 'version') });
  });
});

test('the package holds the program and its documentation, no tests, no sources, no secrets', async () => {
  const installed = await installPackage();
  const manifest: unknown = JSON.parse(readFileSync(join(installed.package, 'package.json'), 'utf8'));
  const named = arrayAt(manifest, 'files').map((name) => String(name).split('/')[0]);
  const always = ['package.json', 'README.md', 'LICENSE'];
  for (const name of readdirSync(installed.package)) expect([...named, ...always]).toContain(name);
  const files = readdirSync(installed.package, { recursive: true }).map(String);
  expect(files).toContain(join('dist', 'cli', 'main.js'));
  expect(files.filter((name) => /\.ts$|\.map$|(^|\/)(test|node_modules)(\/|$)|\.env/.test(name))).toEqual([]);
  expect(statSync(join(installed.package, 'bin/notion-kloset.js')).mode & 0o111).toBe(0o111);
  expect(Object.keys(objectAt(manifest, 'dependencies') ?? {})).not.toHaveLength(0);
});
