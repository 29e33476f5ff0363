/**
 * Every command of a store on a backend that fails once, at each of its operations: nothing that was committed is
 * lost, the error is one for people, and the command can be run again. Backups are in interrupted.test.ts,
 * maintenance in gc.test.ts, copies in sync.test.ts.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../src/backend/backend.ts';
import { MemoryBackend } from '../../src/backend/memory.ts';
import type { ErrorCode } from '../../src/errors.ts';
import { isKlosetError, KlosetError } from '../../src/errors.ts';
import { unlockStore } from '../../src/store/access/key-slots.ts';
import type { KeySlots, StoreMaintenance } from '../../src/store/open-store.ts';
import { namesOf } from '../backend/contract.ts';
import type { Fault, FaultPlan } from '../backend/faulty-backend.ts';
import { copyOf, FaultyBackend } from '../backend/faulty-backend.ts';
import { contentsOf as objectsOf } from './damage.ts';
import { details, TestStore, temporaryFolder } from './fixture.ts';
import { contentsOf, errorsOf, everything, pagesOf, remover } from './life-cycle.ts';

type Contents = Awaited<ReturnType<typeof everything>>;

interface Command {
  readonly name: string;
  /** Makes the store one that the command has work in. */
  readonly prepare?: (machine: TestStore) => Promise<void>;
  /** The command; run again it ends well too, done already or not. */
  readonly run: (machine: TestStore) => Promise<unknown>;
  /** What opens the store when the machine's own secret no longer does. */
  readonly newSecret?: TestStore['secret'];
  /** The command takes snapshots away: those that are gone are not lost. */
  readonly removes?: true;
}

const second: TestStore['secret'] = { kind: 'key-file', key: new Uint8Array(32).fill(8) };
const slotDetails = { label: 'second', created: '2026-02-02T00:00:00.000Z' };
const slotOf = async (machine: TestStore, storeId: string, secret: TestStore['secret']) =>
  (await unlockStore(machine.backend, storeId, secret)).slot.id;

/** A command of the maintenance of a store. */
const maintenance =
  (run: (store: StoreMaintenance) => Promise<unknown>): Command['run'] =>
  (machine) =>
    machine.open(run);

/** A command that changes key slots. */
const keyChange =
  (run: (slots: KeySlots, machine: TestStore, storeId: string) => Promise<unknown>): Command['run'] =>
  (machine) =>
    machine.open((store) => store.withKeySlots({}, (slots) => run(slots, machine, store.id)));

const addSecond = keyChange((slots) => slots.add(second, slotDetails));

const stranger = new TestStore();

const commands: readonly Command[] = [
  { name: 'key add', run: addSecond },
  {
    name: 'key passwd',
    newSecret: second,
    run: keyChange(async (slots, machine, storeId) =>
      slots.exchange([await slotOf(machine, storeId, machine.secret)], second, slotDetails),
    ),
  },
  {
    name: 'key remove',
    prepare: async (machine) => void (await addSecond(machine)),
    run: keyChange(async (slots, machine, storeId) => {
      const slot = await slotOf(machine, storeId, second).catch(ignore('credentials'));
      if (slot !== undefined) await slots.remove(slot);
    }),
  },
  {
    name: 'rm',
    removes: true,
    run: maintenance(async (store) => {
      const [newest, ...others] = await store.listSnapshots();
      if (newest !== undefined && others.length > 0) await store.removeSnapshots([newest.id], remover);
    }),
  },
  { name: 'repair index', run: maintenance((store) => store.rebuildIndex()) },
  {
    name: 'repair packs --apply',
    prepare: async ({ backend }) => {
      // Without its footer: everything in it can still be read by what the index delta says.
      const [name = ''] = await namesOf(backend, 'packs/');
      const bytes = await backend.read(name);
      await backend.replace(name, bytes.subarray(0, bytes.length - 60));
    },
    run: maintenance((store) => store.recoverPacks({ apply: true })),
  },
  {
    name: 'identity trust',
    run: maintenance(async (store) => store.admitSigners([(await stranger.identity()).signer])),
  },
  { name: 'backup', run: backup },
];

async function backup(machine: TestStore): Promise<void> {
  await machine.write(async (store) => {
    const writer = await store.beginSnapshot();
    await pagesOf([2, 3], 300)(writer);
    await writer.commit(details);
  });
}

const faults: readonly [Fault, FaultPlan['of'], ErrorCode][] = [
  ['error', 'operations', 'unavailable'],
  ['torn', 'changes', 'unavailable'],
  ['short', 'changes', 'unavailable'],
  ['disk-full', 'changes', 'temporary'],
];

const cases = commands.flatMap((command) =>
  faults.map((fault) => [command.name, ...fault, command] as const),
);

/** A store of two snapshots that share pages. Pins go by location, so it lies where the failing one will. */
async function smallStore({ prepare }: Pick<Command, 'prepare'> = {}): Promise<TestStore> {
  const machine = new TestStore(new FaultyBackend(new MemoryBackend()));
  machine.packBytes = 1500;
  await machine.create();
  await machine.snapshot(pagesOf([1], 300));
  await machine.snapshot(pagesOf([1, 2], 300));
  await prepare?.(machine);
  return machine;
}

/** The same machine, with its pins as they were, before `backend`. */
async function machineAt(machine: TestStore, backend: Backend, pins?: Backend): Promise<TestStore> {
  const next = new TestStore(backend, pins ?? (await copyOf(machine.configuration)));
  next.identity = machine.identity;
  return Object.assign(next, {
    packBytes: machine.packBytes,
    nowMs: machine.nowMs + 60_000,
    secret: machine.secret,
  });
}

/** The code a command ends with. Anything but an error for people fails the test. */
async function outcomeOf(work: Promise<unknown>): Promise<ErrorCode | 'done'> {
  try {
    await work;
    return 'done';
  } catch (error) {
    if (!isKlosetError(error)) throw error;
    expect(error.message).toMatch(/^[^\n]+$/);
    return error.code;
  }
}

/** The machine after the failure: the storage is well again, and locks that were left were removed by `unlock`. */
async function afterwards(failed: TestStore, inner: Backend, { newSecret }: Command): Promise<TestStore> {
  for (const name of await namesOf(inner, 'locks/')) await inner.remove(name);
  const healthy = await machineAt(failed, new FaultyBackend(inner), failed.configuration);
  healthy.cacheFolder = failed.cacheFolder;
  if (newSecret === undefined) return healthy;
  const code = await outcomeOf(healthy.open(async () => {}));
  return code === 'credentials' ? Object.assign(healthy, { secret: newSecret }) : healthy;
}

async function expectWhole(machine: TestStore, before: Contents, { removes }: Command): Promise<void> {
  await machine.open(async (store) => {
    const present = new Set<string>((await store.listSnapshots()).map(({ id }) => id));
    for (const [id, contents] of before) {
      if (!removes || present.has(id)) expect(await contentsOf(store, id)).toEqual(contents);
    }
    expect(present.size).toBeGreaterThan(0);
  });
}

/** The change that failed: what was asked, and of which object. */
function failedChange(faulty: FaultyBackend, at: number): { readonly type: string; readonly name: string } {
  const changes = faulty.operations.filter((operation) => /^(create|replace|remove) /.test(operation));
  const [type = '', name = ''] = (changes[at - 1] ?? '').split(' ');
  return { type, name };
}

describe('a backend that fails once', () => {
  it.each(cases)(
    'in %s with "%s" at any of its %s loses nothing, says so as %s, and the command can be run again',
    { timeout: 120_000 },
    async (_, fault, of, code, command) => {
      const machine = await smallStore(command);
      const before = await everything(machine);
      const errorsBefore = await errorsOf(machine);
      const start = await objectsOf(machine.backend);
      const outcomes = new Set<string>();
      for (let at = 1; ; at++) {
        const inner = await copyOf(machine.backend);
        const faulty = new FaultyBackend(inner, { fault, at, of });
        const failing = await machineAt(machine, faulty);
        outcomes.add(await outcomeOf(command.run(failing)));
        if (at > (of === 'changes' ? faulty.changesAsked : faulty.operations.length)) break;
        const next = await afterwards(failing, inner, command);
        if (isSame(await objectsOf(inner), start)) continue;
        const { type, name } = failedChange(faulty, at);
        // Half an object that nothing names, on a place that does not write at once.
        const allowed = fault === 'torn' ? [...errorsBefore, `damaged ${name}`] : errorsBefore;
        // An old delta that was said to be gone names packfiles that are, until the command is run again.
        const isFalselyGone = fault === 'short' && type === 'remove' && name.startsWith('index/');
        if (!isFalselyGone) expect(allowed).toEqual(expect.arrayContaining(await errorsOf(next)));
        await expectWhole(next, before, command);
        if (next.secret === failing.secret) await command.run(next);
        const last = await afterwards(next, inner, command);
        expect(allowed).toEqual(expect.arrayContaining(await errorsOf(last)));
        await expectWhole(last, before, command);
      }
      expect([...outcomes].sort()).toEqual([code, 'done'].sort());
    },
  );
});

function isSame(left: ReadonlyMap<string, Uint8Array>, right: ReadonlyMap<string, Uint8Array>): boolean {
  return (
    left.size === right.size &&
    [...left].every(([name, bytes]) => {
      const other = right.get(name);
      return other !== undefined && Buffer.from(bytes).equals(other);
    })
  );
}

function ignore(code: ErrorCode): (error: unknown) => undefined {
  return (error) => {
    if (!isKlosetError(error, code)) throw error;
  };
}

describe('creating a store on a backend that fails once', () => {
  it.each(faults)('with "%s" at any of its %s ends as %s, and can be done again', async (fault, of, code) => {
    const outcomes = new Set<string>();
    for (let at = 1; ; at++) {
      const inner = new MemoryBackend();
      const faulty = new FaultyBackend(inner, { fault, at, of });
      const failing = new TestStore(faulty);
      failing.identity = stranger.identity;
      outcomes.add(await outcomeOf(failing.create()));
      if (at > (of === 'changes' ? faulty.changesAsked : faulty.operations.length)) break;
      const healthy = await machineAt(failing, new FaultyBackend(inner), failing.configuration);
      const again = await outcomeOf(healthy.create());
      // Half a CONFIG is somebody's store as far as create can tell; it is never overwritten.
      const isThere = (await namesOf(inner)).includes('CONFIG');
      expect(isThere).toBe(true);
      if (again === 'done') {
        await healthy.snapshot(pagesOf([1], 300));
        expect(await errorsOf(healthy)).toEqual([]);
      } else {
        expect(again).toBe('usage');
        expect(await outcomeOf(healthy.open(async () => {}))).toMatch(
          fault === 'torn' ? /^integrity$/ : /^done$/,
        );
      }
    }
    expect([...outcomes].sort()).toEqual([code, 'done'].sort());
  });
});

describe('reading from a backend that cannot be reached', () => {
  const unreachable = async (use: (machine: TestStore) => Promise<unknown>): Promise<number> => {
    const machine = await smallStore();
    for (let at = 1; ; at++) {
      const faulty = new FaultyBackend(await copyOf(machine.backend), {
        fault: 'error',
        at,
        of: 'operations',
      });
      const outcome = await outcomeOf(use(await machineAt(machine, faulty)));
      if (at > faulty.operations.length) {
        expect(outcome).toBe('done');
        return at;
      }
      // An operation on one's own lock may fail without harm: it expires.
      if (!/ locks\//.test(faulty.operations[at - 1] ?? '')) {
        expect(`${faulty.operations[at - 1]}: ${outcome}`).toMatch(/: unavailable$/);
      }
    }
  };

  it('fails as unavailable wherever a listing of snapshots breaks off', async () => {
    expect(await unreachable((machine) => machine.open((store) => store.listSnapshots()))).toBeGreaterThan(5);
  });

  it('fails as unavailable wherever a restore breaks off', async () => {
    expect(await unreachable(everything)).toBeGreaterThan(10);
  });

  it('fails as unavailable wherever an export breaks off, and leaves no file', async () => {
    const paths = new Set<string>();
    const at = await unreachable(async (machine) => {
      const path = join(temporaryFolder(), 'export.kloset');
      paths.add(path);
      const work = machine.open(async (store) => {
        const snapshots = (await store.listSnapshots()).map(({ id }) => id);
        return await store.replica.export({ snapshots, path, host: 'here' });
      });
      await work.catch((error: unknown) => {
        expect([existsSync(path), existsSync(`${path}.partial`)]).toEqual([false, false]);
        throw error;
      });
    });
    expect(at).toBeGreaterThan(10);
    expect([...paths].filter((path) => existsSync(path)).length).toBeGreaterThan(0);
  });

  it('is never taken for damage by a check', async () => {
    await unreachable(async (machine) => {
      const { findings } = await machine.open((store) => store.check());
      const kinds = new Set(findings.map(({ kind }) => kind));
      expect([...kinds].filter((kind) => kind !== 'unreachable')).toEqual([]);
      if (kinds.size > 0) throw new KlosetError('unavailable', 'The check said so.');
    });
  });
});
