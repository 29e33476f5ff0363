/** Every page of the sample workspace in the web view: shown, linked, harmless. */
import { parse } from 'parse5';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleWorkspace } from '../../src/simulator/sample/sample-workspace.ts';
import { InProcessMachine } from '../cli/in-process-machine.ts';
import type { World } from '../cli/world.ts';
import { newWorld } from '../cli/world.ts';
import { faultsOf, linksIn } from './html.ts';
import type { Served } from './served.ts';
import { serveStore } from './served.ts';

let world: World;
let served: Served;
let root: string;
beforeAll(async () => {
  world = await newWorld({ state: sampleWorkspace() }, new InProcessMachine());
  const id = await world.backup();
  root = `/s/${id.slice(0, 16)}/`;
  served = await serveStore(world.machine);
});
afterAll(async () => {
  await served.stop();
  await world.close();
});

/**
 * Months have no end, and everything can be taken away in every form: of each kind of such pages some are asked for. What a
 * ZIP file holds is told by take.test.ts.
 */
const some = new Map<string, number>();
function isNew(link: string): boolean {
  const kind = /[?&](month|sort)=|\/(take|history|links|get|zip)\b/.exec(link)?.[0];
  if (kind === undefined) return true;
  some.set(kind, (some.get(kind) ?? 0) + 1);
  return (some.get(kind) ?? 0) <= (kind === '/zip' ? 2 : 12);
}

test('every page that is linked is shown, is HTML without a fault, and asks nothing of another address', async () => {
  const seen = new Set<string>(['/']);
  const faults: string[] = [];
  for (const path of seen) {
    const { status, text, headers } = await served.get(path);
    const isMissing = status === 404 && text.includes('Not in this snapshot');
    if (status !== 200 && status !== 303 && !isMissing)
      faults.push(`${path}: ${status} ${text.slice(0, 300)}`);
    const isPage = String(headers['content-type']).startsWith('text/html');
    if (!isPage || headers['content-disposition'] !== undefined) continue;
    if (!path.includes('/tree?') && !path.includes('part=1'))
      parse(text, {
        onParseError: ({ code }) => faults.push(`${path}: ${code}`),
        sourceCodeLocationInfo: true,
      });
    faults.push(...faultsOf(text).map((fault) => `${path}: ${fault}`));
    for (const link of linksIn(text, path)) if (isNew(link)) seen.add(link);
  }
  expect(faults.slice(0, 20)).toEqual([]);
  expect(seen.size).toBeGreaterThan(300);
}, 240_000);

test('the snapshot of the newest backup has a name of its own', async () => {
  expect((await served.get('/s/latest/')).text).toContain(root);
});
