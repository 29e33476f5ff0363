/** Plans of restores on the pages of the web view: what the dry run says, asked of Notion, written nowhere. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { InProcessMachine } from '../cli/in-process-machine.ts';
import type { Page, World } from '../cli/world.ts';
import { failure, newWorld } from '../cli/world.ts';
import { faultsOf } from './html.ts';
import type { Served } from './served.ts';
import { serveStore } from './served.ts';

let world: World;
let served: Served;
let changed: Page;
let root: string;

/** Since the backup a text was changed, a page went into the trash, another was added. */
beforeAll(async () => {
  world = await newWorld({}, new InProcessMachine());
  changed = world.page('Changed');
  const [first] = world.write(changed, 'The words of before', 'Others');
  const gone = world.page('Gone');
  world.write(gone, 'Left with it');
  root = `/s/${(await world.backup()).slice(0, 16)}/o/`;
  if (first !== undefined) world.reword(first, 'The words <b>of</b> now');
  world.trash(gone);
  world.page('Added');
  served = await serveStore(world.machine, '--plan');
});
afterAll(async () => {
  expect(await served.stop()).toBe(0);
  await world.close();
});

const addressOf = ({ id }: Page) => `${root}${id.replaceAll('-', '')}/`;

/** The page when the plan is there. */
async function plan(path: string): Promise<string> {
  for (;;) {
    const text = await served.page(path);
    expect(faultsOf(text)).toEqual([]);
    if (!text.includes('data-reload')) return text;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

test('a restore in place is planned as the dry run plans it, and nothing is written', async () => {
  const take = await served.page(`${addressOf(world.home)}take`);
  expect(take).toContain(`${addressOf(world.home)}plan?of=in-place`);
  let text = '';
  const writes = await world.writesOf(async () => {
    text = await plan(`${addressOf(world.home)}plan?of=in-place`);
  });
  expect(writes).toEqual([]);
  const { json } = await world.plan('latest');
  const { counts, changes } = json.plan as unknown as {
    counts: { untrash: number };
    changes: { path: string }[];
  };
  expect(text).toContain(`${counts.untrash} object would come out of the trash`);
  expect(changes.map(({ path }) => path).filter((path) => !text.includes(path))).toEqual([]);
  expect(changes.length).toBeGreaterThanOrEqual(2);
  expect(text).toContain('take out of the trash: ');
  expect(text).toContain('The words of before');
  expect(text).toContain('The words &#x3C;b>of&#x3C;/b> now');
  expect(text).toMatch(/Added since, and left alone.*Added/s);
});

test('a plan is of one moment, and made again when asked', async () => {
  const path = `${addressOf(changed)}plan?of=in-place`;
  expect(await plan(path)).toContain('The words of before');
  const requests = world.simulator.log.length;
  await plan(path);
  expect(world.simulator.log.length).toBe(requests);
  const again = await served.get(`${path}&again=1`);
  expect([again.status, again.headers.location]).toEqual([303, path]);
  await plan(path);
  expect(world.simulator.log.length).toBeGreaterThan(requests);
});

test('a copy is planned with its requests and how well each kind comes back', async () => {
  let text = '';
  const writes = await world.writesOf(async () => {
    text = await plan(`${addressOf(changed)}plan?of=copy&page=${world.home.id}`);
  });
  expect(writes).toEqual([]);
  expect(text).toMatch(/It would take \d+ requests?/);
  expect(text).toMatch(/<th scope="row">block paragraph<\/th><td>2<\/td><td>0<\/td>/);
});

test('what is no page, what is not shared and what Notion refuses is told, and is no plan', async () => {
  expect((await served.get(`${addressOf(changed)}plan?of=copy&page=nonsense`)).status).toBe(400);
  expect((await served.get(`${addressOf(changed)}plan`)).status).toBe(400);
  const missing = await plan(`${addressOf(changed)}plan?of=copy&page=00000000-0000-4000-8000-000000000000`);
  expect(missing).toContain('There is no plan: ');
  const refused = { before: () => failure(401, 'unauthorized', 'API token is invalid.') };
  const other = `${addressOf(world.home)}plan?of=copy&page=${world.home.id}`;
  expect(await world.between.spoil(refused, () => plan(other))).toContain('There is no plan: ');
  await served.get(`${other}&again=1`);
  expect(await plan(other)).toContain('It would take');
});

test('while Notion is read the page says so, and others wait for their turn without end', async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const path = `${addressOf(changed)}plan?of=in-place`;
  await served.get(`${path}&again=1`);
  await world.between.spoil({ hold: () => held }, async () => {
    const text = await served.page(path);
    expect(text).toContain('data-reload');
    expect(text).toContain('Notion is being read');
    const waiting = ['1', '2', '3'].map((digit) =>
      served.get(`${addressOf(changed)}plan?of=copy&page=${digit.repeat(32)}`),
    );
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200, 200]);
    const tooMany = await served.get(`${addressOf(changed)}plan?of=copy&page=${'4'.repeat(32)}`);
    expect(tooMany.status).toBe(503);
    release();
  });
  expect(await plan(path)).toContain('The words of before');
});

test('without --plan nothing is asked of Notion, and the page says how to see plans', async () => {
  const plain = await serveStore(world.machine);
  const requests = world.simulator.log.length;
  expect(await plain.page(`${addressOf(changed)}take`)).toContain('ui --plan');
  expect((await plain.get(`${addressOf(changed)}plan?of=in-place`)).status).toBe(404);
  expect(world.simulator.log.length).toBe(requests);
  expect(await plain.stop()).toBe(0);
});

test('--plan without a token, or with a name that nobody configured, ends before anything is served', async () => {
  const without = await world.run(['ui', '--no-open', '--plan'], { env: { NOTION_TOKEN: '' } });
  expect([without.code, without.said]).toEqual([77, expect.stringContaining('No Notion token is set')]);
  expect((await world.run(['ui', '--no-open', '--plan', '@nobody'])).code).not.toBe(0);
});
