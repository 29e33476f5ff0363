/** A connection to a bucket that is cut at any byte, in the middle of a header, a body or an answer: nothing is lost or half there. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { backendAt } from '../../src/backend/location/at-location.ts';
import { HastyClock } from '../notion/virtual-clock.ts';
import { cutEverywhere } from './cut-connections.ts';
import { CuttingProxy } from './cutting-proxy.ts';
import { FakeS3, fakeKey } from './fake-s3.ts';

let server: FakeS3;
let proxy: CuttingProxy;

beforeEach(async () => {
  server = await new FakeS3().start();
  proxy = await CuttingProxy.start(Number(new URL(server.address.replace('s3+', '')).port));
});
afterEach(async () => {
  await proxy.stop();
  await server.stop();
});

test.each([
  ['up', 257],
  ['down', 67],
] as const)(
  '%s: every request is answered in the end, and every object is whole',
  async (direction, stepBytes) => {
    const address = server.address.replace(/:\d+\//, `:${proxy.port}/`);
    const open = async () => ({
      backend: await backendAt(`${address}/store`, {
        clock: new HastyClock(),
        s3: { keys: { accessKeyId: fakeKey, secretAccessKey: 'secret' }, idleMs: 2000 },
      }),
      close: async () => {},
    });
    const cuts = await cutEverywhere(proxy, open, { direction, stepBytes });
    expect(cuts).toBeGreaterThan(20);
    for (const [key, { bytes }] of server.objects)
      expect(bytes.length, key).toBe(key.endsWith('one') ? 3000 : 1);
  },
);
