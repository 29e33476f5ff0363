/** Locks of wrong clocks, of machines with one name, and of two that create a store at once. */
import { mkdirSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Members } from './forge.ts';
import { Forger } from './forge.ts';
import type { Run } from './laptop.ts';
import { jsonOf, keyFileOf } from './laptop.ts';
import { ended, namesIn, ok, reachedOrEnded, touch, useStage } from './stage.ts';

const stage = useStage({ snapshots: 1 });
const minute = 60_000;
const year = 365 * 24 * 60 * minute;
const deadPid = 2 ** 22 - 3;

interface Sample {
  readonly members: Members;
  readonly version: string;
}

/** A lock as this program writes it: that of a backup killed while it held one. */
async function sampleLock(): Promise<Sample> {
  const { laptop } = stage;
  const gate = { before: '/packs/', reached: laptop.path('reached'), opened: laptop.path('opened') };
  const running = laptop.start(['--keyfile', laptop.keyFile, 'at', laptop.store, 'backup', '--full'], {
    hooks: { gate },
  });
  await reachedOrEnded(gate.reached, running.finished);
  running.kill('SIGKILL');
  await running.finished;
  const [id = ''] = readdirSync(join(laptop.store, 'locks'));
  const lock = new Forger(laptop.store).lock(id);
  rmSync(join(laptop.store, 'locks', id));
  return lock;
}

const clear = new Set(['kind', 'host', 'pid', 'command', 'created', 'refreshed']);

/** The same lock as a machine elsewhere writes it. */
function ofStranger(sample: Sample): Sample {
  return scrambled(sample, () => false);
}

/** The same lock as another machine writes it that happens to have our name. */
function ofNamesake(sample: Sample): Sample {
  return scrambled(sample, (value) => value === namedAfterHost());
}

/** Changes whatever tells one machine from another, its form kept. */
function scrambled({ members, version }: Sample, isKept: (value: string) => boolean): Sample {
  const entries = Object.entries(members).map(([name, value]) => {
    const isOurs = typeof value === 'string' && !clear.has(name) && !isKept(value);
    return [name, isOurs ? value.replace(/[0-9a-f]/g, (digit) => (digit === '0' ? '1' : '0')) : value];
  });
  return { members: Object.fromEntries(entries), version };
}

/** The number of the first process namespace is the same on every Linux. */
function namedAfterHost(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

function plant({ members, version }: Sample, change: Members): string {
  return new Forger(stage.laptop.store).writeLock({ ...members, ...change }, version);
}

test('a lock dated in the future expires half an hour after it was first seen', async () => {
  const { laptop } = stage;
  const future = new Date(Date.now() + 10 * year).toISOString();
  const lock = ofStranger(await sampleLock());
  plant(lock, { kind: 'exclusive', host: 'elsewhere', created: future, refreshed: future });
  ended(await laptop.at(['backup']), 75);
  ended(await laptop.at(['backup'], { hooks: { shiftMs: 20 * minute } }), 75);
  ok(await laptop.at(['backup'], { hooks: { shiftMs: 40 * minute } }));
});

test('the hint of a locked store names the command that removes the lock', async () => {
  const { laptop } = stage;
  const future = new Date(Date.now() + 10 * year).toISOString();
  const lock = ofStranger(await sampleLock());
  plant(lock, { kind: 'exclusive', host: 'elsewhere', created: future, refreshed: future });
  const run = await laptop.at(['backup']);
  ended(run, 75);
  const [, words = ''] = /`notion-kloset (?:at \S+ )?(unlock[^`]*)`/.exec(run.stderr) ?? [];
  expect(words).not.toBe('');
  ok(await laptop.at(words.trim().split(/\s+/)));
  expect(readdirSync(join(laptop.store, 'locks'))).toEqual([]);
  ok(await laptop.at(['backup']));
});

test('the lock of a machine with our name is not taken for that of a process that ended here', async () => {
  const { laptop } = stage;
  const now = new Date().toISOString();
  const lock = ofNamesake(await sampleLock());
  const id = plant(lock, { kind: 'exclusive', pid: deadPid, created: now, refreshed: now });
  ended(await laptop.at(['backup']), 75);
  ok(await laptop.at(['unlock']));
  expect(readdirSync(join(laptop.store, 'locks'))).toEqual([id]);
});

test('check names what lies under locks and is no lock', async () => {
  const { laptop } = stage;
  mkdirSync(join(laptop.store, 'locks'), { recursive: true });
  writeFileSync(join(laptop.store, 'locks', 'notes.txt'), 'not ours');
  const run = await laptop.at(['check', '--json']);
  expect(JSON.stringify(jsonOf(run).findings)).toContain('locks/notes.txt');
});

test('of two machines that create a store at the same place one wins, and what it made opens', async () => {
  const { laptop } = stage;
  const place = laptop.path('raced');
  const begin = async (name: string, byte: number) => {
    const key = laptop.path(`${name}-key`);
    writeFileSync(key, keyFileOf(byte), { mode: 0o600 });
    // CONFIG is written last: what was prepared until then may be swept away by the other.
    const gate = {
      before: '/CONFIG$',
      reached: laptop.path(`${name}-reached`),
      opened: laptop.path(`${name}-opened`),
    };
    const env = laptop.other(name);
    const running = laptop.start(['--keyfile', key, 'at', place, 'create'], { env, hooks: { gate } });
    await reachedOrEnded(gate.reached, running.finished);
    return { key, env, gate, finished: running.finished };
  };
  const [first, second] = [await begin('one', 1), await begin('two', 2)];
  const runs: Run[] = [];
  for (const each of [first, second]) {
    touch(each.gate.opened);
    runs.push(await each.finished);
  }
  const winners = [first, second].filter((_, at) => runs[at]?.code === 0);
  expect(winners).toHaveLength(1);
  expect(runs.map(({ code }) => code).sort()).not.toContain(1);
  const [winner = first] = winners;
  ok(await laptop.run(['--keyfile', winner.key, 'at', place, 'check'], { env: winner.env }));
  expect(namesIn(place, 'keys')).toHaveLength(2);
});
