/** Plain text where it need not be: in the cache after a killed run, in folders others can read, on command lines. */
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ok, reachedOrEnded, useStage } from './stage.ts';
import { secretText } from './workspace.ts';

const stage = useStage({ snapshots: 1 });

/** Files below `folder`, by their paths. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Files of this machine that show text of the workspace: a title or a sentence. */
function telling(): string[] {
  const { laptop } = stage;
  return ['cache', 'data', 'tmp', 'config'].flatMap((name) => {
    const folder = laptop.path(name);
    const isThere = statSync(folder, { throwIfNoEntry: false }) !== undefined;
    return (isThere ? filesIn(folder) : []).filter((file) => {
      const bytes = readFileSync(file);
      return bytes.includes(secretText) || bytes.includes('Quiet');
    });
  });
}

/** A backup with these options, killed while the crawl has read what there is and nothing is committed. */
async function killedBackup(options: readonly string[]): Promise<void> {
  const { laptop, workspace } = stage;
  workspace.write(2);
  const gate = { before: '/packs/', reached: laptop.path('reached'), opened: laptop.path('opened') };
  const words = ['--keyfile', laptop.keyFile, 'at', laptop.store, 'backup', ...options];
  const running = laptop.start(words, { hooks: { gate } });
  await reachedOrEnded(gate.reached, running.finished);
  running.kill('SIGKILL');
  expect((await running.finished).code).toBe(-1);
  rmSync(gate.reached);
  // Else there would be nothing to clean up.
  expect(telling()).not.toEqual([]);
}

test('after a backup no plain text is left in the cache', async () => {
  ok(await stage.laptop.at(['backup', '--full']));
  expect(telling()).toEqual([]);
});

test('the checkpoint of a killed backup with other options is gone after the next backup', async () => {
  const { laptop } = stage;
  await killedBackup(['--full', '--comments', 'none']);
  ok(await laptop.at(['backup']));
  expect(telling()).toEqual([]);
});

test('the checkpoint of a killed backup of another source is gone after the next backup', async () => {
  const { laptop, workspace } = stage;
  await killedBackup(['--full', '--root', workspace.homeId]);
  ok(await laptop.at(['backup']));
  expect(telling()).toEqual([]);
});

test('a backup into a copy of the store does not count on what a killed one put into the original', async () => {
  const { laptop } = stage;
  const copy = laptop.path('copy');
  ok(await laptop.at(['sync', 'to', copy]));
  await killedBackup(['--full']);
  rmSync(join(laptop.store, 'locks'), { recursive: true, force: true });
  ok(await laptop.atPlace(copy, ['backup', '--full']));
  ok(await laptop.atPlace(copy, ['check']));
});

const modes = (folder: string) =>
  new Set(
    readdirSync(folder, { recursive: true, withFileTypes: true }).map(
      (entry) =>
        `${entry.isFile() ? 'file' : 'folder'} ${(statSync(join(entry.parentPath, entry.name)).mode & 0o777).toString(8)}`,
    ),
  );

test('a restored folder is for its owner alone under any umask', async () => {
  const { laptop } = stage;
  const to = laptop.path('restored');
  ok(await laptop.at(['restore', 'latest', '--to', to], { before: 'umask 000' }));
  expect(statSync(to).mode & 0o777).toBe(0o700);
  expect(modes(to)).toEqual(new Set(['file 600', 'folder 700']));
});

test('what this machine keeps is for its owner alone under any umask', async () => {
  const { laptop } = stage;
  const place = laptop.path('open', 'store');
  const env = laptop.other('open');
  ok(await laptop.atPlace(place, ['backup'], { env, before: 'umask 000' }));
  const isOpen = (path: string) => (statSync(path).mode & 0o077) !== 0;
  const reachable = (folder: string): string[] =>
    isOpen(folder)
      ? readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
          const path = join(folder, entry.name);
          return entry.isDirectory() ? reachable(path) : isOpen(path) ? [path] : [];
        })
      : [];
  expect(reachable(laptop.path('open'))).toEqual([]);
});

test('a restored folder follows the umask when asked to', async () => {
  const { laptop } = stage;
  const to = laptop.path('restored');
  ok(await laptop.at(['restore', 'latest', '--to', to, '--umask'], { before: 'umask 022' }));
  expect(modes(to)).toEqual(new Set(['file 644', 'folder 755']));
});

test('a source takes its token from standard input of the process', async () => {
  const { laptop, workspace } = stage;
  const { token, url } = workspace.simulator;
  const env = { NOTION_TOKEN: '', NOTION_API_URL: url };
  const words = ['source', 'add', 'mine', 'location=notion://', 'token=-'];
  ok(await laptop.run(words, { env, stdin: `${token}\n` }));
  ok(await laptop.at(['backup', '@mine'], { env }));
});
