import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SnapshotReader } from '../../../src/document/content.ts';
import { KlosetError } from '../../../src/errors.ts';
import { silentMonitor } from '../../../src/monitor.ts';
import { restoreToFolder } from '../../../src/operations/restore/restore-to-folder.ts';
import { withScratchSnapshot } from '../../../src/operations/verify/scratch-snapshot.ts';
import { modified, writeSmall } from '../small-snapshot.ts';

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'kloset-folder-')), 'out');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

function restore(snapshot: SnapshotReader, path = '/', as: 'json' | 'md' | 'html' | 'csv' = 'json') {
  return restoreToFolder({ snapshot, path, folder, as, monitor: silentMonitor });
}
const files = () =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort();

test('every file comes back byte for byte, with its time', async () => {
  await withScratchSnapshot(async (scratch) => {
    await writeSmall(scratch);
    const result = await restore(scratch);
    expect(result).toMatchObject({ files: 7, errors: [] });
    expect([...readFileSync(join(folder, 'Home~11111111/files/a b.png'))]).toEqual([1, 2, 3]);
    expect(statSync(join(folder, 'manifest.json')).mtime.toISOString()).toBe(modified);
    expect(files().some((name) => name.includes('.partial'))).toBe(false);
  });
});

test('a part is restored from its own name down', async () => {
  await withScratchSnapshot(async (scratch) => {
    await writeSmall(scratch);
    await restore(scratch, '/Home~11111111/Tasks~33333333');
    expect(files()).toEqual(['Row~44444444/page.json', 'database.json']);
    rmSync(folder, { recursive: true });
    await restore(scratch, '/Home~11111111/files/a b.png');
    expect(files()).toEqual(['a b.png']);
  });
});

test('pages become readable and their links lead to files that exist', async () => {
  await withScratchSnapshot(async (scratch) => {
    await writeSmall(scratch);
    await restore(scratch, '/', 'md');
    const home = readFileSync(join(folder, 'Home~11111111/page.md'), 'utf8');
    const links = [...home.matchAll(/\]\(<?([^)>]+)>?\)/g)].map(([, url]) => decodeURIComponent(url ?? ''));
    expect(links.length).toBe(2);
    for (const link of links) expect(existsSync(join(folder, 'Home~11111111', link)), link).toBe(true);
    expect(readFileSync(join(folder, 'Home~11111111/Tasks~33333333/database.csv'), 'utf8')).toContain(
      "'=Row",
    );
    expect(existsSync(join(folder, 'Home~11111111/page.json'))).toBe(false);
  });
});

test('tables alone come without a folder for each page', async () => {
  await withScratchSnapshot(async (scratch) => {
    await writeSmall(scratch);
    await restore(scratch, '/', 'csv');
    const all = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
    expect(all.filter((name) => name.startsWith('Home~11111111/Tasks'))).toEqual([
      'Home~11111111/Tasks~33333333',
      'Home~11111111/Tasks~33333333/database.csv',
    ]);
    const folders = all.filter((name) => statSync(join(folder, name)).isDirectory());
    for (const name of folders) expect(readdirSync(join(folder, name)), name).not.toEqual([]);
  });
});

test('a folder that holds something is left alone', async () => {
  await withScratchSnapshot(async (scratch) => {
    await writeSmall(scratch);
    await restore(scratch);
    writeFileSync(join(folder, 'mine'), 'x');
    await expect(restore(scratch)).rejects.toMatchObject({ code: 'usage' });
  });
});

test('one file that cannot be read is named and the others are restored', async () => {
  await withScratchSnapshot(async (scratch) => {
    await writeSmall(scratch);
    const broken = altered(scratch, {
      async *read(content) {
        if (content.size === 3) throw new KlosetError('integrity', 'authentication failed');
        yield* scratch.read(content);
      },
    });
    const result = await restore(broken);
    expect(result.errors).toEqual([
      { path: '/Home~11111111/files/a b.png', reason: 'authentication failed', damaged: true },
    ]);
    expect(result.files).toBe(6);
    expect(existsSync(join(folder, 'Home~11111111/files/a b.png'))).toBe(false);
  });
});

test('a path that would leave the folder is refused, whoever wrote the snapshot', async () => {
  await withScratchSnapshot(async (scratch) => {
    await writeSmall(scratch);
    const hostile = altered(scratch, {
      async *walk() {
        const content = await scratch.writeDocument(Uint8Array.of(1));
        for (const path of ['/../escaped', '/a/../../escaped', '/.', '/a\u0000b']) {
          yield { type: 'file', name: 'x', path, modified, content };
        }
      },
    });
    const result = await restore(hostile);
    expect(result.errors.length).toBe(4);
    expect(existsSync(join(folder, '../escaped'))).toBe(false);
  });
});

/** The snapshot with some of its methods exchanged. */
function altered(snapshot: SnapshotReader, changes: Partial<SnapshotReader>): SnapshotReader {
  return {
    id: snapshot.id,
    entry: (path) => snapshot.entry(path),
    list: (path) => snapshot.list(path),
    walk: (path) => snapshot.walk(path),
    read: (content) => snapshot.read(content),
    ...changes,
  };
}

describe.each(['credentials', 'unavailable', 'temporary'] as const)('a place that fails with %s', (code) => {
  const refusal = new KlosetError(code, 'The place does not let us read.');

  /** The same snapshot, of which contents from the one numbered `from` on cannot be read. */
  function refusing(inner: SnapshotReader, from: number): SnapshotReader {
    let count = 0;
    return {
      id: inner.id,
      entry: (path) => inner.entry(path),
      list: (path) => inner.list(path),
      walk: (path) => inner.walk(path),
      async *read(content) {
        if (++count >= from) throw refusal;
        yield* inner.read(content);
      },
    };
  }

  test.each(['json', 'md', 'html', 'csv'] as const)(
    'ends a restore as %s, whenever it begins to',
    async (as) => {
      await withScratchSnapshot(async (scratch) => {
        await writeSmall(scratch);
        for (const from of [1, 2, 3, 4])
          await expect(
            restore(refusing(scratch, from), '/', as).finally(() => rmSync(folder, { recursive: true })),
          ).rejects.toBe(refusal);
      });
    },
  );
});
