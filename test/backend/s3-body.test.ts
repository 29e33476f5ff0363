import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
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
