import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { connections } from '../../src/backend/s3/connections.ts';
import { bodyOf } from '../../src/backend/s3/s3-body.ts';

const limits = { maxBytes: 1_000_000, idleMs: 10_000 };

describe('the body of an answer', () => {
  const parts = () => [1, 2, 3].map((value) => Buffer.alloc(100_000, value));

  it.each([[300_000], [undefined]])(
    'is put together from its parts, its length told as %s',
    async (length) => {
      const given = parts();
      const expected = Buffer.concat(given);
      const answer = {
        Body: Readable.from(given),
        ...(length === undefined ? {} : { ContentLength: length }),
      };
      const found = await bodyOf(answer, limits);
      expect(Buffer.compare(found ?? new Uint8Array(), expected)).toBe(0);
      // Each part is given back as it is copied.
      expect(given.map((part) => part.length)).toEqual([0, 0, 0]);
    },
  );

  it('is given up beyond what is allowed, its length told or not', async () => {
    const small = { ...limits, maxBytes: 250_000 };
    expect(await bodyOf({ Body: Readable.from(parts()), ContentLength: 300_000 }, small)).toBeUndefined();
    expect(await bodyOf({ Body: Readable.from(parts()) }, small)).toBeUndefined();
  });

  it('is refused when it is shorter or longer than told', async () => {
    for (const ContentLength of [299_999, 300_001])
      await expect(bodyOf({ Body: Readable.from(parts()), ContentLength }, limits)).rejects.toMatchObject({
        code: 'ECONNRESET',
      });
  });
});

describe('connections that read into the same memory', () => {
  const server = createServer((request, response) => {
    const value = Number(request.url?.slice(1));
    response.end(Buffer.alloc(3_000_000, value));
  });
  afterEach(() => void server.close());

  it('give each reader bytes of its own, beside each other, one after the other, and read slowly', async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const agent = connections('http:');
    const body = (value: number, waitMs: number) =>
      new Promise<void>((resolve, reject) => {
        get({ port, host: '127.0.0.1', path: `/${value}`, agent }, async (answer) => {
          const kept: Buffer[] = [];
          for await (const part of answer) {
            kept.push(part);
            if (waitMs > 0) await pause(waitMs);
          }
          const whole = Buffer.concat(kept);
          if (whole.length === 3_000_000 && whole.every((byte) => byte === value)) resolve();
          else reject(new Error(`other bytes than those of ${value}`));
        }).once('error', reject);
      });
    await Promise.all([body(1, 0), body(2, 1), body(3, 2)]);
    for (const value of [4, 5, 6]) await body(value, 0);
    expect(Object.values(agent.sockets).flat()).toHaveLength(0);
    agent.destroy();
  });

  it('are ordinary ones where Node is newer than what was tried', () => {
    for (const protocol of ['http:', 'https:'] as const) {
      expect(connections(protocol, '99.0.0').constructor.name).toBe('Agent');
      expect(connections(protocol, '24.1.0').constructor.name).not.toBe('Agent');
    }
  });
});
