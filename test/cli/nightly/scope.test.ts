/** Rules of a policy that say what a backup is of and when Notion may be asked; the estimate that knows them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import type { Simulator } from '../../../src/simulator/server.ts';
import { NightMachine } from './night-machine.ts';

const machine = new NightMachine();
let notion: Simulator;

beforeAll(async () => {
  notion = await machine.notion({ state: sampleWorkspace({ small: true }) });
  machine.connect(notion);
  const setUp: readonly (readonly string[])[] = [
    ['create', machine.store],
    [
      ...[
        'policy',
        'add',
        'nightly',
        'exclude=Journal,title:Q\\, A',
        'check=none',
        'maintenance=none',
        'drill=none',
      ],
      ...[
        'tag=automatic',
        'name=Night',
        'job=nightly',
        'environment=prod',
        'perimeter=team',
        'category=docs',
      ],
    ],
    ['source', 'add', 'mine', 'location=notion://', 'token_env=NOTION_TOKEN', 'policy=nightly'],
  ];
  for (const words of setUp) {
    const { code, stderr } = await machine.run(['--keyfile', machine.keyFile, ...words]);
    expect({ words, code, stderr }).toEqual({ words, code: 0, stderr: '' });
  }
});
afterAll(() => machine.close());

interface Header {
  readonly source: string;
  readonly name: string;
  readonly tags: readonly string[];
}

async function newest(): Promise<Header> {
  const { json } = await machine.json(['info', 'latest']);
  return json.header as unknown as Header;
}

test('a night leaves out what the policy excludes, and gives the snapshot the name, tags and labels of the policy', async () => {
  const { code, json } = await machine.json(['run', '@mine', '--tag', 'by hand']);
  const [backup] = json.steps as unknown as { step: string; state: string; text: string }[];
  expect(backup?.text).toContain('a part by choice (without Journal, title:Q, A)');
  // A pattern that names nothing needs a person, so the night is not called well.
  expect(backup?.text).toContain('exclude "title:Q, A" names nothing that Notion lists.');
  expect({ code, state: backup?.state }).toEqual({ code: 3, state: 'incomplete' });
  const { source, name, tags } = await newest();
  expect(source).toMatch(/:without-[0-9a-f]{12}$/);
  expect(name).toBe('Night');
  expect(tags).toEqual(
    expect.arrayContaining([
      ...['automatic', 'by hand', 'job=nightly', 'environment=prod', 'perimeter=team', 'category=docs'],
    ]),
  );
});

test('a backup by hand is of the same part, unless flags or --no-selection say otherwise', async () => {
  await machine.run(['--keyfile', machine.keyFile, 'policy', 'set', 'nightly', 'exclude=Journal']);
  const first = await machine.json(['backup', '@mine']);
  expect(first.code).toBe(0);
  const night = await machine.json(['run', '@mine']);
  expect(night.code).toBe(0);
  const of = async (id: unknown) =>
    (await machine.json(['info', String(id)])).json.header as unknown as Header;
  const own = (await of(first.json.snapshot)).source;
  expect((await of(night.json.snapshot)).source).toBe(own);
  const other = await machine.json(['backup', '@mine', '--exclude', 'Tasks']);
  expect((await of(other.json.snapshot)).source).not.toBe(own);
  const whole = await machine.json(['backup', '@mine', '--no-selection']);
  expect((await of(whole.json.snapshot)).source).toMatch(/^notion:[0-9a-f]{32}$/);
  expect(whole.json.alarm).toBe(undefined);
});

test('the estimate counts what is chosen alone, and takes the requests of an hour into account', async () => {
  const whole = (await machine.json(['backup', '--dry-run', '--full'])).json;
  const part = (await machine.json(['backup', '--dry-run', '--full', '--exclude', 'Journal'])).json;
  expect(whole.left_out).toBe(0);
  expect(Number(part.left_out)).toBeGreaterThan(0);
  expect(Number(part.pages) + Number(part.data_sources) + Number(part.left_out)).toBe(
    Number(whole.pages) + Number(whole.data_sources),
  );
  expect(Number(part.requests)).toBeLessThan(Number(whole.requests));
  const slow = (await machine.json(['backup', '--dry-run', '--full', '--requests-per-hour', '60'])).json;
  expect(slow.minutes).toBe(slow.requests);
  const nothing = await machine.at(['backup', '--dry-run', '--include', 'Nowhere']);
  expect(nothing.code).toBe(66);
  const snapshots = (await machine.json(['ls'])).json.snapshots as unknown as unknown[];
  const count = snapshots.length;
  await machine.at(['backup', '--dry-run', '--exclude', 'Journal']);
  expect(((await machine.json(['ls'])).json.snapshots as unknown as unknown[]).length).toBe(count);
});

test('quiet hours stop a backup with 75, nothing is committed, and the next run resumes with what was read', async () => {
  const count = async () => ((await machine.json(['ls'])).json.snapshots as unknown as unknown[]).length;
  const before = await count();
  const untilQuiet = (minutes: number) => {
    const start = new Date(machine.clock.now() + minutes * 60_000).toISOString().slice(11, 16);
    const end = new Date(machine.clock.now() + 8 * 3_600_000).toISOString().slice(11, 16);
    return `${start}-${end} UTC`;
  };
  const slow = ['--rate', '1', 'backup', '--full'];
  const stopped = await machine.at([...slow, '--quiet-hours', untilQuiet(45)]);
  expect(stopped.code, stopped.stderr).toBe(75);
  expect(stopped.stderr).toContain('Quiet hours (');
  expect(await count()).toBe(before);
  const spent = () => notion.log.length;
  const [atStart, reading] = [spent(), await machine.at(['backup', '--full'])];
  expect(reading.code, reading.stderr).toBe(0);
  const resumed = spent() - atStart;
  const again = spent();
  expect((await machine.at(['backup', '--full'])).code).toBe(0);
  expect(resumed).toBeLessThan(spent() - again - 20);
});

test('a night in its quiet hours sends nothing, says so, and removes nothing', async () => {
  machine.sleepADay();
  await machine.run([
    ...['--keyfile', machine.keyFile, 'policy', 'set', 'nightly', 'quiet_hours=00:00-23:59 UTC', 'daily=1'],
  ]);
  const before = notion.log.length;
  const { code, json } = await machine.json(['run', '@mine']);
  expect(code).toBe(75);
  expect(notion.log.length).toBe(before);
  const steps = json.steps as unknown as { step: string; state: string; text: string }[];
  expect(steps.map(({ step, state }) => `${step} ${state}`)).toContain('prune skipped');
  expect(steps[0]?.text).toContain('no request is sent to Notion until 23:59');
  // By hand somebody wants it now.
  expect((await machine.at(['backup', '@mine'])).code).toBe(0);
});
