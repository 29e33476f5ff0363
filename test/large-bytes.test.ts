import { expect, test } from 'vitest';
import { letGo, roomFor } from '../src/large-bytes.ts';

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
  const two = () => [Buffer.from('one of a pool'), Buffer.from('another of it')] as const;
  let [one, other] = two();
  // The first was the last one for which a pool had room.
  if (one.buffer !== other.buffer) [one, other] = two();
  expect(one.buffer === other.buffer).toBe(true);
  letGo(one);
  expect(String(one) + String(other)).toBe('one of a poolanother of it');
});

test('a part of a larger memory is left alone, for the rest of it is in use', () => {
  const whole = new Uint8Array(2 * megabyte);
  letGo(whole.subarray(0, megabyte));
  expect(whole).toHaveLength(2 * megabyte);
});

test('a room has the length that was asked for, in memory of few sizes, and is given back whole', () => {
  const sizes = [0, 1, 70_000, megabyte - 1, megabyte, 17 * megabyte, 18 * megabyte + 1];
  for (const size of sizes) {
    const room = roomFor(size);
    expect(room).toHaveLength(size);
    if (size >= megabyte) expect(room.buffer.byteLength % (4 * megabyte)).toBe(0);
    letGo(room);
    expect(room).toHaveLength(size < 65_536 ? size : 0);
  }
  expect(roomFor(17 * megabyte).buffer.byteLength).toBe(roomFor(20 * megabyte).buffer.byteLength);
});

test('a small part of a room is left alone', () => {
  const room = roomFor(2 * megabyte);
  letGo(room.subarray(0, 1000));
  expect(room).toHaveLength(2 * megabyte);
});
