import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isKlosetError } from '../../../src/errors.ts';
import { parseApiUrl } from '../../../src/notion/api/api-url.ts';
import type { DownloadOptions, MediaHead } from '../../../src/notion/files/media-download.ts';
import { downloadMedia } from '../../../src/notion/files/media-download.ts';
import { mediaFailureOf } from '../../../src/notion/files/media-failure.ts';
import { SilentHosts } from '../../../src/notion/files/silent-hosts.ts';
import { Pace } from '../../../src/pace.ts';
import type { Answer, Asked, FakeServer } from '../fake-server.ts';
import { withServer } from '../fake-server.ts';
import { HastyClock } from '../virtual-clock.ts';

const file = Buffer.from(Array.from({ length: 300_000 }, (_unused, index) => (index * 7919) % 251));
const etag = '"v1"';

type Options = Partial<DownloadOptions> & { readonly path?: string };

function optionsFor(server: FakeServer, options: Options): DownloadOptions {
  const { path = '/s3/a/b.bin?X-Amz-Signature=1', ...more } = options;
  return {
    url: server.url + path,
    kind: 'hosted',
    apiUrl: parseApiUrl(server.url),
    clock: new HastyClock(),
    random: () => 0,
    ...more,
  };
}

async function bytesOf(download: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces = [];
  for await (const piece of download) pieces.push(piece);
  return Buffer.concat(pieces);
}

interface Outcome {
  readonly bytes: Buffer | undefined;
  readonly error: unknown;
  readonly asked: readonly Asked[];
}

async function download(answer: Answer, options: Options = {}): Promise<Outcome> {
  return withServer(answer, async (server) => {
    try {
      const bytes = await bytesOf(downloadMedia(optionsFor(server, options)));
      return { bytes, error: undefined, asked: server.asked };
    } catch (error) {
      return { bytes: undefined, error, asked: server.asked };
    }
  });
}

/** Serves `file` as S3 does: whole, or the range asked for when If-Range names this file. */
function serve(asked: Asked, response: ServerResponse, bytes = file, tag: string | undefined = etag): void {
  const from = rangeOf(asked);
  const isRange = from > 0 && asked.headers['if-range'] === tag;
  const body = isRange ? bytes.subarray(from) : bytes;
  response.writeHead(isRange ? 206 : 200, {
    'content-length': body.length,
    ...(tag === undefined ? {} : { etag: tag }),
    ...(isRange ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}),
  });
  response.end(body);
}

/** Begins like `serve` and breaks off after `count` bytes. */
function serveCut(
  asked: Asked,
  response: ServerResponse,
  count: number,
  tag: string | undefined = etag,
): void {
  const from = asked.headers['if-range'] === tag ? rangeOf(asked) : 0;
  response.writeHead(from > 0 ? 206 : 200, {
    'content-length': file.length - from,
    ...(tag === undefined ? {} : { etag: tag }),
    ...(from > 0 ? { 'content-range': `bytes ${from}-${file.length - 1}/${file.length}` } : {}),
  });
  response.write(file.subarray(from, from + count), () => setImmediate(() => response.destroy()));
}

function rangeOf(asked: Asked): number {
  return Number(/^bytes=(\d+)-$/.exec(asked.headers.range ?? '')?.[1] ?? 0);
}

describe('a media download', () => {
  it('gives the bytes, tells size and type first, and sends no token', async () => {
    const heads: MediaHead[] = [];
    const answer: Answer = (_asked, response) => {
      response.writeHead(200, { 'content-length': file.length, 'content-type': 'image/png' });
      response.end(file);
    };
    const { bytes, asked } = await download(answer, { onHead: (head) => heads.push(head) });
    expect(bytes?.equals(file)).toBe(true);
    expect(heads).toEqual([{ sizeBytes: file.length, contentType: 'image/png' }]);
    expect(asked[0]?.headers.authorization).toBeUndefined();
    expect(asked[0]?.url).toBe('/s3/a/b.bin?X-Amz-Signature=1');
  });

  it('comes no faster than it may, all downloads together', async () => {
    const clock = new HastyClock();
    const pace = new Pace({ clock }, 100_000);
    const began = clock.now();
    for (let count = 1; count <= 2; count += 1) {
      const { bytes } = await download((asked, response) => serve(asked, response), { clock, pace });
      expect(bytes?.equals(file)).toBe(true);
    }
    // The last piece of 600,000 bytes need not wait for those behind it.
    expect(clock.now() - began).toBeGreaterThan(5_000);
    expect(clock.now() - began).toBeLessThan(7_000);
  });

  it('gives an empty file', async () => {
    const { bytes } = await download((asked, response) => serve(asked, response, Buffer.alloc(0)));
    expect(bytes?.length).toBe(0);
  });

  it.each<[string, (response: ServerResponse) => void, RegExp]>([
    [
      'a web page',
      (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Sign in</p>'),
      /html/,
    ],
    ['202', (response) => response.writeHead(202).end(), /202/],
    ['204', (response) => response.writeHead(204).end(), /204/],
    ['no bytes at all', (response) => response.writeHead(200, { 'content-length': 0 }).end(), /empty/],
  ])('asks again where %s comes in place of a picture, and then fails', async (_name, odd, message) => {
    const path = '/s3/a/picture.png?X-Amz-Signature=1';
    const once = await download(
      (asked, response, turn) => (turn === 0 ? odd(response) : serve(asked, response)),
      {
        path,
      },
    );
    expect(once.bytes?.equals(file)).toBe(true);
    const always = await download((_asked, response) => odd(response), { path });
    expect(mediaFailureOf(always.error)?.reason).toBe('refused');
    expect(String(always.error)).toMatch(message);
    expect(always.asked).toHaveLength(3);
  });

  it('reads a body of unknown length to its end', async () => {
    const { bytes } = await download((_asked, response) => {
      response.write(file.subarray(0, 1_000));
      response.end(file.subarray(1_000));
    });
    expect(bytes?.equals(file)).toBe(true);
  });

  it('asks for the rest only, after each broken connection', async () => {
    const { bytes, asked } = await download((one, response, turn) =>
      turn < 3 ? serveCut(one, response, 70_000) : serve(one, response),
    );
    expect(bytes?.equals(file)).toBe(true);
    expect(asked.slice(1).every((one) => rangeOf(one) > 0 && one.headers['if-range'] === etag)).toBe(true);
  });

  it.each([
    ['ignores ranges', etag],
    ['gives no ETag', undefined],
    ['gives a weak ETag', 'W/"v1"'],
  ])('goes on after a break when the server %s, checking what it had', async (_name, tag) => {
    const { bytes } = await download((one, response, turn) => {
      if (turn === 0) serveCut(one, response, 70_000, tag);
      else serve({ ...one, headers: {} }, response, file, tag);
    });
    expect(bytes?.equals(file)).toBe(true);
  });

  it('never joins two files: a changed beginning is told', async () => {
    const other = Buffer.from(file);
    other[10] = 255;
    const { error } = await download((one, response, turn) =>
      turn === 0 ? serveCut(one, response, 70_000) : serve(one, response, other, '"v2"'),
    );
    expect(mediaFailureOf(error)?.reason).toBe('changed');
    expect(isKlosetError(error, 'temporary')).toBe(true);
  });

  it.each([
    ['longer', Buffer.concat([file, file])],
    ['shorter', file.subarray(0, 1_000)],
  ])('tells that the file changed when it is %s now', async (_name, other) => {
    const { error } = await download((one, response, turn) =>
      turn === 0 ? serveCut(one, response, 70_000) : serve(one, response, other, '"v2"'),
    );
    expect(mediaFailureOf(error)?.reason).toBe('changed');
  });

  it('reads the whole again when the range is refused', async () => {
    const { bytes } = await download((one, response, turn) => {
      if (turn === 0) serveCut(one, response, 70_000);
      else if (turn === 1) response.writeHead(416).end();
      else serve(one, response);
    });
    expect(bytes?.equals(file)).toBe(true);
  });

  it('refuses a range that begins elsewhere', async () => {
    const { error } = await download((one, response, turn) => {
      if (turn === 0) serveCut(one, response, 70_000);
      else {
        response.writeHead(206, { etag, 'content-range': `bytes 5-${file.length - 1}/${file.length}` });
        response.end(file.subarray(5));
      }
    });
    expect(mediaFailureOf(error)?.reason).toBe('refused');
  });

  it('reads the whole again when a range begins elsewhere', async () => {
    const { bytes, asked } = await download((one, response, turn) => {
      if (turn === 0) serveCut(one, response, 70_000);
      else if (rangeOf(one) === 0) serve(one, response);
      else {
        response.writeHead(206, { etag, 'content-range': `bytes 0-${file.length - 1}/${file.length}` });
        response.end(file);
      }
    });
    expect(bytes?.equals(file)).toBe(true);
    expect(asked.map(rangeOf)).toEqual([0, 70_000, 0]);
  });

  it('goes on where a range ends early', async () => {
    const { bytes, asked } = await download((one, response, turn) => {
      if (turn === 0) return serveCut(one, response, 70_000);
      const from = rangeOf(one);
      const to = Math.min(from + 90_000, file.length);
      response.writeHead(206, { etag, 'content-range': `bytes ${from}-${to - 1}/${file.length}` });
      response.end(file.subarray(from, to));
    });
    expect(bytes?.equals(file)).toBe(true);
    expect(asked).toHaveLength(4);
  });

  it('gives up when ranges bring nothing new', async () => {
    const { error } = await download((one, response, turn) => {
      if (turn === 0) return serveCut(one, response, 70_000);
      const from = rangeOf(one);
      response.writeHead(206, { etag, 'content-range': `bytes ${from}-${from}/${file.length}` });
      response.end();
    });
    expect(mediaFailureOf(error)?.reason).toBe('broken');
  });

  it('never passes a short body as the whole', async () => {
    const { error, asked } = await download(
      (one, response) => serveCut({ ...one, headers: {} }, response, 100),
      {
        attempts: 4,
      },
    );
    expect(mediaFailureOf(error)?.reason).toBe('broken');
    expect(asked.length).toBe(4);
  });

  it('breaks off a connection that stalls, and goes on', async () => {
    const { bytes, asked } = await download(
      (one, response, turn) => {
        if (turn > 0) return serve(one, response);
        response.writeHead(200, { 'content-length': file.length, etag });
        response.write(file.subarray(0, 50_000));
      },
      { stallMs: 150 },
    );
    expect(bytes?.equals(file)).toBe(true);
    expect(rangeOf(asked[1] ?? { method: '', url: '', headers: {}, body: file })).toBeGreaterThan(0);
  });

  it('waits for a server that is busy, as long as it asks', async () => {
    const clock = new HastyClock();
    const { bytes } = await download(
      (one, response, turn) =>
        turn === 0 ? response.writeHead(503, { 'retry-after': '20' }).end() : serve(one, response),
      { clock },
    );
    expect(bytes?.equals(file)).toBe(true);
    expect(clock.waits).toEqual([20_000]);
  });

  it.each([
    [404, 'missing', 'not-found'],
    [410, 'missing', 'not-found'],
    [418, 'refused', 'unavailable'],
  ])('ends at %i as %s', async (status, reason, code) => {
    const { error, asked } = await download((_asked, response) => response.writeHead(status).end());
    expect(mediaFailureOf(error)).toMatchObject({ reason, status });
    expect(isKlosetError(error) && error.code).toBe(code);
    expect(asked).toHaveLength(1);
  });

  it('shows no signed query in its errors', async () => {
    const { error } = await download((_asked, response) => response.writeHead(404).end());
    expect(String(error)).toContain('/s3/a/b.bin');
    expect(String(error)).not.toContain('X-Amz');
  });

  it('stops above the size limit, before the bytes when the size is told', async () => {
    const limit = { maxSizeBytes: 1_000 };
    const told = await download((asked, response) => serve(asked, response), limit);
    const untold = await download((_asked, response) => {
      response.write(file);
      response.end();
    }, limit);
    for (const { error } of [told, untold]) expect(mediaFailureOf(error)?.reason).toBe('too-large');
  });

  it('hands out pieces while the rest is still to come', async () => {
    let finish = () => {};
    const answer: Answer = (_asked, response) => {
      response.writeHead(200, { 'content-length': 2_000 });
      response.write(file.subarray(0, 1_000));
      finish = () => response.end(file.subarray(1_000, 2_000));
    };
    await withServer(answer, async (server) => {
      const pieces = downloadMedia(optionsFor(server, {}));
      const first = await pieces.next();
      expect(first.done).toBe(false);
      finish();
      expect((await bytesOf(pieces)).length + (first.done === true ? 0 : first.value.length)).toBe(2_000);
    });
  });

  it('closes its connection when the reader stops early', async () => {
    let isClosed = false;
    const answer: Answer = (_asked, response) => {
      response.on('close', () => {
        isClosed = true;
      });
      response.writeHead(200, { 'content-length': 1_000_000 });
      response.write(file);
    };
    await withServer(answer, async (server) => {
      for await (const piece of downloadMedia(optionsFor(server, {}))) if (piece.length > 0) break;
      while (!isClosed) await new Promise((resolve) => setImmediate(resolve));
    });
    expect(isClosed).toBe(true);
  });

  it('ends when its signal says so', async () => {
    const abort = new AbortController();
    const answer: Answer = (_asked, response) => {
      response.writeHead(200, { 'content-length': 1_000_000 });
      response.write(file.subarray(0, 10), () => abort.abort(new Error('stopped by the test')));
    };
    const { error } = await download(answer, { signal: abort.signal });
    expect(String(error)).toContain('stopped by the test');
  });
});

describe('a file that the host sends encoded', () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'.repeat(5_000));
  const path = '/s3/a/picture.svg?X-Amz-Signature=1';
  const encoded =
    (bytes: Buffer, encoding: string, cutAt?: number): Answer =>
    (asked, response, turn) => {
      const from = asked.headers['if-range'] === etag ? rangeOf(asked) : 0;
      response.writeHead(from > 0 ? 206 : 200, {
        'content-encoding': encoding,
        'content-length': bytes.length - from,
        etag,
        ...(from > 0 ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}),
      });
      if (turn > 0 || cutAt === undefined) response.end(bytes.subarray(from));
      else response.write(bytes.subarray(0, cutAt), () => setImmediate(() => response.destroy()));
    };

  it.each([
    ['gzip', gzipSync(svg)],
    ['deflate', deflateSync(svg)],
    ['br', brotliCompressSync(svg)],
    ['identity', svg],
  ])('is itself, not what was sent (%s), over a broken connection too', async (encoding, bytes) => {
    expect((await download(encoded(bytes, encoding), { path })).bytes?.equals(svg)).toBe(true);
    const cut = await download(encoded(bytes, encoding, 20), { path });
    expect(cut.bytes?.equals(svg)).toBe(true);
    expect(cut.asked).toHaveLength(2);
  });

  it('is not taken apart where it is an archive, or was not encoded at all', async () => {
    const archive = gzipSync(svg);
    const kept = await download(encoded(archive, 'gzip'), { path: '/s3/a/backup.tar.gz?X-Amz-Signature=1' });
    expect(kept.bytes?.equals(archive)).toBe(true);
    expect((await download(encoded(svg, 'gzip'), { path })).bytes?.equals(svg)).toBe(true);
  });

  it('is missing where its encoding is unknown or damaged, and above the size limit', async () => {
    const failureOf = async (answer: Answer, options: Options = {}) =>
      mediaFailureOf((await download(answer, { path, ...options })).error)?.reason;
    expect(await failureOf(encoded(svg, 'zstd'))).toBe('refused');
    expect(await failureOf(encoded(gzipSync(svg).subarray(0, 60), 'gzip'))).toBe('refused');
    expect(await failureOf(encoded(gzipSync(svg), 'gzip'), { maxSizeBytes: 100_000 })).toBe('too-large');
  });
});

describe('a host that does not answer', () => {
  const silent: Answer = (_asked, response) => response.destroy();

  it('is tried once for each further file, until it answers again', async () => {
    let isUp = false;
    await withServer(
      (...given) => (isUp ? serve(given[0], given[1]) : silent(...given)),
      async (server) => {
        const silentHosts = new SilentHosts();
        const triesOf = async (path: string): Promise<number> => {
          const before = server.asked.length;
          await bytesOf(downloadMedia(optionsFor(server, { path, silentHosts }))).catch(() => {});
          return server.asked.length - before;
        };
        expect([await triesOf('/a'), await triesOf('/b'), await triesOf('/c')]).toEqual([6, 1, 1]);
        isUp = true;
        expect(await triesOf('/d')).toBe(1);
        isUp = false;
        expect([await triesOf('/e'), await triesOf('/f')]).toEqual([6, 1]);
      },
    );
  });
});

describe('an expired address', () => {
  const guarded: Answer = (asked, response) =>
    asked.url.endsWith('Signature=2')
      ? serve(asked, response)
      : response.writeHead(403).end('<Error>expired</Error>');

  it('is replaced by a fresh one', async () => {
    await withServer(guarded, async (server) => {
      const freshUrl = async () => `${server.url}/s3/a/b.bin?X-Amz-Signature=2`;
      const bytes = await bytesOf(downloadMedia(optionsFor(server, { freshUrl })));
      expect(bytes.equals(file)).toBe(true);
    });
  });

  it('in the middle of a file goes on by range from the fresh one', async () => {
    const answer: Answer = (asked, response, turn) =>
      turn === 0 ? serveCut(asked, response, 70_000) : guarded(asked, response, turn);
    await withServer(answer, async (server) => {
      const freshUrl = async () => `${server.url}/s3/a/b.bin?X-Amz-Signature=2`;
      const bytes = await bytesOf(downloadMedia(optionsFor(server, { freshUrl })));
      expect(bytes.equals(file)).toBe(true);
      expect(
        rangeOf(server.asked.at(-1) ?? { method: '', url: '', headers: {}, body: file }),
      ).toBeGreaterThan(0);
    });
  });

  it('in the middle of a file is not replaced by another file', async () => {
    const answer: Answer = (asked, response, turn) =>
      turn === 0 ? serveCut(asked, response, 70_000) : guarded(asked, response, turn);
    await withServer(answer, async (server) => {
      const freshUrl = async () => `${server.url}/s3/other.bin?X-Amz-Signature=2`;
      const reading = bytesOf(downloadMedia(optionsFor(server, { freshUrl })));
      await expect(reading).rejects.toSatisfy((error) => mediaFailureOf(error)?.reason === 'changed');
    });
  });

  it('is told when nobody gives a fresh one, or fresh ones do not open either', async () => {
    const refuse: Answer = (_asked, response) => response.writeHead(403).end();
    const without = await download(refuse);
    expect(mediaFailureOf(without.error)).toMatchObject({ reason: 'expired', status: 403 });
    const gone = await download(refuse, { freshUrl: async () => undefined });
    expect(mediaFailureOf(gone.error)?.reason).toBe('expired');
    await withServer(refuse, async (server) => {
      const options = optionsFor(server, { freshUrl: async () => `${server.url}/s3/a/b.bin` });
      await expect(bytesOf(downloadMedia(options))).rejects.toSatisfy(
        (error) => mediaFailureOf(error)?.reason === 'expired',
      );
      expect(server.asked).toHaveLength(4);
    });
  });

  it('is not taken for one when the file is external', async () => {
    const { error } = await download((_asked, response) => response.writeHead(403).end(), {
      kind: 'external',
    });
    expect(mediaFailureOf(error)?.reason).toBe('refused');
  });
});

describe('redirects', () => {
  it('are followed a few times', async () => {
    const { bytes } = await download((asked, response) =>
      asked.url === '/end' ? serve(asked, response) : response.writeHead(302, { location: '/end' }).end(),
    );
    expect(bytes?.equals(file)).toBe(true);
  });

  it('are not followed for ever', async () => {
    const { error, asked } = await download((_asked, response) =>
      response.writeHead(302, { location: '/' }).end(),
    );
    expect(mediaFailureOf(error)?.reason).toBe('refused');
    expect(asked).toHaveLength(6);
  });

  it.each([
    'http://10.0.0.1/',
    'http://169.254.169.254/latest',
    'http://[::1]:1/',
    'file:///etc/passwd',
    'http://inside.example/',
  ])('of external media do not lead to %s', async (location) => {
    const { error, asked } = await download(
      (_asked, response) => response.writeHead(302, { location }).end(),
      {
        kind: 'external',
        resolve: async () => [{ address: '10.1.2.3', family: 4 }],
      },
    );
    expect(mediaFailureOf(error)?.reason).toBe('forbidden');
    expect(asked).toHaveLength(1);
  });
});

describe('memory', () => {
  it('does not hold a large file', async () => {
    const piece = Buffer.alloc(1024 * 1024, 7);
    const pieces = 256;
    const answer: Answer = (_asked, response) => {
      response.writeHead(200, { 'content-length': piece.length * pieces });
      const send = (left: number) => {
        if (left === 0) response.end();
        else response.write(piece, () => send(left - 1));
      };
      send(pieces);
    };
    await withServer(answer, async (server) => {
      const hash = createHash('sha256');
      let most = 0;
      const before = process.memoryUsage().arrayBuffers;
      for await (const bytes of downloadMedia(optionsFor(server, {}))) {
        hash.update(bytes);
        most = Math.max(most, process.memoryUsage().arrayBuffers - before);
      }
      expect(most).toBeLessThan(100 * 1024 * 1024);
    });
  });
});
