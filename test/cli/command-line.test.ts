import { expect, test } from 'vitest';
import { expandPath } from '../../src/cli/app/folders.ts';
import { readCommandLine } from '../../src/cli/command-line.ts';
import { storePath } from '../../src/cli/session/store-path.ts';
import { parseCount, parseDuration } from '../../src/cli/text/parse.ts';
import { isKlosetError } from '../../src/errors.ts';
import { fakeIo } from './fake-io.ts';

function words(...argv: string[]) {
  return readCommandLine(argv);
}

test('`at STORE` may stand before the command, after global options', () => {
  expect(words('at', '/var/backups', 'backup', '@mynotion')).toEqual({
    store: '/var/backups',
    words: ['backup', '@mynotion'],
  });
  expect(words('-json', 'at', '@disk', 'ls')).toEqual({ store: '@disk', words: ['--json', 'ls'] });
  expect(words('--keyfile', 'at', 'at', '/s', 'ls')).toEqual({
    store: '/s',
    words: ['--keyfile', 'at', 'ls'],
  });
});

test('a page called at is not a store', () => {
  expect(words('cat', 'at', '/s')).toEqual({ store: undefined, words: ['cat', 'at', '/s'] });
});

test('options are taken with one dash or two, with a value behind = or after', () => {
  expect(words('restore', '-to', '@x', '-latest', '-tag=a', '--as', 'md').words).toEqual([
    'restore',
    '--to',
    '@x',
    '--latest',
    '--tag=a',
    '--as',
    'md',
  ]);
});

test('short options, numbers and words after -- stay as they are', () => {
  expect(words('-h', 'prune', '-5', '--', '-to').words).toEqual(['-h', 'prune', '-5', '--', '-to']);
});

test('`at` without a store is an error of usage', () => {
  expect(() => words('at')).toThrowError(expect.objectContaining({ code: 'usage' }));
});

test('durations are read as people write them, and nothing else is', () => {
  expect(parseDuration('90s', '--grace')).toBe(90_000);
  expect(parseDuration('1h30m', '--grace')).toBe(5_400_000);
  expect(parseDuration('7d', '--grace')).toBe(604_800_000);
  for (const text of ['', 'soon', '5x', '1h 30m', '-5s', '999999999d', '9'.repeat(400)]) {
    expect(() => parseDuration(text, '--grace')).toThrow(/--grace/);
  }
});

test('counts must be whole and large enough', () => {
  expect(parseCount('0', 'n')).toBe(0);
  for (const text of ['', '-1', '1.5', '1e3', 'x', '99999999999999999999']) {
    try {
      parseCount(text, 'n');
      expect.unreachable(text);
    } catch (error) {
      expect(isKlosetError(error, 'usage')).toBe(true);
    }
  }
});

test('fs: and file: name an absolute path, in whatever takes a location', () => {
  const io = fakeIo({ HOME: '/home/me' }, '/work');
  for (const [text, path] of [
    ['fs:/a/b', '/a/b'],
    ['fs:///a/b', '/a/b'],
    ['FS:/a%20b', '/a%20b'],
    ['file:/a', '/a'],
    ['file:///a%20b', '/a b'],
    ['file://localhost/a', '/a'],
    ['~/a', '/home/me/a'],
    ['a/b', '/work/a/b'],
    ['fs', '/work/fs'],
  ] as const) {
    expect([text, expandPath(io, text)]).toEqual([text, path]);
    expect([text, storePath(io, text)]).toEqual([text, path]);
  }
  for (const text of [
    '',
    'fs:',
    'fs:a',
    'file:a/b',
    'file://host/a',
    'file:///a%2Fb',
    'file:///%zz',
    'a\0b',
  ]) {
    expect(() => storePath(io, text), text).toThrowError(expect.objectContaining({ code: 'usage' }));
  }
});
