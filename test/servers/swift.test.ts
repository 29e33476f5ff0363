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
import { hasSwift } from './installed-programs.ts';
import { ServerMachine } from './server-machine.ts';

const keys = { accessKeyId: 'test:tester', secretAccessKey: 'testing' };

describe.skipIf(!hasSwift)('a bucket of Swift', () => {
  let folder: string;
  let url: string;
  let buckets = 0;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kloset-swift-'));
    const port = await freePorts(4);
    url = `http://127.0.0.1:${port}`;
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
