import { expect, test } from 'vitest';
import { letGo } from '../src/let-go.ts';

const megabyte = 1024 ** 2;

test('bytes that were let go have no length any more, and take no memory', () => {
  const before = process.memoryUsage().arrayBuffers;
  for (let number = 0; number < 200; number += 1) {
    const bytes = new Uint8Array(megabyte);
    letGo(bytes);
    expect(bytes).toHaveLength(0);
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 * megabyte);
});

test('small bytes, which may share their memory with others, are left alone', () => {
  const [one, other] = [Buffer.from('one of a pool'), Buffer.from('another of it')];
  expect(one.buffer).toBe(other.buffer);
  letGo(one);
  expect(String(one) + String(other)).toBe('one of a poolanother of it');
});

test('a part of a larger memory is left alone, for the rest of it is in use', () => {
  const whole = new Uint8Array(2 * megabyte);
  letGo(whole.subarray(0, megabyte));
  expect(whole).toHaveLength(2 * megabyte);
});
