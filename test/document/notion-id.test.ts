import { expect, test } from 'vitest';
import { compactId, dashedId, linkedId, parseNotionId } from '../../src/document/notion-id.ts';

const id = '1234567890abcdef1234567890abcdef';

test('an id is read dashed, undashed, in capitals and out of every form of page URL', () => {
  const forms = [
    id,
    id.toUpperCase(),
    '12345678-90ab-cdef-1234-567890abcdef',
    `https://www.notion.so/MyPage-${id}`,
    `https://www.notion.so/workspace/My-Page-${id}?v=0000&pvs=4#block`,
    `https://app.notion.com/p/${id}`,
    `https://notion.so/${id}/`,
  ];
  for (const form of forms) expect(parseNotionId(form), form).toBe(id);
});

test('what only looks like an id is none', () => {
  for (const text of [
    '',
    'abc',
    `${id}0`,
    id.slice(1),
    `x${id.slice(1)}`,
    'https://www.notion.so/',
    'deadbeef',
  ]) {
    expect(parseNotionId(text), text).toBeUndefined();
  }
});

test('dashes come and go', () => {
  expect(dashedId(id)).toBe('12345678-90ab-cdef-1234-567890abcdef');
  expect(compactId(dashedId(id))).toBe(id);
  expect(dashedId('not an id')).toBe('not an id');
});

test('links into Notion are told from links out of it', () => {
  expect(linkedId(`/${id}`)).toBe(id);
  expect(linkedId(`https://www.notion.so/Page-${id}?pvs=4`)).toBe(id);
  expect(linkedId(`https://example.com/Page-${id}`)).toBeUndefined();
});
