/** A place that gets full in the middle of a backup, has no room at all, gives some back, and gets more. */
import { expect } from 'vitest';
import type { PlaceOptions } from '../../src/backend/location/at-location.ts';
import { backendAt } from '../../src/backend/location/at-location.ts';
import { isObject } from '../../src/document/json.ts';
import { generateWorkspace } from '../../src/simulator/sample/generated/generate.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { namesOf } from '../backend/contract.ts';
import type { Finished } from '../e2e/machine.ts';
import { jsonOf } from '../e2e/machine.ts';
import { expectRestored } from './restored.ts';
import { ServerMachine } from './server-machine.ts';

const MiB = 1024 ** 2;
/** About 40 MB of media, of which each root has a third. */
const workspace = { seed: 5, pages: 12, roots: 3, blocksPerPage: 8, media: 20, mediaBytes: 2_000_000 };

/** A place for one store whose room a test sets. */
export interface LimitedPlace {
  readonly store: string;
  readonly env: { readonly [name: string]: string };
  readonly options: PlaceOptions;
  /** From now on so many bytes fit beside what is there. */
  leaveRoom(bytes: number): Promise<void>;
  /** Words of the error for a place without room. */
  readonly says: RegExp;
}

interface Work extends LimitedPlace {
  readonly machine: ServerMachine;
  readonly simulator: Simulator;
  /** Ids of two snapshots, each of one root. */
  readonly small: readonly [string, string];
}

/** Two small backups fit; a large one does not. Once there is room it finishes, without reading twice what it had stored. */
export async function backupOnceThereIsRoom(place: LimitedPlace): Promise<void> {
  await inFullPlace(place, async (work) => {
    const { machine, simulator, small } = work;
    await expectWhole(work, small);
    simulator.log.length = 0;
    await place.leaveRoom(100 * MiB);
    const finished = await machine.at(['backup', '--json', '--progress', 'json']);
    expect(finished, finished.stderr).toMatchObject({ code: 0 });
    expect(finished.stderr).toContain('"resuming an interrupted upload"');
    expect(simulator.log.filter(({ path }) => path.startsWith('/files/'))).toEqual([]);
    const snapshot = String(jsonOf(finished).snapshot);
    await expectWhole(work, [...small, snapshot]);
    await expectRestored(machine, { snapshot, name: 'restored' }, simulator);
  });
}

/** Where not even a lock fits, all can be read; with a little room, what is removed gives its own back, and nothing else is lost. */
export async function roomFreedInFullPlace(place: LimitedPlace): Promise<void> {
  await inFullPlace(place, async (work) => {
    const { machine, simulator, small } = work;
    const [removed, kept] = small;
    const freeing = [
      ['rm', removed, '--force', '--apply'],
      ['maintenance', '--apply', '--grace', '0s'],
    ];
    await place.leaveRoom(0);
    await expectWhole(work, small);
    expect(await machine.at(['restore', '-to', machine.path('early'), kept])).toMatchObject({ code: 0 });
    for (const words of [...freeing, ['backup'], ['unlock']])
      expectFull(await machine.at(words), place, words.join(' '));
    await expectWhole(work, small);
    await place.leaveRoom(MiB / 2);
    const freed: Finished[] = [];
    for (const words of freeing) freed.push(await machine.at(words));
    expect(freed).toMatchObject([{ code: 0 }, { code: 0, stdout: expect.stringMatching(/^deleted [1-9]/m) }]);
    await expectWhole(work, [kept]);
    await place.leaveRoom(100 * MiB);
    const finished = await machine.at(['backup', '--json']);
    expect(finished, finished.stderr).toMatchObject({ code: 0 });
    const snapshot = String(jsonOf(finished).snapshot);
    await expectWhole(work, [kept, snapshot]);
    await expectRestored(machine, { snapshot, name: 'restored' }, simulator);
  });
}

/** Gives `use` a store of two snapshots in which a third did not find room. */
async function inFullPlace(place: LimitedPlace, use: (work: Work) => Promise<void>): Promise<void> {
  const simulator = await startSimulator({ state: generateWorkspace(workspace), clock: 'real' });
  const machine = new ServerMachine(place.store, place.env);
  try {
    machine.connect(simulator);
    await place.leaveRoom(100 * MiB);
    expect(await machine.at(['create'])).toMatchObject({ code: 0 });
    const [one, two] = rootsOf(simulator);
    const small = [await backedUp(machine, one), await backedUp(machine, two)] as const;
    const backend = await backendAt(place.store, place.options);
    const packs = await namesOf(backend, 'packs/');
    // One packfile after another: the first fits, of which no file is cut, the second does not.
    await place.leaveRoom(24 * MiB);
    expectFull(await machine.at(['--parallel', '1', 'backup']), place, 'backup');
    expect((await namesOf(backend, 'packs/')).length).toBeGreaterThan(packs.length);
    await use({ ...place, machine, simulator, small });
  } finally {
    machine.dispose();
    await simulator.close();
  }
}

async function backedUp(machine: ServerMachine, root: string): Promise<string> {
  const finished = await machine.at(['backup', '--json', '--root', root]);
  expect(finished).toMatchObject({ code: 0 });
  return String(jsonOf(finished).snapshot);
}

/** One line says that the place is full, one what to do, and nothing else is said. */
function expectFull({ code, stderr }: Finished, { says, store }: LimitedPlace, command: string): void {
  expect({ code, stderr }, command).toMatchObject({ code: 75 });
  const lines = stderr.trimEnd().split('\n');
  expect(lines, command).toEqual([
    expect.stringMatching(/^notion-kloset: /),
    expect.stringMatching(/^ {2}\S.*run the (same )?command again/),
  ]);
  expect(lines[0]).toMatch(says);
  expect(lines[0]).toContain(store);
}

/** These snapshots and no others are listed, and a machine that knows nothing finds every byte of them. */
async function expectWhole({ store, env, machine }: Work, snapshots: readonly string[]): Promise<void> {
  const { snapshots: listed } = jsonOf(await machine.at(['ls', '--json']));
  const ids = (Array.isArray(listed) ? listed : []).map((each) => isObject(each) && each.id);
  expect(ids.sort()).toEqual([...snapshots].sort());
  const cold = new ServerMachine(store, env);
  try {
    const checked = await cold.at(['check', '--json']);
    expect(checked, checked.stdout).toMatchObject({ code: 0 });
  } finally {
    cold.dispose();
  }
}

function rootsOf({ state }: Simulator): [string, string] {
  const [one, two] = [...state.pages.values()].filter(({ parent }) => parent.type === 'workspace');
  if (one === undefined || two === undefined) throw new Error('the sample has too few pages at the top');
  return [one.id, two.id];
}
