/** The contract, races and the program against Swift, whose S3 interface answers 501 to a conditional PUT. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backendAt } from '../../src/backend/location/at-location.ts';
import { generateWorkspace } from '../../src/simulator/sample/generated/generate.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { backendContract, bytesOf, namesOf } from '../backend/contract.ts';
import { freePorts } from './free-ports.ts';
import type { LimitedPlace } from './full-store.ts';
import { backupOnceThereIsRoom, roomFreedInFullPlace } from './full-store.ts';
import { hasSwift } from './installed-programs.ts';
import { ServerMachine } from './server-machine.ts';

const keys = { accessKeyId: 'test:tester', secretAccessKey: 'testing' };

describe.skipIf(!hasSwift)('a bucket of Swift', () => {
  let folder: string;
  let url: string;
  /** Where nobody is asked for a key. */
  let inside: string;
  let buckets = 0;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kloset-swift-'));
    const port = await freePorts(5);
    url = `http://127.0.0.1:${port}`;
    inside = `http://127.0.0.1:${port + 4}/v1/AUTH_test`;
    const line = `exec "${join(import.meta.dirname, 'swift.sh')}" "${folder}" ${port} </dev/null >"${folder}.log" 2>&1`;
    await promisify(execFile)('/bin/bash', ['-c', line]);
  }, 300_000);
  afterAll(() => {
    for (const pid of readFileSync(join(folder, 'pids'), 'utf8').split('\n').filter(Boolean))
      process.kill(Number(pid), 'SIGKILL');
    for (const path of [folder, `${folder}.log`]) rmSync(path, { recursive: true, force: true });
  });

  async function newBucket(): Promise<string> {
    const name = `bucket-${++buckets}`;
    const client = new S3Client({
      endpoint: url,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: keys,
    });
    await client.send(new CreateBucketCommand({ Bucket: name }));
    client.destroy();
    return `s3+${url}/${name}/store`;
  }
  const open = (address: string) => backendAt(address, { s3: { keys } });

  backendContract(async () => ({ backend: await open(await newBucket()), close: async () => {} }));

  test('of several that create one name through their own connections exactly one wins, each time', async () => {
    const address = await newBucket();
    const writers = await Promise.all([1, 2, 3].map(() => open(address)));
    for (let round = 0; round < 5; round++) {
      const created = await Promise.allSettled(
        writers.map((writer, index) => writer.create(`locks/${round}`, bytesOf(`writer ${index}`))),
      );
      const winners = created.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []));
      expect(winners).toHaveLength(1);
      const found = await (await open(address)).read(`locks/${round}`);
      expect(Buffer.from(found).toString()).toBe(`writer ${winners[0]}`);
    }
    expect(await namesOf(await open(address))).toHaveLength(5);
  });

  test('1,100 objects are listed in order, and an object in parts appears whole', async () => {
    const backend = await open(await newBucket());
    const names = Array.from({ length: 1100 }, (_, index) => `packs/${String(index).padStart(5, '0')}`);
    // Replaced, not created: each creation takes four requests more here.
    for (let at = 0; at < names.length; at += 20)
      await Promise.all(names.slice(at, at + 20).map((name) => backend.replace(name, bytesOf(name))));
    expect(await namesOf(backend, 'packs/')).toEqual(names);
    async function* large(first: number): AsyncIterable<Uint8Array> {
      for (let part = 0; part < 35; part++) yield Buffer.alloc(1024 ** 2, part === 0 ? first : part);
    }
    await backend.create('large', large(9));
    expect(await backend.size('large')).toBe(35 * 1024 ** 2);
    const cut = await backend.read('large', { offset: 17 * 1024 ** 2 - 1, length: 2 });
    expect([...cut]).toEqual([16, 17]);
    await expect(backend.create('large', large(8))).rejects.toMatchObject({ code: 'integrity' });
  });

  test('wrong keys, a missing bucket and an object lock that it does not have are told apart', async () => {
    const address = await newBucket();
    const wrong = await backendAt(address, { s3: { keys: { ...keys, secretAccessKey: 'wrong' } } });
    await expect(wrong.read('CONFIG')).rejects.toMatchObject({ code: 'credentials' });
    await expect(namesOf(wrong)).rejects.toMatchObject({ code: 'credentials' });
    const nowhere = await open(`s3+${url}/no-such-bucket`);
    for (const action of [() => nowhere.read('CONFIG'), () => nowhere.size('CONFIG'), () => namesOf(nowhere)])
      await expect(action()).rejects.toMatchObject({ code: 'unavailable' });
    const { objectLock } = await open(address);
    await expect(objectLock?.requireAvailable()).rejects.toMatchObject({ code: 'usage' });
  });

  /** Sets a quota of the account, or of one bucket; undefined takes it away. */
  async function setQuota(bucket: string | undefined, bytes: number | undefined): Promise<void> {
    const [path, kind] = bucket === undefined ? [inside, 'Account'] : [`${inside}/${bucket}`, 'Container'];
    const headers = { [`X-${kind}-Meta-Quota-Bytes`]: String(bytes ?? '') };
    expect((await fetch(path, { method: 'POST', headers })).status).toBe(204);
  }
  const bucketOf = (address: string): string =>
    new URL(address.slice('s3+'.length)).pathname.split('/')[1] ?? '';

  async function onQuota(use: (place: LimitedPlace) => Promise<void>): Promise<void> {
    const store = await newBucket();
    const bucket = bucketOf(store);
    await use({
      store,
      env: { AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey },
      options: { s3: { keys } },
      async leaveRoom(bytes) {
        const { headers } = await fetch(`${inside}/${bucket}`, { method: 'HEAD' });
        await setQuota(bucket, Number(headers.get('X-Container-Bytes-Used')) + bytes);
      },
      says: /the storage is full, or its quota is used up/,
    });
  }

  test('a quota of the bucket ends a backup with one clear line, and the next one finishes it once there is room', async () => {
    await onQuota(backupOnceThereIsRoom);
  });

  test('a quota that has no room for a lock lets all be read, and gives room back with a little of it', async () => {
    await onQuota(roomFreedInFullPlace);
  });

  test('a quota of the account is told as such, also for an object in parts', async () => {
    const backend = await open(await newBucket());
    await backend.create('CONFIG', bytesOf('x'));
    await setQuota(undefined, 1024 ** 2);
    try {
      async function* large(): AsyncIterable<Uint8Array> {
        for (let part = 0; part < 35; part++) yield Buffer.alloc(1024 ** 2, part);
      }
      for (const bytes of [Buffer.alloc(2 * 1024 ** 2), large()])
        await expect(backend.create('packs/one', bytes)).rejects.toMatchObject({
          code: 'temporary',
          message: expect.stringMatching(/quota is used up/),
        });
      expect(await namesOf(backend)).toEqual(['CONFIG']);
    } finally {
      await setQuota(undefined, undefined);
    }
    await backend.create('packs/one', Buffer.alloc(2 * 1024 ** 2));
  });

  test('whoever creates a store there is told that writers take turns', async () => {
    const env = { AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey };
    const machine = new ServerMachine(await newBucket(), env);
    try {
      const { code, stderr } = await machine.at(['create']);
      expect({ code, isTold: /no conditional PUT/.test(stderr) }).toEqual({ code: 0, isTold: true });
      expect((await machine.at(['doctor'])).stdout).toMatch(/no conditional PUT/);
    } finally {
      machine.dispose();
    }
  });

  test('a store is created, filled, verified and thinned out there', async () => {
    const simulator = await startSimulator({
      state: generateWorkspace({ seed: 13, pages: 5, media: 2 }),
      clock: 'real',
    });
    const env = { AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey };
    const machine = new ServerMachine(await newBucket(), env);
    try {
      machine.connect(simulator);
      for (const words of [
        ['create'],
        ['backup'],
        ['backup'],
        ['check'],
        ['prune', '--keep-last', '1', '--apply'],
        ['maintenance', '--apply'],
        ['check'],
      ])
        expect(await machine.at(words), words.join(' ')).toMatchObject({ code: 0 });
    } finally {
      machine.dispose();
      await simulator.close();
    }
  });
});
