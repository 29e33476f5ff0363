import { expect, test } from 'vitest';
import { isSafeSegment, printable, safeFileName, safeName } from '../../src/document/names.ts';

test('a title that climbs out of its folder becomes one harmless segment', () => {
  for (const title of [
    '../../etc/passwd',
    '/etc/passwd',
    '..',
    '.',
    '...',
    'C:\\Windows',
    'a/../b',
    '~root',
  ]) {
    const name = safeName(title);
    expect(isSafeSegment(name), title).toBe(true);
    expect(name).not.toMatch(/[/\\:~]/);
    expect(name).not.toMatch(/^\.|\.$/);
  }
});

test('control characters and marks that reorder text do not survive', () => {
  expect(safeName('a\u0000b\u001b[31mc\u202edcba')).toBe('a b [31mc dcba');
  expect(printable('a\u001b]0;owned\u0007b')).toBe('a ]0;owned b');
});

test('a long title is cut between characters and never over its bytes', () => {
  const name = safeName('👩‍👩‍👧‍👦'.repeat(40));
  expect(new TextEncoder().encode(name).length).toBeLessThanOrEqual(120);
  expect(name.isWellFormed()).toBe(true);
});

test('a long file name keeps its extension', () => {
  const name = safeFileName(`${'x'.repeat(400)}.pdf`);
  expect(name).toMatch(/^x+\.pdf$/);
  expect(name.length).toBeLessThanOrEqual(120);
});

test('empty titles and device names get a name of their own', () => {
  expect(safeName('')).toBe('Untitled');
  expect(safeName(' \u200b ')).toBe('Untitled');
  expect(safeName('NUL')).toBe('_NUL');
  expect(safeName('con.txt')).toBe('_con.txt');
});

test('half a surrogate pair is replaced, not passed on', () => {
  expect(safeName('a\ud800b').isWellFormed()).toBe(true);
});

test('names that parsers of trees must refuse', () => {
  for (const name of ['', '.', '..', 'a/b', 'a\\b', 'a\u0000', 'x'.repeat(256), 'a\ud800'])
    expect(isSafeSegment(name)).toBe(false);
});
