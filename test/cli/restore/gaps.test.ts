/** What a snapshot does not know is never taken for empty: not by a restore, a comparison, a rendering or an export. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { InProcessMachine } from '../in-process-machine.ts';
import type { Block, Page, Table, Told, World } from '../world.ts';
import { about, at, failure, newWorld, propertyOf, runs } from '../world.ts';

let world: World;
let snapshot: string;
let errors: unknown;
let refused: Page;
let unread: Block;
let cut: Page;
let halves: Page;
let people: Table;
let related: Page;
let pictured: Page;
let picture: Block;
let tasks: Table;

beforeAll(async () => {
  world = await newWorld({}, new InProcessMachine());
  refused = world.page('Refused list');
  unread = world.toggle(refused, 'Unread');
  world.write(unread, 'inner one', 'inner two');
  world.write(refused, 'outer');
  cut = world.page('Cut list');
  world.write(cut, ...Array.from({ length: 130 }, (_, index) => `line ${index}`));
  halves = world.page('Whole page');
  world.write(halves, 'nothing is missing here');
  people = world.table('People', {});
  const rows = Array.from({ length: 30 }, (_, index) => world.row(people, `Person ${index}`));
  const teams = world.table('Teams', {
    Members: { type: 'relation', config: relationTo(people) },
    Note: 'rich_text',
  });
  related = world.row(teams, 'Everybody', {
    Members: rows.map(({ id }) => ({ id })),
    Note: runs('a note'),
  });
  pictured = world.page('Pictured');
  picture = world.block(pictured, 'image', hostedFile(world));
  tasks = world.table('Tasks', { Count: { type: 'number', config: { format: 'number' } } });
  for (const name of ['First', 'Second', 'Third']) world.row(tasks, name, { Count: 1 });

  const gone = failure(404, 'object_not_found', 'Could not find it.');
  const done = await world.between.spoil(
    {
      before: ({ path, query }) => {
        if (path === `/v1/blocks/${unread.id}/children`) return gone;
        if (path === `/v1/blocks/${cut.id}/children` && query.has('start_cursor')) return gone;
        if (path.startsWith(`/v1/pages/${related.id}/properties/`)) return gone;
        if (path === `/v1/data_sources/${tasks.source.id}/query`) return gone;
        return path.includes('lost-file.png') ? gone : undefined;
      },
      after: ({ path }, answer) => {
        if (path !== `/v1/blocks/${pictured.id}/children`) return undefined;
        const spoilt = JSON.stringify(answer.body).replace(
          /"url":"[^"]*lost\.png[^"]*"/,
          `"url":"${world.between.url}/lost-file.png"`,
        );
        return { status: answer.status, body: JSON.parse(spoilt) };
      },
    },
    () => world.run(['backup', '--json']),
  );
  expect(done.code, done.said).toBe(3);
  snapshot = String(done.json.snapshot);
  errors = done.json.errors;
});
afterAll(() => world.close());

test('a backup that met gaps ends with exit 3 and names each of them', () => {
  for (const what of [unread.id, cut.id, related.id, tasks.source.id, 'Pictured'])
    expect(about(errors, what), `an error about ${what}`).not.toBe('');
});

test('a restore in place keeps what lies below an unread list, and says what is not in the snapshot', async () => {
  const before = world.texts(refused);
  const done = await world.inPlace(`${snapshot}:/Home/Refused list`);
  expect(world.texts(refused)).toEqual(before);
  expectTold(done, 'Refused list');
});

test('the plan names a gap before anything is written, with exit 3', async () => {
  const plan = await world.plan(`${snapshot}:/Home/Refused list`);
  expect(plan.code, plan.said).toBe(3);
  expect(
    about(at(plan.json, 'plan', 'not_in_snapshot') ?? plan.json.not_in_snapshot, 'Refused list'),
  ).not.toBe('');
  const lines = await world.run(['restore', '--in-place', '--dry-run', `${snapshot}:/Home/Refused list`]);
  expect(lines.stdout).toMatch(/not in the snapshot: .+/);
});

test('a page whose list was cut keeps the blocks beyond the cut, also when the part before it is mended', async () => {
  const before = world.texts(cut);
  const first = world.state.blocks.get(cut.children[0] ?? '');
  if (first !== undefined) world.reword(first, 'defaced');
  const done = await world.inPlace(`${snapshot}:/Home/Cut list`);
  expect(world.texts(cut)).toEqual(before);
  expectTold(done, 'Cut list');
});

test('a value that was cut is not written over the whole one, and the values beside it are restored', async () => {
  const source = sourceOf(related);
  const members = propertyOf(source, 'Members').id;
  const note = propertyOf(source, 'Note').id;
  related.values = { ...related.values, [note]: runs('defaced') };
  world.edited(related);
  const done = await world.inPlace(`${snapshot}:/Home/Teams/Everybody`);
  expect(related.values[members]).toHaveLength(30);
  expect(JSON.stringify(related.values[note])).toContain('a note');
  expectTold(done, 'Members');
});

test('a file that was not fetched stays where it is in Notion, and is told', async () => {
  const before = JSON.stringify(picture.payload);
  const done = await world.inPlace(`${snapshot}:/Home/Pictured`);
  expect(picture.inTrash).toBe(false);
  expect(JSON.stringify(picture.payload)).toBe(before);
  expectTold(done, 'Pictured');
});

test('rows of an unread query are neither trashed nor taken for added, even with --prune-added', async () => {
  const done = await world.inPlace(`${snapshot}:/Home/Tasks`, '--prune-added');
  expect(tasks.source.rows.map((id) => world.state.pages.get(id)?.inTrash)).toEqual([false, false, false]);
  expectTold(done, 'Tasks');
});

test('a part of the same snapshot that has no gap is restored with exit 0', async () => {
  const done = await world.inPlace(`${snapshot}:/Home/Whole page`);
  expect(done.code, done.said).toBe(0);
  expect(done.json.not_in_snapshot ?? []).toEqual([]);
});

test('a copy under another page names the gap and ends with exit 3', async () => {
  const target = world.page('Copies');
  const done = await world.run([
    'restore',
    '--json',
    '--root-id',
    target.id,
    `${snapshot}:/Home/Refused list`,
  ]);
  expectTold(done, 'Refused list');
});

test('a page is printed with a visible note where something is missing', async () => {
  const printed = await world.run(['cat', '--as', 'md', `${snapshot}:/Home/Refused list`]);
  expect(printed.stdout).toMatch(/Unread[\s\S]*\[not in the backup: .+\][\s\S]*outer/);
  const html = await world.run(['cat', '--as', 'html', `${snapshot}:/Home/Cut list`]);
  expect(html.stdout).toMatch(/line 99[\s\S]*\[not in the backup: .+\]/);
});

test('a readable folder shows the notes, is written in full, and the exit code is 3', async () => {
  const done = await world.run(['restore', '--as', 'md', '--to', 'readable', `${snapshot}:/Home`]);
  expect(done.code, done.said).toBe(3);
  expect(done.said).toMatch(/not in the snapshot: /);
  const noted = filesBelow(world.machine.path('readable')).filter((path) =>
    readFileSync(path, 'utf8').includes('[not in the backup: '),
  );
  for (const title of ['Refused list', 'Cut list', 'Pictured', 'Tasks'])
    expect(
      noted.some((path) => path.includes(title)),
      `${title} among ${noted.join(', ')}`,
    ).toBe(true);
});

test('a folder of everything tells each gap once', async () => {
  const done = await world.run(['restore', '--json', '--to', 'whole', snapshot]);
  const missing = done.json.not_in_snapshot;
  if (!Array.isArray(missing)) throw new Error('nothing is missing');
  expect(about(missing, 'lost-file.png')).not.toBe('');
  const ids = missing.map(
    (part) => `${String(at(part, 'what'))} ${String(at(part, 'id')).replaceAll('-', '')}`,
  );
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});

test('an exported file tells the same gaps', async () => {
  const file = world.machine.path('out.kloset');
  await world.run(['export', file, snapshot]);
  const printed = await world.machine.run([
    '--keyfile',
    world.machine.keyFile,
    'at',
    file,
    'cat',
    '--as',
    'md',
    `${snapshot}:/Home/Refused list`,
  ]);
  expect(printed.stdout).toMatch(/\[not in the backup: .+\]/);
});

test('info and status name the gaps in words', async () => {
  const info = await world.run(['info', snapshot, '--errors']);
  expect(info.stdout).toContain('Refused list');
  expect(info.stdout).toContain('Cut list');
  const status = await world.run(['status']);
  expect(status.code).toBe(3);
  expect(status.stdout).toMatch(/gap|not read|could not be read/i);
});

/** Exit 3, the gap by its id or name, a verdict of its own, and never the word that all is equal. */
function expectTold(done: Told, what: string): void {
  expect(done.code, done.said).toBe(3);
  const missing = about(done.json.not_in_snapshot, what);
  expect(missing, `${what} in not_in_snapshot`).not.toBe('');
  for (const name of ['path', 'what', 'id', 'reason']) expect(missing).toContain(`"${name}":`);
  expect(at(done.json, 'comparison', 'counts', 'unknown')).toBeGreaterThan(0);
  expect(at(done.json, 'comparison', 'counts', 'lost')).toBe(0);
  expect(done.said).not.toMatch(/equals the original/);
}

function sourceOf(row: Page) {
  const source = world.state.dataSources.get(row.parent.id);
  if (source === undefined) throw new Error('no row');
  return source;
}

function relationTo({ source, database }: Table) {
  return {
    data_source_id: source.id,
    database_id: database.id,
    type: 'single_property',
    single_property: {},
  };
}

/** The payload of an image whose file the simulator hosts. */
function hostedFile({ state }: World) {
  const key = 'lost.png';
  const bytes = new Uint8Array(700).fill(7);
  state.files.set(key, {
    key,
    name: key,
    contentType: 'image/png',
    size: bytes.length,
    bytes: (from, to) => bytes.slice(from, to),
  });
  return { caption: [], type: 'file', file: { key } };
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
