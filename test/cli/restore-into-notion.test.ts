import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { sampleWorkspace } from '../../src/simulator/sample/sample-workspace.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { refusalsOf } from '../../src/simulator/write/routes.ts';
import { encodeKeyFile } from '../../src/store/access/key-file.ts';
import { fakeIo } from './fake-io.ts';

let home: string;
let simulator: Simulator;
let snapshot: string;
let rootId: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'kloset-restore-'));
  simulator = await startSimulator({ state: sampleWorkspace({ small: true }), clock: 'real' });
  writeFileSync(join(home, 'key'), encodeKeyFile(new Uint8Array(32).fill(9)));
  const backup = await run('--json', 'backup');
  snapshot = backup.json.snapshot.slice(0, 8);
  const found = await api('POST', 'search', { filter: { property: 'object', value: 'page' } });
  rootId = found.results.find(({ parent }: { parent: { type: string } }) => parent.type === 'workspace').id;
});

afterAll(async () => {
  await simulator.close();
  rmSync(home, { recursive: true, force: true });
});

/** Runs a command line; `json` is its result when there is one. */
async function run(...argv: string[]) {
  const io = fakeIo({ HOME: home, NOTION_API_URL: simulator.url, NOTION_TOKEN: simulator.token }, home);
  const code = await main(['--keyfile', 'key', ...argv], io);
  const text = io.out();
  return { code, text, err: io.err(), json: argv.includes('--json') ? JSON.parse(text) : undefined };
}

async function api(method: string, path: string, body?: object) {
  const answer = await fetch(`${simulator.url}/v1/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${simulator.token}`,
      'notion-version': '2026-03-11',
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return JSON.parse(await answer.text());
}

async function writes(work: () => Promise<unknown>): Promise<number> {
  const before = simulator.log.length;
  await work();
  const reads = /\/(search|query)$/;
  return simulator.log.slice(before).filter(({ method, path }) => method !== 'GET' && !reads.test(path))
    .length;
}

test('a dry run tells requests and fidelity and writes nothing', async () => {
  let plan: Awaited<ReturnType<typeof run>> | undefined;
  expect(
    await writes(
      async () => (plan = await run('--json', 'restore', snapshot, '--dry-run', '--root-id', rootId)),
    ),
  ).toBe(0);
  expect(plan?.code).toBe(0);
  expect(plan?.json.requests).toBeGreaterThanOrEqual(plan?.json.requests_floor);
  expect(plan?.json.fidelity.length).toBeGreaterThan(3);
});

test('a restore is compared with the original, and undone by its journal', async () => {
  const restored = await run('--json', 'restore', snapshot, '--root-id', rootId);
  expect(restored.err).toBe('');
  expect(restored.code).toBe(0);
  expect(restored.json.comparison.counts).toMatchObject({ approximated: 0, lost: 0, extra: 0 });
  expect(restored.json.comparison.counts.exact).toBeGreaterThan(20);
  expect(refusalsOf(simulator.state)).toEqual([]);
  const [root] = restored.json.roots;
  expect((await api('GET', `pages/${root.id}`)).in_trash).toBe(false);
  const undone = await run('--json', 'restore', '--undo', '--yes');
  expect(undone.json).toMatchObject({ trashed: restored.json.roots.length, errors: [] });
  expect((await api('GET', `pages/${root.id}`)).in_trash).toBe(true);
});

test('a copy that cannot be read back is unknown, and never called equal', async () => {
  const home = await api('GET', `blocks/${rootId}/children`);
  const page = home.results.find(({ type }: { type: string }) => type === 'child_page');
  // The list of the copy is refused, which only the reading back asks for.
  const path = new RegExp(`/blocks/(?!${rootId})[0-9a-f-]+/children`);
  const answer = { status: 403, code: 'restricted_resource', message: 'Insufficient permissions.' };
  simulator.faults.script.push({ method: 'GET', path, answer });
  try {
    const restored = await run('restore', `${snapshot}:${page.id}`, '--root-id', rootId);
    expect(restored.code).toBe(3);
    expect(restored.text).toMatch(/, 0 lost, .*[1-9]\d* unknown/);
    expect(restored.text).not.toContain('equals the original');
  } finally {
    simulator.faults.script.pop();
    await run('restore', '--undo', '--yes');
  }
});

test('a restore in place asks for consent, then brings back what was trashed and changed under its old id', async () => {
  const before = await api('GET', `blocks/${rootId}/children`);
  const victim = before.results.find(({ type }: { type: string }) => type === 'child_page');
  await api('PATCH', `pages/${victim.id}`, { in_trash: true });
  await api('PATCH', `pages/${rootId}`, {
    properties: { title: { title: [{ text: { content: 'Defaced' } }] } },
  });

  const refused = await run('--json', 'restore', snapshot, '--in-place');
  expect(refused.code).toBe(64);
  expect((await api('GET', `pages/${victim.id}`)).in_trash).toBe(true);

  const mended = await run('--json', 'restore', snapshot, '--in-place', '--yes');
  expect(mended.err).toBe('');
  expect(mended.json.comparison.counts).toMatchObject({ approximated: 0, lost: 0, extra: 0 });
  expect((await api('GET', `pages/${victim.id}`)).in_trash).toBe(false);
  const page = await api('GET', `pages/${rootId}`);
  expect(page.properties.title.title[0].plain_text).not.toBe('Defaced');
  expect((await run('--json', 'ls', '--tag', 'before-restore')).json.snapshots.length).toBeGreaterThan(0);
});

test('where to restore must be said, and must be a page that can be seen', async () => {
  expect(await run('--json', 'restore', snapshot, '--dry-run')).toMatchObject({ code: 64 });
  expect(await run('--json', 'restore', snapshot, '--root-id', 'nonsense')).toMatchObject({ code: 64 });
  expect(
    await run(
      '--json',
      'restore',
      snapshot,
      '--root-id',
      `${'f'.repeat(12)}4${'f'.repeat(3)}8${'f'.repeat(15)}`,
    ),
  ).toMatchObject({ code: 66 });
});
