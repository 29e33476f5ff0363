/** What is taken away from a page of the web view is what the commands give, byte for byte. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleWorkspace } from '../../src/simulator/sample/sample-workspace.ts';
import { InProcessMachine } from '../cli/in-process-machine.ts';
import type { World } from '../cli/world.ts';
import { newWorld } from '../cli/world.ts';
import { zipEntries } from '../operations/restore/unpack.ts';
import { addressesIn } from './sample-addresses.ts';
import type { Served } from './served.ts';
import { serveStore } from './served.ts';

let world: World;
let served: Served;
let at: ReturnType<typeof addressesIn>;
beforeAll(async () => {
  world = await newWorld({ state: sampleWorkspace() }, new InProcessMachine());
  const snapshot = await world.backup();
  served = await serveStore(world.machine);
  at = addressesIn(world, snapshot, snapshot);
});
afterAll(async () => {
  await served.stop();
  await world.close();
});

/** The id that an address of an object ends with. */
const idIn = (address: string) => address.split('/').at(-2) ?? '';

test.each([
  ['page', ['md', 'html', 'json', 'text']],
  ['database', ['md', 'html', 'csv', 'json']],
])('a %s as a file is what `cat` prints', async (kind, forms) => {
  const address = kind === 'page' ? at.page('Rich text') : at.tasks;
  const take = await served.page(`${address}take`);
  for (const form of forms) {
    expect(take).toContain(`${address}get?as=${form}`);
    const { bytes, headers } = await served.get(`${address}get?as=${form}`);
    const printed = await world.run(['cat', '--as', form, `latest:~${idIn(address).slice(-8)}`]);
    expect([form, printed.code, bytes.toString('utf8')]).toEqual([form, 0, printed.stdout]);
    expect(headers['content-disposition']).toMatch(/^attachment; filename/);
    expect(headers['x-content-type-options']).toBe('nosniff');
  }
});

test.each(['html', 'md', 'csv', 'json'])(
  'a page with all below it as %s in a zip file is what `dump` writes',
  async (form) => {
    // Tables come from databases alone.
    const address = form === 'csv' ? at.tasks : at.page('Layouts');
    const { bytes } = await served.get(`${address}zip?as=${form}`);
    const [got, dumped] = [join(world.machine.home, 'got.zip'), join(world.machine.home, 'dumped.zip')];
    writeFileSync(got, bytes);
    const place = `latest:~${idIn(address).slice(-8)}`;
    const done = await world.run(['dump', '--force', '--as', form, '--to', dumped, place]);
    expect([done.code, done.stderr]).toEqual([0, '']);
    const entries = async (file: string) =>
      (await zipEntries(file)).map(({ name, bytes: content }) => [name, content?.toString('base64')]);
    const [ours, theirs] = [await entries(got), await entries(dumped)];
    expect(ours).toEqual(theirs);
    expect(ours.length).toBeGreaterThan(0);
  },
);

test('a form that does not exist is refused', async () => {
  for (const path of ['get?as=pdf', 'get', 'zip?as=text', 'zip?as=../x'])
    expect([path, (await served.get(`${at.page('Layouts')}${path}`)).status]).toEqual([path, 400]);
});
