import { expect, test } from 'vitest';
import { assertHolds, differences, withoutVolatile } from './holds.ts';
import { notHeld } from './recorded-objects.ts';

const signed = 'https://prod-files.example/a/b/report.pdf?X-Amz-Expires=3600&X-Amz-Signature=0a0b';
const unsigned = 'https://prod-files.example/a/b/report.pdf';

test('a document may know more than the recording, never less', () => {
  const recorded = { object: 'block', id: 'b', paragraph: { rich_text: [], icon: null } };
  assertHolds({ ...recorded, children: [] }, recorded);
  expect(() => assertHolds({ object: 'block', id: 'b', paragraph: { rich_text: [] } }, recorded)).toThrow(
    '/paragraph/icon: missing',
  );
});

test('a changed value, a lost item and an added item are differences', () => {
  expect(differences({ a: 1 }, { a: 2 })).toEqual(['/a: 2 became 1']);
  expect(differences({ a: [1] }, { a: [1, 2] })).toEqual(['/a: 2 items became 1']);
  expect(differences({ a: [1, 2] }, { a: [1] })).toEqual(['/a: 1 items became 2']);
  expect(differences({ a: null }, { a: {} })).toEqual(['/a: no object']);
});

test('request ids, expiry times and signed queries are not compared', () => {
  const recorded = { request_id: 'r', file: { url: signed, expiry_time: '2026-06-01T00:00:00.000Z' } };
  assertHolds({ file: { url: unsigned, path: 'files/report.pdf', size: 4 } }, recorded);
  expect(differences({ file: { url: `${unsigned}x` } }, recorded)).toHaveLength(1);
  expect(withoutVolatile(recorded)).toEqual({ file: { url: unsigned } });
});

test('a signed URL may stand as a reference to its bytes', () => {
  assertHolds(
    { custom_emoji: { url: { url: unsigned, missing: '404' } } },
    { custom_emoji: { url: signed } },
  );
});

test('the query of an unsigned URL is part of it', () => {
  const recorded = { external: { url: 'https://images.example/a.jpg?w=100' } };
  expect(differences({ external: { url: 'https://images.example/a.jpg' } }, recorded)).toHaveLength(1);
});

test('a value the API had cut may have been completed, in order', () => {
  const recorded = { relation: [{ id: '1' }, { id: '2' }], has_more: true };
  assertHolds({ relation: [{ id: '1' }, { id: '2' }, { id: '3' }], has_more: false }, recorded);
  expect(differences({ relation: [{ id: '2' }, { id: '1' }, { id: '3' }] }, recorded)).not.toEqual([]);
  const rollup = { rollup: { type: 'array', array: [{ type: 'number', number: 1 }] }, has_more: true };
  assertHolds(
    {
      rollup: {
        type: 'array',
        array: [
          { type: 'number', number: 1 },
          { type: 'number', number: 2 },
        ],
      },
    },
    rollup,
  );
});

test('an object served in two versions is held by either, but not by the poorer reading of one', () => {
  const page = (properties: { [name: string]: string }) => ({ object: 'page', id: 'p', properties });
  const poor = { method: 'POST', path: '/v1/x/query', body: { results: [page({ a: '1' })] } };
  const old = { method: 'GET', path: '/v1/pages/p', body: page({ a: '1', b: '1' }) };
  const later = { method: 'GET', path: '/v1/pages/p', body: page({ a: '1', b: '2' }) };
  const served = [poor, old, later];
  expect(notHeld([{ kind: 'page', page: page({ a: '1', b: '1' }) }], served)).toEqual([]);
  expect(notHeld([{ kind: 'page', page: page({ a: '1', b: '2' }) }], served)).toEqual([]);
  expect(notHeld([{ kind: 'page', page: page({ a: '1' }) }], served)).toHaveLength(1);
  expect(notHeld([], served)).toEqual(['page p: not in any document']);
});

test('items of a completed property stand in the property of the page', () => {
  const page = (ids: string[]) => ({
    object: 'page',
    id: 'p',
    properties: { Links: { id: '%3Fa', type: 'relation', relation: ids.map((id) => ({ id })) } },
  });
  const item = (id: string) => ({ object: 'property_item', id: '%3Fa', type: 'relation', relation: { id } });
  const served = [
    {
      method: 'GET',
      path: '/v1/pages/p/properties/%3Fa',
      body: { object: 'list', results: [item('1'), item('2')] },
    },
  ];
  expect(notHeld([page(['1', '2'])], served)).toEqual([]);
  expect(notHeld([page(['1'])], served)).toEqual(['property ?a of page p: 1 of 2 items are missing']);
});
