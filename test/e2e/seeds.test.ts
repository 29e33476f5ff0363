/** The usage lines users know, word for word but for the program's name. */
import { readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleWorkspace } from '../../src/simulator/sample/sample-workspace.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import type { Machine } from './machine.ts';
import { jsonOf, newMachine } from './machine.ts';

let machine: Machine;
let simulator: Simulator;
let backups: string;

beforeAll(async () => {
  machine = await newMachine({ isHere: true });
  simulator = await startSimulator({ state: sampleWorkspace({ small: true }), clock: 'real' });
  backups = machine.path('var', 'backups');
  machine.env.NOTION_API_URL = simulator.url;
  machine.env.NOTION_KLOSET_PASSPHRASE = 'correct horse battery staple';
});
afterAll(async () => {
  machine.dispose();
  await simulator.close();
});

test('source add mynotion location=notion:// token=…, then at … backup "@mynotion"', async () => {
  const added = await machine.run([
    'source',
    'add',
    'mynotion',
    'location=notion://',
    `token=${simulator.token}`,
  ]);
  expect(added).toMatchObject({ code: 0, stderr: expect.stringMatching(/^warning: token=… .*\n$/) });

  const backup = await machine.run(['at', backups, 'backup', '@mynotion']);
  expect(backup.code).toBe(0);
  expect(backup.stdout).toContain(`created store ${backups}`);
  expect(backup.stdout).toMatch(/^backup: created signed snapshot [0-9a-f]{8} of size /m);

  const ls = await machine.run(['at', backups, 'ls']);
  expect(ls).toMatchObject({ code: 0, stderr: '' });
  expect(ls.stdout).toMatch(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ +[0-9a-f]{8} +\S+ [KM]iB +\S+ notion:\/\/Kloset sample +complete\n$/,
  );
});

test('destination add mynotion location=notion:// token=…, then destination set mynotion rootID=…', async () => {
  const words = ['destination', 'add', 'mynotion', 'location=notion://', `token=${simulator.token}`];
  expect(await machine.run(words)).toMatchObject({ code: 0 });
  const home = [...simulator.state.shared][0] ?? '';
  expect(await machine.run(['destination', 'set', 'mynotion', `rootID=${home}`])).toMatchObject({ code: 0 });

  const shown = await machine.run(['destination', 'show', 'mynotion']);
  expect(shown).toMatchObject({ code: 0, stderr: '' });
  expect(shown.stdout).toContain(`rootID: ${home}`);
});

test('secrets are kept for their owner alone and shown to nobody', async () => {
  for (const kind of ['source', 'destination']) {
    const file = machine.path('config', 'notion-kloset', `${kind}s.yml`);
    expect(readFileSync(file, 'utf8')).toContain(simulator.token);
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
    for (const words of [['show'], ['--json', 'show', 'mynotion']]) {
      const { code, stdout, stderr } = await machine.run([kind, ...words]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain('mynotion');
      expect(stdout).not.toContain(simulator.token);
    }
  }
});

test('a connector of that name is not overwritten, and unknown options are named', async () => {
  const again = await machine.run(['source', 'add', 'mynotion', 'location=notion://', 'token=ntn_other']);
  expect(again.code).toBe(64);
  expect(again.stderr).not.toContain('ntn_other');
  const odd = await machine.run(['source', 'set', 'mynotion', 'tokn=ntn_other']);
  expect(odd.code).toBe(64);
  expect(odd.stderr).toContain('tokn');
  expect(odd.stderr).not.toContain('ntn_other');
  const elsewhere = await machine.run(['source', 'add', 'x', 'location=s3://bucket', 'token=ntn_other']);
  expect(elsewhere.code).toBe(64);
  const empty = await machine.run(['source', 'add', 'y', 'location=notion://', 'token=']);
  expect(empty.code).toBe(64);
});

test('a source that is not there is exit 66, one that was removed too', async () => {
  expect(await machine.run(['at', backups, 'backup', '@other'])).toMatchObject({ code: 66 });
  expect(await machine.run(['source', 'add', 'old', 'location=notion://', 'token=ntn_x'])).toMatchObject({
    code: 0,
  });
  expect(await machine.run(['source', 'rm', 'old'])).toMatchObject({ code: 0 });
  expect(await machine.run(['at', backups, 'backup', '@old'])).toMatchObject({ code: 66 });
});

test('restore -to "@mynotion" <snapshot_id> writes a copy under the page that rootID names', async () => {
  const ls = await machine.run(['at', backups, 'ls']);
  const id = /[0-9a-f]{8}(?= )/.exec(ls.stdout.slice(20))?.[0] ?? '';
  const before = simulator.state.pages.size;
  const restored = await machine.run(['at', backups, 'restore', '-to', '@mynotion', id, '--json']);
  expect(restored.stderr).toBe('');
  expect(jsonOf(restored)).toMatchObject({ snapshot: expect.stringMatching(new RegExp(`^${id}`)) });
  expect([0, 3]).toContain(restored.code);
  expect(simulator.state.pages.size).toBeGreaterThan(before);
  const home = [...simulator.state.shared][0] ?? '';
  const under = [...simulator.state.pages.values()].filter(({ parent }) => parent.id === home);
  expect(titlesOf(under).filter((title) => title.includes('Home')).length).toBeGreaterThan(0);
});

function titlesOf(pages: readonly { readonly values: object }[]): string[] {
  return pages.map(({ values }) => JSON.stringify(values));
}
