/**
 * A place that refuses to be read, or is cut off in the middle: every command that reads ends with the exit code of that, and
 * takes nothing for damaged, gone or empty.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { generateWorkspace } from '../../src/simulator/sample/generated/generate.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import type { Fault } from '../backend/fake-s3.ts';
import { FakeS3, fakeKey } from '../backend/fake-s3.ts';
import { InProcessMachine } from './in-process-machine.ts';

let server: FakeS3;
let simulator: Awaited<ReturnType<typeof startSimulator>>;
let machine: InProcessMachine;
let place: string[];

beforeAll(async () => {
  server = await new FakeS3().start();
  simulator = await startSimulator({
    state: generateWorkspace({ seed: 5, pages: 8, media: 3 }),
    clock: 'real',
  });
  machine = new InProcessMachine();
  machine.connect(simulator);
  machine.env.S3_SECRET = 'secret';
  place = [`access_key_id=${fakeKey}`, `keyfile=${machine.keyFile}`, 'secret_access_key_env=S3_SECRET'];
  await machine.run(['store', 'add', 'far', `location=${server.address}/notion`, ...place]);
  for (const words of [['create'], ['backup'], ['backup', '--full']])
    expect(await machine.run(['at', '@far', ...words])).toMatchObject({ code: 0 });
});
afterEach(() => {
  server.fault = () => undefined;
});
afterAll(async () => {
  machine.dispose();
  await simulator.close();
  await server.stop();
});

const folder = (name: string): string => join(machine.home, name);

/** Commands that read contents; `into` is a place of their own that a refused read must not leave looking finished. */
const commands: [name: string, words: (into: string) => string[]][] = [
  ['restore as it is', (into) => ['restore', 'latest', '--to', into]],
  ['restore as Markdown', (into) => ['restore', 'latest', '--to', into, '--as', 'md']],
  ['dump', (into) => ['dump', 'latest', '--to', `${into}.tar`]],
  ['cat', () => ['cat', 'latest:/workspace.json']],
  ['export', (into) => ['export', `${into}.kloset`]],
  ['sync', (into) => ['sync', 'to', into, '--other-keyfile', machine.keyFile]],
  ['check', () => ['check']],
  ['status', () => ['status']],
  ['drill', () => ['drill']],
  ['maintenance', () => ['maintenance']],
];

describe.each([
  ['403 for packfiles', { status: 403, code: 'AccessDenied' }, 77],
  ['a bucket that is gone', { status: 404, code: 'NoSuchBucket' }, 69],
  ['an archived object', { status: 403, code: 'InvalidObjectState' }, 77],
] as [string, Fault, number][])('%s', (what, fault, code) => {
  test.each(commands)('ends %s with its exit code', async (name, words) => {
    const into = folder(`${name} ${what}`.replaceAll(' ', '-'));
    // What was read on the way to the store does not matter: contents are refused from the first on.
    server.fault = ({ method, key }) => (method === 'GET' && key.includes('/packs/') ? fault : undefined);
    const finished = await machine.run(['at', '@far', ...words(into)]);
    // These tell of each object that they could not read, and that the place is to blame.
    const isList = name === 'check' || (name === 'status' && finished.code !== code);
    expect(finished, finished.stderr).toMatchObject({ code: isList ? 69 : code });
    expect(finished.stderr + finished.stdout).not.toMatch(/damaged|is missing|not in the snapshot/i);
    if (name === 'dump' || name === 'export')
      expect([into, `${into}.tar`, `${into}.kloset`].some(existsSync)).toBe(false);
  });
});

test('a connection that is cut in the middle of each answer ends a restore, and the same command works after it', async () => {
  const into = folder('cut');
  let count = 0;
  server.fault = ({ method, key }) =>
    method === 'GET' && key.includes('/packs/') && ++count > 3 ? 'cut-body' : undefined;
  const words = ['at', '@far', 'restore', 'latest', '--to', into];
  // The pauses between attempts are not what is tested.
  expect(await machine.run(words, { isHasty: true })).toMatchObject({ code: 69 });
  server.fault = () => undefined;
  const again = folder('cut-again');
  expect(await machine.run(['at', '@far', 'restore', 'latest', '--to', again])).toMatchObject({ code: 0 });
});

test('a check that could not read everything does not clear the damage that an earlier one found', async () => {
  const [name] = [...server.objects.keys()].filter((key) => key.includes('/packs/'));
  const stored = server.objects.get(name ?? '');
  if (name === undefined || stored === undefined) throw new Error('no packfile');
  const bytes = Buffer.from(stored.bytes);
  bytes[100] = (bytes[100] ?? 0) ^ 1;
  server.objects.set(name, { ...stored, bytes });
  expect(await machine.run(['at', '@far', 'check'])).toMatchObject({ code: 65 });
  server.fault = ({ method, key }) =>
    method === 'GET' && key.includes('/packs/') ? { status: 403, code: 'AccessDenied' } : undefined;
  expect(await machine.run(['at', '@far', 'check'])).toMatchObject({ code: 69 });
  server.fault = () => undefined;
  const status = await machine.run(['at', '@far', 'status', '--json']);
  expect(JSON.parse(status.stdout).damage).toMatchObject({ problems: expect.any(Number) });
  server.objects.set(name, stored);
});
