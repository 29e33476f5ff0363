import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../src');

/** Which folders of src each folder may import from, besides itself. `leaves` are files that anybody may import. */
const mayImport: { readonly [folder: string]: readonly string[] } = {
  backend: [],
  document: [],
  store: ['backend', 'document'],
  notion: ['document'],
  operations: ['backend', 'document', 'store', 'notion'],
  simulator: [],
  cli: ['backend', 'document', 'store', 'notion', 'operations', 'simulator'],
};
const leaves = ['errors.ts', 'monitor.ts', 'clock.ts', 'database.ts'];

/** Each outside package comes in by one door. */
const doors: { readonly [name: string]: string } = {
  'better-sqlite3': 'database.ts',
  ora: 'cli/app/progress.ts',
  '@notionhq/client': 'notion/client.ts',
  'fastcdc-wasm': 'store/chunker.ts',
  '@noble/ciphers': 'store/primitives.ts',
  '@noble/hashes': 'store/primitives.ts',
  yaml: 'cli/session/connectors.ts',
};

interface Import {
  readonly from: string;
  readonly to: string;
}

const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const imports: Import[] = files.flatMap((file) =>
  [
    ...readFileSync(join(root, file), 'utf8').matchAll(
      /^(?:import|export)\s[^;]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm,
    ),
  ].map((match) => ({ from: file, to: match[1] ?? match[2] ?? match[3] ?? '' })),
);

function folderOf(file: string): string {
  return file.includes('/') ? (file.split('/')[0] ?? '') : '';
}

describe('the direction of imports', () => {
  test('every folder of src has a place in the table', () => {
    expect([...new Set(files.map(folderOf))].filter((folder) => folder !== '').sort()).toEqual(
      Object.keys(mayImport).sort(),
    );
  });

  test('each folder imports only what lies below it', () => {
    const wrong = imports.filter(({ from, to }) => {
      if (!to.startsWith('.')) return false;
      const target = relative(root, resolve(root, dirname(from), to));
      const [folder, targetFolder] = [folderOf(from), folderOf(target)];
      if (targetFolder === '') return folder === 'simulator' || !leaves.includes(target);
      return folder !== targetFolder && !(mayImport[folder] ?? []).includes(targetFolder);
    });
    expect(wrong).toEqual([]);
  });

  test('leaves import no folder', () => {
    const wrong = imports.filter(
      ({ from, to }) => folderOf(from) === '' && to.startsWith('.') && !/^\.\/[a-z]+\.ts$/.test(to),
    );
    expect(wrong).toEqual([]);
  });
});

describe('the doors of the house', () => {
  test('each package is imported through one file', () => {
    const wrong = imports.filter(({ from, to }) => {
      const name = Object.keys(doors).find((outside) => to === outside || to.startsWith(`${outside}/`));
      return name !== undefined && doors[name] !== from;
    });
    expect(wrong).toEqual([]);
  });

  test('no package comes in without being named here', () => {
    const known = [...Object.keys(doors), 'commander'];
    const strangers = imports.filter(
      ({ to }) =>
        !to.startsWith('.') &&
        !to.startsWith('node:') &&
        !known.some((name) => to === name || to.startsWith(`${name}/`)),
    );
    expect(strangers).toEqual([]);
  });

  test('only the command line touches the console and the process', () => {
    const wrong = files.filter(
      (file) =>
        folderOf(file) !== 'cli' &&
        /\bconsole\.|\bprocess\.(exit|env|argv|stdout|stderr|stdin|on)\b/.test(
          readFileSync(join(root, file), 'utf8'),
        ),
    );
    expect(wrong).toEqual([]);
  });
});
