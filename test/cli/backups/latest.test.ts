/** The words that name a snapshot: latest, latest-good, before a time, names and tags; and what the program makes by itself. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page, World } from '../../truth/world.ts';
import { addHome, newWorld, refuseChildren } from '../../truth/world.ts';
import { InProcessMachine } from '../in-process-machine.ts';

let world: World;
let page: Page;
/** Oldest first: whole, scoped, automatic, incomplete. */
let whole: string;
let scoped: string;
let incomplete: string;

beforeAll(async () => {
  world = await newWorld({}, new InProcessMachine());
  page = world.page('Page');
  world.write(page, 'text');
  addHome(world.state, 'Second');
  whole = await world.backup(['--name', 'monthly', '--tag', 'first,kept']);
  scoped = await world.backup(['--root', page.id]);
  world.retitle(page, 'Defaced');
  await world.inPlace(`${whole}:/Home/Page`);
  world.edited(page);
  incomplete = await world.between.spoil(refuseChildren(page.id), () => world.backup(['--full'], 3));
});
afterAll(() => world.close());

test('what the program makes by itself is listed as automatic, and what people made is not', async () => {
  const listed = await world.snapshots();
  expect(listed).toHaveLength(4);
  for (const each of listed) {
    const isTheirs = [whole, scoped, incomplete].includes(String(each.id));
    expect([each.id, each.automatic ?? false]).toEqual([each.id, !isTheirs]);
  }
  const { stdout } = await world.run(['ls']);
  expect(stdout.match(/\(automatic\)/g)).toHaveLength(1);
});

test('latest is the newest backup of the whole workspace, latest-good the newest that is complete', async () => {
  expect(await idOf('latest')).toBe(incomplete);
  expect(await idOf('latest-good')).toBe(whole);
});

test('a scoped backup or an automatic snapshot is never latest while there is a whole one', async () => {
  const removed = await world.run(['rm', incomplete, '--apply', '--force']);
  expect(removed.code, removed.said).toBe(0);
  expect(await idOf('latest')).toBe(whole);
  expect((await world.run(['status', '--json'])).json.latest ?? whole).toBe(whole);
});

test('a name and a tag stand for the newest snapshot that has them', async () => {
  expect(await idOf('monthly')).toBe(whole);
  expect(await idOf('kept')).toBe(whole);
  expect(await idOf(whole.slice(0, 6))).toBe(whole);
});

test('before: takes a date, a time or an age, and is exit 66 where nothing is that old', async () => {
  expect(await idOf('before:2999-01-01')).toBe(whole);
  expect(await idOf(`before:${new Date(Date.now() + 60_000).toISOString()}`)).toBe(whole);
  for (const word of ['before:2001-01-01', 'before:3d'])
    expect((await world.run(['info', word])).code, word).toBe(66);
  expect((await world.run(['info', 'before:yesterday-ish'])).code).toBe(64);
});

test('every command takes these words', async () => {
  const words = [
    ['ls', 'latest-good:/Home'],
    ['cat', 'monthly:/Home/Page'],
    ['info', 'kept'],
    ['check', 'latest-good'],
    ['restore', '--to', 'by-name', 'monthly:/Home/Page'],
    ['restore', '--in-place', '--dry-run', 'before:2999-01-01:/Home/Page'],
    ['export', 'by-name.kloset', 'monthly'],
  ];
  const odd: string[] = [];
  for (const each of words) {
    const { code, said } = await world.run(each);
    if (code !== 0) odd.push(`${each.join(' ')}: exit ${code}: ${said}`);
  }
  expect(odd).toEqual([]);
});

test('pruning counts people’s backups alone, and keeps the automatic ones apart', async () => {
  const pruned = await world.run(['prune', '--keep-last', '1', '--apply', '--json']);
  expect(pruned.code, pruned.said).toBe(0);
  const left = await world.snapshots();
  expect(left.some(({ id }) => id === whole)).toBe(true);
  expect(left.filter(({ automatic }) => automatic === true)).toHaveLength(1);
});

test('with two workspaces in one store latest alone is a usage error that lists them, and latest@NAME names one', async () => {
  const other = await newWorld({ seed: 10 }, new InProcessMachine());
  try {
    other.state.workspaceName = 'Elsewhere';
    const env = { NOTION_API_URL: other.between.url, NOTION_TOKEN: other.simulator.token };
    const id = await world.backup([], 0, { env });
    const plain = await world.run(['info', 'latest']);
    expect(plain.code, plain.said).toBe(64);
    expect(plain.said).toContain('Truth');
    expect(plain.said).toContain('Elsewhere');
    expect(await idOf('latest@Elsewhere')).toBe(id);
    expect(await idOf('latest@Truth')).toBe(whole);
  } finally {
    await other.close();
  }
});

async function idOf(word: string): Promise<unknown> {
  const { json, code, said } = await world.run(['info', word, '--json']);
  return json.snapshot ?? `exit ${code}: ${said}`;
}
