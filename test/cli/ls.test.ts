/** `ls`: what people look for in a list of snapshots and in a snapshot, and ids that every other command takes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { widthOf } from '../../src/cli/text/columns.ts';
import { InProcessMachine } from './in-process-machine.ts';
import type { JsonMap, Page, Table, Told, World } from './world.ts';
import { mapsIn, newWorld } from './world.ts';

let world: World;
let page: Page;
let below: Page;
let tasks: Table;
let rows: Page[];
/** Oldest first: whole, changed, scoped, whole. */
const ids: string[] = [];

const compact = (id: string) => id.replaceAll('-', '');
const short = (id: string) => compact(id).slice(-8);
const ok = (done: Told): Told => {
  if (done.code !== 0) throw new Error(`exit ${done.code}: ${done.said}`);
  return done;
};
const run = async (...words: string[]) => ok(await world.run(words));
const entriesOf = async (...words: string[]) => mapsIn((await run('ls', '--json', ...words)).json.entries);
const linesOf = async (...words: string[]) => (await run('ls', ...words)).stdout.trimEnd().split('\n');

beforeAll(async () => {
  world = await newWorld({}, new InProcessMachine());
  page = world.page('日本語のページ 🎉');
  world.write(page, 'Some words');
  below = world.below(page, 'Plans: a/b');
  tasks = world.table('Tasks ✅', { Done: 'checkbox' });
  rows = [world.row(tasks, 'One'), world.row(tasks, '二'), world.row(tasks, 'Three 👩‍👩‍👧')];
  ids.push(await world.backup(['--tag', 'nightly,office']));
  world.retitle(below, 'Renamed: a/b');
  world.row(tasks, 'Four');
  ids.push(await world.backup());
  ids.push(await world.backup(['--root', page.id, '--name', '東京']));
  const last = rows.at(-1);
  if (last !== undefined) world.trash(last);
  ids.push(await world.backup(['--alarm-loss', '90']));
});
afterAll(() => world.close());

test('a list of snapshots has the source with its roots, tags, complete or not, and the changes since the one before', async () => {
  const lines = await linesOf();
  expect(lines).toHaveLength(4);
  expect(lines[0]).toMatch(/notion:\/\/Truth +tags=nightly,office +complete$/);
  expect(lines[1]).toMatch(/notion:\/\/Truth +\+1 ~1 +complete$/);
  // The first of its own scope has none before.
  expect(lines[2]).toMatch(new RegExp(`notion://東京 ~${short(page.id)} +complete$`));
  expect(lines[3]).toMatch(/notion:\/\/Truth +−1 +complete$/);
  const json = mapsIn((await run('ls', '--json')).json.snapshots);
  expect(json.map(({ compared_with }) => compared_with)).toEqual([null, ids[0], null, ids[1]]);
  expect(json.map(({ changes }) => changes)).toEqual([
    null,
    { added: 1, changed: 1, removed: 0, unknown: 0 },
    null,
    { added: 0, changed: 0, removed: 1, unknown: 0 },
  ]);
});

test('the counts are those of diff, and a filter does not change what a snapshot is compared with', async () => {
  for (const [before, after] of [
    [ids[0], ids[1]],
    [ids[1], ids[3]],
  ]) {
    const objects = mapsIn((await run('diff', '--json', before ?? '', after ?? '')).json.objects);
    const count = (...kinds: string[]) => objects.filter(({ kind }) => kinds.includes(String(kind))).length;
    const [listed] = mapsIn((await run('ls', '--json')).json.snapshots).filter(({ id }) => id === after);
    expect(listed?.changes).toEqual({
      added: count('added'),
      changed: count('changed', 'moved'),
      removed: count('removed'),
      unknown: count('unknown'),
    });
  }
  const [latest] = mapsIn((await run('ls', '--json', '--latest', '--root', '/')).json.snapshots);
  expect(latest).toMatchObject({ id: ids[3], compared_with: ids[1] });
  expect((await run('ls', '--json', '--no-changes')).stdout).not.toContain('compared_with');
});

test('columns stand below each other on a screen, whatever script the names are of', async () => {
  for (const [words, column] of [
    [[], /complete/],
    [['--long', '--recursive', 'latest'], /(?<= {2})\/(?=\S)/],
  ] as const) {
    const places = (await linesOf(...words)).map((line) => widthOf(line.slice(0, line.search(column))));
    expect(new Set(places).size, `${words}: ${places}`).toBe(1);
  }
});

test('a page lists what lies in it: kind, title, size, what is inside, id', async () => {
  const inHome = await entriesOf('latest:/Home');
  expect(inHome.map(({ kind, title, children }) => [kind, title, children])).toEqual([
    ['database', 'Tasks ✅', 3],
    ['document', 'page.json', undefined],
    ['page', '日本語のページ 🎉', 1],
  ]);
  const [database] = inHome;
  expect(database).toMatchObject({
    id: compact(tasks.database.id),
    short_id: short(tasks.database.id),
    edited: new Date(tasks.database.editedTime).toISOString().replace('Z', '+00:00'),
  });
  expect(await linesOf('latest:/Home')).toEqual([
    expect.stringMatching(/^\d{4}-\S+Z {2}database +[\d.]+ K?i?B +3 {2}[0-9a-f]{8} {2}Tasks ✅$/),
    expect.stringMatching(/document .* - {2}- {9}page\.json$/),
    expect.stringMatching(/page .* 1 {2}[0-9a-f]{8} {2}日本語のページ 🎉$/),
  ]);
});

test('a database lists its views and rows, and titles that a path cannot show are whole with --long', async () => {
  const inTasks = await entriesOf('latest:/Home/Tasks ✅');
  expect(inTasks.map(({ kind, title }) => `${kind} ${title}`).sort()).toEqual([
    'document database.json',
    'row Four',
    'row One',
    'row 二',
    'view Default view',
  ]);
  const place = `latest:${short(page.id)}`;
  expect((await linesOf(place)).join('\n')).not.toContain('Renamed: a/b');
  expect((await linesOf('--long', place)).join('\n')).toContain('Renamed: a/b');
  expect((await entriesOf(place)).map(({ title }) => title)).toContain('Renamed: a/b');
});

test('--tree draws pages and databases, --depth cuts it, --kind keeps what leads to it, --sort sorts each level', async () => {
  const drawn = async (...words: string[]) =>
    (await linesOf('--tree', ...words, 'latest')).map((line) => line.replace(/^.*? {2}(?=[├└│ ]*[├└])/, ''));
  expect(await drawn('--depth', '2')).toEqual(['└── Home', '    ├── Tasks ✅', '    └── 日本語のページ 🎉']);
  expect(await drawn('--kind', 'row', '--sort', 'title')).toEqual([
    '└── Home',
    '    └── Tasks ✅',
    '        ├── Four',
    '        ├── One',
    '        └── 二',
  ]);
  const edited = (await entriesOf('--recursive', '--kind', 'row', '--sort', 'edited', 'latest')).map(
    ({ edited }) => String(edited),
  );
  expect(edited).toEqual([...edited].sort().reverse());
  expect((await entriesOf('--recursive', '--sort', 'size', 'latest')).map(({ size }) => size ?? -1)).toEqual(
    (await entriesOf('--recursive', 'latest')).map(({ size }) => Number(size ?? -1)).sort((a, b) => b - a),
  );
  expect(await entriesOf('--recursive', '--depth', '1', 'latest')).toEqual(await entriesOf('latest'));
});

test('the short id that ls prints is taken by every other command', async () => {
  const id = short(below.id);
  const whole = compact(below.id);
  const [path] = (await entriesOf('--recursive', 'latest')).flatMap((each) =>
    each.id === whole ? [String(each.path)] : [],
  );
  const told: [string[], string][] = [
    [['cat', '--json', id], whole],
    [['cat', '--json', `${ids[0]?.slice(0, 8)}:${id}`], whole],
    [['cat', '--json', `latest:~${id}`], whole],
    [['ls', '--json', `latest:${id}`], path ?? ''],
    [['log', '--json', id], whole],
    [['blame', '--json', id], whole],
    [['locate', id], path ?? ''],
    [['diff', '--json', ids[0] ?? '', 'latest', id], 'renamed'],
    [['du', '--json', `latest:${id}`], path ?? ''],
    [['restore', '--to', 'by-id', `latest:${id}`], path ?? ''],
    [['restore', '--dry-run', '--root-id', short(page.id), `latest:${id}`], ''],
    [['check', `latest:${id}`], 'successfully'],
  ];
  for (const [words, part] of told)
    expect([words, (await run(...words)).said], `${words}`).toEqual([words, expect.stringContaining(part)]);
});

test('the id of a view stands for its database', async () => {
  const [view] = (await entriesOf('latest:/Home/Tasks ✅')).filter(
    ({ kind }) => kind === 'view',
  ) as JsonMap[];
  const { stdout } = await run('cat', '--as', 'csv', `latest:${view?.short_id}`);
  expect(stdout).toContain('One');
});

test('digits that end several ids are refused with the ids, and digits that end none are not found', async () => {
  const twin = world.page('Twin', { id: `${'a'.repeat(8)}-aaaa-4aaa-8aaa-aaaa${short(below.id)}` });
  await world.backup();
  const { code, said } = await world.run(['cat', short(below.id)]);
  expect(code, said).toBe(64);
  for (const each of [below, twin]) expect(said).toContain(compact(each.id));
  await run('cat', compact(twin.id));
  await run('cat', compact(twin.id).slice(-12));
  // A title of eight digits is the title, with `~` before it the end of an id.
  const [row] = rows;
  const titled = world.page(short(row?.id ?? ''));
  await world.backup();
  expect((await run('cat', short(row?.id ?? ''))).stdout).toContain(titled.id);
  expect((await run('cat', `latest:~${short(row?.id ?? '')}`)).stdout).toContain(row?.id);
  expect((await world.run(['cat', '0123456789'])).code).toBe(66);
  expect((await world.run(['rm', '0123456789'])).code).toBe(66);
});

test('flags that have no meaning together are refused by name', async () => {
  for (const [words, name] of [
    [['--tree'], '--tree'],
    [['--kind', 'row'], '--kind'],
    [['--depth', '2', 'latest'], '--depth'],
    [['--kind', 'rows', 'latest'], '--kind'],
    [['--sort', 'age', 'latest'], '--sort'],
    [['--tree', '--depth', '0', 'latest'], '--depth'],
  ] as const) {
    const { code, said } = await world.run(['ls', ...words]);
    expect([words, code]).toEqual([words, 64]);
    expect(said).toContain(name);
  }
});
