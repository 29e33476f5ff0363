import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Backend } from '../../src/backend/backend.ts';
import { parseRemoteAddress } from '../../src/backend/remote-address.ts';
import { decodeAnswer, decodeSpace, decodeVersion } from '../../src/backend/sftp/packets.ts';
import { SftpBackend } from '../../src/backend/sftp/sftp-backend.ts';
import type { SshOptions } from '../../src/backend/sftp/sftp-session.ts';
import { pacesOf } from '../../src/pace.ts';
import { HastyClock } from '../notion/virtual-clock.ts';
import { backendContract, bytesOf, namesOf } from './contract.ts';

const root = mkdtempSync(join(tmpdir(), 'kloset-sftp-'));
let next = 0;
const freshPath = (): string => join(root, `store-${next++}`);
const opened: SftpBackend[] = [];
afterEach(async () => {
  for (const backend of opened.splice(0)) await backend.close();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function open(path: string, faults: object = {}, options: SshOptions = {}, signal?: AbortSignal): Backend {
  const address = parseRemoteAddress(`sftp://me@host${path}`);
  if (address.kind !== 'sftp') throw new Error('not an address of SFTP');
  const command = [process.execPath, join(import.meta.dirname, 'fake-ssh.mjs'), JSON.stringify(faults)];
  const patience = { clock: new HastyClock(), ...(signal === undefined ? {} : { signal }) };
  const backend = new SftpBackend(address, patience, { command, ...options });
  opened.push(backend);
  return backend;
}

describe.each([{}, { isPlain: true, answersShort: 1000 }])('a server with %o', (faults) => {
  backendContract(async () => ({ backend: open(freshPath(), faults), close: async () => {} }));
});

test('a connection that is cut at any request is opened again, and what was under way repeated', async () => {
  const cuts = [1, 2, 3, 5, 7, 8, 9, 10, 11, 12, 13, 15, 18, 21, 24, 28].map(async (cutAt) => {
    const path = freshPath();
    const backend = open(path, { cutAt, once: `${path}.struck` });
    await backend.create('packs/ab/one', bytesOf('0123456789'));
    await backend.create('packs/ab/one', bytesOf('0123456789'));
    await backend.replace('CONFIG', bytesOf('x'));
    expect(await backend.read('packs/ab/one', { offset: 2, length: 3 })).toEqual(bytesOf('234'));
    expect(await namesOf(backend)).toEqual(['CONFIG', 'packs/ab/one']);
    expect(readdirSync(join(path, '.tmp')).length).toBeLessThan(2);
  });
  await Promise.all(cuts);
});

test('an object that another machine removes between the look and the reading is absent', async () => {
  const path = freshPath();
  await open(path).create('locks/other', bytesOf('x'));
  const backend = open(path, { vanishing: 'other' });
  await expect(backend.read('locks/other')).rejects.toMatchObject({ code: 'not-found' });
});

test('uploads and downloads take the time that their limit gives them', async () => {
  const clock = new HastyClock();
  const paces = pacesOf({ clock }, { uploadBytes: 50_000, downloadBytes: 100_000 });
  const backend = open(freshPath(), {}, { paces });
  const bytes = new Uint8Array(Buffer.alloc(300_000, 'of many letters '));
  await backend.create('packs/one', bytes);
  // Of pieces that wait side by side the last waits for the time of all.
  expect(Math.max(...clock.waits.splice(0))).toBeGreaterThan(0);
  expect(clock.now() - Date.UTC(2026, 0, 1)).toBeGreaterThan(5000);
  expect(await backend.read('packs/one')).toEqual(bytes);
});

test.each([
  ['a read', (backend: Backend) => backend.read('packs/one')],
  ['a large upload', (backend: Backend, large: Uint8Array) => backend.create('packs/two', large)],
] as const)('an interrupt cuts off %s, not what gives locks back afterwards', async (_, work) => {
  const path = freshPath();
  const large = new Uint8Array(20_000_000).fill(7);
  await open(path).create('packs/one', large);
  const stop = new AbortController();
  let passed = 0;
  const passing = (bytes: number): void => {
    passed += bytes;
    stop.abort(new Error('interrupted'));
  };
  const traffic = { sent: passing, received: passing };
  const backend = open(path, {}, { paces: { traffic } }, stop.signal);
  await expect(work(backend, large).then(() => 'done')).rejects.toThrow('interrupted');
  expect(passed).toBeLessThan(large.length / 2);
  await backend.replace('locks/own', bytesOf('y'));
  await backend.remove('locks/own');
  expect(await namesOf(backend)).toEqual(['packs/one']);
  expect(readdirSync(join(path, '.tmp'))).toEqual([]);
});

test('a server that falls silent is given up in time, and asked again', async () => {
  const path = freshPath();
  await open(path).create('CONFIG', bytesOf('x'));
  const backend = open(path, { silentAt: 2, once: `${path}.struck` }, { idleMs: 2000 });
  expect(await backend.read('CONFIG')).toEqual(bytesOf('x'));
});

test('a server that is gone for good is unavailable, after a few attempts', async () => {
  await expect(open(freshPath(), { cutAt: 1 }).read('CONFIG')).rejects.toMatchObject({ code: 'unavailable' });
});

test.each([
  ['Host key verification failed.\r\n', 'credentials'],
  ['@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.\n', 'credentials'],
  ['me@host: Permission denied (publickey,password).\r\n', 'credentials'],
  ['subsystem request failed on channel 0\n', 'unavailable'],
  ['ssh: Could not resolve hostname host: Name or service not known\n', 'unavailable'],
  ['ssh: connect to host host port 22: Connection refused\n', 'unavailable'],
  ['ssh: connect to host host port 22: Connection timed out\n', 'unavailable'],
  ['command-line: line 0: Bad configuration option: nosuch\n', 'usage'],
  ['Words that nobody expected\nand more of them\n', 'unavailable'],
  ['', 'unavailable'],
])('the last words of ssh are one line: %j', async (says, code) => {
  const error: unknown = await open(freshPath(), { says })
    .read('CONFIG')
    .catch((thrown) => thrown);
  expect(error).toMatchObject({ code, message: expect.stringContaining('sftp://me@host/') });
  expect(String(error)).not.toContain('\n');
});

test('a greeting of the shell in place of SFTP is an error, and so is a full disk', async () => {
  const greeted = open(freshPath(), { greeting: 'Welcome to the host!\n' });
  await expect(greeted.read('CONFIG')).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('does not speak SFTP'),
  });
  const path = freshPath();
  await expect(open(path, { isFull: true }).create('CONFIG', bytesOf('x'))).rejects.toMatchObject({
    code: 'temporary',
  });
  expect(readdirSync(join(path, '.tmp'))).toEqual([]);
});

describe('a write that is refused', () => {
  const [small, large] = [Buffer.alloc(100), Buffer.alloc(3 * 1024 ** 2)];
  const plenty = { freeBytes: 1024 ** 3 };
  test.each([
    ['by a disk without room', { space: { freeBytes: 0 } }, large, /disk of the server is full.* 3 MiB/],
    [
      'by one where less is free',
      { space: { freeBytes: 2 * 1024 ** 2 } },
      large,
      /disk of the server is full/,
    ],
    ['for a small object', { space: { freeBytes: 512 } }, small, /disk of the server is full\.$/],
    ['without a file left', { space: { ...plenty, freeFiles: 0 } }, small, /disk of the server is full/],
    ['where files are not counted', { space: { ...plenty, freeFiles: 0, files: 0 } }, small, /disk has room/],
    ['by a disk with room', { space: plenty }, large, /though its disk has room; a quota may/],
    ['by a server that does not tell of its disk', {}, large, /disk or a quota may be full/],
    ['with the code for a full disk', { isFull: 14 }, large, /disk of the server is full/],
    ['with the code for a quota', { isFull: 15 }, large, /quota on the server is used up/],
  ])('%s is one clear error, and leaves nothing', async (_, faults, bytes, said) => {
    const path = freshPath();
    const backend = open(path, { isFull: true, ...faults });
    for (const write of [() => backend.create('packs/one', bytes), () => backend.replace('CONFIG', bytes)])
      await expect(write()).rejects.toMatchObject({
        code: 'temporary',
        message: expect.stringMatching(said),
        hint: expect.stringMatching(/run the same command again/),
      });
    expect(readdirSync(join(path, '.tmp'))).toEqual([]);
    expect(await namesOf(backend)).toEqual([]);
  });

  test('is told from one on a read-only file system', async () => {
    const backend = open(freshPath(), { isFull: true, space: { freeBytes: 0, isReadOnly: true } });
    await expect(backend.create('packs/one', large)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('read-only'),
    });
  });
});

test('packets that lie about their lengths are errors, not reads beyond the end', () => {
  const status = Buffer.from([101, 0, 0, 0, 7, 0, 0, 0, 2, 0, 0, 0, 1, 0x78, 0, 0, 0, 0]);
  expect(decodeAnswer(status)).toEqual({ id: 7, answer: { type: 'status', code: 2, message: 'x' } });
  for (let length = 0; length < 13; length++)
    if (length !== 9) expect(() => decodeAnswer(status.subarray(0, length))).toThrow();
  expect(() => decodeAnswer(Buffer.from([103, 0, 0, 0, 1, 255, 255, 255, 255]))).toThrow();
  expect(() => decodeAnswer(Buffer.from([104, 0, 0, 0, 1, 255, 255, 255, 255]))).toThrow();
  expect(() => decodeAnswer(Buffer.from([77, 0, 0, 0, 1]))).toThrow();
  for (const length of [0, 8, 79]) expect(() => decodeSpace(Buffer.alloc(length))).toThrow();
  expect(() => decodeVersion(Buffer.from([2, 0, 0, 0, 2]))).toThrow();
  expect([...decodeVersion(Buffer.from([2, 0, 0, 0, 3, 0, 0, 0, 1, 0x61, 0, 0, 0, 1, 0x62]))]).toEqual([
    ['a', 'b'],
  ]);
});
