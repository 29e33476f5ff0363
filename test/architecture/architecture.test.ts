import { resolve } from 'node:path';
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
import { folderOf, readSourceTree } from './source-tree.ts';

const tree = readSourceTree(resolve(import.meta.dirname, '../../src'));

/** Which parts of src may import which others. */
const parts = {
  backend: [],
  document: [],
  store: ['backend', 'document'],
  notion: ['document'],
  operations: ['backend', 'document', 'store', 'notion'],
  simulator: [],
  web: ['document', 'operations'],
  cli: ['backend', 'document', 'store', 'notion', 'operations', 'simulator', 'web'],
};

/** The folders of each part from the lowest up: each may import those that stand before it. `.` is the part's own folder. */
const layers = {
  backend: ['.', 'bundle', 'remote', 's3', 'sftp', 'location'],
  document: ['.', 'selection', 'views', 'compare', 'render/tree', 'render', 'diff', 'search'],
  store: [
    ...[
      'crypto',
      'spelling',
      'format',
      'access/pins',
      'access',
      'cache',
      'locks',
      'packs',
      'snapshots',
      'check',
      'inspection',
      'maintenance',
      'replicas',
    ],
    '.',
  ],
  notion: [
    ...['api', 'files'],
    ...[
      'crawl/state/database',
      'crawl/state',
      'crawl/select',
      'crawl/context',
      'crawl/read',
      'crawl/discover',
      'crawl/place',
      'crawl',
    ],
    ...[
      'restore/journal/tables/steps',
      'restore/journal/tables',
      'restore/journal',
      'restore/snapshot',
      'restore/target',
      'restore/requests',
      'restore/blocks',
      'restore/changed-blocks',
      'restore/databases',
      'restore/pages',
      'restore/in-place',
      'restore/in-place/planned',
    ],
    ...['restore/steps', 'restore/plan', 'restore'],
  ],
  operations: [
    '.',
    'documents',
    'look',
    'history',
    'search',
    'stores',
    'doctor',
    'backup',
    'configure',
    'keep',
    'verify',
    'status',
    'restore',
    'drill',
    'notify',
    'schedule',
    'nightly',
  ],
  simulator: [
    ...['workspace', 'write/lists', 'conditions', 'protocol', 'render', 'query', 'read'],
    ...['write/check', 'write/create', 'write/markdown', 'write', '.'],
    ...['sample/parts', 'sample/databases', 'sample/pages', 'sample', 'sample/odd', 'sample/generated'],
  ],
  web: ['.', 'reading', 'api', 'pages/parts', 'pages/views', 'pages', 'server'],
  cli: [
    ...[
      'text',
      'app',
      'schema',
      'help',
      'session/settings',
      'session/secrets',
      'session/network',
      'session/scope',
      'session',
      'session/night',
    ],
    ...['backup', 'configure', 'history', 'keep', 'look', 'nightly', 'restore', 'try', 'verify'].map(
      (subject) => `commands/${subject}`,
    ),
    '.',
  ],
};

/** Folders that know nothing of each other, though the layers would let one import the other. */
const strangers: readonly (readonly [string, string])[] = [
  ['notion/crawl', 'notion/restore'],
  ['document/compare', 'document/render'],
  ['store', 'notion'],
];

/** Files that anybody may import and that import only each other. */
const leaves = [
  'errors.ts',
  'monitor.ts',
  'clock.ts',
  'pace.ts',
  'proxy.ts',
  'database.ts',
  'sqlite-addon.ts',
  'scratch-folder.ts',
  'large-bytes.ts',
  'turns.ts',
  'own-files.ts',
];

/** Each outside package comes in by one door. */
const doors = {
  'better-sqlite3': ['database.ts'],
  ora: ['cli/app/progress.ts'],
  '@notionhq/client': ['notion/api/client.ts'],
  'fastcdc-wasm': ['store/packs/chunker.ts'],
  '@noble/ciphers': ['store/crypto/'],
  '@noble/hashes': ['store/crypto/'],
  'mdast-util-to-markdown': ['document/render/'],
  'mdast-util-gfm-footnote': ['document/render/'],
  'mdast-util-gfm-strikethrough': ['document/render/'],
  'mdast-util-gfm-table': ['document/render/'],
  'mdast-util-gfm-task-list-item': ['document/render/'],
  'mdast-util-math': ['document/render/'],
  'mdast-util-to-hast': ['document/render/'],
  'hast-util-to-html': ['document/render/'],
  diff: ['document/diff/word-diff.ts'],
  katex: ['document/render/math-markup.ts'],
  lowlight: ['document/render/code-colors.ts'],
  mdast: ['document/render/'],
  hast: ['document/render/', 'web/'],
  'string-width': ['cli/text/columns.ts'],
  'tar-stream': ['operations/restore/tar-archive.ts'],
  yazl: ['operations/restore/zip-archive.ts'],
  yaml: ['cli/session/settings/connectors.ts'],
  commander: ['cli/'],
  '@napi-rs/keyring': ['cli/app/keychain.ts'],
  nodemailer: ['operations/notify/mail.ts'],
  '@aws-sdk/client-s3': ['backend/s3/'],
};

/** The files and folders that own tables of SQLite. Everybody else calls their methods. */
const tableOwners = [
  'database.ts',
  'notion/crawl/state',
  'notion/restore/journal',
  'operations/documents/object-index.ts',
  'operations/search/word-index.ts',
  'operations/verify/scratch-snapshot.ts',
  'store/cache',
  'store/maintenance/usage-scan.ts',
  'store/replicas/resealed-ids.ts',
];

const maxFilesOfFolder = 18;

describe('the direction of imports', () => {
  const table = tableOf(parts, layers);

  test('every folder of src has its place in the layers', () => {
    expect(tableMismatch(tree, table)).toEqual([]);
  });

  test('each folder imports only what lies below it', () => {
    expect(forbiddenImports(tree, table, leaves)).toEqual([]);
  });

  test('own-files.ts alone asks where it lies: joined with others, code lies elsewhere', () => {
    const asking = [...tree].filter(([, text]) => /import\.meta\.(?!url\))|\(.*, import\.meta/.test(text));
    expect(asking.map(([file]) => file)).toEqual(['own-files.ts']);
  });

  test('leaves import nothing but leaves', () => {
    expect(
      forbiddenImports(new Map([...tree].filter(([file]) => folderOf(file) === '')), {}, leaves),
    ).toEqual([]);
  });

  test.each(strangers)('%s and %s never meet', (one, other) => {
    expect([...importsBetween(tree, one, other), ...importsBetween(tree, other, one)]).toEqual([]);
  });

  test('no files and no folders import each other in a cycle, types counted', () => {
    expect(fileCycles(tree)).toEqual([]);
    expect(folderCycles(tree)).toEqual([]);
  });
});

describe('the size of folders', () => {
  test(`no folder has more than ${maxFilesOfFolder} files`, () => {
    expect(oversizedFolders(tree, maxFilesOfFolder)).toEqual([]);
  });
});

describe('owners and doors', () => {
  test('SQL stands only in the files that own a table', () => {
    expect(sqlOutsideOwners(tree, tableOwners)).toEqual([]);
  });

  test('each package is imported through its door, and none without one', () => {
    expect(packagesPastDoors(tree, doors)).toEqual([]);
  });

  test('only the command line touches the console and the process', () => {
    const process = /\bconsole\.|\bprocess\.(exit|env|argv|stdout|stderr|stdin|on)\b/;
    expect(
      [...tree]
        .filter(([file, text]) => !file.startsWith('cli/') && process.test(text))
        .map(([file]) => file),
    ).toEqual([]);
  });
});
