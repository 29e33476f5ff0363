/** What a command writes lies where it was told to, on this machine, and never in the folder of a store. */
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { sampleWorkspace } from '../../src/simulator/sample/sample-workspace.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { FakeS3, fakeKey } from '../backend/fake-s3.ts';
import { InProcessMachine } from './in-process-machine.ts';

const machine = new InProcessMachine();
let notion: Simulator;

beforeAll(async () => {
  notion = await startSimulator({ state: sampleWorkspace({ small: true }), clock: 'real' });
  machine.connect(notion);
  for (const words of [['create'], ['backup']]) expect(await machine.at(words)).toMatchObject({ code: 0 });
});
afterAll(async () => {
  machine.dispose();
  await notion.close();
});

/** Commands that write a file or a folder somewhere. */
const writing: readonly ((place: string) => string[])[] = [
  (place) => ['restore', '--to', place],
  (place) => ['dump', '--format', 'tar', '--to', place],
  (place) => ['export', place],
  (place) => ['key', 'add', '--key-file', place],
  (place) => ['create', place],
  (place) => ['sync', 'to', place],
];

test('nothing but a store writes into its folder, through a link neither', async () => {
  const before = filesBelow(machine.store);
  mkdirSync(machine.path('links'));
  symlinkSync(`${machine.store}/packs`, machine.path('links/into'));
  for (const words of writing) {
    for (const place of [
      `${machine.store}/new`,
      `${machine.store}/packs/a/b`,
      machine.path('links/into/new'),
    ]) {
      // Two stores are not named at once.
      const { code, stderr } = await (words(place)[0] === 'create'
        ? machine.run(['--keyfile', machine.keyFile, ...words(place)])
        : machine.at(words(place)));
      expect({ words: words(place), code, stderr }).toMatchObject({ code: 64 });
      expect(stderr).toContain(`lies in the store at ${machine.store}`);
    }
  }
  expect(filesBelow(machine.store)).toEqual(before);
});

test('an address of another machine is no folder of this one', async () => {
  const before = filesBelow(machine.home);
  const local = writing.filter((words) => !['create', 'sync'].includes(words('')[0] ?? ''));
  for (const words of local) {
    for (const place of [
      's3://bucket/notes',
      'sftp://host/notes',
      'https://example.org/x',
      's3:/bucket/x',
      'sftp:notes',
    ]) {
      const { code, stderr } = await machine.at(words(place));
      expect({ words: words(place), code, stderr }).toMatchObject({ code: 64 });
      expect(stderr).toContain(`${place} is not a path of this machine`);
    }
  }
  for (const place of ['s3:/bucket/notion', 'sftp:/host/notion', 's3:bucket'])
    expect(await machine.run(['at', place, 'create'])).toMatchObject({ code: 64 });
  expect(filesBelow(machine.home).filter((file) => !before.includes(file))).toEqual([]);
});

test('`init` takes its first backup where it created the store', async () => {
  const server = await new FakeS3().start();
  // The SDK reads the variables of this process.
  vi.stubEnv('AWS_ACCESS_KEY_ID', fakeKey);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  const place = `${server.address}/first`;
  const words = ['--keyfile', machine.keyFile, 'init', place, '--source', 'far', '--backup', '--no-schedule'];
  const { code, stderr } = await machine.run(words);
  const names = [...server.objects.keys()];
  await server.stop();
  vi.unstubAllEnvs();
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(names.some((name) => name.startsWith('first/snapshots/'))).toBe(true);
});

/** Paths of what lies below the folder, folders too, but for locks and temporary files of the store. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => !/^(?:store\/)?(?:locks|\.tmp)(?:\/|$)/.test(path))
    .sort();
}
