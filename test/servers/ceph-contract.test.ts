/** The contract of backends, and failures that only a real server shows, against Ceph's gateway. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Backend } from '../../src/backend/backend.ts';
import { backendAt } from '../../src/backend/location/at-location.ts';
import type { S3Options } from '../../src/backend/s3/open-s3.ts';
import { backendContract, bytesOf, namesOf } from '../backend/contract.ts';
import { Ceph, cephKeys } from './ceph.ts';
import { hasCeph } from './installed-programs.ts';

describe.skipIf(!hasCeph)('a bucket of Ceph', () => {
  let ceph: Ceph;
  beforeAll(async () => {
    ceph = await Ceph.start();
  });
  afterAll(() => ceph?.stop());

  const open = (address: string, s3: S3Options = {}): Promise<Backend> =>
    backendAt(address, { s3: { keys: cephKeys, ...s3 } });
  const fresh = async (): Promise<Backend> => open(`${await ceph.newBucket()}/store`);

  backendContract(async () => ({ backend: await fresh(), close: async () => {} }));

  test('of many that create one name through their own connections exactly one wins, each time', async () => {
    const address = await ceph.newBucket();
    const writers = await Promise.all(Array.from({ length: 8 }, () => open(address)));
    for (let round = 0; round < 30; round++) {
      const created = await Promise.allSettled(
        writers.map((writer, index) => writer.create(`locks/${round}`, bytesOf(`writer ${index}`))),
      );
      const winners = created.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []));
      expect(winners).toHaveLength(1);
      expect(Buffer.from(await (writers[0] ?? fail()).read(`locks/${round}`)).toString()).toBe(
        `writer ${winners[0]}`,
      );
    }
  });

  test('2,500 objects are listed, in order', async () => {
    const backend = await fresh();
    const names = Array.from({ length: 2500 }, (_, index) => `packs/${String(index).padStart(5, '0')}`);
    for (let at = 0; at < names.length; at += 50)
      await Promise.all(names.slice(at, at + 50).map((name) => backend.create(name, bytesOf(name))));
    expect(await namesOf(backend, 'packs/')).toEqual(names);
    expect(await namesOf(backend, 'packs/02')).toHaveLength(500);
  });

  test('an object in parts appears whole, is read in ranges, and is not overwritten', async () => {
    const backend = await fresh();
    async function* large(first: number): AsyncIterable<Uint8Array> {
      for (let part = 0; part < 40; part++) yield Buffer.alloc(1024 ** 2, part === 0 ? first : part);
    }
    const creating = backend.create('packs/large', large(9));
    await expect(backend.size('packs/large')).rejects.toMatchObject({ code: 'not-found' });
    await creating;
    expect(await backend.size('packs/large')).toBe(40 * 1024 ** 2);
    const cut = await backend.read('packs/large', { offset: 17 * 1024 ** 2 - 1, length: 2 });
    expect([...cut]).toEqual([16, 17]);
    await backend.create('packs/large', large(9));
    await expect(backend.create('packs/large', large(8))).rejects.toMatchObject({ code: 'integrity' });
  });

  test('wrong keys, a missing bucket and a full one are told apart', async () => {
    const address = await ceph.newBucket();
    const wrongSecret = await open(address, { keys: { ...cephKeys, secretAccessKey: 'wrong' } });
    const unknown = await open(address, { keys: { accessKeyId: 'nobody', secretAccessKey: 'x' } });
    const nowhere = await open(`s3+${ceph.url}/no-such-bucket`);
    for (const backend of [wrongSecret, unknown]) {
      await expect(backend.read('CONFIG')).rejects.toMatchObject({ code: 'credentials' });
      await expect(backend.size('CONFIG')).rejects.toMatchObject({ code: 'credentials' });
      await expect(backend.create('CONFIG', bytesOf('x'))).rejects.toMatchObject({ code: 'credentials' });
      await expect(namesOf(backend)).rejects.toMatchObject({ code: 'credentials' });
    }
    for (const action of [
      () => nowhere.read('CONFIG'),
      () => nowhere.size('CONFIG'),
      () => nowhere.create('CONFIG', bytesOf('x')),
      () => namesOf(nowhere),
    ])
      await expect(action()).rejects.toMatchObject({ code: 'unavailable' });
    const own = await open(address);
    await ceph.admin('quota', 'set', '--quota-scope=user', '--uid=t', '--max-size=1K');
    await ceph.admin('quota', 'enable', '--quota-scope=user', '--uid=t');
    try {
      await expect(own.create('packs/big', Buffer.alloc(1024 ** 2))).rejects.toMatchObject({
        code: 'temporary',
      });
    } finally {
      await ceph.admin('quota', 'disable', '--quota-scope=user', '--uid=t');
    }
  });

  test('a gateway that is killed and started again loses no request', async () => {
    const backend = await fresh();
    await backend.create('locks/own', bytesOf('x'));
    const names = Array.from({ length: 60 }, (_, index) => `packs/${index}`);
    const writing = Promise.all(names.map((name) => backend.create(name, Buffer.alloc(200_000, name))));
    ceph.killGateway();
    await ceph.startGateway();
    await writing;
    expect((await namesOf(backend, 'packs/')).length).toBe(60);
    expect(await backend.read('packs/7')).toEqual(new Uint8Array(Buffer.alloc(200_000, 'packs/7')));
  });
});

function fail(): never {
  throw new Error('no writer');
}
