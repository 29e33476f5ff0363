/** `run`, `drill`, `history` and the figures: one night after the other. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prometheusText } from '../../../src/operations/nightly/prometheus.ts';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import type { Simulator } from '../../../src/simulator/server.ts';
import { Mailbox } from './mailbox.ts';
import { NightMachine } from './night-machine.ts';

const machine = new NightMachine();
const mailbox = new Mailbox();
let notion: Simulator;
beforeAll(async () => {
  notion = await machine.notion();
  machine.connect(notion);
  machine.env.HOOK_URL = await mailbox.open();
  const setUp: readonly (readonly string[])[] = [
    ['create', machine.store],
    ['notify', 'add', 'ops', 'type=webhook', 'url_env=HOOK_URL', 'on=success,incomplete,alarm,failure'],
    ['notify', 'add', 'health', 'type=healthcheck', 'url_env=HOOK_URL'],
    ['policy', 'add', 'nightly', 'daily=2', 'check=1/3', 'maintenance=3d', 'drill=2d', 'notify=ops,health'],
    ['policy', 'set', 'nightly', `copies=${machine.path('copy')}`, `metrics=${machine.path('kloset.prom')}`],
    ['source', 'add', 'mine', 'location=notion://', 'token_env=NOTION_TOKEN', 'policy=nightly'],
  ];
  for (const words of setUp) {
    const { code, stderr } = await machine.run(['--keyfile', machine.keyFile, ...words]);
    expect({ words, code, stderr }).toEqual({ words, code: 0, stderr: '' });
  }
});
afterAll(async () => {
  await mailbox.close();
  await machine.close();
});

interface Night {
  readonly code: number;
  readonly state: string;
  readonly todo: string | null;
  readonly steps: { readonly [step: string]: string };
  readonly texts: { readonly [step: string]: string };
}

async function night(...more: string[]): Promise<Night> {
  const { code, json } = await machine.json(['run', '@mine', ...more]);
  const steps = json.steps as unknown as { step: string; state: string; text: string }[];
  return {
    code,
    state: String(json.state),
    todo: typeof json.todo === 'string' ? json.todo : null,
    steps: Object.fromEntries(steps.map(({ step, state }) => [step.replace(/ to .*/, ''), state])),
    texts: Object.fromEntries(steps.map(({ step, text }) => [step.replace(/ to .*/, ''), text])),
  };
}

async function snapshotIds(): Promise<string[]> {
  const { snapshots } = (await machine.json(['ls'])).json;
  return (snapshots as unknown as { id: string }[]).map(({ id }) => id);
}

test('the first night does everything, and tells it in one message', async () => {
  const { code, state, steps } = await night();
  expect({ code, state }).toEqual({ code: 0, state: 'success' });
  expect(steps).toEqual({
    before: undefined,
    backup: 'ok',
    check: 'ok',
    prune: 'ok',
    maintenance: 'ok',
    copy: 'ok',
    drill: 'ok',
  });
  const posted = mailbox.take();
  expect(posted.map(({ path }) => path)).toEqual(['/start', '/', '/']);
  const message = JSON.parse(posted[1]?.body ?? '');
  expect(message).toMatchObject({ state: 'success', exit_code: 0, todo: null });
  expect(message.title).toMatch(/^The backup run of .* succeeded$/);
  expect((await machine.run(['--keyfile', machine.keyFile, 'at', machine.path('copy'), 'ls'])).code).toBe(0);
});

test('a night later only what is due is done, and the next part is checked', async () => {
  machine.sleepADay();
  const { steps, texts } = await night();
  expect(steps).toMatchObject({
    backup: 'ok',
    check: 'ok',
    prune: 'ok',
    maintenance: 'skipped',
    drill: 'skipped',
  });
  expect(texts.check).toMatch(/^part 2 of 3/);
  machine.sleepADay();
  expect((await night()).steps).toMatchObject({ maintenance: 'skipped', drill: 'ok' });
  machine.sleepADay();
  expect((await night()).steps).toMatchObject({ maintenance: 'ok', drill: 'skipped' });
});

test('retention keeps what the policy says', async () => {
  const { json } = await machine.json(['ls']);
  expect(json.snapshots).toHaveLength(2);
});

test('without a token the night fails with what to do, removes nothing, and tells since when there is a good backup', async () => {
  machine.sleepADay();
  mailbox.take();
  const before = await snapshotIds();
  machine.env.NOTION_TOKEN = 'ntn_revoked0token0of0no0value';
  const { code, state, steps, todo } = await night();
  machine.env.NOTION_TOKEN = notion.token;
  expect({ code, state }).toEqual({ code: 77, state: 'failure' });
  expect(steps).toMatchObject({
    backup: 'failed',
    check: 'ok',
    prune: 'skipped',
    maintenance: 'skipped',
    copy: 'ok',
  });
  expect(todo).toContain('https://www.notion.so/profile/integrations');
  expect(await snapshotIds()).toEqual(before);
  const posted = mailbox.take();
  expect(posted.map(({ path }) => path)).toEqual(['/start', '/', '/fail']);
  expect(JSON.parse(posted[1]?.body ?? '').lines.join('\n')).toMatch(
    /newest good backup is [0-9a-f]{8} of .*, 24h0m\d+s old/,
  );
  expect(posted[2]?.body).toContain('backup: failed: Notion refused the token');
});

test('an alarm is told as one, and nothing is removed until it is acknowledged', async () => {
  machine.sleepADay();
  const lost = [...notion.state.pages.values()]
    .filter(({ id, inTrash }) => !inTrash && !notion.state.shared.has(id))
    .slice(0, 4);
  for (const page of lost) page.inTrash = true;
  mailbox.take();
  const { code, state, steps, todo } = await night();
  for (const page of lost) page.inTrash = false;
  expect({ code, state }).toEqual({ code: 3, state: 'alarm' });
  expect(steps).toMatchObject({ backup: 'alarm', prune: 'skipped', maintenance: 'skipped' });
  expect(todo).toMatch(/acknowledge [0-9a-f]{8}/);
  expect(JSON.parse(mailbox.take()[1]?.body ?? '').title).toContain('raised an alarm');
});

test('the commands around the work are run, and a failing one before it ends the night', async () => {
  machine.sleepADay();
  const log = machine.path('hooks.txt');
  await machine.run([
    'policy',
    'set',
    'nightly',
    `before=echo before >> ${log}`,
    `after=cat >> ${log}`,
    `on_failure=echo $NOTION_KLOSET_EXIT_CODE >> ${log}`,
    `on_alarm=echo alarm >> ${log}`,
  ]);
  expect((await night()).code).toBe(0);
  const text = readFileSync(log, 'utf8');
  expect(text).toMatch(/^before\nThe backup run of .* succeeded\n/);
  expect(text).not.toContain('alarm');
  await machine.run(['policy', 'set', 'nightly', 'before=echo not mounted >&2; exit 4']);
  const { code, steps } = await night();
  expect({ code, steps }).toEqual({ code: 75, steps: { before: 'failed' } });
  expect(readFileSync(log, 'utf8').trimEnd().split('\n').at(-1)).toBe('75');
  await machine.run(['policy', 'unset', 'nightly', 'before', 'after', 'on_failure', 'on_alarm']);
});

test('a store that is not there fails the night, and none is created in its place', async () => {
  const gone = machine.path('gone');
  const { code, stdout } = await machine.run([
    '--keyfile',
    machine.keyFile,
    'at',
    gone,
    'run',
    '@mine',
    '--json',
  ]);
  expect(code).toBe(66);
  expect(JSON.parse(stdout).state).toBe('failure');
  expect(existsSync(gone)).toBe(false);
});

test('a copy that cannot be reached fails its step alone', async () => {
  machine.sleepADay();
  writeFileSync(machine.path('no-folder'), 'a file');
  await machine.run(['policy', 'set', 'nightly', `copies=${machine.path('no-folder/copy')}`]);
  const { code, steps } = await night();
  expect(steps).toMatchObject({ backup: 'ok', prune: 'ok', copy: 'failed' });
  expect(code).toBe(69);
  await machine.run(['policy', 'set', 'nightly', `copies=${machine.path('copy')}`]);
});

test('a notification that is not delivered is told and does not fail the night', async () => {
  machine.sleepADay();
  mailbox.status = 404;
  const { code, json, stderr } = await machine.json(['run', '@mine']);
  mailbox.status = 200;
  expect(code).toBe(0);
  expect(json.not_notified).toEqual(['ops', 'health']);
  expect(stderr).toContain('not delivered');
});

test('--quiet prints nothing of a good night, and what matters of a bad one', async () => {
  machine.sleepADay();
  expect(await machine.at(['run', '@mine', '--quiet'])).toMatchObject({ code: 0, stdout: '', stderr: '' });
  const bad = await machine.at(['run', '@mine', '--quiet'], {
    env: { NOTION_TOKEN: 'ntn_wrong0token0of0no0value' },
  });
  expect(bad.code).toBe(77);
  expect(bad.stderr).toContain('backup: Notion refused the token');
});

test('a token of another workspace is noticed', async () => {
  const other = sampleWorkspace({ small: true });
  const { url, token } = await machine.notion({
    state: { ...other, workspaceId: '99999999-9999-4999-8999-999999999999' },
  });
  const env = { NOTION_API_URL: url, NOTION_TOKEN: token };
  const refused = await machine.at(['backup', '@mine'], { env });
  expect(refused.code).toBe(77);
  expect(refused.stderr).toContain('another workspace');
  const { code, stdout } = await machine.at(['run', '@mine', '--json'], { env });
  expect(code).toBe(77);
  expect(JSON.parse(stdout).steps[0].text).toContain('another workspace');
});

test('a drill restores its turn, compares it and records the result in the store, signed', async () => {
  const { code, json } = await machine.json(['drill', '--turn', '1/1']);
  expect(code).toBe(0);
  expect(json).toMatchObject({ ok: true, where: 'folder', failures: [] });
  expect(Number(json.objects)).toBeGreaterThan(5);
  expect(json.equal).toBe(json.objects);
  const { stdout } = await machine.at(['status']);
  expect(stdout).toMatch(/Restore drill: passed, (\d+) of \1 objects of [0-9a-f]{8} equal/);
  expect((await machine.at(['ls', '--tags'])).stdout).toContain('drill:20');
});

test('the turns of a drill are all objects, each once', async () => {
  const all = (await machine.json(['drill', '--turn', '1/1'])).json.drilled as unknown as { id: string }[];
  const seen: string[] = [];
  for (const part of [1, 2, 3]) {
    const { json } = await machine.json(['drill', '--turn', `${part}/3`]);
    seen.push(...(json.drilled as unknown as { id: string }[]).map(({ id }) => id));
  }
  expect(seen.sort()).toEqual(all.map(({ id }) => id).sort());
});

test('a drill below a page of Notion leaves nothing behind', async () => {
  const [root = ''] = notion.state.shared;
  const alive = () => [...notion.state.pages.values()].filter(({ inTrash }) => !inTrash).length;
  const before = alive();
  const { json, code } = await machine.json(['drill', '--root-id', root, '--objects', '2', '--turn', '1/1']);
  expect({ code, failures: json.failures }).toEqual({ code: 0, failures: [] });
  expect(json).toMatchObject({ where: 'notion', objects: 2, equal: 2 });
  expect(alive()).toBe(before);
});

test('a drill of a damaged store fails, names the object, and `status` says so', async () => {
  const packs = join(machine.store, 'packs');
  const files = readdirSync(packs, { recursive: true, encoding: 'utf8' }).map((name) => join(packs, name));
  const kept = new Map<string, Buffer>();
  for (const file of files) {
    try {
      kept.set(file, readFileSync(file));
    } catch {
      // A folder.
    }
  }
  for (const [file, bytes] of kept) {
    const broken = Buffer.from(bytes);
    for (let at = 20; at < Math.floor(broken.length / 2); at += 7) broken[at] = (broken[at] ?? 0) ^ 1;
    rmSync(file);
    writeFileSync(file, broken);
  }
  rmSync(machine.path('cache'), { recursive: true, force: true });
  const { code, stdout } = await machine.at(['drill', '--turn', '1/1', '--json']);
  for (const [file, bytes] of kept) {
    rmSync(file);
    writeFileSync(file, bytes);
  }
  expect(code).toBe(65);
  const json = JSON.parse(stdout);
  expect(json.error === undefined ? json.ok : json.error.code).toBe(
    json.error === undefined ? false : 'integrity',
  );
});

test('the history has a line for each run, with what it moved', async () => {
  const { code, stdout } = await machine.run(['history', '--last', '500', '--json']);
  expect(code).toBe(0);
  const { runs } = JSON.parse(stdout);
  const nights = runs.filter(({ command }: { command: string }) => command === 'run');
  expect(nights.length).toBeGreaterThan(10);
  expect(nights[0]).toMatchObject({ exit_code: 0, state: 'success', store: machine.store });
  expect(nights[0].requests).toBeGreaterThan(10);
  expect(nights[0].content_bytes).toBeGreaterThan(1000);
  expect(runs.some(({ command }: { command: string }) => command === 'notify test')).toBe(false);
  expect((await machine.run(['history', '--last', '2'])).stdout.trimEnd().split('\n')).toHaveLength(2);
});

test('the figures for Prometheus are written after each night', async () => {
  const text = readFileSync(machine.path('kloset.prom'), 'utf8');
  for (const name of [
    'backup_time_seconds',
    'backup_complete',
    'backup_alarm',
    'snapshots',
    'run_step_failed',
    'drill_ok',
  ])
    expect(text).toMatch(new RegExp(`^notion_kloset_${name}(?:\\{.*\\})? [\\d.e+-]+$`, 'm'));
  for (const line of text.trimEnd().split('\n'))
    expect(line).toMatch(/^(?:# (?:HELP|TYPE) notion_kloset_\w+ .+|notion_kloset_\w+(?:\{[^{}]*\})? \S+)$/);
  expect(prometheusText([{ name: 'x', help: 'h', value: 1, labels: { a: 'b"c\\d\ne' } }])).toContain(
    '{a="b\\"c\\\\d\\ne"}',
  );
});

test('`status` draws how the backups grew', async () => {
  const { stdout } = await machine.at(['status']);
  expect(stdout).toMatch(/Growth: [▁-█]+ .* → .*, \d+ backups/);
});

test('a step that the policy does not ask for is not called due or not', async () => {
  await machine.run(['policy', 'add', 'nothing', 'check=none', 'maintenance=none', 'drill=none']);
  const { json } = await machine.json(['run', '@mine', '--policy', 'nothing']);
  const steps = json.steps as unknown as { step: string; text: string }[];
  expect(steps.slice(1).map(({ step, text }) => [step, text])).toEqual(
    ['check', 'prune', 'maintenance', 'drill'].map((step) => [step, 'not asked for by the policy']),
  );
});
