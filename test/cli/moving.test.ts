/** The commands of docs/moving.md, copied from the page and run in order. */
import { chmodSync, cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleWorkspace } from '../../src/simulator/sample/sample-workspace.ts';
import { NightMachine } from './nightly/night-machine.ts';

const page = readFileSync(new URL('../../docs/moving.md', import.meta.url), 'utf8');

/** The lines of each block below a heading. */
function blocksOf(heading: string): string[][] {
  const [, section = ''] = new RegExp(`^## ${heading}\\n(.*?)(?=^## |$(?![\\s\\S]))`, 'ms').exec(page) ?? [];
  return [...section.matchAll(/```sh\n(.*?)```/gs)].map(([, lines = '']) => lines.trim().split('\n'));
}

function wordsOf(line: string): string[] {
  return [...line.replace(/^notion-kloset /, '').matchAll(/"([^"]*)"|(\S+)/g)].map(
    ([, quoted, word]) => quoted ?? word ?? '',
  );
}

const machine = new NightMachine();
const passphrase = { NOTION_KLOSET_IDENTITY_PASSPHRASE: 'a passphrase for the way between two machines' };
beforeAll(async () => {
  machine.env.NOTION_KLOSET_STORE = machine.store;
  mkdirSync(machine.path('bin'));
  writeFileSync(machine.path('bin/systemctl'), '#!/bin/sh\nexit 0\n');
  chmodSync(machine.path('bin/systemctl'), 0o755);
  machine.env.PATH = `${machine.path('bin')}:${process.env.PATH}`;
  await machine.run(['--keyfile', machine.keyFile, 'create', machine.store]);
});
afterAll(() => machine.close());

async function runLine(on: NightMachine, line: string) {
  const told = await on.run(['--keyfile', machine.keyFile, ...wordsOf(line)], { env: passphrase });
  expect({ line, code: told.code, stderr: told.stderr }).toMatchObject({ line, code: 0 });
  return told;
}

test('two workspaces live in one store and never mix', async () => {
  const work = await machine.notion({
    token: 'ntn_work0token0of0no0value',
    state: {
      ...sampleWorkspace({ small: true }),
      workspaceName: 'Work',
      workspaceId: '11111111-1111-4111-8111-111111111111',
    },
  });
  const home = await machine.notion({
    token: 'ntn_home0token0of0no0value',
    state: {
      ...sampleWorkspace({ small: true }),
      workspaceName: 'Home',
      workspaceId: '22222222-2222-4222-8222-222222222222',
    },
  });
  writeFileSync(machine.path('work.token'), work.token);
  writeFileSync(machine.path('home.token'), home.token);
  const [first = [], second = []] = blocksOf('Several workspaces in one store');
  expect(first.length + second.length).toBe(8);
  for (const line of first) {
    // Each has a server of its own here; at Notion they share one.
    machine.env.NOTION_API_URL = line.includes('@home') ? home.url : work.url;
    await runLine(machine, line);
  }
  const { stdout } = await runLine(machine, 'status --json');
  expect(
    JSON.parse(stdout)
      .sources.map(({ name }: { name: string }) => name)
      .sort(),
  ).toEqual(['Home', 'Work']);
  const [ls = '', restore = ''] = second;
  expect((await runLine(machine, ls)).stdout.trimEnd().split('\n')).toHaveLength(1);
  await runLine(machine, restore);
  writeFileSync(machine.path('home.token'), work.token);
  machine.env.NOTION_API_URL = work.url;
  const mixed = await machine.at(['backup', '@home']);
  expect(mixed.code).toBe(77);
  expect(mixed.stderr).toContain('"Work"');
});

test('a machine moves with its identity, its settings and its schedule', async () => {
  const notion = await machine.notion({ state: sampleWorkspace({ small: true }) });
  machine.env.NOTION_API_URL = notion.url;
  writeFileSync(machine.path('mine.token'), notion.token);
  await runLine(machine, `source add mynotion location=notion:// token_file=${machine.path('mine.token')}`);
  await runLine(machine, 'backup "@mynotion"');
  const [leave = [], arrive = [], end = []] = blocksOf('A new machine');
  expect([leave.length, arrive.length, end.length]).toEqual([1, 4, 1]);
  for (const line of leave) await runLine(machine, line);
  await runLine(machine, 'schedule install "@mynotion"');
  const fresh = new NightMachine(machine.clock);
  Object.assign(fresh.env, {
    NOTION_API_URL: notion.url,
    NOTION_KLOSET_STORE: machine.store,
    PATH: machine.env.PATH,
  });
  cpSync(machine.path('config'), fresh.path('config'), { recursive: true });
  rmSync(fresh.path('config/notion-kloset/identity.json'));
  rmSync(fresh.path('config/systemd'), { recursive: true });
  renameSync(machine.path('moved.identity'), fresh.path('moved.identity'));
  // The other sources of this test have servers of their own.
  for (const name of ['work', 'home']) await fresh.run(['source', 'rm', name]);
  for (const line of arrive) await runLine(fresh, line);
  for (const line of end) await runLine(machine, line);
  const { stdout } = await runLine(fresh, 'identity show --json');
  expect(stdout).toBe((await runLine(machine, 'identity show --json')).stdout);
  await fresh.close();
});
