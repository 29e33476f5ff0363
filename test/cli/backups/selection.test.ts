/** A backup of a part by choice: told everywhere apart from gaps, kept apart from others, and never taken for a loss. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { moveTo } from '../../../src/simulator/workspace/state.ts';
import { InProcessMachine } from '../in-process-machine.ts';
import type { Page, Table, World } from '../world.ts';
import { at, mapsIn, newWorld } from '../world.ts';

let world: World;
let privatePage: Page;
let diary: Page;
let work: Page;
let salaries: Table;
let whole: string;
let part: string;

const compact = ({ id }: { id: string }) => id.replaceAll('-', '');

beforeAll(async () => {
  world = await newWorld({}, new InProcessMachine());
  privatePage = world.page('Private');
  diary = world.below(privatePage, 'Diary of nobody');
  work = world.page('Work');
  world.write(diary, 'a secret');
  const toggle = world.toggle(work, 'more');
  world.write(toggle, 'inside');
  salaries = world.table('Salaries', { Amount: 'number' });
  for (const name of ['Ada', 'Grace']) world.row(salaries, name, { Amount: 1 });
  for (let n = 0; n < 6; n += 1) world.below(work, `Note ${n}`);
  world.block(work, 'link_to_page', { type: 'page_id', page_id: diary.id });
  whole = await world.backup();
});
afterAll(() => world.close());

async function paths(snapshot: string): Promise<string> {
  const { json } = await world.run(['ls', '-recursive', '--json', `${snapshot}:/`]);
  return JSON.stringify(json);
}

test('what is excluded is left out with all that lies below it, and no request is spent there', async () => {
  const before = world.simulator.log.length;
  const { code, json, said } = await world.run([
    ...['backup', '--json', '--exclude', 'Private', '-ignore', 'database:Salaries'],
  ]);
  expect(code, said).toBe(0);
  part = String(json.snapshot);
  const asked = world.simulator.log.slice(before).map(({ path }) => path);
  for (const { id } of [privatePage, diary, salaries.source])
    expect(asked.filter((path) => path.includes(id))).toEqual([]);
  // The database itself is asked for at most, for its title.
  expect(asked.filter((path) => path.includes(salaries.database.id)).length).toBeLessThanOrEqual(1);
  const held = await paths(part);
  for (const { id } of [privatePage, diary, salaries.database]) expect(held).not.toContain(compact({ id }));
  expect(held).toContain(compact(work));
  expect(json.left_out).toEqual({
    selection: { include: [], exclude: ['Private', 'database:Salaries'] },
    pages: 4,
    databases: 1,
    unmatched: { include: [], exclude: [] },
    moved: 0,
  });
  expect(json.alarm).toBe(undefined);
  expect(json.complete).toBe(true);
});

test('no title and no text of what is left out is in the snapshot, but for what chosen pages show themselves', async () => {
  const { stdout } = await world.run(['cat', `${part}:/manifest.json`]);
  expect(stdout).not.toContain('Diary of nobody');
  expect(stdout).not.toContain('a secret');
});

test('status, info, ls, check and the web view say that it is a part by choice, and not that it has gaps', async () => {
  const words =
    'a part by choice (without Private, database:Salaries): 4 pages and 1 database known and left out';
  expect((await world.run(['status'])).stdout).toContain(`Holds ${words}`);
  expect((await world.run(['info', part])).stdout).toContain(`Holds ${words}`);
  expect((await world.run(['ls'])).stdout).toContain('(part by choice)');
  expect((await world.run(['check', part])).stdout).toContain('1 snapshot of a part by choice');
  const folder = await world.run(['restore', part, '-to', join(world.machine.home, 'out')]);
  expect(folder.code, folder.said).toBe(0);
  expect(folder.stderr).toContain(`The snapshot holds ${words}: that is not restored`);
  const status = (await world.run(['status', '--json'])).json;
  expect(mapsIn(status.sources).map((source) => [source.complete, source.left_out !== null])).toEqual([
    [true, true],
    [true, false],
  ]);
});

test('a diff says what was left out, and calls none of it removed', async () => {
  const { json } = await world.run(['diff', '--json', whole, part]);
  const told = mapsIn(json.objects).map(({ kind, title, reason }) => `${kind} ${title}: ${reason}`);
  expect(told.sort()).toEqual(
    ['Ada', 'Diary of nobody', 'Grace', 'Private', 'Salaries'].map(
      (title) => `unknown ${title}: left out by choice`,
    ),
  );
  const { stdout } = await world.run(['diff', whole, part]);
  expect(stdout).toContain('(one snapshot leaves it out by choice)');
});

test('a backup of everything afterwards holds it all again', async () => {
  const again = await world.backup();
  const { json } = await world.run(['diff', '--json', whole, again]);
  expect(json.objects).toEqual([]);
  expect(await paths(again)).toContain(compact(diary));
});

test('an include that names nothing is an error that names it: no snapshot of nothing, and an incomplete one beside others', async () => {
  const nothing = await world.run(['backup', '--include', 'Homme']);
  expect(nothing.code, nothing.said).toBe(66);
  expect(nothing.stderr).toContain('--include "Homme"');
  const some = await world.run(['backup', '--json', '--include', 'Work', '--include', 'Homme']);
  expect(some.code, some.said).toBe(3);
  expect(some.json.complete).toBe(false);
  expect(JSON.stringify(some.json.errors)).toContain('Homme');
});

test('an exclude that names nothing is said, by exit code 3 too', async () => {
  const { code, stderr, json } = await world.run(['backup', '--json', '--exclude', 'Privatte']);
  expect(code).toBe(3);
  expect(stderr).toContain('exclude "Privatte" names nothing that Notion lists.');
  expect(json.complete).toBe(true);
});

test('a file of patterns is the same as its patterns one by one', async () => {
  const file = join(world.machine.home, 'patterns');
  writeFileSync(file, '# of nobody’s concern\nPrivate\n\ndatabase:Salaries\n');
  const { json } = await world.run(['backup', '--json', '-ignore-file', file]);
  const source = async (id: string) => at((await world.run(['info', '--json', id])).json, 'header', 'source');
  expect(await source(String(json.snapshot))).toBe(await source(part));
});

test('what vanishes inside the chosen part is an alarm, and what moved to where it is left out is told', async () => {
  const notes = [...world.state.pages.values()].filter(({ values }) =>
    JSON.stringify(values.title).includes('Note'),
  );
  for (const note of notes.slice(0, 3)) moveTo(world.state, note, { type: 'page_id', id: privatePage.id });
  world.edited(...notes.slice(0, 3), work, privatePage);
  const { code, json, said } = await world.run([
    ...['backup', '--json', '--exclude', 'Private', '--exclude', 'database:Salaries'],
  ]);
  expect(code, said).toBe(3);
  expect(at(json, 'alarm', 'lost_objects')).toBe(3);
  expect(String(at(json, 'alarm', 'text'))).toContain('3 of them moved to where this backup leaves them out');
  expect(at(json, 'left_out', 'moved')).toBe(3);
});

test('a restore in place prunes what was added, and never what the snapshot left out', async () => {
  const added = world.page('Added since');
  const holder = world.below(work, 'Holds a private page');
  const hidden = world.below(holder, 'Private');
  const secret = world.page('Private');
  const done = await world.inPlace(`${part}:/Home`, '--prune-added');
  expect(done.code, done.said).toBeLessThanOrEqual(3);
  expect(done.stderr).toContain('The snapshot holds a part by choice (without Private, database:Salaries)');
  const trashed = (page: Page) => world.state.pages.get(page.id)?.inTrash;
  expect([added, holder, hidden, secret, privatePage, diary].map(trashed)).toEqual([
    ...[true, false, false, false, false, false],
  ]);
  expect(world.state.databases.get(salaries.database.id)?.inTrash).toBe(false);
});

test('retention keeps backups of a part apart from those of everything', async () => {
  const { json } = await world.run(['prune', '--json', '--keep-last', '1']);
  const all = mapsIn((await world.run(['ls', '--json'])).json.snapshots);
  const backups = all.filter(({ tags }) => !JSON.stringify(tags).includes('before-restore'));
  const newest = new Set(
    [...new Set(backups.map(({ source }) => source))].map(
      (source) => backups.findLast((each) => each.source === source)?.id,
    ),
  );
  expect(newest.size).toBeGreaterThan(3);
  const kept = JSON.stringify(json.keep);
  for (const id of newest) expect(kept).toContain(String(id));
  expect(Array.isArray(json.remove) ? json.remove.length : 0).toBeGreaterThan(0);
});
