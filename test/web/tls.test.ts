/** The web view by HTTPS, with a certificate that is in the folder beside for this alone. */
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { InProcessMachine } from '../cli/in-process-machine.ts';
import { newWorld } from '../cli/world.ts';
import type { Served } from './served.ts';
import { serveStore } from './served.ts';

const fileOf = (name: string) => fileURLToPath(new URL(`certificate/${name}.pem`, import.meta.url));

function ask({ url }: Served, path: string, headers: { readonly [name: string]: string }) {
  const options = {
    host: '127.0.0.1',
    port: url.port,
    path,
    headers,
    ca: readFileSync(fileOf('certificate')),
  };
  return new Promise<IncomingMessage>((resolve, reject) => {
    request(options, (response) => resolve(response.resume()))
      .on('error', reject)
      .end();
  });
}

test('with a certificate pages come by HTTPS alone, and the cookie never leaves it', async () => {
  const world = await newWorld({}, new InProcessMachine());
  await world.backup();
  const words = ['--listen', '127.0.0.1', '--i-know', '--tls-cert', fileOf('certificate')];
  const served = await serveStore(world.machine, ...words, '--tls-key', fileOf('key'));
  try {
    expect(served.url.protocol).toBe('https:');
    const first = await ask(served, `${served.url.pathname}${served.url.search}`, {});
    expect(first.statusCode).toBe(303);
    const [cookie = ''] = first.headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/; Secure(;|$)/);
    const home = await ask(served, '/', { Cookie: cookie.split(';')[0] ?? '' });
    expect(home.statusCode).toBe(200);
    expect((await ask(served, '/', {})).statusCode).toBe(403);
    const foreign = await ask(served, '/', {
      Cookie: cookie.split(';')[0] ?? '',
      Origin: `http://127.0.0.1:${served.port}`,
    });
    expect(foreign.statusCode).toBe(403);
    await expect(served.get('/')).rejects.toThrow();
  } finally {
    expect(await served.stop()).toBe(0);
    await world.close();
  }
});
