import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../src/errors.ts';
import { isKlosetError, KlosetError } from '../../../src/errors.ts';
import type { MonitorEvent } from '../../../src/monitor.ts';
import type { ApiFailure, ApiRequest } from '../../../src/notion/api/api.ts';
import { apiFailureOf } from '../../../src/notion/api/api.ts';
import type { ConnectOptions, NotionConnection } from '../../../src/notion/api/client.ts';
import { connectNotion } from '../../../src/notion/api/client.ts';
import { Pace } from '../../../src/pace.ts';
import type { Answer, FakeServer } from '../fake-server.ts';
import { sendError, sendJson, withServer } from '../fake-server.ts';
import { HastyClock } from '../virtual-clock.ts';

const token = 'ntn_secretOfTheTests1234567890';
const read: ApiRequest = { method: 'get', path: 'users/me', effect: 'read' };
const search: ApiRequest = { method: 'post', path: 'search', body: {}, effect: 'read' };
const write: ApiRequest = { method: 'post', path: 'pages', body: { a: 1 }, effect: 'write' };

interface Session {
  readonly notion: NotionConnection;
  readonly clock: HastyClock;
  readonly server: FakeServer;
  readonly events: MonitorEvent[];
}

/** Connects to a server that answers with `answer`; waits are over at once. */
function withNotion<T>(
  answer: Answer,
  use: (session: Session) => Promise<T>,
  options: Partial<ConnectOptions> = {},
): Promise<T> {
  return withServer(answer, async (server) => {
    const clock = new HastyClock();
    const events: MonitorEvent[] = [];
    const notion = connectNotion({
      token,
      apiUrl: server.url,
      clock,
      monitor: { report: (event) => events.push(event) },
      random: () => 0.5,
      ...options,
    });
    try {
      return await use({ notion, clock, server, events });
    } finally {
      notion.close();
    }
  });
}

/** The KlosetError `request` ends with. */
async function failureOf(request: Promise<unknown>): Promise<KlosetError> {
  const error: unknown = await request.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof KlosetError) return error;
  throw new Error(`not a KlosetError: ${String(error)}`);
}

/** What a request answered always the same way ends with, and how often it was sent. */
async function outcomeOf(answer: Answer, request: ApiRequest, options: Partial<ConnectOptions> = {}) {
  return withNotion(
    answer,
    async ({ notion, server, clock }) => {
      const error = await failureOf(notion.request(request));
      return { error, failure: apiFailureOf(error), sent: server.asked.length, waits: clock.waits };
    },
    options,
  );
}

const html: Answer = (_asked, response) => {
  response.writeHead(502, { 'content-type': 'text/html' });
  response.end('<!DOCTYPE html><html><h1>Bad gateway</h1></html>');
};

describe('a request', () => {
  it('carries token, version, query and body', async () => {
    await withNotion(
      (_asked, response) => sendJson(response, 200, { object: 'list', results: [] }),
      async ({ notion, server }) => {
        await notion.request({
          ...search,
          path: 'data_sources/1/query',
          query: { filter_properties: ['a%3Ab', 'ti%tle'], page_size: 5 },
          body: { sorts: [] },
        });
        const [asked] = server.asked;
        expect(asked?.method).toBe('POST');
        expect(asked?.url).toBe(
          '/v1/data_sources/1/query?filter_properties=a%3Ab&filter_properties=ti%25tle&page_size=5',
        );
        expect(asked?.headers.authorization).toBe(`Bearer ${token}`);
        expect(asked?.headers['notion-version']).toBe('2026-03-11');
        expect(JSON.parse(asked?.body.toString() ?? '')).toEqual({ sorts: [] });
        expect(notion.requestsSpent).toBe(1);
      },
    );
  });

  it('reaches property ids that hold two dots in a row', async () => {
    await withNotion(
      (_asked, response) => sendJson(response, 200, {}),
      async ({ notion, server }) => {
        await notion.request({ ...read, path: 'pages/1/properties/a...b' });
        expect(server.asked[0]?.url).toBe('/v1/pages/1/properties/a...b');
      },
    );
  });

  it('reaches property ids that hold a slash and a backslash, as they came', async () => {
    await withNotion(
      (_asked, response) => sendJson(response, 200, {}),
      async ({ notion, server }) => {
        for (const id of ['a%2F%5Cb', '..%2Fa', '%2F..%5C'])
          await notion.request({ ...read, path: `pages/1/properties/${id}` });
        expect(server.asked.map(({ url }) => url)).toEqual([
          '/v1/pages/1/properties/a%2F%5Cb',
          '/v1/pages/1/properties/..%2Fa',
          '/v1/pages/1/properties/%2F..%5C',
        ]);
      },
    );
  });

  it('tells Notion’s time by the Date header of its last answer', async () => {
    const date = 'Tue, 06 Jan 2026 10:00:00 GMT';
    await withNotion(
      (_asked, response) => {
        response.setHeader('date', date);
        sendJson(response, 200, {});
      },
      async ({ notion }) => {
        expect(notion.notionNow()).toBeUndefined();
        await notion.request({ ...read, path: 'users/me' });
        const now = notion.notionNow() ?? 0;
        expect(now - Date.parse(date)).toBeGreaterThanOrEqual(0);
        expect(now - Date.parse(date)).toBeLessThan(60_000);
      },
    );
  });

  it.each([
    '../secret',
    'pages/../users',
    'pages/%2e%2e/users',
    'pages//x',
    '/pages',
    'a?b=c',
    'a#b',
    'a\\b',
    'a%2F..%2Fb',
    '',
  ])('is not sent to the path %j', async (path) => {
    await withNotion(
      (_asked, response) => sendJson(response, 200, {}),
      async ({ notion, server }) => {
        const error = await failureOf(notion.request({ ...read, path }));
        expect(apiFailureOf(error)?.code).toBe('invalid-path');
        expect(server.asked).toHaveLength(0);
        expect(notion.requestsSpent).toBe(0);
      },
    );
  });

  it('sends a file part as a form with name, type and number', async () => {
    await withNotion(
      (_asked, response) => sendJson(response, 200, { status: 'pending' }),
      async ({ notion, server }) => {
        const part = {
          bytes: new Uint8Array([1, 2, 3]),
          filename: 'ä.png',
          contentType: 'image/png',
          partNumber: 2,
        };
        await notion.sendFilePart('u-1', part);
        const [asked] = server.asked;
        expect(asked?.url).toBe('/v1/file_uploads/u-1/send');
        expect(asked?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
        const body = asked?.body.toString('latin1') ?? '';
        expect(body).toContain('Content-Type: image/png');
        expect(body).toContain('name="part_number"\r\n\r\n2\r\n');
        expect(body).toContain('\x01\x02\x03');
      },
    );
  });
});

it('file parts keep the distance that their rate asks for', async () => {
  const clock = new HastyClock();
  await withNotion(
    (_asked, response) => sendJson(response, 200, { status: 'pending' }),
    async ({ notion }) => {
      const part = { bytes: new Uint8Array(200_000), filename: 'a.png', contentType: 'image/png' };
      const began = clock.now();
      for (let count = 1; count <= 3; count += 1) await notion.sendFilePart('u-1', part);
      expect(clock.now() - began).toBeGreaterThanOrEqual(4000);
    },
    { clock, paces: { upload: new Pace({ clock }, 100_000) } },
  );
});

describe('a refused request', () => {
  const answers: readonly [number, string, ErrorCode][] = [
    [401, 'unauthorized', 'credentials'],
    [403, 'restricted_resource', 'credentials'],
    [404, 'object_not_found', 'not-found'],
    [400, 'validation_error', 'internal'],
    [400, 'invalid_request_url', 'usage'],
    [400, 'missing_version', 'internal'],
    [409, 'row_limit_exceeded', 'internal'],
  ];

  it.each(answers)('%i %s fails at once as one line', async (status, code, errorCode) => {
    const outcome = await outcomeOf((_asked, response) => sendError(response, status, code), read);
    expect(outcome.error.code).toBe(errorCode);
    expect(outcome.failure).toEqual({
      type: 'api-failure',
      status,
      code,
      message: `about ${code}`,
      additionalData: null,
    });
    expect(outcome.error.message).toContain('GET users/me');
    expect(outcome.error.message).not.toContain('\n');
    expect(outcome.sent).toBe(1);
  });

  it('quotes Notion without control characters and not endlessly', async () => {
    const message = `bad\n\u001b[31m\u202e${'x'.repeat(5_000)}`;
    const outcome = await outcomeOf(
      (_asked, response) => sendError(response, 400, 'validation_error', { message }),
      write,
    );
    expect(outcome.error.message).not.toMatch(/[\u0000-\u001f\u202e]/);
    expect(outcome.error.message.length).toBeLessThan(400);
  });

  it('keeps additional_data for the caller', async () => {
    const additionalData = { committed_resource_id: 'p-1', retry_guidance: ['Do not repeat the write.'] };
    const outcome = await outcomeOf(
      (_asked, response) => sendError(response, 503, 'service_unavailable', { additionalData }),
      write,
    );
    expect(outcome.failure?.additionalData).toEqual(additionalData);
    expect(outcome.error.code).toBe('unavailable');
    expect(outcome.sent).toBe(1);
  });
});

describe('a read that fails for a while', () => {
  const passing: readonly [string, Answer][] = [
    ['500', (_asked, response) => sendError(response, 500, 'internal_server_error')],
    ['502 in HTML', html],
    ['503', (_asked, response) => sendError(response, 503, 'database_connection_unavailable')],
    ['504', (_asked, response) => sendError(response, 504, 'gateway_timeout')],
    ['409', (_asked, response) => sendError(response, 409, 'conflict_error')],
    ['a connection reset', (_asked, response) => response.destroy()],
    [
      'an answer cut short',
      (_asked, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
        response.write('{"object":');
        setImmediate(() => response.destroy());
      },
    ],
    [
      'an HTML page with status 200',
      (_asked, response) => {
        response.writeHead(200, { 'content-type': 'text/html' });
        response.end('<html>maintenance</html>');
      },
    ],
    [
      'an HTML 403 of a proxy',
      (_asked, response) => {
        response.writeHead(403, { 'content-type': 'text/html' });
        response.end('<html>Attention required</html>');
      },
    ],
    [
      '429',
      (_asked, response) => sendError(response, 429, 'rate_limited', { headers: { 'retry-after': '7' } }),
    ],
    [
      '529',
      (_asked, response) => sendError(response, 529, 'service_overload', { headers: { 'retry-after': '5' } }),
    ],
  ];

  it.each(passing)('is repeated after %s', async (_name, trouble) => {
    await withNotion(
      (asked, response, turn) =>
        turn < 2 ? trouble(asked, response, turn) : sendJson(response, 200, { object: 'user' }),
      async ({ notion, server }) => {
        expect(await notion.request(search)).toEqual({ object: 'user' });
        expect(server.asked).toHaveLength(3);
        expect(notion.requestsSpent).toBe(3);
      },
    );
  });

  it('is repeated after a time-out', async () => {
    await withNotion(
      (_asked, response, turn) => {
        if (turn > 0) sendJson(response, 200, { object: 'user' });
      },
      async ({ notion, server }) => {
        expect(await notion.request(read)).toEqual({ object: 'user' });
        expect(server.asked).toHaveLength(2);
      },
      { answerTimeoutMs: 150 },
    );
  });

  it('is given up after some attempts, with growing waits', async () => {
    const outcome = await outcomeOf(
      (_asked, response) => sendError(response, 503, 'service_unavailable'),
      read,
    );
    expect(outcome.error.code).toBe('unavailable');
    expect(outcome.sent).toBe(9);
    expect(outcome.waits).toEqual([750, 1_500, 3_000, 6_000, 12_000, 24_000, 45_000, 45_000]);
  });

  it('is given up when the deadline would pass', async () => {
    const outcome = await outcomeOf(
      (_asked, response) => sendError(response, 503, 'service_unavailable'),
      read,
      { deadlineMs: 5_500 },
    );
    expect(outcome.sent).toBe(4);
  });

  it('names the missing connection when nobody listens', async () => {
    const port = await unusedPort();
    const clock = new HastyClock();
    const notion = connectNotion({
      token,
      apiUrl: `http://127.0.0.1:${port}`,
      clock,
      monitor: { report() {} },
    });
    const error = await failureOf(notion.request(read));
    expect(error.code).toBe('unavailable');
    expect(apiFailureOf(error)).toMatchObject({ status: 0, code: 'network', message: 'ECONNREFUSED' });
  });
});

describe('a write that fails', () => {
  it.each<[string, Answer, string]>([
    ['500', (_asked, response) => sendError(response, 500, 'internal_server_error'), 'internal_server_error'],
    ['503', (_asked, response) => sendError(response, 503, 'service_unavailable'), 'service_unavailable'],
    ['409', (_asked, response) => sendError(response, 409, 'conflict_error'), 'conflict_error'],
    ['HTML', html, 'html'],
    ['a connection reset', (_asked, response) => response.destroy(), 'network'],
  ])('with %s is not repeated: it may have been carried out', async (_name, answer, code) => {
    const outcome = await outcomeOf(answer, write);
    expect(outcome.sent).toBe(1);
    expect(outcome.failure?.code).toBe(code);
  });

  it('with a time-out is not repeated', async () => {
    const outcome = await outcomeOf(() => {}, write, { answerTimeoutMs: 100 });
    expect(outcome.sent).toBe(1);
    expect(outcome.failure).toMatchObject({ status: 0, code: 'timeout' });
    expect(outcome.error.code).toBe('unavailable');
  });

  it.each([429, 529])('with %i is repeated: nothing was done', async (status) => {
    await withNotion(
      (_asked, response, turn) =>
        turn === 0
          ? sendError(response, status, 'rate_limited', { headers: { 'retry-after': '3' } })
          : sendJson(response, 200, { id: 'p' }),
      async ({ notion, server, clock }) => {
        expect(await notion.request(write)).toEqual({ id: 'p' });
        expect(server.asked).toHaveLength(2);
        expect(clock.waits).toContain(3_000);
      },
    );
  });

  it('because nobody listens is repeated until somebody does', async () => {
    const port = await unusedPort();
    let tries = 0;
    const flaky: typeof fetch = async (url, init) => {
      tries += 1;
      return tries < 3 ? fetch(`http://127.0.0.1:${port}/`, init) : fetch(url, init);
    };
    await withNotion(
      (_asked, response) => sendJson(response, 200, { id: 'p' }),
      async ({ notion, server }) => {
        expect(await notion.request(write)).toEqual({ id: 'p' });
        expect(server.asked).toHaveLength(1);
        expect(tries).toBe(3);
      },
      { fetch: flaky },
    );
  });
});

describe('a rate limit', () => {
  it('holds all requests back until Retry-After has passed, and says so', async () => {
    const sentAt: number[] = [];
    const clock = new HastyClock();
    await withNotion(
      (_asked, response, turn) => {
        sentAt.push(clock.now());
        if (turn === 0) sendError(response, 429, 'rate_limited', { headers: { 'retry-after': '42' } });
        else sendJson(response, 200, {});
      },
      async ({ notion, events }) => {
        const start = clock.now();
        await notion.request(read);
        await Promise.all([1, 2, 3].map(() => notion.request(read)));
        expect(sentAt.slice(1).every((at) => at >= start + 42_000)).toBe(true);
        expect(events).toContainEqual({
          type: 'wait',
          waitMs: 42_000,
          reason: 'Notion asked to wait (rate limit)',
        });
      },
      { clock },
    );
  });

  it('is read from additional_data when the header is missing', async () => {
    await withNotion(
      (_asked, response, turn) =>
        turn === 0
          ? sendError(response, 429, 'rate_limited', { additionalData: { retry_after: '11' } })
          : sendJson(response, 200, {}),
      async ({ notion, clock }) => {
        await notion.request(read);
        expect(clock.waits).toEqual([11_000]);
      },
    );
  });

  it('that never frees ends as temporary', async () => {
    const outcome = await outcomeOf(
      (_asked, response) => sendError(response, 429, 'rate_limited', { headers: { 'retry-after': '60' } }),
      read,
      { deadlineMs: 300_000 },
    );
    expect(outcome.error.code).toBe('temporary');
    expect(outcome.sent).toBe(6);
  });

  it('that asks for hours ends as temporary without waiting', async () => {
    await withNotion(
      (_asked, response) => sendError(response, 429, 'rate_limited', { headers: { 'retry-after': '86400' } }),
      async ({ notion, server, clock }) => {
        expect((await failureOf(notion.request(read))).code).toBe('temporary');
        expect((await failureOf(notion.request(read))).code).toBe('temporary');
        expect(server.asked).toHaveLength(1);
        expect(clock.waits).toEqual([]);
      },
    );
  });

  it('that blocks the connection stops every request', async () => {
    const additionalData = { rate_limit_reason: 'public_api_request_blocked' };
    await withNotion(
      (_asked, response) => sendError(response, 429, 'rate_limited', { additionalData }),
      async ({ notion, server }) => {
        const first = await failureOf(notion.request(read));
        const second = await failureOf(notion.request(read));
        for (const error of [first, second]) {
          expect(error.code).toBe('unavailable');
          expect(apiFailureOf(error)?.status).toBe(429);
        }
        expect(server.asked).toHaveLength(1);
      },
    );
  });
});

describe('a connection', () => {
  it.each(['', 'two words', 'line\nbreak', 'tröken'])('refuses the token %j without showing it', (bad) => {
    const error = thrownBy(() =>
      connectNotion({ token: bad, clock: new HastyClock(), monitor: { report() {} } }),
    );
    expect(isKlosetError(error, 'credentials')).toBe(true);
    if (bad !== '') expect(String(error)).not.toContain(bad);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses %d requests per minute', (requestsPerMinute) => {
    const options = { token, clock: new HastyClock(), monitor: { report() {} }, requestsPerMinute };
    expect(
      isKlosetError(
        thrownBy(() => connectNotion(options)),
        'usage',
      ),
    ).toBe(true);
  });

  it('keeps the documented budget for the official API and none for others', () => {
    const base = { token, clock: new HastyClock(), monitor: { report() {} } };
    expect(connectNotion(base).requestsPerMinute).toBe(180);
    expect(connectNotion({ ...base, apiUrl: 'https://api.notion.com/v1/' }).requestsPerMinute).toBe(180);
    expect(connectNotion({ ...base, apiUrl: 'http://localhost:1' }).requestsPerMinute).toBe(
      Number.POSITIVE_INFINITY,
    );
    expect(connectNotion({ ...base, requestsPerMinute: 30 }).requestsPerMinute).toBe(30);
  });

  it('follows no redirect, which could carry the token elsewhere', async () => {
    await withServer(
      (_asked, response) => sendJson(response, 200, {}),
      async (other) => {
        const outcome = await outcomeOf((_asked, response) => {
          response.writeHead(302, { location: other.url });
          response.end();
        }, read);
        expect(outcome.error.code).toBe('unavailable');
        expect(other.asked).toHaveLength(0);
      },
    );
  });

  it('never shows the token, not even when the server echoes it', async () => {
    const outcome = await outcomeOf((asked, response) => {
      const message = `bad ${asked.headers.authorization}`;
      sendError(response, 401, 'unauthorized', {
        message,
        additionalData: { seen: asked.headers.authorization },
      });
    }, read);
    const cause: ApiFailure | undefined = outcome.failure;
    expect(
      JSON.stringify([outcome.error.message, outcome.error.hint, outcome.error.stack, cause]),
    ).not.toContain(token);
    expect(cause?.message).toContain('[token]');
  });

  it('ends what is under way when it is closed', async () => {
    await withNotion(
      () => {},
      async ({ notion, server }) => {
        const request = failureOf(notion.request(read));
        while (server.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
        notion.close();
        expect((await request).code).toBe('temporary');
        expect((await failureOf(notion.request(read))).code).toBe('temporary');
      },
    );
  });
});

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

async function unusedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
