/** Stores at an S3 address through the whole program: settings, exit codes, requests, and where secrets do not go. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateWorkspace } from '../../src/simulator/sample/generated/generate.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { FakeS3, fakeKey } from '../backend/fake-s3.ts';
import type { Finished } from '../e2e/machine.ts';
import { InProcessMachine } from './in-process-machine.ts';

const secret = 'a0secret0of0the0storage';
let server: FakeS3;
let simulator: Awaited<ReturnType<typeof startSimulator>>;
let machine: InProcessMachine;

beforeAll(async () => {
  server = await new FakeS3().start();
  simulator = await startSimulator({
    state: generateWorkspace({ seed: 3, pages: 6, media: 2 }),
    clock: 'real',
  });
  machine = new InProcessMachine();
  machine.connect(simulator);
  const words = [
    `location=${server.address}/notion`,
    `access_key_id=${fakeKey}`,
    `keyfile=${machine.keyFile}`,
  ];
  await machine.run(['store', 'add', 'far', ...words, 'secret_access_key_env=S3_SECRET']);
  machine.env.S3_SECRET = secret;
});
afterAll(async () => {
  machine.dispose();
  await simulator.close();
  await server.stop();
});

const at = (...words: string[]): Promise<Finished> => machine.run(['at', '@far', ...words]);

describe('a store in a bucket', () => {
  test('is created, filled and verified, and the key of the storage is in no object, file or line', async () => {
    const said: string[] = [];
    for (const words of [['create'], ['backup'], ['backup'], ['ls'], ['info'], ['check'], ['status']]) {
      const finished = await at(...words);
      expect(finished, words.join(' ')).toMatchObject({ code: 0 });
      said.push(finished.stdout, finished.stderr);
    }
    expect(said.join('')).not.toContain(secret);
    for (const { bytes } of server.objects.values()) expect(bytes.includes(secret)).toBe(false);
    for (const name of readdirSync(machine.home, { recursive: true, withFileTypes: true }))
      if (name.isFile()) expect(readFileSync(join(name.parentPath, name.name)).includes(secret)).toBe(false);
  });

  test('a warm ls lists each folder once and reads what is small; an unchanged backup writes what is new', async () => {
    server.seen.length = 0;
    expect(await at('ls')).toMatchObject({ code: 0 });
    const lists = server.seen.filter(({ key }) => key === '').map(({ query }) => query.get('prefix'));
    expect(new Set(lists).size).toBe(lists.length);
    expect(lists).toEqual(['notion/snapshots/']);
    // CONFIG, the roster, the key slot and that list.
    expect(server.counts()).toEqual({ GET: 4 });
    server.seen.length = 0;
    expect(await at('backup')).toMatchObject({ code: 0 });
    // Two packfiles and their deltas, the header, the lock twice: each written by one request, and not looked at again.
    const { PUT, DELETE, HEAD = 0 } = server.counts();
    expect({ PUT, DELETE }).toEqual({ PUT: 7, DELETE: 1 });
    expect(HEAD).toBeLessThan(4);
    expect(server.seen.length).toBeLessThan(35);
  });

  test('ends with the exit code of what went wrong, in one line, and a backup resumes after it', async () => {
    for (const [fault, code] of [
      [{ status: 403, code: 'SignatureDoesNotMatch' }, 77],
      [{ status: 404, code: 'NoSuchBucket' }, 69],
      [{ status: 400, code: 'InvalidRequest' }, 69],
      [{ status: 403, code: 'QuotaExceeded' }, 75],
    ] as const) {
      server.fault = ({ method }) => (method === 'PUT' || code !== 75 ? fault : undefined);
      const finished = await at('backup');
      expect(finished, fault.code).toMatchObject({ code });
      expect(finished.stderr.split('\n').filter((line) => line.startsWith('notion-kloset: '))).toHaveLength(
        1,
      );
      expect(finished.stderr).not.toMatch(/\n\s+at |a0secret/);
      server.fault = () => undefined;
    }
    expect(await at('backup', '--retry-lock', '1s')).toMatchObject({ code: 0 });
    expect(await at('check')).toMatchObject({ code: 0 });
  });

  test('a place that cannot be read is not a new one', async () => {
    const other = [
      `location=${server.address}/other`,
      `access_key_id=${fakeKey}`,
      `keyfile=${machine.keyFile}`,
    ];
    await machine.run(['store', 'add', 'other', ...other, 'secret_access_key_env=S3_SECRET']);
    server.fault = () => ({ status: 403, code: 'AccessDenied' });
    expect(await machine.run(['at', '@other', 'backup'])).toMatchObject({ code: 77 });
    server.fault = () => undefined;
    expect([...server.objects.keys()].filter((key) => key.startsWith('other/'))).toEqual([]);
  });
});
