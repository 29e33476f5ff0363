#!/usr/bin/env node
/**
 * Joins the compiled modules of `dist` into the few files of `program`, which the command runs: finding, reading and linking two hundred
 * modules takes longer than listing a store. What short commands need is one file; what is imported later stays in files of
 * its own. Packages stay outside, under their own licences and versions.
 */
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { isAbsolute, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

/** What every command loads, and what commands load that end at once. */
const first = modulesOf([
  'dist/cli/main.js',
  'dist/cli/commands/look/ls.js',
  'dist/cli/commands/look/ls-snapshots.js',
  'dist/cli/commands/look/ls-contents.js',
  'dist/cli/commands/look/cat.js',
  'dist/cli/commands/verify/status.js',
]);

rmSync('program', { recursive: true, force: true });
const joined = await rolldown({
  input: './dist/cli/main.js',
  platform: 'node',
  external: (name) => !name.startsWith('.') && !isAbsolute(name),
});
await joined.write({
  dir: 'program',
  // Names of functions and lines of their own: traces of errors name them.
  minify: false,
  entryFileNames: '[name].js',
  chunkFileNames: '[name].js',
  codeSplitting: { groups: [{ name: 'first', test: (path) => first.has(path.replaceAll('\\', '/')) }] },
});
// Files that the web view serves as they are.
cpSync('dist/web/assets', 'program/web/assets', { recursive: true });

/** The paths of `files` and of everything that is loaded with them. */
function modulesOf(files) {
  const here = process.cwd().replaceAll('\\', '/');
  const found = new Set(files.map((name) => posix.join(here, name)));
  for (const path of found) {
    for (const [, name] of readFileSync(path, 'utf8').matchAll(
      /^(?:import|export)\s[^;]*?from '(\.[^']+)'/gm,
    ))
      found.add(posix.join(posix.dirname(path), name));
  }
  return found;
}
