/** Stores at an S3 address through the whole program: settings, exit codes, requests, and where secrets do not go. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KlosetError } from '../../src/errors.ts';
import { generateWorkspace } from '../../src/simulator/sample/generated/generate.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import type { Fault, SeenRequest } from '../backend/fake-s3.ts';
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

  /** Folders that were listed, in order; and names of the other requests, without ids. */
  const requests = (): { readonly lists: string[]; readonly others: string[] } => {
    const lists: string[] = [];
    const others: string[] = [];
    for (const { method, key, query } of server.seen)
      if (key === '') lists.push(query.get('prefix')?.slice('notion/'.length) ?? '');
      else others.push(`${method} ${key.slice('notion/'.length).split('/')[0]}`);
    return { lists, others };
  };

  test('a warm ls lists one folder and reads what is small', async () => {
    await at('ls');
    server.seen.length = 0;
    expect(await at('ls')).toMatchObject({ code: 0 });
    expect(requests()).toEqual({ lists: ['snapshots/'], others: ['GET CONFIG', 'GET keys', 'GET keys'] });
  });

  test('an unchanged backup lists each folder once, after its lock is written, and writes what is new', async () => {
    await at('backup');
    server.seen.length = 0;
    expect(await at('backup')).toMatchObject({ code: 0 });
    const { lists, others } = requests();
    expect(lists).toEqual(['locks/', 'snapshots/', 'index/', 'packs/']);
    const firstList = server.seen.findIndex(({ key }) => key === '');
    const lockWritten = server.seen.findIndex(
      ({ method, key }) => method === 'PUT' && key.includes('/locks/'),
    );
    expect(lockWritten).toBeLessThan(firstList);
    // The lock is written twice, to see whether the server refuses to overwrite, and looked at once before the header.
    expect(others.filter((request) => !request.startsWith('GET packs'))).toEqual([
      'HEAD CONFIG',
      'GET CONFIG',
      'GET keys',
      'GET keys',
      'PUT locks',
      'PUT locks',
      'PUT packs',
      'PUT packs',
      // One delta names both.
      'PUT index',
      'HEAD locks',
      'PUT snapshots',
      'DELETE locks',
    ]);
    // Manifest and root of the last snapshot, and the contents of the few pages that are always read again.
    expect(others.filter((request) => request.startsWith('GET packs')).length).toBeLessThan(8);
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

  test('Ctrl-C ends a backup and a check at once whose packfile stands still, and gives the lock back', async () => {
    const location = `location=${server.address}/slow`;
    const options = [location, `access_key_id=${fakeKey}`, 'secret_access_key_env=S3_SECRET'];
    await machine.run(['store', 'add', 'slow', ...options, `keyfile=${machine.keyFile}`]);
    const slow = (words: readonly string[], signal?: AbortSignal) =>
      machine.run(['at', '@slow', ...words], signal === undefined ? {} : { signal });
    const interrupted = async (word: string, fault: Fault, isHit: (request: SeenRequest) => boolean) => {
      const stop = new AbortController();
      server.fault = (request) => {
        if (!request.key.startsWith('slow/packs/') || !isHit(request)) return undefined;
        setTimeout(() => stop.abort(new KlosetError('temporary', 'Interrupted.')), 100);
        return fault;
      };
      const finished = await slow([word], stop.signal);
      server.fault = () => undefined;
      expect(finished).toMatchObject({ code: 75, stdout: '' });
      expect(finished.stderr).toMatch(/^notion-kloset: Interrupted\.$/m);
      expect([...server.objects.keys()].filter((key) => key.includes('/locks/'))).toEqual([]);
    };
    await slow(['create']);
    const isLarge = ({ method, headers }: SeenRequest) =>
      method === 'PUT' && Number(headers['content-length']) > 65_536;
    await interrupted('backup', 'silence', isLarge);
    expect(await slow(['backup'])).toMatchObject({ code: 0 });
    const packs = [...server.objects.keys()].filter((key) => key.startsWith('slow/packs/'));
    // Of the last one, after which no more is reported.
    let reads = 0;
    await interrupted('check', 'still-body', () => ++reads === packs.length);
    expect(await slow(['check'])).toMatchObject({ code: 0 });
    // Sooner than the connection counts as dead.
  }, 30_000);

  test('its master key is rotated into another address, also after a run that died, and the old store is not changed', async () => {
    const rotate = (to: string) => at('key', 'rotate-master', '--yes', '--to', to);
    const below = (folder: string) =>
      [...server.objects].filter(([key]) => key.startsWith(`${folder}/`) && !key.includes('/locks/'));
    const options = [`access_key_id=${fakeKey}`, 'secret_access_key_env=S3_SECRET'];
    await machine.run(['store', 'add', 'new', `location=${server.address}/rotated`, ...options]);
    const ids = async (store: string) => {
      const keyfile = ['--keyfile', machine.keyFile];
      const listed = await machine.run([...keyfile, 'at', store, 'ls', '--json']);
      const { snapshots } = JSON.parse(listed.stdout);
      expect(snapshots.length).toBeGreaterThan(1);
      return snapshots.map(
        ({ id, origin }: { id: string; origin?: { snapshot: string } }) => origin?.snapshot ?? id,
      );
    };
    expect(await at('key', 'rotate-master', '--yes')).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(/--to/),
    });
    expect(await rotate('@far')).toMatchObject({ code: 64 });
    const before = below('notion');
    let packs = 0;
    server.fault = ({ method, key }) =>
      method === 'PUT' && key.startsWith('rotated/packs/') && ++packs > 1
        ? { status: 403, code: 'AccessDenied' }
        : undefined;
    expect(await rotate('@new')).toMatchObject({ code: 77 });
    server.fault = () => undefined;
    expect(await rotate('@new')).toMatchObject({ code: 0 });
    expect(below('notion')).toEqual(before);
    expect(await ids('@new')).toEqual(await ids('@far'));
    const config = ([key]: [string, unknown]) => key.endsWith('/CONFIG');
    expect(below('rotated').find(config)?.[1]).not.toEqual(before.find(config)?.[1]);
    expect(await machine.run(['--keyfile', machine.keyFile, 'at', '@new', 'check'])).toMatchObject({
      code: 0,
    });
    // A store that holds other snapshots is not filled up with these.
    expect(await machine.run(['--keyfile', machine.keyFile, 'at', '@new', 'backup', '--full'])).toMatchObject(
      { code: 0 },
    );
    expect(await rotate('@new')).toMatchObject({ code: 64 });
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
