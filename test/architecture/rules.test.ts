import { describe, expect, test } from 'vitest';
import {
  fileCycles,
  folderCycles,
  forbiddenImports,
  importsBetween,
  oversizedFolders,
  packagesPastDoors,
  sqlOutsideOwners,
  tableMismatch,
  tableOf,
} from './rules.ts';
import type { SourceTree } from './source-tree.ts';

/** A small tree that keeps every rule, with `planted` files added or replaced. */
function treeWith(planted: { readonly [file: string]: string } = {}): SourceTree {
  return new Map(
    Object.entries({
      'errors.ts': 'export class KlosetError extends Error {}',
      'low/a.ts': "import { KlosetError } from '../errors.ts';\nexport const a = KlosetError;",
      'low/tables/rows.ts': "export const read = (db) => db.prepare('SELECT id FROM object');",
      'high/b.ts': "import { a } from '../low/a.ts';\nimport type { A } from 'package';\nexport const b = a;",
      ...planted,
    }),
  );
}
const table = { low: [], 'low/tables': [], high: ['low'] };
const leaves = ['errors.ts'];
const doors = { package: ['high/b.ts'] };

describe('the rules of architecture', () => {
  test('accept a tree that keeps them', () => {
    const tree = treeWith();
    expect(forbiddenImports(tree, table, leaves)).toEqual([]);
    expect(tableMismatch(tree, table)).toEqual([]);
    expect(fileCycles(tree)).toEqual([]);
    expect(folderCycles(tree)).toEqual([]);
    expect(oversizedFolders(tree, 2)).toEqual([]);
    expect(sqlOutsideOwners(tree, ['low/tables'])).toEqual([]);
    expect(packagesPastDoors(tree, doors)).toEqual([]);
  });

  test('find an import against the direction, also of a type only', () => {
    const tree = treeWith({ 'low/c.ts': "import type { B } from '../high/b.ts';" });
    expect(forbiddenImports(tree, table, leaves)).toEqual(['low/c.ts → high/b.ts']);
  });

  test('find a file at the root that is not a leaf', () => {
    const tree = treeWith({ 'other.ts': '', 'low/c.ts': "export { other } from '../other.ts';" });
    expect(forbiddenImports(tree, table, leaves)).toEqual(['low/c.ts → other.ts']);
  });

  test('find a folder without a row and a row without a folder', () => {
    const tree = treeWith({ 'low/new/c.ts': '' });
    expect(tableMismatch(tree, { ...table, gone: [] })).toEqual(['no row: low/new', 'no folder: gone']);
  });

  test('find a cycle of three files, one link of it a type', () => {
    const tree = treeWith({
      'low/c.ts': "import { d } from './d.ts';",
      'low/d.ts': "import type { E } from './e.ts';",
      'low/e.ts': "import { c } from './c.ts';",
    });
    expect(fileCycles(tree)).toEqual([['low/c.ts', 'low/d.ts', 'low/e.ts']]);
  });

  test('find two folders that import each other without a cycle of files', () => {
    const tree = treeWith({
      'low/c.ts': "import { read } from './tables/rows.ts';",
      'low/tables/d.ts': "import { a } from '../a.ts';",
    });
    expect(fileCycles(tree)).toEqual([]);
    expect(folderCycles(tree)).toEqual([['low', 'low/tables']]);
  });

  test.each([
    "db.prepare<[], Row>('x')",
    '`SELECT id FROM object`',
    "'INSERT OR REPLACE INTO object VALUES (?)'",
    "'UPDATE object SET state = 1'",
    "'DELETE FROM object'",
  ])('find SQL outside the owners of tables: %s', (text) => {
    expect(sqlOutsideOwners(treeWith({ 'high/c.ts': text }), ['low/tables'])).toEqual(['high/c.ts']);
  });

  test('let a folder import what stands before it in its part, and the parts below', () => {
    const layered = tableOf({ low: [], high: ['low'] }, { low: ['.', 'tables'], high: ['.'] });
    expect(layered).toEqual({ low: [], 'low/tables': ['low'], high: ['low', 'low/tables'] });
  });

  test('find imports between two folders that never meet', () => {
    expect(importsBetween(treeWith(), 'high', 'low')).toEqual(['high/b.ts → low/a.ts']);
    expect(importsBetween(treeWith(), 'low', 'high')).toEqual([]);
  });

  test('find a folder over its size', () => {
    expect(oversizedFolders(treeWith({ 'low/c.ts': '', 'low/d.ts': '' }), 2)).toEqual(['low: 3 files']);
  });

  test('find a package past its door, and one that has no door', () => {
    const tree = treeWith({ 'low/c.ts': "import x from 'package/sub';\nimport y from 'left-pad';" });
    expect(packagesPastDoors(tree, doors)).toEqual(['low/c.ts → package/sub', 'low/c.ts → left-pad']);
  });
});
