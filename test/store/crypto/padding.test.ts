import { describe, expect, it } from 'vitest';
import { padmeSize } from '../../../src/store/crypto/padding.ts';

describe('padding', () => {
  it('gives the sizes that the definition of Padmé gives', () => {
    expect([0, 1, 2, 8, 9, 10, 100, 1000, 1025, 16_777_217].map(padmeSize)).toEqual([
      0, 1, 2, 8, 10, 10, 104, 1024, 1088, 17_301_504,
    ]);
  });

  it('never shrinks, never adds more than 12 %, and keeps what it made', () => {
    for (let length = 1; length < 300_000; length += 31) {
      const padded = padmeSize(length);
      expect(padded).toBeGreaterThanOrEqual(length);
      expect(padded - length).toBeLessThanOrEqual(length * 0.12);
      expect(padmeSize(padded)).toBe(padded);
    }
  });

  it('leaves few sizes: fewer than 400 below 16 MiB from 1 KiB on', () => {
    const sizes = new Set<number>();
    for (let length = 1024; length <= 16 << 20; length += 997) sizes.add(padmeSize(length));
    expect(sizes.size).toBeLessThan(400);
  });
});
