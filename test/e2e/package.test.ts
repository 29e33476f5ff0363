/** The package as `npm pack` makes it, in a folder where nothing else is. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { arrayAt, isObject, objectAt, stringAt } from '../../src/document/json.ts';
import { installPackage } from './installed.ts';
import { withMachine } from './machine.ts';

const checkout = join(import.meta.dirname, '../..');

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

/** Everything of the package that is not a file of the program, an asset of the web view, or a page. */
const others = [
  ...['LICENSE', 'README.md', 'package.json', 'bin/notion-kloset.js', 'dist/sbom.cdx.json'],
  ...[
    ...[
      'changelog',
      'exit-codes',
      'fidelity',
      'format',
      'glossary',
      'moving',
      'other-machines',
      'platforms',
      'recovery',
      'scale',
    ],
    ...['scripting', 'threat-model'],
  ].map((name) => `docs/${name}.md`),
  'docs/rescue.py',
];
const maxPackedBytes = 1.5e6;
const maxUnpackedBytes = 7e6;

test('the package holds the program, its pages and documentation, and nothing else', async () => {
  const installed = await installPackage();
  const files = readdirSync(installed.package, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const names = files.map((path) => path.slice(installed.package.length + 1).replaceAll('\\', '/'));
  const code = (name: string) => /^program\/[\w-]+\.js$/.test(name);
  const asset = (name: string) =>
    name.startsWith('program/web/assets/') && existsSync(join(checkout, name.replace('program', 'src')));
  const page = (name: string) =>
    /^dist\/man\/notion-kloset[a-z-]*\.1$/.test(name) ||
    /^docs\/commands\/[\w-]+\.md$/.test(name) ||
    /^docs\/schema\/(?:README\.md|[a-z-]+\.schema\.json)$/.test(name);
  const rest = names.filter((name) => !(code(name) || asset(name) || page(name)));
  expect(rest.sort()).toEqual([...others].sort());
  const joined = names.filter(code).flatMap((name) => modulesIn(join(installed.package, name)));
  expect(joined.filter((name, at) => joined.indexOf(name) !== at)).toEqual([]);
  expect(joined.filter((name) => !existsSync(join(checkout, 'src', `${name}.ts`)))).toEqual([]);
  expect(joined.length).toBeGreaterThan(800);
  expect(statSync(installed.tarball).size).toBeLessThan(maxPackedBytes);
  expect(files.reduce((sum, path) => sum + statSync(path).size, 0)).toBeLessThan(maxUnpackedBytes);
});

/** The modules of `src` whose code lies in a file of the program. */
function modulesIn(path: string): string[] {
  return [...readFileSync(path, 'utf8').matchAll(/^\/\/ dist\/(.*)\.js$/gm)].map(([, name = '']) => name);
}

test('no file of the package tells where it was built, or holds a secret', async () => {
  const installed = await installPackage();
  for (const entry of readdirSync(installed.package, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const text = readFileSync(join(entry.parentPath, entry.name), 'utf8');
    const told = [checkout, 'sourceMappingURL', 'BEGIN PRIVATE KEY'].filter((word) => text.includes(word));
    expect({ name: entry.name, told }).toEqual({ name: entry.name, told: [] });
  }
});

/** What only developers read lies with the source. */
const ofSource = /^(?:\.github|docs\/(?:images|decisions|architecture\.md|benchmarks\.md))(?:\/|$)/;

test('a link in the documentation leads to a file of the package, or to the source', async () => {
  const installed = await installPackage();
  const pages = readdirSync(installed.package, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.md'));
  const dead = pages.flatMap((name) =>
    [...readFileSync(join(installed.package, name), 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
      .map(([, target = '']) => join(name, '..', target))
      .filter((target) => !existsSync(join(installed.package, target)) && !ofSource.test(target))
      .map((target) => `${name}: ${target}`),
  );
  expect(dead).toEqual([]);
});

test('the list of components names every package that is installed, with its version and digest', async () => {
  const installed = await installPackage();
  const list: unknown = JSON.parse(readFileSync(join(installed.package, 'dist/sbom.cdx.json'), 'utf8'));
  expect(list).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { name: 'notion-kloset' } } });
  const lock: unknown = JSON.parse(readFileSync(join(checkout, 'package-lock.json'), 'utf8'));
  const needed = Object.entries(objectAt(lock, 'packages') ?? {}).flatMap(([path, entry]) => {
    const isNeeded = path !== '' && isObject(entry) && entry.dev !== true && entry.devOptional !== true;
    return isNeeded ? [`${path.replace(/^.*node_modules\//, '')}@${stringAt(entry, 'version')}`] : [];
  });
  const components = arrayAt(list, 'components').filter(isObject);
  const named = components.map((each) => `${stringAt(each, 'name')}@${stringAt(each, 'version')}`);
  expect(needed.length).toBeGreaterThan(50);
  expect([...new Set(named)].sort()).toEqual([...new Set(needed)].sort());
  expect(components.filter((each) => arrayAt(each, 'hashes').length === 0)).toEqual([]);
});

test('the package holds no tests, no sources and no secrets', async () => {
  const installed = await installPackage();
  const manifest: unknown = JSON.parse(readFileSync(join(installed.package, 'package.json'), 'utf8'));
  const named = arrayAt(manifest, 'files').map((name) => String(name).split('/')[0]);
  const always = ['package.json', 'README.md', 'LICENSE'];
  for (const name of readdirSync(installed.package)) expect([...named, ...always]).toContain(name);
  const files = readdirSync(installed.package, { recursive: true }).map(String);
  expect(files).toContain(join('program', 'main.js'));
  expect(files.filter((name) => /\.ts$|\.map$|(^|\/)(test|node_modules)(\/|$)|\.env/.test(name))).toEqual([]);
  expect(statSync(join(installed.package, 'bin/notion-kloset.js')).mode & 0o111).toBe(0o111);
  expect(Object.keys(objectAt(manifest, 'dependencies') ?? {})).not.toHaveLength(0);
});
