import { expect, test } from 'vitest';
import type { KnownSnapshot } from '../../../src/operations/look/known-snapshots.ts';
import { known } from '../../../src/operations/look/known-snapshots.ts';
import { readSnapshotPlace } from '../../../src/operations/look/snapshot-words.ts';
import type { SnapshotHeader, SnapshotId } from '../../../src/store/open-store.ts';

const one = `notion:${'1'.repeat(32)}`;
const two = `notion:${'2'.repeat(32)}`;
const nowMs = Date.parse('2026-03-10T12:00:00Z');

function snapshot(id: string, day: string, more: { [name: string]: unknown } = {}): KnownSnapshot {
  const { tags = [], automatic = false, acknowledged, ...header } = more;
  const fields = {
    kind: 'snapshot',
    time: `${day}T09:00:00.000Z`,
    source: one,
    name: 'Acme',
    tags,
    complete: true,
    counts: {},
  };
  return known({
    id: id.padEnd(64, '0') as SnapshotId,
    sizeBytes: 1,
    header: { ...fields, ...header } as unknown as SnapshotHeader,
    tags: tags as string[],
    isPinned: false,
    acknowledged: acknowledged as undefined,
    automatic: automatic === true,
  });
}

/** Newest first. */
const all = [
  snapshot('abcd1', '2026-03-10', { automatic: true }),
  snapshot('abcd2', '2026-03-09', { source: `${one}:${'f'.repeat(32)}` }),
  snapshot('abcd3', '2026-03-08', { counts: { suspicious: 1 } }),
  snapshot('abcd4', '2026-03-07', { name: 'month: March', tags: ['kept', 'beef'] }),
  snapshot('beef5', '2026-03-01'),
];

const read = (text: string, snapshots = all, source?: string) => {
  const { snapshot: found, path } = readSnapshotPlace(snapshots, text, { nowMs, source });
  return [found.id.slice(0, 5), path];
};

test('latest is the newest whole backup, latest-good one without alarm', () => {
  expect(read('latest')).toEqual(['abcd3', '']);
  expect(read('latest:/Home')).toEqual(['abcd3', '/Home']);
  expect(read('latest-good:/Home')).toEqual(['abcd4', '/Home']);
  expect(read('latest', all.slice(0, 2))).toEqual(['abcd2', '']);
  expect(() => read('latest', all.slice(0, 1))).toThrow(/no readable backup/);
  expect(() => read('latest-good', all.slice(2, 3))).toThrow(/without an alarm/);
});

test('before: takes a day, a time or an age, and a path behind it', () => {
  expect(read('before:2026-03-08')).toEqual(['abcd4', '']);
  expect(read('before:2026-03-08T09:00:01Z:/a:b')).toEqual(['abcd3', '/a:b']);
  expect(read('before:3d:/Home')).toEqual(['beef5', '/Home'].map((text, at) => (at === 0 ? 'abcd4' : text)));
  expect(() => read('before:2020-01-01')).toThrow(/older than/);
  expect(() => read('before:soon')).toThrow(/Not a time/);
});

test('names, tags and ids: four digits of an id win, names may hold colons', () => {
  expect(read('month: March')).toEqual(['abcd4', '']);
  expect(read('month: March:/Home')).toEqual(['abcd4', '/Home']);
  expect(read('kept:/a:b')).toEqual(['abcd4', '/a:b']);
  expect(read('beef')).toEqual(['beef5', '']);
  expect(read('abcd1')).toEqual(['abcd1', '']);
  expect(() => read('abcd')).toThrow(/More than one/);
  expect(() => read('0123:/Home')).toThrow(/no snapshot 0123/);
});

test('a path, URL, page id or title alone lies in the latest snapshot', () => {
  const id = '7'.repeat(32);
  for (const text of ['/Home', ':/Home', id, `https://www.notion.so/Home-${id}`, 'Shopping list'])
    expect(read(text)).toEqual(['abcd3', text.replace(/^:/, '')]);
});

test('with several workspaces latest needs a name, a key or a known source', () => {
  const both = [snapshot('cccc1', '2026-03-11', { source: two, name: 'Other' }), ...all];
  expect(() => read('latest', both)).toThrow(/Other.*Acme/);
  expect(read('latest@Other', both)).toEqual(['cccc1', '']);
  expect(read('latest@Acme:/Home', both)).toEqual(['abcd3', '/Home']);
  expect(read('latest@2222', both)).toEqual(['cccc1', '']);
  expect(read('latest', both, `${one}:${'f'.repeat(32)}`)).toEqual(['abcd3', '']);
});

test('where no backup is of the workspace that is asked for, those that there are are named', () => {
  for (const word of ['latest@Acne', 'latest-good@Acne', 'before@Acne:2999-01-01', 'latest@Acne:/Home'])
    expect(() => read(word)).toThrow(
      expect.objectContaining({
        code: 'not-found',
        message: 'The store has no backup of a workspace "Acne".',
        hint: expect.stringContaining('"Acme"'),
      }),
    );
  expect(() => read('latest', all, two)).toThrow(/no backup of this workspace/);
});
