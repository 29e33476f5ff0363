import { chmodSync, mkdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Finding } from '../../src/operations/doctor/finding.ts';
import { sampleWorkspace } from '../../src/simulator/sample/sample-workspace.ts';
import type { Simulator, SimulatorOptions } from '../../src/simulator/server.ts';
import { capabilitiesWithout, startSimulator } from '../../src/simulator/server.ts';
import { InProcessMachine } from './in-process-machine.ts';

const machine = new InProcessMachine();
const simulators: Simulator[] = [];
beforeAll(async () => {
  machine.connect(await simulator());
  expect((await machine.at(['backup'])).code).toBe(0);
});
afterAll(async () => {
  for (const each of simulators) await each.close();
  machine.dispose();
});

async function simulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const started = await startSimulator({
    state: sampleWorkspace({ small: true }),
    clock: 'real',
    ...options,
  });
  simulators.push(started);
  return started;
}

async function doctor(env: { [name: string]: string } = {}, ...words: string[]) {
  const told = await machine.at(['doctor', '--json', ...words], { env });
  const { findings, ok } = JSON.parse(told.stdout);
  const of = (topic: string): Finding[] => findings.filter((each: Finding) => each.topic === topic);
  return { code: told.code, ok, findings: findings as Finding[], of };
}

test('a machine on which all is well has no failure', async () => {
  const { code, ok, of, findings } = await doctor();
  expect(findings.filter(({ state }) => state === 'failed' || state === 'unknown')).toEqual([]);
  expect({ code, ok }).toEqual({ code: 0, ok: true });
  for (const topic of ['node', 'sqlite', 'identity', 'cache', 'token', 'uploads', 'pages', 'roots', 'clock'])
    expect({ topic, states: of(topic).map(({ state }) => state) }).toEqual({ topic, states: ['ok'] });
  for (const topic of ['store', 'snapshots', 'trust', 'signers', 'writing', 'locks', 'disk'])
    expect({ topic, states: of(topic).map(({ state }) => state) }).toEqual({ topic, states: ['ok'] });
  expect(of('capability').map(({ state }) => state)).toEqual(Array.from({ length: 6 }, () => 'ok'));
  // One key file alone opens this store.
  expect(of('keys')[0]?.hint).toContain('recovery-kit');
});

test('each line of a person’s diagnosis has its sign, and each warning its way out', async () => {
  const { stdout, stderr } = await machine.at(['doctor']);
  expect(stderr).toBe('');
  for (const line of stdout.trimEnd().split('\n').slice(0, -1))
    expect(line).toMatch(/^(?:[✔!✘?] [\w ]+: \S| {4}\S)/);
  expect(stdout).toMatch(/^0 failures, \d+ warnings?\.$/m);
});

test('the probes of the capabilities write nothing', async () => {
  const told = await simulator();
  const before = told.state.pages.size + told.state.comments.size;
  await doctor({ NOTION_API_URL: told.url });
  expect(told.state.pages.size + told.state.comments.size).toBe(before);
  const written = told.log.filter(({ method, status }) => method !== 'GET' && status < 300);
  expect(written.every(({ path }) => path.endsWith('/search'))).toBe(true);
});

test.each([
  ['update_content', 'Update content'],
  ['insert_content', 'Insert content'],
  ['read_comments', 'Read comments'],
  ['insert_comments', 'Insert comments'],
  ['read_users', 'Read user information'],
] as const)('a token without %s is told what that costs', async (missing, name) => {
  const { url } = await simulator({ capabilities: capabilitiesWithout(missing) });
  const { code, of } = await doctor({ NOTION_API_URL: url });
  const found = of('capability').filter(({ state }) => state !== 'ok');
  expect(found).toMatchObject([{ state: 'warning', text: expect.stringContaining(`${name} is missing`) }]);
  expect(found[0]?.hint).toContain('https://www.notion.so/profile/integrations');
  expect(code).toBe(0);
});

test('a token that may not read is a failure of credentials', async () => {
  const { url } = await simulator({ capabilities: capabilitiesWithout('read_content') });
  const { code, of } = await doctor({ NOTION_API_URL: url });
  expect(of('capability').map(({ state }) => state)).toContain('failed');
  expect(code).toBe(77);
});

test('a refused token ends with 77 and one line, and the store is looked at all the same', async () => {
  const { code, of } = await doctor({ NOTION_TOKEN: 'ntn_wrong0token0of0no0value' });
  expect(code).toBe(77);
  expect(of('token')).toMatchObject([
    { state: 'failed', text: expect.stringContaining('refused the token') },
  ]);
  expect(of('capability')).toEqual([]);
  expect(of('store')).toMatchObject([{ state: 'ok' }]);
});

test('without a token five lines say how to get one, with the address to open', async () => {
  const { code, stdout } = await machine.at(['doctor'], { env: { NOTION_TOKEN: '' } });
  expect(code).toBe(77);
  expect(stdout).toContain('https://www.notion.so/profile/integrations');
  expect(stdout.match(/^ {4}\d\. /gm)).toHaveLength(5);
});

test('a workspace that shares nothing is told how to share a page', async () => {
  const empty = sampleWorkspace({ small: true });
  empty.shared.clear();
  const { url } = await simulator({ state: empty });
  const { code, of } = await doctor({ NOTION_API_URL: url });
  expect(of('pages')).toMatchObject([{ state: 'failed', hint: expect.stringContaining('Connections') }]);
  expect(code).toBe(66);
});

test("a clock that is an hour off Notion's is a warning", async () => {
  const { url } = await simulator({ notionAheadMs: 3_600_000 });
  const { of } = await doctor({ NOTION_API_URL: url });
  expect(of('clock')).toMatchObject([{ state: 'warning', text: expect.stringContaining('behind Notion') }]);
});

test('a store that is not there, a wrong key and a readable identity each have their line', async () => {
  const run = async (words: string[]) =>
    JSON.parse((await machine.run([...words, 'doctor', '--json'])).stdout);
  const at = (findings: Finding[], topic: string) => findings.find((each) => each.topic === topic);
  const none = await run(['--keyfile', machine.keyFile, 'at', machine.path('none')]);
  expect(at(none.findings, 'store')).toMatchObject({ state: 'failed', code: 'not-found' });
  const locked = await machine.run(['at', machine.store, 'doctor', '--json'], {
    env: { NOTION_KLOSET_PASSPHRASE: 'not the right one' },
  });
  expect(locked.code).toBe(77);
  chmodSync(machine.path('config/notion-kloset/identity.json'), 0o644);
  const { of } = await doctor();
  expect(of('identity')).toMatchObject([{ state: 'warning', hint: expect.stringContaining('chmod 600') }]);
  chmodSync(machine.path('config/notion-kloset/identity.json'), 0o600);
});

test('with several sources each finding names its own', async () => {
  mkdirSync(machine.path('config/notion-kloset'), { recursive: true });
  await machine.run(['source', 'add', 'one', 'location=notion://', 'token_env=NOTION_TOKEN']);
  const { of } = await doctor();
  expect(of('@one token')).toHaveLength(1);
  expect(of('NOTION_TOKEN token')).toHaveLength(1);
  const named = await doctor({}, '@one');
  expect(named.of('token')).toHaveLength(1);
});

test('ping tries one source, destination or store', async () => {
  await machine.run(['destination', 'add', 'two', 'location=notion://', 'token_env=OTHER']);
  await machine.run(['store', 'add', 'disk', `location=${machine.store}`, `keyfile=${machine.keyFile}`]);
  expect((await machine.run(['source', 'ping', 'one'])).code).toBe(0);
  expect((await machine.run(['source', 'ping', '@one'])).code).toBe(0);
  expect((await machine.run(['destination', 'ping', 'two'])).code).toBe(77);
  expect((await machine.run(['store', 'ping', 'disk'])).code).toBe(0);
  expect((await machine.run(['store', 'ping', 'nobody'])).code).toBe(66);
  await machine.run(['store', 'add', 'gone', `location=${machine.path('gone')}`]);
  const gone = await machine.run(['store', 'ping', 'gone', '--json']);
  expect(gone.code).toBe(66);
  expect(JSON.parse(gone.stdout)).toMatchObject({
    ok: false,
    findings: [{ topic: 'store', state: 'failed' }],
  });
});
