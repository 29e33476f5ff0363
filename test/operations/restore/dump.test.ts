import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SnapshotReader } from '../../../src/document/content.ts';
import { KlosetError } from '../../../src/errors.ts';
import { silentMonitor } from '../../../src/monitor.ts';
import type { ArchiveFormat } from '../../../src/operations/restore/archive.ts';
import { archiveFormats } from '../../../src/operations/restore/archive.ts';
import { dumpToFile, dumpToStream } from '../../../src/operations/restore/dump.ts';
import type { FolderForm } from '../../../src/operations/restore/folder-writers.ts';
import { restoreToFolder } from '../../../src/operations/restore/restore-to-folder.ts';
import type { ScratchSnapshot } from '../../../src/operations/verify/scratch-snapshot.ts';
import { withScratchSnapshot } from '../../../src/operations/verify/scratch-snapshot.ts';
import { modified, writeSmall } from '../small-snapshot.ts';
import { contentsOf, isThere, pythonZip, systemTar, tarEntries, writeEntries, zipEntries } from './unpack.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kloset-dump-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const hasTar = isThere('tar', '--version');
const hasPython = isThere('python3', '-c', 'import zipfile');
/** Larger than what is kept in memory between the two readings. */
const large = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * 7919) % 251));
const deep = Array.from({ length: 12 }, (_, index) => `${index} ${'長い名前 — ünï'.repeat(6)}`.slice(0, 60));

/** The small snapshot with long names, a large file and an empty one. */
async function withHard(use: (scratch: ScratchSnapshot) => Promise<void>): Promise<void> {
  await withScratchSnapshot(async (scratch) => {
    await writeSmall(scratch);
    for (const name of deep) scratch.step({ type: 'enter', name, modified: '' });
    for (const [name, bytes] of [['größe.bin', large] as const, ['empty', new Uint8Array()] as const])
      scratch.step({ type: 'file', name, modified, content: await scratch.writeDocument(bytes) });
    for (const _ of deep) scratch.step({ type: 'leave' });
    await use(scratch);
  });
}

function options(snapshot: SnapshotReader, format: ArchiveFormat, as: FolderForm = 'json', path = '/') {
  return { snapshot, path, as, format, monitor: silentMonitor };
}

const forms: FolderForm[] = ['json', 'md', 'html', 'csv'];

describe.each(archiveFormats)('a dump as %s', (format) => {
  test.each(forms)('has in the form %s what a restore writes, byte for byte', async (as) => {
    await withHard(async (scratch) => {
      const archive = join(home, `x.${format}`);
      const dumped = await dumpToFile(options(scratch, format, as), archive);
      const restored = await restoreToFolder({
        ...{ snapshot: scratch, path: '/', as, folder: join(home, 'restored'), monitor: silentMonitor },
      });
      expect({ ...dumped, folder: '' }).toEqual({ ...restored, folder: '' });
      const wanted = contentsOf(join(home, 'restored'));
      expect(wanted.size).toBeGreaterThan(4);
      writeEntries(await (format === 'tar' ? tarEntries : zipEntries)(archive), join(home, 'library'));
      expect(contentsOf(join(home, 'library'))).toEqual(wanted);
      if (format === 'tar' ? !hasTar : !hasPython) return;
      (format === 'tar' ? systemTar : pythonZip)(archive, join(home, 'system'));
      expect(contentsOf(join(home, 'system'))).toEqual(wanted);
    });
  });

  test('has a part from its own name down', async () => {
    await withHard(async (scratch) => {
      const archive = join(home, 'x');
      await dumpToFile(options(scratch, format, 'json', '/Home~11111111/Tasks~33333333'), archive);
      const entries = await (format === 'tar' ? tarEntries : zipEntries)(archive);
      expect(entries.map(({ name }) => name).sort()).toEqual([
        ...['Row~44444444/', 'Row~44444444/page.json', 'database.json'],
      ]);
    });
  });

  test('has the times of documents, modes for the owner alone, and names that stay inside', async () => {
    await withHard(async (scratch) => {
      await dumpToFile(options(scratch, format), join(home, 'x'));
      const entries = await (format === 'tar' ? tarEntries : zipEntries)(join(home, 'x'));
      for (const { name, mode, time, bytes } of entries) {
        expect([name, mode]).toEqual([name, bytes === undefined ? 0o700 : 0o600]);
        const own = bytes === undefined ? '1980-01-02T00:00:00.000Z' : modified;
        expect([name, new Date(time * 1000).toISOString()]).toEqual([name, own]);
        expect(name).not.toMatch(/^\/|(^|\/)\.\.(\/|$)|\\/);
      }
    });
  });

  test('is the same to the byte each time, in every time zone', async () => {
    await withHard(async (scratch) => {
      const zone = process.env.TZ;
      const digests = new Set<string>();
      try {
        for (const TZ of ['UTC', 'Pacific/Kiritimati', 'America/Los_Angeles']) {
          process.env.TZ = TZ;
          const archive = join(home, digests.size + TZ.slice(0, 3));
          await dumpToFile(options(scratch, format, 'html'), archive);
          digests.add(createHash('sha256').update(readFileSync(archive)).digest('hex'));
        }
      } finally {
        if (zone === undefined) delete process.env.TZ;
        else process.env.TZ = zone;
      }
      expect(digests.size).toBe(1);
    });
  });

  test('is streamed as it is written to a file', async () => {
    await withHard(async (scratch) => {
      const parts: Uint8Array[] = [];
      const dumped = await dumpToStream(options(scratch, format), async (bytes) => void parts.push(bytes));
      expect(dumped.folder).toBe('-');
      await dumpToFile(options(scratch, format), join(home, 'x'));
      expect(Buffer.concat(parts).equals(readFileSync(join(home, 'x')))).toBe(true);
    });
  });

  test('leaves a file that is damaged out whole, and names it', async () => {
    await withHard(async (scratch) => {
      const broken = altered(scratch, {
        async *read(content) {
          if (content.size === large.length) {
            yield large.subarray(0, 2_000_000);
            throw new KlosetError('integrity', 'authentication failed');
          }
          yield* scratch.read(content);
        },
      });
      const dumped = await dumpToFile(options(broken, format), join(home, 'x'));
      expect(dumped.errors).toMatchObject([{ damaged: true, reason: 'authentication failed' }]);
      const entries = await (format === 'tar' ? tarEntries : zipEntries)(join(home, 'x'));
      expect(entries.filter(({ name }) => /größe/.test(name))).toEqual([]);
      expect(entries.filter(({ bytes }) => bytes !== undefined).length).toBe(dumped.files);
    });
  });

  test('that cannot go on leaves nothing behind', async () => {
    await withHard(async (scratch) => {
      let readings = 0;
      const failing = altered(scratch, {
        async *read(content) {
          if (content.size === large.length && ++readings === 2) throw new KlosetError('temporary', 'gone');
          yield* scratch.read(content);
        },
      });
      const dump = dumpToFile(options(failing, format), join(home, 'x'));
      await expect(dump).rejects.toMatchObject({ code: 'temporary', message: 'gone' });
      expect(readdirSync(home)).toEqual([]);
      const full = dumpToStream(options(scratch, format), () => Promise.reject(new Error('no room')));
      await expect(full).rejects.toMatchObject({ code: 'unavailable' });
    });
  });

  test('needs the memory of a few parts, however large a file is', async () => {
    await withHard(async (scratch) => {
      const part = new Uint8Array(1024 * 1024).fill(7);
      const parts = 300;
      let [most, bytes] = [0, 0];
      const huge = altered(scratch, {
        async *walk() {
          const content = { size: parts * part.length, chunks: ['huge'] };
          yield { type: 'file', name: 'huge.mp4', path: '/huge.mp4', modified, content };
        },
        async *read(content) {
          if (content.chunks[0] !== 'huge') yield* scratch.read(content);
          else for (let index = 0; index < parts; index += 1) yield part.slice();
        },
      });
      const start = process.memoryUsage().arrayBuffers;
      await dumpToStream(options(huge, format), async (taken) => {
        bytes += taken.length;
        most = Math.max(most, process.memoryUsage().arrayBuffers - start);
      });
      expect(bytes).toBeGreaterThan(parts * part.length);
      expect(most).toBeLessThan(120 * 1024 * 1024);
    });
  });
});

test('a file that is there is left alone unless it may be replaced', async () => {
  await withHard(async (scratch) => {
    const archive = join(home, 'x.tar');
    writeFileSync(archive, 'mine');
    const dump = options(scratch, 'tar', 'json', '/manifest.json');
    await expect(dumpToFile(dump, archive)).rejects.toMatchObject({ code: 'usage' });
    await expect(dumpToFile(dump, home, { replace: true })).rejects.toMatchObject({ code: 'unavailable' });
    expect(readFileSync(archive, 'utf8')).toBe('mine');
    await dumpToFile(dump, archive, { replace: true });
    expect((await tarEntries(archive)).map(({ name }) => name)).toEqual(['manifest.json']);
    expect(statSync(archive).mode & 0o777).toBe(0o600);
    await expect(dumpToFile(dump, join(home, 'no/x'))).rejects.toMatchObject({ code: 'unavailable' });
    await expect(dumpToFile({ ...dump, path: '/gone' }, join(home, 'y'))).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(existsSync(join(home, 'y'))).toBe(false);
  });
});

test('a name that would leave the folder is refused, whoever wrote the snapshot', async () => {
  await withHard(async (scratch) => {
    const hostile = altered(scratch, {
      async *walk() {
        const content = await scratch.writeDocument(Uint8Array.of(1));
        for (const path of ['/../escaped', '/a/../../escaped', '/.', '/a\u0000b', '/a\\..\\b'])
          yield { type: 'file', name: 'x', path, modified, content };
      },
    });
    const dumped = await dumpToFile(options(hostile, 'tar'), join(home, 'x'));
    expect(dumped.errors.length).toBe(5);
    expect(await tarEntries(join(home, 'x'))).toEqual([]);
  });
});

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
