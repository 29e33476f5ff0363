/** The compiled part of better-sqlite3: reasons for which it does not load, and the way out of each. */
import { createRequire } from 'node:module';
import { KlosetError, messageOf } from './errors.ts';

const what = 'SQLite, which keeps the caches and journals of this program, cannot be loaded';

/** Versions from this one on end the process on Node 20 before any error can be told. */
const firstForNode22 = 13;

/**
 * @throws KlosetError `incompatible` when the installed better-sqlite3 is known to crash on this Node, as a package manager that does not
 * look at `engines` may install it
 */
export function requireFittingAddon(node = process.versions.node, installed = installedVersion()): void {
  const [major = 0] = node.split('.').map(Number);
  const [addon = 0] = installed.split('.').map(Number);
  if (addon < firstForNode22 || major >= 22) return;
  throw new KlosetError(
    'incompatible',
    `${what}: better-sqlite3 ${installed} needs Node 22, and this is Node ${node}.`,
    {
      hint: 'Run a newer Node, or install the other one beside this program: `npm install better-sqlite3@12`.',
    },
  );
}

function installedVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)('better-sqlite3/package.json');
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : '';
}

/** The error for an addon that does not load, in words; undefined for any other error. */
export function explainAddon(error: unknown): KlosetError | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = messageOf(error);
  if (message.startsWith('Could not locate the bindings file'))
    return unloadable(
      'its package better-sqlite3 was not compiled when this program was installed',
      `Install the build tools for C++ and Python 3 (Debian: \`apt install build-essential python3\`; macOS: \`xcode-select --install\`; Windows: Visual Studio Build Tools), then run \`npm rebuild better-sqlite3\` where this program lies.`,
      error,
    );
  if (code !== 'ERR_DLOPEN_FAILED') return undefined;
  const abi = /NODE_MODULE_VERSION (\d+)[\s\S]*NODE_MODULE_VERSION (\d+)/.exec(message);
  if (abi !== null)
    return unloadable(
      `better-sqlite3 was compiled for another Node (modules ${abi[1]}; this is Node ${process.versions.node}, modules ${abi[2]})`,
      'Run `npm rebuild better-sqlite3` where this program lies, or install it again with this Node.',
      error,
    );
  return unloadable(
    `better-sqlite3 was compiled for another system: ${message.split('\n')[0]}`,
    'Run `npm rebuild better-sqlite3 --build-from-source` where this program lies; that needs the build tools for C++ and Python 3.',
    error,
  );
}

function unloadable(reason: string, hint: string, cause: unknown): KlosetError {
  return new KlosetError('incompatible', `${what}: ${reason}.`, { hint, cause });
}
