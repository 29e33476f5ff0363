/** Object Lock on a bucket of Ceph: what a store keeps there, what its owner cannot remove, and what the program says of it. */
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backendAt } from '../../src/backend/location/at-location.ts';
import { generateWorkspace } from '../../src/simulator/sample/generated/generate.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { bytesOf, namesOf } from '../backend/contract.ts';
import { Ceph, cephEnvironment, cephKeys } from './ceph.ts';
import { hasCeph } from './installed-programs.ts';
import { ServerMachine } from './server-machine.ts';

const dayMs = 24 * 3600_000;

describe.skipIf(!hasCeph)('a bucket of Ceph with Object Lock', () => {
  let ceph: Ceph;
  let client: S3Client;
  let simulator: Awaited<ReturnType<typeof startSimulator>>;
  const Bucket = 'kept';
  beforeAll(async () => {
    ceph = await Ceph.start();
    client = new S3Client({
      endpoint: ceph.url,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: cephKeys,
    });
    await client.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
    simulator = await startSimulator({
      state: generateWorkspace({ seed: 8, pages: 5, media: 2 }),
      clock: 'real',
    });
  });
  afterAll(async () => {
    client?.destroy();
    ceph?.stop();
    await simulator?.close();
  });

  const address = (prefix: string): string => `s3+${ceph.url}/${Bucket}/${prefix}`;
  const versions = async (prefix: string) => {
    const found = await client.send(new ListObjectVersionsCommand({ Bucket, Prefix: `${prefix}/` }));
    return (found.Versions ?? []).filter(({ Key = '' }) => !/\/(locks|\.claims)\//.test(Key));
  };

  test('its owner cannot remove a version before the date, and can after it', async () => {
    let nowMs = Date.now();
    const clock = { now: () => nowMs, sleep: async () => {} };
    const backend = await backendAt(address('raw'), { clock, s3: { keys: cephKeys } });
    await backend.objectLock?.requireAvailable();
    // A day that began a day ago, but for a few seconds.
    nowMs = Date.now() - dayMs + 5000;
    backend.objectLock?.keepFor(1);
    await backend.create('packs/ab/one', bytesOf('1'));
    const until = (await backend.objectLock?.keptUntil('packs/ab/one')) ?? 0;
    expect(Math.abs(until - nowMs - dayMs)).toBeLessThan(2000);
    nowMs = Date.now();
    await expect(backend.remove('packs/ab/one')).rejects.toMatchObject({ code: 'temporary' });
    const [version] = await versions('raw');
    const removal = new DeleteObjectCommand({ Bucket, Key: version?.Key, VersionId: version?.VersionId });
    await expect(client.send(removal)).rejects.toMatchObject({ name: 'AccessDenied' });
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, until - Date.now()) + 2000));
    nowMs = Date.now();
    await backend.remove('packs/ab/one');
    expect(await versions('raw')).toEqual([]);
  });

  test('a store keeps all it writes but locks; prune and maintenance say what is left, and its owner can remove nothing', async () => {
    const machine = new ServerMachine(address('store'), cephEnvironment);
    try {
      machine.connect(simulator);
      const created = await machine.at(['create', '--object-lock', '30d']);
      expect(created).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/keeps each object for 30 days/),
      });
      for (const words of [['backup'], ['backup', '--full'], ['check']])
        expect(await machine.at(words), words.join(' ')).toMatchObject({ code: 0 });
      const stored = await versions('store');
      expect(stored.length).toBeGreaterThan(6);
      for (const { Key, VersionId } of stored)
        await expect(
          client.send(new DeleteObjectCommand({ Bucket, Key, VersionId })),
          Key,
        ).rejects.toMatchObject({ name: 'AccessDenied' });
      // Without a snapshot nothing is needed any more.
      const { snapshots } = JSON.parse((await machine.at(['ls', '--json'])).stdout);
      const ids: string[] = snapshots.map(({ id }: { id: string }) => id);
      const pruned = await machine.at(['rm', '--apply', '--force', ...ids]);
      expect(pruned.code).toBe(0);
      expect(pruned.stderr).toMatch(/server keeps the files of 2 removed snapshots until/);
      const kept = await machine.at(['maintenance', '--apply', '--grace', '0s']);
      expect(kept.code).toBe(0);
      expect(kept.stdout).toMatch(/left \d+ unreferenced packfiles? .* that the server keeps until/);
      expect(await machine.at(['check'])).toMatchObject({ code: 0 });
      const backend = await backendAt(machine.store, { s3: { keys: cephKeys } });
      expect(await namesOf(backend, 'locks/')).toEqual([]);
      expect((await namesOf(backend, 'snapshots/')).length).toBe(3);
    } finally {
      machine.dispose();
    }
  });

  test('it takes a conditional PUT for a plain one, as Ceph does wherever there are versions, so writers take turns', async () => {
    const backend = await backendAt(address('turns'), { s3: { keys: cephKeys } });
    await backend.create('CONFIG', bytesOf('1'));
    expect(backend.refusesToOverwrite).toBe(false);
    await expect(backend.create('CONFIG', bytesOf('2'))).rejects.toMatchObject({ code: 'integrity' });
  });

  test('a bucket without it refuses the option', async () => {
    const machine = new ServerMachine(`${await ceph.newBucket()}/store`, cephEnvironment);
    try {
      const refused = await machine.at(['create', '--object-lock', '30d']);
      expect(refused).toMatchObject({ code: 64, stderr: expect.stringMatching(/no Object Lock/) });
      expect(await machine.at(['create'])).toMatchObject({ code: 0 });
    } finally {
      machine.dispose();
    }
  });
});
