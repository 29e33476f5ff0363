import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Backend } from '../../src/backend/backend.ts';
import { LocalFile } from '../../src/backend/local-file.ts';
import { backendAt } from '../../src/backend/location/at-location.ts';
import { maxAttempts } from '../../src/backend/remote/patience.ts';
import type { S3Options } from '../../src/backend/s3/open-s3.ts';
import type { Clock } from '../../src/clock.ts';
import { systemClock } from '../../src/clock.ts';
import { HastyClock } from '../notion/virtual-clock.ts';
import { backendContract, bytesOf, namesOf } from './contract.ts';
import type { FakeS3Options, SeenRequest } from './fake-s3.ts';
import { FakeS3, fakeKey } from './fake-s3.ts';

const keys = { accessKeyId: fakeKey, secretAccessKey: 'secret0of0s3' };
let server: FakeS3;
let clock: HastyClock;
/** Where writers take turns, pauses must pass: a hasty clock would let all give way for ever. */
let patience: Clock;

async function serve(options: FakeS3Options = {}): Promise<void> {
  server = await new FakeS3(options).start();
}
const open = (prefix = '/store', options: S3Options = {}): Promise<Backend> =>
  backendAt(server.address + prefix, { clock: patience, s3: { keys, ...options } });

/** The fault strikes the first `times` requests that `isHit` names. */
function strike(times: number, isHit: (request: SeenRequest) => boolean, fault: ReturnType<FakeS3['fault']>) {
  let left = times;
  server.fault = (request) => {
    if (left === 0 || !isHit(request)) return undefined;
    left -= 1;
    return fault;
  };
}
const isPut = ({ method }: SeenRequest) => method === 'PUT';
const isGet = ({ method, key }: SeenRequest) => method === 'GET' && key !== '';
const any = () => true;

beforeEach(() => {
  clock = new HastyClock();
  patience = clock;
});
afterEach(() => server.stop());

test('files of this machine arrive as they are, one after the other and two at once, also in parts', async () => {
  await serve();
  const backend = await open();
  const folder = mkdtempSync(join(tmpdir(), 'kloset-'));
  const sizes = [3_000_000, 2_000_000, 5_000_000, 0, 4_000_000, 40_000_000];
  const files = sizes.map((size, at) => {
    const bytes = Buffer.alloc(size, at + 1);
    writeFileSync(join(folder, `${at}`), bytes);
    return { name: `packs/00/${at}`, bytes, file: new LocalFile(join(folder, `${at}`)) };
  });
  try {
    for (let at = 0; at < files.length; at += 2)
      await Promise.all(files.slice(at, at + 2).map(({ name, file }) => backend.create(name, file)));
    for (const { name, bytes } of files) expect(Buffer.compare(await backend.read(name), bytes)).toBe(0);
    const taken = backend.create('packs/00/0', new LocalFile(join(folder, '1')));
    await expect(taken).rejects.toMatchObject({ code: 'integrity' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe.each(['obeyed', 'refused', 'ignored'] as const)(
  'a bucket whose conditions are %s',
  (conditional) => {
    beforeEach(() => {
      patience = systemClock;
    });

    backendContract(async () => {
      await serve({ conditional, pageSize: 2 });
      const backend = await open();
      // Each writer begins with an object under a name of its own, a lock or a key slot.
      await backend.create('locks/probe', bytesOf('x'));
      await backend.remove('locks/probe');
      server.seen.length = 0;
      return { backend, close: async () => {} };
    });

    test('two that create a name through connections of their own never both succeed', async () => {
      await serve({ conditional });
      const backends = await Promise.all([1, 2, 3].map(() => open()));
      for (const [index, backend] of backends.entries()) await backend.create(`locks/${index}`, bytesOf('x'));
      const results = await Promise.allSettled(
        backends.map((backend, index) => backend.create('CONFIG', bytesOf(`from ${index}`))),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(results.findIndex(({ status }) => status === 'fulfilled')).toBe(
        Number(
          Buffer.from(await (await open()).read('CONFIG'))
            .toString()
            .slice(5),
        ),
      );
      expect([...server.objects.keys()].filter((key) => key.includes('.claims'))).toEqual([]);
    });
  },
);

describe('requests', () => {
  beforeEach(() => serve());

  test('a warm writer sends one for each object, and one for each thousand names of a list', async () => {
    const backend = await open();
    await backend.create('locks/a', bytesOf('x'));
    server.seen.length = 0;
    await backend.create('packs/one', bytesOf('1'));
    await backend.read('packs/one');
    await backend.read('packs/one', { offset: 0, length: 1 });
    await backend.size('packs/one');
    await backend.remove('packs/one');
    expect(server.counts()).toEqual({ PUT: 1, GET: 2, HEAD: 1, DELETE: 1 });
    for (let count = 0; count < 1100; count++)
      server.objects.set(`store/packs/${count}`, { bytes: Buffer.alloc(1), etag: '', modified: new Date() });
    server.seen.length = 0;
    expect(await namesOf(backend, 'packs/')).toHaveLength(1100);
    expect(server.counts()).toEqual({ GET: 2 });
  });

  test('a store at a prefix sees nothing beside it', async () => {
    await (await open('/one')).create('CONFIG', bytesOf('1'));
    await (await open('')).create('x', bytesOf('x'));
    expect(await namesOf(await open('/on'))).toEqual([]);
    expect(await namesOf(await open('/one'))).toEqual(['CONFIG']);
    expect(await namesOf(await open(''))).toEqual(['one/CONFIG', 'x']);
  });

  test('an object larger than one request goes in parts, appears whole, and is never overwritten', async () => {
    const backend = await open();
    const total = 34 * 1024 ** 2;
    async function* large(last: number): AsyncIterable<Uint8Array> {
      for (let sent = 0; sent < total; sent += 1024 ** 2)
        yield Buffer.alloc(1024 ** 2, sent === 0 ? last : 7);
    }
    server.fault = () => {
      expect([...server.objects.keys()]).toEqual([]);
      return undefined;
    };
    await backend.create('packs/large', large(7));
    server.fault = () => undefined;
    expect(server.uploads.size).toBe(0);
    expect(await backend.size('packs/large')).toBe(total);
    await backend.create('packs/large', large(7));
    await expect(backend.create('packs/large', large(8))).rejects.toMatchObject({ code: 'integrity' });
    expect((await backend.read('packs/large', { offset: 0, length: 1 }))[0]).toBe(7);
  });

  test('an object in parts that fails leaves nothing, and one whose last answer was lost is there', async () => {
    const backend = await open();
    async function* failing(): AsyncIterable<Uint8Array> {
      yield Buffer.alloc(36 * 1024 ** 2);
      throw new Error('source failed');
    }
    await expect(backend.create('packs/half', failing())).rejects.toThrow('source failed');
    expect([server.uploads.size, server.objects.size]).toEqual([0, 0]);
    strike(1, ({ method, query }) => method === 'POST' && query.has('uploadId'), 'cut-answer');
    await backend.create('packs/large', Buffer.alloc(36 * 1024 ** 2));
    expect(await namesOf(backend)).toEqual(['packs/large']);
  });
});

describe('limits', () => {
  beforeEach(() => serve());

  test('uploads and downloads take the time that their limit gives them, and arrive whole', async () => {
    const limits = { uploadBytes: 50_000, downloadBytes: 100_000 };
    const backend = await backendAt(`${server.address}/store`, { clock, limits, s3: { keys } });
    const bytes = new Uint8Array(Buffer.alloc(300_000, 'of many letters '));
    const passed = () => clock.waits.splice(0).reduce((sum, ms) => sum + ms, 0);
    await backend.create('packs/one', bytes);
    // What goes first need not wait.
    expect(passed()).toBeGreaterThan(5800);
    expect(await backend.read('packs/one')).toEqual(bytes);
    const waited = passed();
    expect(waited).toBeGreaterThan(1500);
    expect(waited).toBeLessThan(3100);
    strike(1, isPut, 'cut-answer');
    await backend.replace('CONFIG', bytes);
    expect(await backend.size('CONFIG')).toBe(300_000);
  });
});

describe('what passes is tried again', () => {
  beforeEach(() => serve());

  const passing = [
    { status: 503, code: 'SlowDown' },
    { status: 500, code: 'InternalError' },
    { status: 502, code: '', body: '<html>bad gateway</html>' },
    { status: 403, code: 'RequestTimeTooSkewed' },
    { status: 409, code: 'ConditionalRequestConflict' },
    'cut',
    'cut-answer',
  ] as const;

  test.each(passing)('a new object is written once after %o', async (fault) => {
    const backend = await open();
    strike(3, isPut, fault);
    await backend.create('packs/one', bytesOf('bytes'));
    expect(Buffer.from(await backend.read('packs/one')).toString()).toBe('bytes');
  });

  test.each([...passing, 'cut-body' as const])(
    'an object and a list are read whole after %o',
    async (fault) => {
      const backend = await open();
      await backend.create('packs/one', bytesOf('0123456789'));
      strike(3, isGet, fault);
      expect(await backend.read('packs/one')).toEqual(bytesOf('0123456789'));
      strike(3, ({ key }) => key === '', fault);
      expect(await namesOf(backend)).toEqual(['packs/one']);
    },
  );

  test('a server that says nothing is given up in time, and asked again', async () => {
    const backend = await open('/store', { idleMs: 500 });
    await backend.create('packs/one', bytesOf('bytes'));
    strike(1, isGet, 'silence');
    expect(await backend.read('packs/one')).toEqual(bytesOf('bytes'));
  });

  test('the pauses grow, and end with the interrupt', async () => {
    const backend = await open();
    strike(99, any, { status: 503, code: 'SlowDown' });
    await expect(backend.size('CONFIG')).rejects.toMatchObject({ code: 'unavailable' });
    expect(server.seen).toHaveLength(maxAttempts);
    expect(clock.waits).toHaveLength(maxAttempts - 1);
    expect(clock.waits[5]).toBeGreaterThan((clock.waits[0] ?? 0) * 5);
    const stop = new AbortController();
    const other = await backendAt(`${server.address}/store`, { signal: stop.signal, s3: { keys } });
    const reading = other.read('CONFIG');
    stop.abort(new Error('interrupted'));
    await expect(reading).rejects.toThrow('interrupted');
    server.fault = () => undefined;
    await other.remove('locks/own');
  });
});

describe('an interrupt', () => {
  beforeEach(() => serve());
  const large = new Uint8Array(2_000_000).fill(7);

  test.each([
    ['a request that is not answered', isGet, 'silence', (backend: Backend) => backend.read('packs/one')],
    ['an answer that stands still', isGet, 'still-body', (backend: Backend) => backend.read('packs/one')],
    ['a list', ({ key }: SeenRequest) => key === '', 'silence', namesOf],
    ['a large upload', isPut, 'silence', (backend: Backend) => backend.create('packs/two', large)],
  ] as const)(
    'cuts off %s, not what gives locks back afterwards',
    async (_, isHit, fault, work) => {
      const stop = new AbortController();
      const backend = await backendAt(`${server.address}/store`, { signal: stop.signal, s3: { keys } });
      await backend.create('packs/one', large);
      await backend.create('locks/own', bytesOf('x'));
      server.seen.length = 0;
      strike(1, isHit, fault);
      const working = work(backend);
      const outcome = expect(working.then(() => 'done')).rejects.toThrow('interrupted');
      await expect.poll(() => server.seen.length).toBeGreaterThan(0);
      stop.abort(new Error('interrupted'));
      await outcome;
      // A first failure of what is given back is repeated.
      strike(1, any, 'cut');
      expect(await backend.size('packs/one')).toBe(large.length);
      await backend.replace('locks/own', bytesOf('y'));
      await backend.remove('locks/own');
      expect(await namesOf(backend)).toEqual(['packs/one']);
      // Sooner than the connection counts as dead.
    },
    30_000,
  );

  test('lets a small object arrive, which may be a lock', async () => {
    const stop = new AbortController();
    const backend = await backendAt(`${server.address}/store`, { signal: stop.signal, s3: { keys } });
    const creating = backend.replace('locks/own', bytesOf('x'));
    await expect.poll(() => server.seen.length).toBeGreaterThan(0);
    stop.abort(new Error('interrupted'));
    await creating;
    expect(await namesOf(backend)).toEqual(['locks/own']);
  });
});

describe('what does not pass is one clear error', () => {
  beforeEach(() => serve());

  test.each([
    [{ status: 403, code: 'InvalidAccessKeyId' }, 'credentials'],
    [{ status: 403, code: 'SignatureDoesNotMatch' }, 'credentials'],
    [{ status: 403, code: 'AccessDenied' }, 'credentials'],
    [{ status: 400, code: 'ExpiredToken' }, 'credentials'],
    [{ status: 403, code: 'QuotaExceeded' }, 'temporary'],
    [{ status: 507, code: 'XMinioStorageFull' }, 'temporary'],
    // As Swift says it, and what it says of an object that is too large.
    [{ status: 400, code: 'EntityTooLarge', body: entityTooLarge('Upload exceeds quota.') }, 'temporary'],
    [
      { status: 400, code: 'EntityTooLarge', body: entityTooLarge('Your upload is too large.') },
      'unavailable',
    ],
    [{ status: 404, code: 'NoSuchBucket' }, 'unavailable'],
    [{ status: 301, code: 'PermanentRedirect' }, 'usage'],
    [{ status: 400, code: 'InvalidRequest' }, 'unavailable'],
    [{ status: 503, code: 'SlowDown' }, 'unavailable'],
    [{ status: 403, code: 'RequestTimeTooSkewed' }, 'unavailable'],
    ['cut', 'unavailable'],
    ['cut-body', 'unavailable'],
  ] as const)('%o is %s, for every action', async (fault, code) => {
    const backend = await open();
    await backend.create('locks/a', bytesOf('a'));
    server.fault = () => fault;
    const actions = [
      () => backend.read('locks/a'),
      () => namesOf(backend),
      ...(fault === 'cut-body'
        ? []
        : [() => backend.create('locks/b', bytesOf('b')), () => backend.remove('locks/a')]),
      ...(fault === 'cut-body' ? [] : [() => backend.replace('locks/a', bytesOf('c'))]),
    ];
    for (const action of actions) {
      const error: unknown = await action().then(
        () => 'no error',
        (thrown) => thrown,
      );
      expect(error).toMatchObject({ code, message: expect.stringContaining(server.address) });
      expect(String(error)).not.toMatch(/secret0of0s3|\n/);
    }
  });

  test('a list whose page is followed by itself, which would never end', async () => {
    const backend = await open();
    const body =
      '<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>again</NextContinuationToken></ListBucketResult>';
    server.fault = ({ key }) => (key === '' ? { status: 200, code: 'OK', body } : undefined);
    await expect(namesOf(backend)).rejects.toMatchObject({ code: 'integrity' });
  }, 20_000);

  test('a bucket that is not there is not taken for a missing object', async () => {
    const backend = await backendAt(server.address.replace('/bucket', '/nobucket'), { clock, s3: { keys } });
    for (const action of [
      () => backend.read('CONFIG'),
      () => backend.size('CONFIG'),
      () => backend.remove('CONFIG'),
    ])
      await expect(action()).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringMatching(/no such bucket/),
      });
  });

  test('a key the server does not know, a host that is not there and a port nobody listens at', async () => {
    const wrong = await open('', { keys: { ...keys, accessKeyId: 'AKIDOTHER' } });
    await expect(wrong.read('CONFIG')).rejects.toMatchObject({ code: 'credentials' });
    const nowhere = await backendAt('s3+http://no.such.host.invalid/bucket', { clock, s3: { keys } });
    await expect(nowhere.read('CONFIG')).rejects.toMatchObject({ code: 'unavailable' });
    const address = server.address;
    await server.stop();
    const refused = await backendAt(address, { clock, s3: { keys } });
    await expect(refused.read('CONFIG')).rejects.toMatchObject({ code: 'unavailable' });
    await serve();
  });
});

function entityTooLarge(message: string): string {
  return `<?xml version="1.0"?><Error><Code>EntityTooLarge</Code><Message>${message}</Message></Error>`;
}
