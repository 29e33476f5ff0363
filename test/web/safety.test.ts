/** Who may ask the web view, and what is refused. */
import { connect, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InProcessMachine } from '../cli/in-process-machine.ts';
import type { World } from '../cli/world.ts';
import { newWorld } from '../cli/world.ts';
import type { Served } from './served.ts';
import { serveStore } from './served.ts';

let world: World;
let served: Served;
let snapshot: string;
let home: string;
beforeAll(async () => {
  world = await newWorld({}, new InProcessMachine());
  world.write(world.home, 'Some words');
  snapshot = await world.backup();
  served = await serveStore(world.machine);
  home = `/s/${snapshot.slice(0, 16)}/o/${world.home.id.replaceAll('-', '')}/`;
});
afterAll(async () => {
  expect(await served.stop()).toBe(0);
  await world.close();
});

const stranger = () => ({ headers: { Cookie: '' } });

describe('the token', () => {
  test('becomes a cookie that no script reads and no other site sends, and leaves the address', async () => {
    const { status, headers } = await served.get(
      `/?token=${served.url.searchParams.get('token')}`,
      stranger(),
    );
    expect(status).toBe(303);
    expect(headers.location).toBe('/');
    const [cookie = ''] = headers['set-cookie'] ?? [];
    expect(cookie).toMatch(
      new RegExp(`^notion-kloset-${served.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`),
    );
    expect(cookie).not.toContain(served.url.searchParams.get('token'));
  });

  test('has 256 bits, and every run has another', async () => {
    const other = await serveStore(world.machine);
    const tokens = [served, other].map(({ url }) => url.searchParams.get('token') ?? '');
    for (const token of tokens) expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(tokens[0]).not.toBe(tokens[1]);
    const cross = await other.get('/', { headers: { Cookie: served.cookie } });
    expect(cross.status).toBe(403);
    expect(await other.stop()).toBe(0);
  });

  test('keeps the rest of the address, and never leads to another host', async () => {
    const token = served.url.searchParams.get('token');
    const at = async (path: string) => (await served.get(path, stranger())).headers.location;
    expect(await at(`${home}?a=b&token=${token}`)).toBe(`${home}?a=b`);
    for (const path of [`//evil.example/?token=${token}`, `/\\evil.example/?token=${token}`]) {
      const { status, headers } = await served.get(path, stranger());
      expect([status, headers.location]).toEqual([400, undefined]);
    }
  });

  test('of a browser that comes from a file or a mail goes on by a page of ours, which sends the cookie', async () => {
    const { status, headers, text } = await served.get(`/?token=${served.url.searchParams.get('token')}`, {
      headers: { Cookie: '', 'Sec-Fetch-Site': 'cross-site' },
    });
    expect(status).toBe(200);
    expect(headers['set-cookie']).toHaveLength(1);
    expect(text).toContain('content="0;url=/"');
    expect(text).not.toContain(served.url.searchParams.get('token'));
  });
});

test.each(['/', '/health', '/search?q=words', '/assets/app.js', '/nothing', '/s/latest/', '/api/snapshots'])(
  'without the cookie %s tells nothing',
  async (path) => {
    for (const cookie of ['', `notion-kloset-${served.port}=`, `notion-kloset-${served.port}=wrong`, 'a=b']) {
      const { status, text } = await served.get(path, { headers: { Cookie: cookie } });
      expect(status).toBe(403);
      expect(text).not.toMatch(/Home|Some words|snapshot/);
    }
    const wrong = await served.get(`${path.split('?')[0]}?token=wrong`, stranger());
    expect([wrong.status, wrong.headers['set-cookie']]).toEqual([403, undefined]);
  },
);

describe('foreign pages', () => {
  test.each([
    'evil.example',
    'evil.example:PORT',
    '127.0.0.1',
    '127.0.0.1:1',
    'localhost.evil.example:PORT',
    '0.0.0.0:PORT',
    '127.0.0.2:PORT',
    '[::1]:PORT',
  ])('under the host "%s" are refused, with the cookie too (DNS rebinding)', async (host) => {
    const { status, text } = await served.get('/', {
      headers: { Host: host.replace('PORT', String(served.port)) },
    });
    expect(status).toBe(403);
    expect(text).not.toContain('Some words');
  });

  test('the own names of this machine are taken', async () => {
    for (const host of ['127.0.0.1', 'localhost', 'LOCALHOST'])
      expect((await served.get('/', { headers: { Host: `${host}:${served.port}` } })).status).toBe(200);
  });

  test.each([
    'https://evil.example',
    'null',
    'http://127.0.0.1:1',
    'https://127.0.0.1:PORT',
    'http://localhost:PORT',
  ])('of the origin "%s" are refused', async (origin) => {
    const headers = { Origin: origin.replace('PORT', String(served.port)) };
    expect((await served.get('/', { headers })).status).toBe(403);
  });

  test.each(['cross-site', 'same-site'])('of another site or port (%s) are refused', async (site) => {
    expect((await served.get('/', { headers: { 'Sec-Fetch-Site': site } })).status).toBe(403);
  });

  test('our own origin and typed addresses are taken', async () => {
    const origin = { Origin: `http://127.0.0.1:${served.port}`, 'Sec-Fetch-Site': 'same-origin' };
    expect((await served.get('/', { headers: origin })).status).toBe(200);
    expect((await served.get('/', { headers: { 'Sec-Fetch-Site': 'none' } })).status).toBe(200);
  });
});

test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])('%s is not taken', async (method) => {
  const { status, headers } = await served.get('/', { method });
  expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
});

test('HEAD gives the headers of GET and no body', async () => {
  const { status, bytes, headers } = await served.get(home, { method: 'HEAD' });
  expect([status, bytes.length, headers['content-type']]).toEqual([200, 0, 'text/html; charset=utf-8']);
});

test('every answer has a strict policy, is kept in no cache, and may not be framed', async () => {
  for (const path of ['/', home, '/nothing', '/?token=wrong']) {
    const { headers } = await served.get(path);
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(/^default-src 'none'/);
    expect(policy).not.toMatch(/unsafe|\*|https?:|data:/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("base-uri 'none'");
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
    });
  }
});

test.each([
  '/assets/../../../../etc/passwd',
  '/assets/..%2f..%2fserver%2fserve.ts',
  '/assets/%2e%2e/server/serve.ts',
  '/assets/serve.ts',
  '/..%5c..%5cetc',
  '/s/latest/o/HOME/files/../page.json',
  '/s/latest/o/HOME/files/..%2fpage.json',
  '/s/latest/o/HOME/files/%2e%2e/page.json',
  '/s/latest/o/HOME/files/a%00b',
  '/s/latest/o/HOME/files//etc/passwd',
  '/s/../etc/passwd',
  '/%',
  '/%ff%fe',
  'http://evil.example/',
])('the address %s leads nowhere', async (path) => {
  const { status, text } = await served.get(path.replace('HOME', world.home.id.replaceAll('-', '')));
  expect([400, 404]).toContain(status);
  expect(text).not.toMatch(/root:|import |"blocks"/);
});

test('an address that is too long is refused', async () => {
  expect((await served.get(`/${'a'.repeat(9000)}`)).status).toBe(414);
});

test('what the store does not have is told in a line, without the inside of the program', async () => {
  for (const path of [
    '/s/00000000/',
    `${home.replace(/o\/.*/, '')}o/${'0'.repeat(32)}/`,
    `${home}files/none.png`,
  ]) {
    const { status, text } = await served.get(path);
    expect(status).toBe(404);
    expect(text).not.toMatch(/\.ts:|at async/);
  }
});

describe('the command', () => {
  const run = (...words: string[]) => world.run(['ui', '--no-open', ...words]);

  test('says in a line that a port is taken', async () => {
    const { code, stderr } = await run('--port', String(served.port));
    expect(code).toBe(69);
    expect(stderr).toBe(
      `notion-kloset: Another program listens on 127.0.0.1:${served.port}.\n  Give another port with --port, or 0 for any free one.\n`,
    );
  });

  test.each([
    [['--listen', '0.0.0.0']],
    [['--listen', '::']],
    [['--listen', '192.0.2.1', '--i-know']],
    [['--listen', '0.0.0.0', '--i-know', '--tls-cert', 'x']],
    [['--port', '70000']],
    [['--port', 'many']],
    [['--tls-cert', 'no-such-file', '--tls-key', 'no-such-file']],
  ])('refuses %j', async (words) => {
    const { code, stderr } = await run(...words);
    expect(code).toBe(64);
    expect(stderr).toMatch(/^notion-kloset: .+\n( {2}.+\n)*$/);
  });

  test('refuses a certificate that is none, in a line', async () => {
    const { code, stderr } = await run(
      '--tls-cert',
      world.machine.keyFile,
      '--tls-key',
      world.machine.keyFile,
    );
    expect(code).toBe(64);
    expect(stderr).toMatch(/^notion-kloset: The certificate and its key cannot be used: .+\n {2}.+\n$/);
  });

  test('prints one JSON object with --json', async () => {
    const other = await serveStore(world.machine, '--json');
    expect((await other.get('/')).status).toBe(200);
    expect(await other.stop()).toBe(0);
  });

  test('ends by itself after the idle time', async () => {
    const other = await serveStore(world.machine, '--idle', '200ms');
    expect(await other.finished).toBe(0);
    await expect(other.get('/')).rejects.toThrow();
  });
});

test('the JSON under the pages is that of the commands, also for errors', async () => {
  const json = async (path: string) => JSON.parse((await served.get(path)).text);
  const search = await world.run(['search', '--json', 'words']);
  expect(await json('/api/search?q=words')).toEqual(search.json);
  const ls = await world.run(['ls', '--json', 'latest:/Home']);
  expect(await json(`/api/ls?s=${snapshot}&path=/Home`)).toEqual(ls.json);
  const log = await world.run(['log', '--json', `latest:${world.home.id}`]);
  expect(await json(`/api/log?o=${world.home.id}`)).toEqual(log.json);
  expect((await served.get(`/api/log?o=${'0'.repeat(32)}`)).status).toBe(404);
  const diff = await world.run(['diff', '--json', snapshot, snapshot]);
  expect(await json(`/api/changes?before=${snapshot}&after=${snapshot}`)).toEqual(diff.json);
  const { sources } = await json('/api/status');
  expect(sources).toMatchObject([{ latest: snapshot, complete: true, has_alarm: false, alarm: null }]);
  expect(await served.get('/api/changes')).toMatchObject({ status: 400 });
  expect(await json('/api/changes')).toMatchObject({ error: { code: 'usage' } });
});

test('readers that stop reading or never finish asking hold up nobody, and end with the server', async () => {
  const other = await serveStore(world.machine);
  const sockets = Array.from({ length: 30 }, () => connect(other.port, '127.0.0.1'));
  const closed = sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
  for (const [index, socket] of sockets.entries()) {
    socket.on('error', () => undefined);
    socket.pause();
    const whole = `GET ${home} HTTP/1.1\r\nHost: 127.0.0.1:${other.port}\r\nCookie: ${other.cookie}\r\n\r\n`;
    socket.write(index % 2 === 0 ? whole.slice(0, 40) : whole.repeat(20));
  }
  expect((await other.get(home)).status).toBe(200);
  expect(await other.stop()).toBe(0);
  await Promise.all(sockets.map((socket) => socket.resume()));
  await Promise.all(closed);
});

test('the port is free again after the end', async () => {
  const other = await serveStore(world.machine);
  await other.stop();
  await new Promise<void>((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(other.port, '127.0.0.1', () => server.close(() => resolve()));
  });
});
