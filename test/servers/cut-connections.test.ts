/** Connections to real servers, cut in the middle; and places that vanish under an open store. */
import { DeleteBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backendAt } from '../../src/backend/location/at-location.ts';
import { SftpBackend } from '../../src/backend/sftp/sftp-backend.ts';
import { bytesOf, namesOf } from '../backend/contract.ts';
import { cutEverywhere } from '../backend/cut-connections.ts';
import { CuttingProxy } from '../backend/cutting-proxy.ts';
import { Ceph, cephKeys } from './ceph.ts';
import { hasCeph, hasSshd } from './installed-programs.ts';
import { Sshd } from './sshd.ts';

const directions = ['up', 'down'] as const;

describe.skipIf(!hasCeph)('Ceph', () => {
  let ceph: Ceph;
  let proxy: CuttingProxy;
  beforeAll(async () => {
    ceph = await Ceph.start();
    proxy = await CuttingProxy.start(ceph.port);
  });
  afterAll(async () => {
    await proxy?.stop();
    ceph?.stop();
  });

  test.each(directions)(
    'a connection that is cut after any number of bytes %s loses nothing',
    async (direction) => {
      const address = (await ceph.newBucket()).replace(`:${ceph.port}/`, `:${proxy.port}/`);
      const open = async () => ({
        backend: await backendAt(`${address}/store`, { s3: { keys: cephKeys } }),
        close: async () => {},
      });
      const cuts = await cutEverywhere(proxy, open, { direction, stepBytes: direction === 'up' ? 397 : 151 });
      expect(cuts).toBeGreaterThan(20);
    },
  );

  test('a bucket that vanishes under an open store is unavailable, not empty', async () => {
    const address = await ceph.newBucket();
    const backend = await backendAt(`${address}/store`, { s3: { keys: cephKeys } });
    await backend.create('CONFIG', bytesOf('1'));
    await backend.remove('CONFIG');
    const client = new S3Client({
      endpoint: ceph.url,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: cephKeys,
    });
    await client.send(new DeleteBucketCommand({ Bucket: address.split('/').at(-1) }));
    client.destroy();
    for (const action of [
      () => backend.read('CONFIG'),
      () => backend.size('CONFIG'),
      () => backend.create('locks/a', bytesOf('a')),
      () => backend.replace('CONFIG', bytesOf('a')),
      () => namesOf(backend),
    ])
      await expect(action()).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringMatching(/no such bucket/),
      });
  });
});

describe.skipIf(!hasSshd)('sshd', () => {
  let sshd: Sshd;
  let proxy: CuttingProxy;
  beforeAll(async () => {
    sshd = await Sshd.start();
    // Its key is known under the port that it has itself.
    sshd.configure('proxied', [`HostKeyAlias [127.0.0.1]:${sshd.port}`]);
    proxy = await CuttingProxy.start(sshd.port);
  });
  afterAll(async () => {
    await proxy?.stop();
    sshd?.stop();
  });

  test.each(directions)(
    'a connection that is cut after any number of bytes %s loses nothing',
    async (direction) => {
      const address = sshd.newStore().address.replace(`:${sshd.port}/`, `:${proxy.port}/`);
      const open = async () => {
        const backend = await backendAt(address, { ssh: { command: sshd.command('proxied') } });
        if (!(backend instanceof SftpBackend)) throw new Error('not over ssh');
        return { backend, close: () => backend.close() };
      };
      const cuts = await cutEverywhere(proxy, open, { direction, stepBytes: 701 });
      expect(cuts).toBeGreaterThan(10);
    },
  );
});
