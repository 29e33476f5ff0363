/**
 * The package as people get it: compiled, packed with npm, unpacked, and beside it nothing but the packages that
 * `dependencies` names. It is kept by the digest of what it is made of, so that several test files build it once and
 * a build of the checkout meanwhile disturbs nobody.
 */
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isObject, objectAt } from '../../src/document/json.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));

/** What goes into the package or decides what does. */
const sources = [
  'bin',
  'docs',
  'src',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'README.md',
  'LICENSE',
];

const prefix = 'notion-kloset-e2e-';
/** Builds of other sources are removed when older, in milliseconds. */
const staleAfterMs = 60 * 60_000;

export interface Installed {
  /** The folder whose `node_modules` holds the package. */
  readonly folder: string;
  /** The package's own folder. */
  readonly package: string;
  /** The command as npm links it. */
  readonly command: string;
  /** The compiled modules that it was joined from, one file for each of the sources, where they are at hand. */
  readonly modules?: string;
}

export interface InstalledTarball extends Installed {
  /** The file that `npm pack` wrote. */
  readonly tarball: string;
  readonly modules: string;
}

/** Builds and installs the package, or finds it where an earlier test did. */
export async function installPackage(): Promise<InstalledTarball> {
  const folder = join(tmpdir(), `${prefix}${digestOfSources()}`);
  if (!existsSync(folder)) await install(folder);
  return {
    folder,
    package: join(folder, 'node_modules/notion-kloset'),
    command: join(folder, 'node_modules/.bin/notion-kloset'),
    tarball: join(folder, 'notion-kloset.tgz'),
    modules: join(folder, 'modules/dist'),
  };
}

async function install(folder: string): Promise<void> {
  removeStale();
  const work = mkdtempSync(join(tmpdir(), 'notion-kloset-pack-'));
  try {
    const built = join(work, 'built');
    await build(built);
    const ready = join(work, 'ready');
    const tarball = await pack(built, work);
    await unpack(tarball, ready);
    renameSync(tarball, join(ready, 'notion-kloset.tgz'));
    linkDependencies(ready);
    for (const name of ['package.json', 'bin', 'dist'])
      cpSync(join(built, name), join(ready, 'modules', name), { recursive: true });
    // Another worker may have been faster: its folder is as good.
    if (!existsSync(folder)) moveOrLeave(ready, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The checkout's own files with a `dist` and a `program` of their own, as `npm run build` would make it. */
async function build(folder: string): Promise<void> {
  mkdirSync(folder);
  for (const name of sources) {
    if (name !== 'src' && existsSync(join(checkout, name)))
      cpSync(join(checkout, name), join(folder, name), { recursive: true });
  }
  const compiler = join(checkout, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [compiler, '-p', checkout, '--outDir', join(folder, 'dist')], folder);
  cpSync(join(checkout, 'src/web/assets'), join(folder, 'dist/web/assets'), { recursive: true });
  symlinkSync(join(checkout, 'node_modules'), join(folder, 'node_modules'));
  await run(process.execPath, ['bin/program.js'], folder);
  await run(process.execPath, ['bin/package.js'], folder);
}

async function pack(folder: string, into: string): Promise<string> {
  const text = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', into], folder);
  const parsed: unknown = JSON.parse(text);
  const [first] = Array.isArray(parsed) ? parsed : isObject(parsed) ? Object.values(parsed) : [];
  if (!isObject(first) || typeof first.filename !== 'string') throw new Error(`npm pack said ${text}`);
  return join(into, first.filename);
}

async function unpack(tarball: string, folder: string): Promise<void> {
  const own = join(folder, 'node_modules/notion-kloset');
  mkdirSync(own, { recursive: true });
  await run('tar', ['-xzf', tarball, '-C', own, '--strip-components', '1'], folder);
}

/** What `npm install` would fetch: the dependencies, not what development needs. */
function linkDependencies(folder: string): void {
  const modules = join(folder, 'node_modules');
  const manifest: unknown = JSON.parse(readFileSync(join(modules, 'notion-kloset/package.json'), 'utf8'));
  for (const name of Object.keys(objectAt(manifest, 'dependencies') ?? {})) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(checkout, 'node_modules', name), join(modules, name));
  }
  mkdirSync(join(modules, '.bin'));
  const target = String(objectAt(manifest, 'bin')?.['notion-kloset']);
  symlinkSync(join('../notion-kloset', target), join(modules, '.bin/notion-kloset'));
}

function moveOrLeave(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}

function removeStale(): void {
  for (const name of readdirSync(tmpdir()).filter((each) => each.startsWith(prefix))) {
    const folder = join(tmpdir(), name);
    const gone = join(tmpdir(), `notion-kloset-gone-${randomBytes(6).toString('hex')}`);
    try {
      if (Date.now() - statSync(folder).mtimeMs < staleAfterMs) continue;
      renameSync(folder, gone);
      rmSync(gone, { recursive: true, force: true });
    } catch {
      // Somebody else removes it.
    }
  }
}

function digestOfSources(): string {
  const hash = createHash('sha256');
  for (const path of sources.flatMap((name) => filesAt(join(checkout, name))).sort())
    hash.update(`${path}\0`).update(readFileSync(path)).update('\0');
  return hash.digest('hex').slice(0, 16);
}

function filesAt(path: string): string[] {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

async function run(command: string, words: readonly string[], cwd: string): Promise<string> {
  try {
    return (await promisify(execFile)(command, [...words], { cwd, maxBuffer: 64 * 1024 * 1024 })).stdout;
  } catch (error) {
    // Compilers say on stdout what is wrong.
    const said = isObject(error) ? `${String(error.stdout)}${String(error.stderr)}` : '';
    throw new Error(`${command} ${words.join(' ')} failed:\n${said.slice(0, 4000)}`, { cause: error });
  }
}
