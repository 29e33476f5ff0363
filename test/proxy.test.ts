/** Requests through the proxy that the environment names. What Node itself can do depends on its version. */
import type { IncomingMessage, Server } from 'node:http';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backendAt } from '../src/backend/location/at-location.ts';
import { parseApiUrl } from '../src/notion/api/api-url.ts';
import { openMedia } from '../src/notion/files/media-request.ts';
import { isProxied, proxyAgentOptions, proxyVariable, useProxy } from '../src/proxy.ts';
import { FakeS3, fakeKey } from './backend/fake-s3.ts';

const canUse = 'setGlobalProxyFromEnv' in http;
if (!canUse)
  console.warn(`LEFT OUT: requests through a proxy, which Node ${process.versions.node} cannot send.`);

/** A proxy that knows one host, whatever its name, and what it was asked for. */
class ForwardProxy {
  readonly asked: string[] = [];
  readonly #server: Server = http.createServer((request, response) => this.#pass(request, response));
  #targetPort = 0;

  async start(targetPort: number): Promise<string> {
    this.#targetPort = targetPort;
    this.#server.on('connect', ({ url }, client) => {
      this.asked.push(`CONNECT ${url}`);
      const target = connect(targetPort, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        client.pipe(target).pipe(client);
      });
      target.on('error', () => client.destroy());
      client.on('error', () => target.destroy());
    });
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #pass(request: IncomingMessage, response: http.ServerResponse): void {
    const url = new URL(request.url ?? '');
    this.asked.push(`${request.method} ${url.host}`);
    const { method = '', headers } = request;
    const path = url.pathname + url.search;
    const passed = http.request(
      { host: '127.0.0.1', port: this.#targetPort, path, method, headers, agent: new http.Agent() },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    request.pipe(passed);
  }
}

describe('the proxy of the environment', () => {
  test.each([
    [{}, undefined],
    [{ HTTPS_PROXY: '' }, undefined],
    [{ NO_PROXY: 'a.example.com' }, undefined],
    [{ https_proxy: 'http://p:3128' }, 'https_proxy'],
    [{ HTTP_PROXY: 'http://p:3128', HTTPS_PROXY: 'http://q:3128' }, 'HTTPS_PROXY'],
  ])('%o names it by %s', (env, name) => {
    expect(proxyVariable(env)).toBe(name);
  });

  test('is not there when no variable names one, and requests go directly', () => {
    expect(useProxy({ HTTPS_PROXY: '' })).toBe(true);
    expect(isProxied()).toBe(false);
    expect(proxyAgentOptions()).toEqual({});
  });

  test.runIf(!canUse)('is not claimed to be used where Node cannot', () => {
    expect(useProxy({ HTTPS_PROXY: 'http://127.0.0.1:9' })).toBe(false);
    expect(isProxied()).toBe(false);
  });
});

describe.runIf(canUse)('requests through a proxy', () => {
  const server = new FakeS3();
  const proxy = new ForwardProxy();
  beforeAll(async () => {
    await server.start();
    const address = await proxy.start(Number(new URL(server.address.replace('s3+', '')).port));
    expect(() => useProxy({ HTTP_PROXY: 'no address' })).toThrow();
    expect(useProxy({ HTTP_PROXY: address, NO_PROXY: 'direct.example.com' })).toBe(true);
  });
  afterAll(async () => {
    proxy.stop();
    await server.stop();
  });

  test('are those of fetch, not those to this machine', async () => {
    await fetch('http://notion.example.com/x');
    expect(proxy.asked).toEqual(['CONNECT notion.example.com:80']);
    await fetch(server.address.replace('s3+', ''));
    expect(proxy.asked).toHaveLength(1);
  });

  test('are never those for what only this machine may know', () => {
    const { NO_PROXY } = proxyAgentOptions().proxyEnv ?? {};
    expect(NO_PROXY?.split(',')).toEqual(
      expect.arrayContaining(['direct.example.com', 'localhost', '169.254.169.254']),
    );
  });

  test('are those of a bucket, large bodies too', async () => {
    proxy.asked.length = 0;
    const keys = { accessKeyId: fakeKey, secretAccessKey: 'secret0of0s3' };
    const backend = await backendAt('s3+http://storage.example.com/bucket/store', {
      s3: { keys, region: 'us-east-1' },
    });
    const large = new Uint8Array(3_000_000).fill(7);
    await backend.create('packs/one', large);
    expect((await backend.read('packs/one')).length).toBe(large.length);
    expect(proxy.asked).toEqual(['PUT storage.example.com', 'GET storage.example.com']);
  });

  test('are those of media, unless a name is known to lead into a private network', async () => {
    proxy.asked.length = 0;
    const request = (host: string, addresses: readonly string[]) =>
      openMedia({
        url: `http://${host}/file.png`,
        kind: 'external',
        apiUrl: parseApiUrl('https://api.notion.com'),
        headers: {},
        stallMs: 5000,
        resolve: async () => {
          if (addresses.length === 0) throw new Error('ENOTFOUND');
          return addresses.map((address) => ({ address, family: 4 }));
        },
      });
    for (const addresses of [['93.184.215.14'], []]) (await request('a.example.com', addresses)).cancel();
    await expect(request('inside.example.com', ['10.0.0.7'])).rejects.toThrow('private network');
    expect(proxy.asked).toEqual(['GET a.example.com', 'GET a.example.com']);
  });
});
