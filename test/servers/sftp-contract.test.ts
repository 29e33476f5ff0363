/** The contract of backends, and failures that only a real server shows, against OpenSSH. */
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Backend } from '../../src/backend/backend.ts';
import { LocalBackend } from '../../src/backend/local.ts';
import { backendAt } from '../../src/backend/location/at-location.ts';
import { SftpBackend } from '../../src/backend/sftp/sftp-backend.ts';
import { systemClock } from '../../src/clock.ts';
import { backendContract, bytesOf, namesOf } from '../backend/contract.ts';
import { HastyClock } from '../notion/virtual-clock.ts';
import { hasSshd } from './installed-programs.ts';
import { Sshd } from './sshd.ts';

describe.skipIf(!hasSshd)('a folder behind OpenSSH', () => {
  let sshd: Sshd;
  const opened: Backend[] = [];
  beforeAll(async () => {
    sshd = await Sshd.start();
  });
  afterAll(() => sshd?.stop());
  afterEach(async () => {
    for (const backend of opened.splice(0)) if (backend instanceof SftpBackend) await backend.close();
  });

  async function open(address: string, config?: string, clock = systemClock): Promise<Backend> {
    const backend = await backendAt(address, { clock, ssh: { command: sshd.command(config) } });
    opened.push(backend);
    return backend;
  }
  const fresh = async (): Promise<Backend> => open(sshd.newStore().address);

  backendContract(async () => ({ backend: await fresh(), close: async () => {} }));

  test('the files are those of a store in a folder, for their owner alone, and none is left over', async () => {
    const { address, folder } = sshd.newStore();
    const backend = await open(address);
    await backend.create('packs/ab/one', bytesOf('remote'));
    await backend.replace('CONFIG', bytesOf('one'));
    await backend.replace('CONFIG', bytesOf('two'));
    await expect(backend.create('packs/ab/one', bytesOf('other'))).rejects.toMatchObject({
      code: 'integrity',
    });
    const local = new LocalBackend(folder);
    expect(await namesOf(local)).toEqual(['CONFIG', 'packs/ab/one']);
    await local.create('packs/ab/two', bytesOf('local'));
    expect(Buffer.from(await backend.read('packs/ab/two')).toString()).toBe('local');
    for (const each of ['', 'packs', 'packs/ab', '.tmp'])
      expect(statSync(join(folder, each)).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'packs/ab/one')).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, '.tmp'))).toEqual([]);
  });

  test('a path in the home folder begins where the server puts the user', async () => {
    const { address, folder } = sshd.newStore();
    const atHome = address.replace(dirname(folder), '/~/deep/down');
    const backend = await open(atHome);
    await backend.create('CONFIG', bytesOf('x'));
    expect(
      readFileSync(
        join(dirname(folder), 'deep/down', folder.slice(dirname(folder).length + 1), 'CONFIG'),
        'utf8',
      ),
    ).toBe('x');
  });

  test('of many that create one name through their own connections exactly one wins, each time', async () => {
    const { address } = sshd.newStore();
    const writers = await Promise.all(Array.from({ length: 4 }, () => open(address)));
    for (let round = 0; round < 25; round++) {
      const created = await Promise.allSettled(
        writers.map((writer, index) => writer.create(`locks/${round}`, bytesOf(`writer ${index}`))),
      );
      const winners = created.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []));
      expect(winners).toHaveLength(1);
      const found = await (await open(address)).read(`locks/${round}`);
      expect(Buffer.from(found).toString()).toBe(`writer ${winners[0]}`);
    }
  });

  test('16 MiB are written, read whole and in ranges; 40 MiB are written from a stream', async () => {
    const backend = await fresh();
    const bytes = Buffer.alloc(16 * 1024 ** 2 + 7, 'of many letters ');
    await backend.create('packs/one', bytes);
    expect(Buffer.from(await backend.read('packs/one')).equals(bytes)).toBe(true);
    const range = { offset: 5_000_001, length: 100_003 };
    const part = await backend.read('packs/one', range);
    expect(Buffer.from(part).equals(bytes.subarray(range.offset, range.offset + range.length))).toBe(true);
    async function* large(): AsyncIterable<Uint8Array> {
      for (let sent = 0; sent < 40; sent++) yield Buffer.alloc(1024 ** 2, sent);
    }
    await backend.create('packs/large', large());
    await backend.create('packs/large', large());
    expect((await backend.read('packs/large', { offset: 39 * 1024 ** 2, length: 1 }))[0]).toBe(39);
  });

  test('2,500 objects in 250 folders are listed, in order', async () => {
    const { address, folder } = sshd.newStore();
    const names = Array.from(
      { length: 2500 },
      (_, index) => `packs/${String(index % 250).padStart(3, '0')}/${index}`,
    ).sort();
    for (const name of names) {
      mkdirSync(join(folder, dirname(name)), { recursive: true });
      writeFileSync(join(folder, name), name);
    }
    expect(await namesOf(await open(address), 'packs/')).toEqual(names);
  });

  test('no link is followed, no pipe waited for, and both are told of', async () => {
    const [one, other] = [sshd.newStore(), sshd.newStore()];
    await new LocalBackend(other.folder).create('one', bytesOf('x'));
    mkdirSync(join(one.folder, 'index'), { recursive: true });
    symlinkSync(other.folder, join(one.folder, 'packs'));
    symlinkSync(join(other.folder, 'one'), join(one.folder, 'CONFIG'));
    execFileSync('mkfifo', [join(one.folder, 'index/pipe')]);
    const backend = await open(one.address);
    const damage = { code: 'integrity' };
    for (const name of ['CONFIG', 'index/pipe'])
      await expect(backend.read(name)).rejects.toMatchObject(damage);
    await expect(backend.create('CONFIG', bytesOf('x'))).rejects.toMatchObject(damage);
    await expect(backend.remove('CONFIG')).rejects.toMatchObject(damage);
    await expect(backend.create('packs/two', bytesOf('x'))).rejects.toMatchObject(damage);
    await expect(namesOf(backend, 'packs/')).rejects.toMatchObject(damage);
    const special: string[] = [];
    for await (const name of backend.listSpecial?.() ?? []) special.push(name);
    expect(special).toEqual(['CONFIG', 'index/pipe', 'packs']);
    expect(await namesOf(new LocalBackend(other.folder))).toEqual(['one']);
  });

  test('what a crash left a day ago goes with the next write, and nothing younger', async () => {
    const { address, folder } = sshd.newStore();
    mkdirSync(join(folder, '.tmp'), { recursive: true });
    const [old, running] = ['a'.repeat(32), 'b'.repeat(32)];
    for (const name of [old, running, 'notes']) writeFileSync(join(folder, '.tmp', name), 'half');
    for (const name of [old, 'notes']) utimesSync(join(folder, '.tmp', name), new Date(0), new Date(0));
    const backend = await open(address);
    await backend.create('packs/one', bytesOf('x'));
    expect(readdirSync(join(folder, '.tmp')).sort()).toEqual([running, 'notes'].sort());
  });

  test('a wrong key, an unknown host, another host key, a refused port and a wrong option are one clear error each', async () => {
    const { address } = sshd.newStore();
    sshd.configure('wrong-key', [`IdentityFile ${sshd.path('stranger')}`, 'IdentityAgent none']);
    writeFileSync(
      sshd.path('strange-hosts'),
      `[127.0.0.1]:${sshd.port} ${readFileSync(sshd.path('stranger.pub'), 'utf8')}`,
    );
    sshd.configure('unknown-host', ['UserKnownHostsFile /dev/null']);
    sshd.configure('other-host-key', [`UserKnownHostsFile ${sshd.path('strange-hosts')}`]);
    sshd.configure('wrong-option', ['NoSuchOption yes']);
    // The first identity of a configuration is tried beside the others: the right one is taken away.
    writeFileSync(
      sshd.path('wrong-key'),
      readFileSync(sshd.path('wrong-key'), 'utf8').replace(`IdentityFile ${sshd.path('id')}\n`, ''),
    );
    for (const [config, code, said] of [
      ['wrong-key', 'credentials', /refused every key/],
      ['unknown-host', 'credentials', /does not know the host key/],
      ['other-host-key', 'credentials', /another one than ssh remembers/],
      ['wrong-option', 'usage', /does not accept its settings/],
    ] as const) {
      const error = (await (
        await open(address, config)
      )
        .read('CONFIG')
        .catch((thrown: unknown) => thrown)) as Error;
      expect(error).toMatchObject({ code, message: expect.stringMatching(said) });
      expect(error.message).not.toContain('\n');
    }
    const refused = await open(address.replace(`:${sshd.port}`, ':1'), undefined, new HastyClock());
    await expect(refused.read('CONFIG')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/nothing listens/),
    });
    const nowhere = await open('sftp://no.such.host.invalid/store');
    await expect(nowhere.read('CONFIG')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/no host of that name/),
    });
    const missing = await backendAt(address, { ssh: { command: ['/no/such/ssh'] } });
    await expect(missing.read('CONFIG')).rejects.toMatchObject({ code: 'usage' });
  });

  test('a server that is killed and started again loses no request', async () => {
    const backend = await fresh();
    await backend.create('locks/own', bytesOf('x'));
    const names = Array.from({ length: 40 }, (_, index) => `packs/${index}`);
    const writing = Promise.all(names.map((name) => backend.create(name, Buffer.alloc(500_000, name))));
    await pause(100);
    sshd.kill();
    await pause(300);
    await sshd.run();
    await writing;
    expect(await namesOf(backend, 'packs/')).toHaveLength(40);
    expect(Buffer.from(await backend.read('packs/7')).equals(Buffer.alloc(500_000, 'packs/7'))).toBe(true);
  });
});
