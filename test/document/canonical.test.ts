import { expect, test } from 'vitest';
import { canonicalText } from '../../src/document/canonical.ts';
import { stripVolatile } from '../../src/document/volatile.ts';

test('the order of keys does not change the bytes, the order of items does', () => {
  expect(canonicalText({ b: 1, a: { d: [1, 2], c: null } })).toBe(
    canonicalText({ a: { c: null, d: [1, 2] }, b: 1 }),
  );
  expect(canonicalText([1, 2])).not.toBe(canonicalText([2, 1]));
});

test('a key named __proto__ is data like any other', () => {
  const value = JSON.parse('{"b": 1, "__proto__": {"x": 2}}');
  expect(JSON.parse(canonicalText(value))).toEqual(value);
  expect(canonicalText(value)).toContain('__proto__');
});

test('what differs between two reads of one page is left out', () => {
  const read = (signature: string) => ({
    object: 'block',
    request_id: signature,
    image: {
      type: 'file',
      file: { url: `https://files.example/a/b.png?X-Amz-Signature=${signature}`, expiry_time: signature },
    },
    person: { avatar_url: `https://files.example/me.png?X-Amz-Signature=${signature}` },
  });
  expect(stripVolatile(read('1'))).toEqual(stripVolatile(read('2')));
  expect(stripVolatile(read('1'))).toEqual({
    object: 'block',
    image: { type: 'file', file: { url: 'https://files.example/a/b.png' } },
    person: { avatar_url: 'https://files.example/me.png' },
  });
});

test('a link a person wrote keeps its query', () => {
  const bookmark = { bookmark: { url: 'https://example.com/?q=notion&page=2#top' } };
  expect(stripVolatile(bookmark)).toEqual(bookmark);
});

test('a property that people named request_id stays', () => {
  const page = {
    properties: {
      request_id: { type: 'number', number: 1 },
      expiry_time: { type: 'checkbox', checkbox: true },
    },
  };
  expect(stripVolatile(page)).toEqual(page);
});

test('printing a document obeys no control character of its text', () => {
  const text = canonicalText({ title: 'a\u001b[31m\u009b31m\u202ecba\u2028 👩‍👩‍👧' });
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e]/);
  expect(JSON.parse(text)).toEqual({ title: 'a\u001b[31m\u009b31m\u202ecba\u2028 👩‍👩‍👧' });
});
