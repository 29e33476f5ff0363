import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderOf, readSourceTree } from './source-tree.ts';

const root = resolve(import.meta.dirname, '../..');
const map = readFileSync(join(root, 'docs/architecture.md'), 'utf8');

/** Folders of the tree in docs/architecture.md, as paths below src. */
function foldersOnTheMap(): Set<string> {
  const found = new Set<string>();
  let part = '';
  for (const line of map.split('\n')) {
    const top = /^ {4}src\/([\w/]+) /.exec(line);
    if (top?.[1] !== undefined) {
      part = top[1];
      found.add(part);
    }
    const below = /^ {6}([\w/-]+(?:, [\w/-]+)*)(?: {2}|$)/.exec(line);
    for (const folder of below?.[1]?.split(', ') ?? []) found.add(`${part}/${folder}`);
  }
  return found;
}

describe('docs/architecture.md', () => {
  test('has one line for every folder of src, and none for a folder that is gone', () => {
    const real = new Set([...readSourceTree(join(root, 'src')).keys()].map(folderOf));
    const parents = [...real].filter((folder) => folder !== '' && !folder.startsWith('simulator/sample/'));
    const mapped = foldersOnTheMap();
    expect(parents.filter((folder) => !mapped.has(folder))).toEqual([]);
    expect([...mapped].filter((folder) => !existsSync(join(root, 'src', folder)))).toEqual([]);
  });

  test('names only files that exist', () => {
    const named = [...map.matchAll(/`((?:[a-z-]+\/)+[a-z-]+\.ts)`/g)].map((match) => match[1] ?? '');
    expect(named.length).toBeGreaterThan(10);
    const missing = named.filter(
      (file) => !existsSync(join(root, 'src', file)) && !existsSync(join(root, file)),
    );
    expect(missing).toEqual([]);
  });
});
