/** Two backups of one source at once on one machine: they share a checkpoint, so the second one waits or ends. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { tryLockFile } from '../../../src/database.ts';
import { silentMonitor } from '../../../src/monitor.ts';
import type { NotionConnection } from '../../../src/notion/api/client.ts';
import { connectNotion } from '../../../src/notion/api/client.ts';
import { notionSource } from '../../../src/operations/backup/notion-source.ts';

let folder: string;
let api: NotionConnection;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'overlap-'));
  api = connectNotion({
    token: 't',
    apiUrl: 'http://127.0.0.1:9',
    clock: systemClock,
    monitor: silentMonitor,
  });
});
afterAll(() => {
  api.close();
  rmSync(folder, { recursive: true });
});

function sourceOf({ roots = [] as string[], lockWaitMs = 0, signal = new AbortController().signal } = {}) {
  const scope = { full: false, rereadWithin: 0, comments: 'none', commentShare: 0, emails: false } as const;
  const kept = { trash: false, externalMedia: false, media: true };
  const surroundings = { api, checkpointFolder: folder, clock: systemClock, monitor: silentMonitor, signal };
  return notionSource({ ...scope, ...kept, ...surroundings, roots, lockWaitMs }, { id: 'w', name: 'W' });
}

test('the second is refused as locked, with the way out, and the first goes on', async () => {
  const first = await sourceOf().reserve();
  await expect(sourceOf().reserve()).rejects.toMatchObject({
    code: 'locked',
    hint: expect.stringContaining('--retry-lock'),
  });
  await expect(sourceOf().reserve()).rejects.toMatchObject({ code: 'locked' });
  first.release();
  (await sourceOf().reserve()).release();
});

test('the second waits as long as it is told to, and no longer than it is wanted', async () => {
  const first = await sourceOf().reserve();
  const second = sourceOf({ lockWaitMs: 60_000 }).reserve();
  const stop = new AbortController();
  const third = sourceOf({ lockWaitMs: 60_000, signal: stop.signal }).reserve();
  const refused = expect(third).rejects.toThrow('stopped');
  stop.abort(new Error('stopped'));
  await refused;
  first.release();
  (await second).release();
});

test('a backup of other roots is another source', async () => {
  const first = await sourceOf().reserve();
  (await sourceOf({ roots: ['0'.repeat(32)] }).reserve()).release();
  first.release();
});

test('a process that is killed leaves nothing locked', async () => {
  const file = join(folder, 'killed.lock');
  const code = `const { default: Sqlite } = await import('better-sqlite3');
    const database = new Sqlite(${JSON.stringify(file)});
    database.exec('PRAGMA journal_mode = WAL; BEGIN EXCLUSIVE');
    console.log('held'); setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', code]);
  await once(holder.stdout, 'data');
  expect(tryLockFile(file)).toBeUndefined();
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const release = tryLockFile(file);
  expect(release).toBeDefined();
  release?.();
});
