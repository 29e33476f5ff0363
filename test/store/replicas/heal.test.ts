/** A store that lost something takes it from a copy, verified, and never anything worse than what it has. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Backend } from '../../../src/backend/backend.ts';
import { MemoryBackend } from '../../../src/backend/memory.ts';
import { identityName } from '../../../src/store/access/identity.ts';
import { openTrust } from '../../../src/store/access/trust.ts';
import type { SnapshotId } from '../../../src/store/format/ids.ts';
import type { HealReport } from '../../../src/store/replicas/heal-notes.ts';
import { namesOf } from '../../backend/contract.ts';
import { copyOf, FaultyBackend, stateAfter } from '../../backend/faulty-backend.ts';
import { readable } from '../damage.ts';
import { TestStore } from '../fixture.ts';
import { errorsOf, everything, pagesOf, remover } from '../life-cycle.ts';

/** A machine that knows what `machine` knows, before `backend`. */
async function knowing(machine: TestStore, backend: Backend): Promise<TestStore> {
  const other = new TestStore(backend, await copyOf(machine.configuration));
  return Object.assign(other, { nowMs: machine.nowMs, packBytes: machine.packBytes, secret: machine.secret });
}

/** The same, with the identity alone. */
async function fresh(machine: TestStore, backend: Backend): Promise<TestStore> {
  const other = await knowing(machine, backend);
  const configuration = new MemoryBackend('configuration');
  await configuration.replace(identityName, await machine.configuration.read(identityName));
  return Object.assign(other, { configuration });
}

async function heal(damaged: TestStore, copy: TestStore, apply = true): Promise<HealReport> {
  const { backend, configuration } = damaged;
  const trust = await openTrust(configuration, backend.location);
  return await copy.open((store) => store.replica.heal({ backend, trust }, { apply }));
}

async function picture(backend: Backend): Promise<Map<string, string>> {
  const all = new Map<string, string>();
  for (const name of await namesOf(backend))
    if (!name.startsWith('locks/')) all.set(name, Buffer.from(await backend.read(name)).toString('base64'));
  return all;
}

async function flip(backend: Backend, name: string, at = 0.5): Promise<void> {
  const bytes = Buffer.from(await backend.read(name));
  const place = Math.floor(bytes.length * at);
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  await backend.replace(name, bytes);
}

const caches = mkdtempSync(join(tmpdir(), 'kloset-heal-'));
afterAll(() => rmSync(caches, { recursive: true, force: true }));
let machine: TestStore;
let contents: Awaited<ReturnType<typeof everything>>;
/** A copy byte for byte, and one by `sync`, whose packfiles are its own. */
let twin: Backend;
let replica: Backend;

beforeAll(async () => {
  machine = new TestStore(new MemoryBackend('first place'));
  machine.cacheFolder = join(caches, 'machine');
  machine.packBytes = 4000;
  await machine.create();
  await machine.snapshot(pagesOf([1, 2], 900));
  await machine.snapshot(pagesOf([2, 3], 900));
  contents = await everything(machine);
  twin = await copyOf(machine.backend);
  replica = new MemoryBackend('second place');
  const trust = await openTrust(machine.configuration, replica.location, { isNewStore: true });
  await machine.open((store) => store.replica.create({ backend: replica, trust }));
  const target = await fresh(machine, replica);
  target.packBytes = 100_000;
  target.cacheFolder = join(caches, 'target');
  await machine.open((source) => target.open((to) => source.replica.copyTo(to.replica, { host: 'here' })));
}, 60_000);

const first = async (backend: Backend, prefix: string) => (await namesOf(backend, prefix))[0] ?? '';

const losses: readonly (readonly [string, (backend: Backend) => Promise<void>])[] = [
  ['a packfile is damaged', async (at) => flip(at, await first(at, 'packs/'))],
  ['a packfile is damaged in its own index', async (at) => flip(at, await first(at, 'packs/'), 0.99)],
  [
    'a packfile is cut',
    async (at) => {
      const name = await first(at, 'packs/');
      await at.replace(name, (await at.read(name)).subarray(0, 700));
    },
  ],
  ['all packfiles are gone', async (at) => removeAll(at, 'packs/')],
  ['every packfile is damaged', async (at) => flipAll(at, 'packs/')],
  ['an index delta is damaged', async (at) => flip(at, await first(at, 'index/'))],
  ['the index is gone', async (at) => removeAll(at, 'index/')],
  [
    'packfiles and index are gone',
    async (at) => {
      await removeAll(at, 'packs/');
      await removeAll(at, 'index/');
    },
  ],
  ['all headers are damaged', async (at) => flipAll(at, 'snapshots/')],
  ['all headers are gone', async (at) => removeAll(at, 'snapshots/')],
  ['CONFIG is damaged', async (at) => flip(at, 'CONFIG')],
  ['CONFIG is gone', async (at) => at.remove('CONFIG')],
  ['the roster is damaged', async (at) => flip(at, 'keys/roster')],
  ['the key slots are gone', async (at) => removeAll(at, 'keys/')],
  ['everything is gone', async (at) => removeAll(at, '')],
];

async function removeAll(backend: Backend, prefix: string): Promise<void> {
  for (const name of await namesOf(backend, prefix)) await backend.remove(name);
}

async function flipAll(backend: Backend, prefix: string): Promise<void> {
  for (const name of await namesOf(backend, prefix)) await flip(backend, name);
}

/** The losses that a copy with packfiles of its own heals blob by blob, and others in the same way as any copy. */
const ofPacks = losses.filter(([what]) => /pack|index/.test(what));

describe.each([
  ['a copy byte for byte', () => twin, losses],
  ['a replica with packfiles of its own', () => replica, ofPacks],
] as const)('%s', (_, copyBackend, cases) => {
  test.each(cases)('gives all back when %s, after a dry run that changes nothing', async (_what, damage) => {
    const damaged = await knowing(machine, await copyOf(machine.backend));
    const copy = await fresh(machine, copyBackend());
    await damage(damaged.backend);
    const [before, given] = [await picture(damaged.backend), await picture(copy.backend)];
    const planned = await heal(damaged, copy, false);
    expect(await picture(damaged.backend)).toEqual(before);
    const report = await heal(damaged, copy);
    expect(report).toEqual(planned);
    expect([report.remaining, report.losses]).toEqual([[], []]);
    expect(await picture(copy.backend)).toEqual(given);
    expect(await everything(damaged)).toEqual(contents);
    expect((await damaged.open((store) => store.check())).findings).toEqual([]);
  });
});

test('a machine that remembers nothing gets back what the headers that are left name', async () => {
  const damaged = await fresh(machine, await copyOf(machine.backend));
  const oldest = [...contents.keys()].at(-1) as SnapshotId;
  await damaged.backend.remove(`snapshots/${oldest}`);
  await removeAll(damaged.backend, 'packs/');
  expect((await heal(damaged, await fresh(machine, twin))).remaining).toEqual([]);
  expect(await everything(damaged)).toEqual(contents);
});

test('nothing is taken that is damaged in the copy too, and what stays damaged is named', async () => {
  const damaged = await knowing(machine, await copyOf(machine.backend));
  const copy = await fresh(machine, await copyOf(twin));
  for (const backend of [damaged.backend, copy.backend]) await flipAll(backend, 'packs/');
  const before = await picture(damaged.backend);
  const report = await heal(damaged, copy);
  expect(await picture(damaged.backend)).toEqual(before);
  const names = report.remaining.map(({ object }) => object);
  expect(names.sort()).toEqual((await namesOf(damaged.backend, 'packs/')).sort());
  expect(report.losses.length).toBeGreaterThan(0);
});

/**
 * `machine` before a copy of its store in which one flipped bit makes some files unreadable, though not all, and none of
 * `spared`: where blobs lie in a packfile is decided by random names, so the place is looked for. Throws where there is none.
 */
async function losing(machine: TestStore, spared: ReadonlySet<string>): Promise<[TestStore, Set<string>]> {
  for (const pack of await namesOf(machine.backend, 'packs/')) {
    for (let at = 0.05; at < 1; at += 0.05) {
      const victim = await knowing(machine, await copyOf(machine.backend));
      await flip(victim.backend, pack, at);
      const left = await readable(victim);
      const lost = new Set([...(await readable(machine)).keys()].filter((file) => !left.has(file)));
      if (lost.size > 0 && left.size > 0 && ![...lost].some((file) => spared.has(file)))
        return [victim, lost];
    }
  }
  throw new Error('No single bit of any packfile loses a part of the store alone.');
}

test('two copies that are damaged in different places heal each other', async () => {
  const [one, lost] = await losing(machine, new Set());
  const [other] = await losing(await fresh(machine, replica), lost);
  await heal(one, other);
  await heal(other, one);
  for (const each of [one, other]) {
    expect(await everything(each)).toEqual(contents);
    expect(await errorsOf(each)).toEqual([]);
  }
});

test('a removed snapshot does not come back, and what the copy removed stays', async () => {
  const damaged = await knowing(machine, await copyOf(machine.backend));
  const copy = await knowing(machine, await copyOf(twin));
  const [newest, oldest] = [...contents.keys()] as SnapshotId[];
  await damaged.open((store) => store.removeSnapshots([oldest as SnapshotId], remover));
  await heal(damaged, copy);
  expect([...(await everything(damaged)).keys()]).toEqual([newest]);
  await heal(copy, damaged);
  expect([...(await everything(copy)).keys()]).toEqual([newest, oldest]);
});

test('another store gives nothing, nor does one that pretends to be this', async () => {
  const stranger = new TestStore(new MemoryBackend('other place'));
  stranger.secret = { kind: 'key-file', key: new Uint8Array(32).fill(9) };
  await stranger.create();
  const damaged = await knowing(machine, await copyOf(machine.backend));
  const before = await picture(damaged.backend);
  await expect(heal(damaged, stranger)).rejects.toMatchObject({ code: 'usage' });
  expect(await picture(damaged.backend)).toEqual(before);
  await removeAll(damaged.backend, '');
  await expect(heal(damaged, stranger)).rejects.toMatchObject({ code: 'usage' });
  const empty = await fresh(machine, new MemoryBackend('nowhere'));
  await expect(heal(empty, await fresh(machine, twin))).rejects.toMatchObject({ code: 'not-found' });
});

test('an older list of key slots never comes back unseen', async () => {
  const damaged = await knowing(machine, await copyOf(machine.backend));
  const key = { kind: 'key-file' as const, key: new Uint8Array(32).fill(8) };
  await damaged.open((store) =>
    store.withKeySlots({}, (slots) => slots.add(key, { label: 'new', created: '2026-01-02T03:04:05.678Z' })),
  );
  await flip(damaged.backend, 'keys/roster');
  const before = await picture(damaged.backend);
  await expect(heal(damaged, await fresh(machine, twin))).rejects.toMatchObject({ code: 'integrity' });
  expect(await picture(damaged.backend)).toEqual(before);
});

test('a healing that dies at any moment leaves what was good, and can be done again', async () => {
  const damagedState = await copyOf(machine.backend);
  await flip(damagedState, await first(damagedState, 'packs/'));
  await flip(damagedState, await first(damagedState, 'index/'));
  await damagedState.remove(await first(damagedState, 'snapshots/'));
  const backend = new FaultyBackend(damagedState);
  const copy = await fresh(machine, replica);
  const initial = await copyOf(damagedState);
  await heal(await knowing(machine, backend), copy);
  const total = backend.changes.length;
  for (let count = 0; count <= total; count++) {
    const state = await knowing(machine, await stateAfter(backend.changes, count, initial));
    state.nowMs += 3600_000;
    copy.nowMs = state.nowMs;
    await heal(state, copy);
    expect(await everything(state)).toEqual(contents);
    expect(await errorsOf(state)).toEqual([]);
  }
});

test.each([
  ['error', 'operations'],
  ['disk-full', 'changes'],
  ['short', 'changes'],
] as const)('after %s at any of the %s it can be done again', async (fault, of) => {
  const small = await new TestStore(new FaultyBackend(new MemoryBackend())).create();
  await small.snapshot(pagesOf([1], 300));
  const whole = await everything(small);
  const copy = await fresh(small, await copyOf(small.backend));
  await flip(small.backend, await first(small.backend, 'packs/'));
  await small.backend.remove(await first(small.backend, 'snapshots/'));
  for (let at = 1; ; at++) {
    const backend = new FaultyBackend(await copyOf(small.backend), { fault, at, of });
    const state = await knowing(small, backend);
    await heal(state, copy).catch((error: { code?: unknown }) =>
      expect(error.code).toBe(fault === 'disk-full' ? 'temporary' : 'unavailable'),
    );
    if (at > (of === 'changes' ? backend.changesAsked : backend.operations.length)) break;
    backend.repair();
    // That the process of a lock has ended is seen at once, but here it has not.
    for (const name of await namesOf(backend, 'locks/')) await backend.remove(name);
    expect((await heal(state, copy)).remaining).toEqual([]);
    expect(await everything(state)).toEqual(whole);
  }
});

describe('sync --heal', () => {
  const sync = (from: TestStore, to: TestStore) =>
    from.open((source) =>
      to.open((target) => source.replica.copyTo(target.replica, { host: 'here', heal: true })),
    );

  test('heals what a check found at the target and at the source, without a repair before it', async () => {
    for (const side of ['source', 'target'] as const) {
      const source = await knowing(machine, await copyOf(machine.backend));
      const target = await fresh(machine, await copyOf(replica));
      const damaged = side === 'source' ? source : target;
      await flipAll(damaged.backend, 'packs/');
      await flip(damaged.backend, await first(damaged.backend, 'index/'));
      expect(await errorsOf(damaged)).not.toEqual([]);
      const report = await sync(source, target);
      expect(report.failed).toEqual([]);
      expect(report.healed?.flatMap(({ remaining }) => remaining)).toEqual([]);
      for (const each of [source, target]) {
        expect(await everything(each)).toEqual(contents);
        expect(await errorsOf(each)).toEqual([]);
      }
    }
  });
});
