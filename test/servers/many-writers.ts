/**
 * Four machines that back up a workspace each, one that prunes and does the maintenance, and one that checks, all at once on one
 * store, as processes, for a given time. Afterwards nothing that was committed may be lost, and nobody may have raised an alarm.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { isObject } from '../../src/document/json.ts';
import { generateWorkspace, mutateWorkspace } from '../../src/simulator/sample/generated/generate.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import type { Finished } from '../e2e/machine.ts';
import { jsonOf } from '../e2e/machine.ts';
import { randomNumbers } from '../store/random.ts';
import { expectRestored } from './restored.ts';
import type { StoreServer } from './server-machine.ts';
import { ServerMachine, serverKinds } from './server-machine.ts';

const writers = 4;
const workspace = { pages: 8, roots: 2, blocksPerPage: 6, media: 4, mediaBytes: 300_000 };
/** Between two commands of a machine, in milliseconds: without pauses there would be no moment for an exclusive lock. */
const mostPauseMs = 3000;
const waiting = ['--retry-lock', '20s'];

/** How often each kind of command ended with each exit code: "backup 0" → 41. */
type Ends = Map<string, number>;

interface Work {
  readonly server: StoreServer;
  readonly store: string;
  endsAtMs: number;
  readonly random: (below: number) => number;
  readonly ends: Ends;
  readonly committed: Set<string>;
  readonly removed: Set<string>;
  failure?: { readonly error: unknown };
}

interface Writer {
  readonly machine: ServerMachine;
  readonly simulator: Simulator;
  readonly seed: number;
  newest: string | undefined;
}

/** The tests, one for each kind of server: each lets them work for `seconds` and tells how their commands ended. */
export function manyWriters(seconds: number, seed: number): void {
  describe.each(serverKinds.filter(({ isInstalled }) => isInstalled))('on $name', (kind) => {
    let server: StoreServer;
    beforeAll(async () => {
      server = await kind.start();
    });
    afterAll(() => server?.stop());

    test('many machines on one store lose nothing and alarm nobody', async () => {
      const ends = await workTogether(server, seconds, seed);
      const told = [...ends].sort().map(([end, count]) => `${end}: ${count}`);
      process.stdout.write(`${kind.name}, ${seconds} s, seed ${seed}: ${told.join(', ')}\n`);
      for (const command of ['backup', 'prune', 'maintenance', 'check'])
        expect(ends.get(`${command} 0`) ?? 0, command).toBeGreaterThan(0);
    });
  });
}

/** Lets them work for `seconds`, then looks at what they left. Gives how their commands ended. */
async function workTogether(server: StoreServer, seconds: number, seed: number): Promise<Ends> {
  const store = await server.newStore();
  const [maintainer, checker] = [new ServerMachine(store, server.env), new ServerMachine(store, server.env)];
  const all: Writer[] = [];
  try {
    expect(await maintainer.at(['create'])).toMatchObject({ code: 0 });
    for (let number = 0; number < writers; number++)
      all.push(await newWriter(server, store, seed * 10 + number));
    for (const { machine } of all) await trust(maintainer, machine);
    // Nobody is told of first meetings while they work.
    await checker.at(['ls']);
    const work: Work = {
      server,
      store,
      endsAtMs: Date.now() + seconds * 1000,
      random: randomNumbers(seed),
      ends: new Map(),
      committed: new Set(),
      removed: new Set(),
    };
    const works = [
      ...all.map((writer) => write(work, writer)),
      maintain(work, maintainer),
      check(work, checker),
    ].map((each) => each.catch((error: unknown) => end(work, error)));
    await Promise.all(works);
    if (work.failure !== undefined) throw work.failure.error;
    await lookAt(work, all);
    return work.ends;
  } finally {
    for (const { machine, simulator } of all) {
      machine.dispose();
      await simulator.close();
    }
    for (const machine of [maintainer, checker]) machine.dispose();
  }
}

/** One has failed: the others end with what they are at. */
function end(work: Work, error: unknown): void {
  work.failure ??= { error };
  work.endsAtMs = 0;
}

async function newWriter(server: StoreServer, store: string, seed: number): Promise<Writer> {
  const simulator = await startSimulator({ state: generateWorkspace({ seed, ...workspace }), clock: 'real' });
  const machine = new ServerMachine(store, server.env);
  machine.connect(simulator);
  return { machine, simulator, seed, newest: undefined };
}

/** Lets the store accept what `machine` signs, and lets `machine` meet the store. */
async function trust(owner: ServerMachine, machine: ServerMachine): Promise<void> {
  const key = String(jsonOf(await machine.run(['identity', 'show', '--json'])).key);
  expect(await owner.at(['identity', 'trust', key])).toMatchObject({ code: 0 });
  expect(await machine.at(['ls'])).toMatchObject({ code: 0 });
}

/** Backs up and edits, in turn. The last backup reads every page anew, so that it can be compared with a first one. */
async function write(work: Work, writer: Writer): Promise<void> {
  for (let run = 1; ; run++) {
    const isLast = Date.now() >= work.endsAtMs;
    const ended = await writer.machine.at(['backup', '--json', ...(isLast ? ['--full'] : []), ...waiting]);
    if (counted(work, 'backup', ended)) {
      const { snapshot, complete, alarm, lost } = jsonOf(ended);
      expect({ complete, alarm, lost }).toEqual({ complete: true });
      writer.newest = String(snapshot);
      work.committed.add(writer.newest);
      if (isLast) return;
      const { state } = writer.simulator;
      mutateWorkspace(state, { seed: writer.seed * 1000 + run, share: 0.3, clock: systemClock });
    }
    await pause(work.random(mostPauseMs));
  }
}

async function maintain(work: Work, machine: ServerMachine): Promise<void> {
  for (let run = 1; Date.now() < work.endsAtMs; run++) {
    const pruned = await machine.at(['prune', '--keep-last', '3', '--apply', '--json', ...waiting]);
    if (counted(work, 'prune', pruned)) {
      const { remove } = jsonOf(pruned);
      const removed: unknown[] = Array.isArray(remove) ? remove : expect.fail(pruned.stdout);
      for (const each of removed) work.removed.add(idOf(each));
    }
    // Every other time without a grace period, so that packfiles leave while others read.
    const grace = run % 2 === 0 ? ['--grace', '0s'] : [];
    const ended = await machine.at(['maintenance', '--apply', '--json', ...grace, ...waiting]);
    if (counted(work, 'maintenance', ended)) expect(jsonOf(ended)).toMatchObject({ missing_blobs: 0 });
    await pause(work.random(mostPauseMs));
  }
}

async function check(work: Work, machine: ServerMachine): Promise<void> {
  while (Date.now() < work.endsAtMs) {
    const ended = await machine.at(['check', '--json']);
    if (counted(work, 'check', ended)) expect(realFindings(ended)).toEqual([]);
  }
}

/** Findings but those of packfiles that a running backup has just written, which are told as such. */
function realFindings(ended: Finished): unknown[] {
  const { findings } = jsonOf(ended);
  const all: unknown[] = Array.isArray(findings) ? findings : expect.fail(ended.stdout);
  return all.filter((finding) => !/a running one has just written it/.test(JSON.stringify(finding)));
}

/** True for a command that succeeded. Another may only have found the store locked, or a check packfiles that left all the time. */
function counted({ ends }: Work, command: string, ended: Finished): boolean {
  const { code, stdout, stderr } = ended;
  const key = `${command} ${code}`;
  ends.set(key, (ends.get(key) ?? 0) + 1);
  expect([0, 75], `${key}: ${stdout.slice(0, 2000)}\n${stderr}`).toContain(code);
  if (code === 0) expect(stderr, key).toBe('');
  else if (command === 'check') expect(jsonOf(ended).error, stderr).toMatchObject({ code: 'temporary' });
  else expect(jsonOf(ended).error, stderr).toMatchObject({ code: 'locked' });
  return code === 0;
}

/** A machine that knows nothing reads every byte; what each workspace holds now is in its newest snapshot. */
async function lookAt({ server, store, committed, removed }: Work, all: readonly Writer[]): Promise<void> {
  const cold = new ServerMachine(store, server.env);
  try {
    const checked = await cold.at(['check', '--json']);
    expect(checked, checked.stdout).toMatchObject({ code: 0 });
    expect(jsonOf(checked).findings).toEqual([]);
    const { snapshots } = jsonOf(await cold.at(['ls', '--json']));
    const listed: unknown[] = Array.isArray(snapshots) ? snapshots : expect.fail('no list of snapshots');
    expect(listed.map(idOf).sort()).toEqual([...committed].filter((id) => !removed.has(id)).sort());
    for (const { newest, simulator, seed } of all)
      if (newest !== undefined)
        await expectRestored(cold, { snapshot: newest, name: `restored-${seed}` }, simulator);
  } finally {
    cold.dispose();
  }
}

function idOf(snapshot: unknown): string {
  const id = isObject(snapshot) ? snapshot.id : snapshot;
  return typeof id === 'string' ? id : expect.fail(`not a snapshot: ${JSON.stringify(snapshot)}`);
}
