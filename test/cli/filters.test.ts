/** The filters of snapshots: one rule, on every command that takes snapshots, with one dash or two. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { InProcessMachine } from './in-process-machine.ts';
import type { Page, World } from './world.ts';
import { mapsIn, newWorld } from './world.ts';

let world: World;
let page: Page;
/** The words of people for the snapshots, by what they are. */
const ids = { first: '', nightly: '', scoped: '', automatic: '', last: '' };
type Name = keyof typeof ids;

beforeAll(async () => {
  world = await newWorld({}, new InProcessMachine());
  page = world.page('Page');
  world.write(page, 'text');
  ids.first = await world.backup(['--name', 'Acme', '--tag', 'monthly']);
  world.retitle(page, 'Defaced');
  ids.nightly = await world.backup(['--tag', 'nightly,office']);
  ids.scoped = await world.backup(['--root', page.id, '--tag', 'nightly']);
  await world.inPlace(`${ids.first}:/Home/Page`);
  world.edited(page);
  const automatic = (await world.snapshots()).find((each) => each.automatic === true);
  ids.automatic = String(automatic?.id);
  ids.last = await world.backup();
});
afterAll(() => world.close());

async function listed(...filter: string[]): Promise<Name[]> {
  const { code, json, said } = await world.run(['ls', '--json', ...filter]);
  if (code !== 0) throw new Error(said);
  return mapsIn(json.snapshots).map(({ id }) => nameOf(String(id)));
}

function nameOf(id: string): Name {
  const found = (Object.keys(ids) as Name[]).find((name) => ids[name] === id);
  if (found === undefined) throw new Error(id);
  return found;
}

const everything: Name[] = ['first', 'nightly', 'scoped', 'automatic', 'last'];
const backups: Name[] = ['first', 'nightly', 'scoped', 'last'];

test.for<[title: string, filter: () => string[], left: Name[]]>([
  ['a tag', () => ['--tag', 'nightly'], ['nightly', 'scoped']],
  ['two tags, both', () => ['--tag', 'nightly,office'], ['nightly']],
  ['two tags, one by one', () => ['-tag', 'nightly', '-tag=office'], ['nightly']],
  ['without a tag', () => ['--tag', '!before-restore'], backups],
  ['with one and without another', () => ['--tag', 'nightly,!office'], ['scoped']],
  ['a name', () => ['-name', 'Acme'], ['first']],
  ['the name of a workspace: all of its backups', () => ['--source', 'Truth'], everything],
  [
    'the beginning of the id of a workspace',
    () => ['-source', world.state.workspaceId.slice(0, 8)],
    everything,
  ],
  ['a root', () => ['--root', page.id], ['scoped', 'automatic']],
  ['the whole workspace', () => ['-root', '/', '--tag', 'nightly'], ['nightly']],
  ['the newest of each source and scope', () => ['-latest'], ['scoped', 'last']],
  ['the newest of those that match', () => ['--latest', '--tag', 'nightly'], ['nightly', 'scoped']],
  ['a day', () => ['--since', '2001-01-01'], everything],
  ['an age', () => ['-since', '1h'], everything],
  ['a moment', () => ['--before', new Date(Date.now() + 60_000).toISOString()], everything],
  ['days in the past', () => ['--since', '2001-01-01', '--before', '2002-01-01 10:30'], []],
  ['seconds', () => ['--since', '2001-01-01 10:30:15', '-before', '2002-01-01T10:30:15+02:00'], []],
  ['a tag that none has', () => ['--tag', 'weekly'], []],
])('ls lists what a filter leaves: %s', async ([, filter, left]) => {
  expect(await listed(...filter())).toEqual(left);
});

test('times divide snapshots at the moment given', async () => {
  const { time } = (await world.snapshots()).find(({ id }) => id === ids.nightly) ?? {};
  expect(await listed('--since', String(time))).toEqual(['nightly', 'scoped', 'automatic', 'last']);
  expect(await listed('--before', String(time))).toEqual(['first']);
});

/** A command line that takes snapshots, with the place of its filters; `ends` is its exit code where nothing matches. */
const commands: readonly { words: (filter: string[]) => string[]; ends: number }[] = [
  { words: (filter) => ['ls', ...filter], ends: 0 },
  { words: (filter) => ['ls', ...filter, 'latest:/Home'], ends: 66 },
  { words: (filter) => ['rm', ...filter], ends: 0 },
  { words: (filter) => ['rm', ...filter, '--apply'], ends: 0 },
  { words: (filter) => ['prune', '--keep-last', '1', ...filter], ends: 0 },
  { words: (filter) => ['check', ...filter], ends: 66 },
  { words: (filter) => ['check', '-fast', ...filter, 'latest'], ends: 66 },
  { words: (filter) => ['restore', '--to', 'nothing', ...filter], ends: 66 },
  { words: (filter) => ['restore', '--in-place', '--dry-run', ...filter, '/Home'], ends: 66 },
  { words: (filter) => ['sync', 'to', 'no-replica', ...filter], ends: 0 },
  { words: (filter) => ['diff', 'latest', 'latest', ...filter], ends: 66 },
  { words: (filter) => ['diff', ...filter], ends: 66 },
  { words: (filter) => ['log', '/Home', ...filter], ends: 66 },
  { words: (filter) => ['search', 'text', ...filter], ends: 0 },
  { words: (filter) => ['locate', 'Home', ...filter], ends: 66 },
];

test('a filter that matches nothing is said by every command, which does nothing', async () => {
  for (const { words, ends } of commands) {
    for (const filter of [
      ['-tag', 'weekly'],
      ['--before', '2001-01-01'],
      ['-name=Nobody'],
      ['-root', 'f'.repeat(32)],
    ]) {
      const line = words(filter);
      const { code, stderr } = await world.run(line);
      expect([line, code], stderr).toEqual([line, ends]);
      expect([line, stderr]).toEqual([line, expect.stringContaining('No snapshot matches --')]);
    }
  }
  expect(await listed()).toEqual(everything);
  for (const name of ['nothing', 'no-replica'])
    expect(existsSync(join(world.machine.home, name))).toBe(false);
});

test('filters that cannot be met or read are refused by every command, with the name of the flag', async () => {
  const bad: [string[], string][] = [
    [['--since', '2026-01-02', '--before', '2026-01-01'], '--since 2026-01-02'],
    [['--since', '2999-01-01'], '--since 2999-01-01'],
    [['--before', '2026-02-30'], '--before'],
    [['--before', 'yesterday'], '--before'],
    [['-since='], '--since'],
    [['--tag', 'a,!a'], '--tag a'],
    [['-tag', ''], '--tag'],
    [['--tag', '!'], '--tag'],
    [['--name', 'a', '--name', 'b'], '--name a'],
    [['--source', 'a', '-source', 'b'], '--source a'],
    [['--root', 'Home'], '--root'],
  ];
  for (const { words } of commands)
    for (const [filter, flag] of bad) {
      const line = words(filter);
      const { code, stderr } = await world.run(line);
      expect([line, code], stderr).toEqual([line, 64]);
      expect(stderr).toContain(flag);
    }
});

test('every command goes by the snapshots that a filter leaves', async () => {
  const json = async (...words: string[]) => {
    const done = await world.run(['--json', ...words]);
    if (done.code !== 0) throw new Error(done.said);
    return done.json;
  };
  expect((await json('ls', '-tag', 'monthly', 'latest:/')).snapshot).toBe(ids.first);
  expect((await json('restore', '-latest', '-root', page.id, '--to', 'scoped')).snapshot).toBe(ids.scoped);
  expect((await json('restore', '-name', 'Acme', '--to', 'acme')).snapshot).toBe(ids.first);
  expect((await json('diff', 'latest', ids.last, '--tag', '!nightly')).before).toBe(ids.last);
  expect((await json('diff', '-root', '/', '-tag', 'nightly')).before).toBe(ids.nightly);
  expect((await json('check', '-fast', '-tag', 'nightly')).snapshots).toBe(2);
  expect((await json('check', '-fast', '-latest')).snapshots).toBe(2);
  expect((await json('check')).snapshots).toBe(5);
  const copied = await json('sync', 'to', 'replica', '-tag', 'nightly');
  // With those they stand on: a chain has no holes.
  expect((copied.copied as string[]).map(nameOf).sort()).toEqual(['first', 'nightly', 'scoped']);
  const versions = async (...filter: string[]) =>
    mapsIn((await json('log', page.id, ...filter)).versions).map(({ snapshot }) => snapshot);
  expect(await versions()).toEqual([ids.first, ids.nightly, ids.scoped, ids.last]);
  expect(await versions('-root', '/')).toEqual([ids.first, ids.nightly, ids.last]);
  expect(await versions('-tag', '!nightly')).toEqual([ids.first]);
  const hit = async (...filter: string[]) => {
    const [found] = mapsIn((await json('search', 'Defaced', ...filter)).hits);
    return mapsIn(found?.snapshots).map(({ id }) => id);
  };
  expect(await hit('-tag', 'office')).toEqual([ids.nightly]);
  expect(await hit('-latest')).toEqual([ids.scoped]);
  expect(await hit('-name', 'Acme')).toEqual([]);
});

test('a snapshot that a filter excludes is not found by its id, its name or as a title', async () => {
  for (const [word, filter] of [
    [ids.first, '--tag=nightly'],
    ['monthly', '--tag=nightly'],
    ['Acme', '--tag=nightly'],
    [ids.scoped, '--root=/'],
    [`${ids.first.slice(0, 8)}:/Home`, '--tag=nightly'],
  ] as const) {
    for (const command of ['ls', 'check', 'restore']) {
      const { code, stderr } = await world.run([command, word, filter]);
      expect([command, word, code], stderr).toEqual([command, word, 66]);
      expect(stderr).toContain(filter.replace('=', ' '));
    }
  }
  expect((await world.run(['rm', ids.first, '--tag', 'nightly', '--apply'])).code).toBe(66);
  expect(await listed()).toEqual(everything);
});

test('prune goes by its rules among the snapshots that a filter leaves, and keeps what it always keeps', async () => {
  const dry = async (...filter: string[]) => {
    const { json, code, said } = await world.run(['prune', '--json', '--keep-last', '1', ...filter]);
    if (code !== 0) throw new Error(said);
    return (json.remove as string[]).map(nameOf);
  };
  expect((await dry()).sort()).toEqual(['first', 'nightly']);
  // Of those with the tag the newest of each scope is kept, as of all.
  expect(await dry('-tag', 'nightly')).toEqual([]);
  expect(await dry('-tag', 'monthly,!nightly')).toEqual([]);
  expect(await dry('-tag', '!office', '-root', '/')).toEqual(['first']);
  expect(await dry('-latest')).toEqual([]);
});

test('rm removes what a filter leaves, refuses --latest, pinned snapshots and no choice at all', async () => {
  expect((await world.run(['rm'])).code).toBe(64);
  expect((await world.run(['rm', '--apply'])).code).toBe(64);
  const latest = await world.run(['rm', '-latest', '--apply']);
  expect([latest.code, latest.stderr]).toEqual([64, expect.stringContaining('--latest')]);
  expect(mapsIn([(await world.run(['rm', '-tag', 'office', '--json'])).json])[0]?.snapshots).toEqual([
    ids.nightly,
  ]);
  await world.run(['pin', ids.nightly]);
  expect((await world.run(['rm', '-tag', 'office', '--apply'])).code).toBe(64);
  await world.run(['unpin', ids.nightly]);
  expect((await world.run(['rm', '-tag', 'office', '--apply'])).code).toBe(0);
  expect(await listed()).toEqual(['first', 'scoped', 'automatic', 'last']);
});

test('--undo and --all have no filter beside them that means nothing', async () => {
  for (const words of [
    ['restore', '--undo', '--tag', 'nightly'],
    ['search', 'text', '--all', '--latest'],
    ['restore', '--source', '@mine', '--to', 'x'],
  ])
    expect([words, (await world.run(words)).code]).toEqual([words, 64]);
});
