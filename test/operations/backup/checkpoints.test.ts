/** Plain text that interrupted work leaves on this machine goes with the next backup, or when nobody resumes it. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../../src/database.ts';
import {
  checkpointFile,
  checkpointFolder,
  removeAbandonedWork,
  removeSupersededCheckpoints,
} from '../../../src/operations/backup/checkpoints.ts';
import { removeAbandonedScratch, withScratchFolder } from '../../../src/scratch-folder.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kloset-checkpoints-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const dayMs = 24 * 3600 * 1000;
const clock = { now: () => Date.now(), sleep: async () => {} };

function writtenAt(path: string, daysAgo: number): string {
  const database = openDatabase(path);
  database.exec('CREATE TABLE text (text)');
  database.close();
  const time = new Date(Date.now() - daysAgo * dayMs);
  utimesSync(path, time, time);
  return path;
}

test('a whole backup supersedes the checkpoints of its parts, not those of other workspaces or of a running backup', () => {
  const of = (workspace: string, key: string) => writtenAt(checkpointFile(home, workspace, key), 0);
  of('acme', 'acme:part');
  const used = openDatabase(of('acme', 'acme:used'));
  of('other', 'other');
  removeSupersededCheckpoints(home, 'acme');
  const left = ['acme:used', 'other'].map((key) => checkpointFile(home, key.split(':')[0] ?? '', key));
  expect(readdirSync(home).filter((name) => name.endsWith('.sqlite'))).toEqual(
    left.map((path) => path.slice(home.length + 1)).sort(),
  );
  used.close();
  removeSupersededCheckpoints(home, 'acme');
  expect(readdirSync(home)).toEqual([left[1]?.slice(home.length + 1)]);
});

test('a checkpoint that nobody resumed for a week goes, broken or not; a younger one and one in use stay', () => {
  const folder = checkpointFolder({ cacheFolder: home }, 'store');
  writtenAt(join(folder, 'old.sqlite'), 8);
  writtenAt(join(folder, 'young.sqlite'), 6);
  const used = openDatabase(writtenAt(join(folder, 'used.sqlite'), 8));
  writeFileSync(join(folder, 'broken.sqlite'), 'no database at all');
  utimesSync(join(folder, 'broken.sqlite'), 0, 0);
  removeAbandonedWork({ clock, cacheFolder: home }, 'store');
  const left = readdirSync(folder).filter((name) => name.endsWith('.sqlite'));
  used.close();
  expect(left).toEqual(['used.sqlite', 'young.sqlite']);
});

test('a scratch folder goes with its work, and one that a killed run left goes with the next', async () => {
  let folder = '';
  await withScratchFolder(async (path) => {
    folder = path;
    removeAbandonedScratch(tmpdir(), Date.now() + dayMs);
    expect(existsSync(path)).toBe(true);
  });
  expect(existsSync(folder)).toBe(false);
  const left = join(home, 'notion-kloset-scratch-x');
  writtenAt(join(left, 'lock.sqlite'), 0);
  writeFileSync(join(left, 'plan.sqlite'), 'titles');
  mkdirSync(join(home, 'notion-kloset-scratch-y'));
  mkdirSync(join(home, 'somebody-else'));
  removeAbandonedScratch(home);
  expect(readdirSync(home)).toHaveLength(3);
  removeAbandonedScratch(home, Date.now() + dayMs);
  expect(readdirSync(home)).toEqual(['somebody-else']);
});
