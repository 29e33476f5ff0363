/** Plain text where it need not be: in the cache after a failed run, in folders others can read, on command lines. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ended, ok, useStage } from './stage.ts';
import { secretText } from './workspace.ts';

const stage = useStage({ snapshots: 1 });

/** Files below `folder`, by their paths. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Files of this machine that show something of the workspace: a title, a sentence or an id, as text or as bytes. */
function telling(): string[] {
  const { laptop, workspace } = stage;
  const id = workspace.homeId;
  const hex = id.replaceAll('-', '');
  const needles = [secretText, 'Quiet', id, hex, Buffer.from(hex, 'hex')];
  return ['cache', 'data', 'tmp', 'config'].flatMap((name) => {
    const folder = laptop.path(name);
    const isThere = statSync(folder, { throwIfNoEntry: false }) !== undefined;
    return (isThere ? filesIn(folder) : []).filter((file) => {
      const bytes = readFileSync(file);
      return needles.some((needle) => bytes.includes(needle));
    });
  });
}

/** A backup with these options that fails when the crawl has read what there is and nothing is committed. */
async function failedBackup(options: readonly string[]): Promise<void> {
  const { laptop, workspace } = stage;
  workspace.write(2);
  const pass = async () => {
    throw Object.assign(new Error('EIO: the disk is broken'), { code: 'EIO' });
  };
  ended(await laptop.at(['backup', ...options], { gate: { before: /\/packs\//, pass } }), 69);
  // Else there would be nothing to clean up.
  expect(telling()).not.toEqual([]);
}

test('after a backup, and after what was looked for in it, nothing of the workspace lies in the clear on this machine', async () => {
  const { laptop } = stage;
  ok(await laptop.at(['backup', '--full']));
  expect(ok(await laptop.at(['search', 'merger'])).stdout).toContain('merger');
  ok(await laptop.at(['ls', 'latest:/']));
  ok(await laptop.at(['check']));
  expect(telling()).toEqual([]);
});

test('the checkpoint of a failed backup with other options is gone after the next backup', async () => {
  const { laptop } = stage;
  await failedBackup(['--full', '--comments', 'none']);
  ok(await laptop.at(['backup']));
  expect(telling()).toEqual([]);
});

test('the checkpoint of a failed backup of another source is gone after the next backup', async () => {
  const { laptop, workspace } = stage;
  await failedBackup(['--full', '--root', workspace.homeId]);
  ok(await laptop.at(['backup']));
  expect(telling()).toEqual([]);
});

test('a backup into a copy of the store does not count on what a failed one put into the original', async () => {
  const { laptop } = stage;
  const copy = laptop.path('copy');
  ok(await laptop.at(['sync', 'to', copy]));
  await failedBackup(['--full']);
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
  ok(await laptop.at(['restore', 'latest', '--to', to], { umask: 0o000 }));
  expect(statSync(to).mode & 0o777).toBe(0o700);
  expect(modes(to)).toEqual(new Set(['file 600', 'folder 700']));
});

test('what this machine keeps is for its owner alone under any umask', async () => {
  const { laptop } = stage;
  const place = laptop.path('open', 'store');
  const env = laptop.other('open');
  ok(await laptop.atPlace(place, ['backup'], { env, umask: 0o000 }));
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
  ok(await laptop.at(['restore', 'latest', '--to', to, '--umask'], { umask: 0o022 }));
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
