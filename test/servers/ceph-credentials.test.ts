/** A key that may add and read, and remove nothing but locks: enough for backups, not for maintenance. */
import { PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backendAt } from '../../src/backend/location/at-location.ts';
import { generateWorkspace } from '../../src/simulator/sample/generated/generate.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { bytesOf } from '../backend/contract.ts';
import { Ceph, cephEnvironment, cephKeys } from './ceph.ts';
import { hasCeph } from './installed-programs.ts';
import { ServerMachine } from './server-machine.ts';

describe.skipIf(!hasCeph)('two keys for one bucket of Ceph', () => {
  let ceph: Ceph;
  let simulator: Awaited<ReturnType<typeof startSimulator>>;
  const writer = { accessKeyId: 'writerkey', secretAccessKey: 'writersecret' };
  beforeAll(async () => {
    ceph = await Ceph.start();
    await ceph.admin(
      ...['user', 'create', '--uid=w', '--display-name=w'],
      ...[`--access-key=${writer.accessKeyId}`, `--secret-key=${writer.secretAccessKey}`],
    );
    simulator = await startSimulator({
      state: generateWorkspace({ seed: 5, pages: 5, media: 2 }),
      clock: 'real',
    });
  });
  afterAll(async () => {
    ceph?.stop();
    await simulator?.close();
  });

  test('backups need no right to delete; what removes ends with 77 and removes nothing', async () => {
    const address = await ceph.newBucket();
    await allowAdding(address);
    const owner = new ServerMachine(`${address}/notion`, cephEnvironment);
    try {
      owner.connect(simulator);
      expect(await owner.at(['create'])).toMatchObject({ code: 0 });
      const env = { AWS_ACCESS_KEY_ID: writer.accessKeyId, AWS_SECRET_ACCESS_KEY: writer.secretAccessKey };
      for (const words of [['backup'], ['backup'], ['backup', '--append-only'], ['ls'], ['check']])
        expect(await owner.at(words, { env }), words.join(' ')).toMatchObject({ code: 0 });
      const backend = await backendAt(owner.store, { s3: { keys: writer } });
      await expect(backend.remove('CONFIG')).rejects.toMatchObject({ code: 'credentials' });
      const pruned = await owner.at(['prune', '--keep-last', '1', '--apply'], { env });
      expect(pruned.code).toBe(77);
      expect(pruned.stderr).not.toMatch(/\n\s+at /);
      expect(await owner.at(['check'], { env })).toMatchObject({ code: 0 });
      for (const words of [['prune', '--keep-last', '1', '--apply'], ['maintenance', '--apply'], ['check']])
        expect(await owner.at(words), words.join(' ')).toMatchObject({ code: 0 });
      await expect(backend.create('CONFIG', bytesOf('other'))).rejects.toMatchObject({ code: 'integrity' });
    } finally {
      owner.dispose();
    }
  });

  async function allowAdding(address: string): Promise<void> {
    const bucket = address.split('/').at(-1) ?? '';
    const [writing, owning] = ['w', 't'].map((user) => ({ AWS: [`arn:aws:iam:::user/${user}`] }));
    const [all, inside] = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
    const allow = (Action: string[], Resource: string) => ({
      Effect: 'Allow',
      Principal: writing,
      Action,
      Resource,
    });
    const policy = {
      Version: '2012-10-17',
      Statement: [
        allow(['s3:ListBucket'], all),
        allow(['s3:GetObject', 's3:PutObject'], inside),
        // With Ceph an object belongs to who wrote it, and the owner of the bucket may not even read it.
        { ...allow(['s3:*'], inside), Principal: owning },
        allow(['s3:DeleteObject'], `arn:aws:s3:::${bucket}/notion/locks/*`),
      ],
    };
    const client = new S3Client({
      endpoint: ceph.url,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: cephKeys,
    });
    await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify(policy) }));
    client.destroy();
  }
});
