/** What reads a store without a lock while another machine's maintenance exchanges index deltas and packfiles sees a whole store. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Backend } from '../../../src/backend/backend.ts';
import type { CheckFinding } from '../../../src/store/open-store.ts';
import { namesOf } from '../../backend/contract.ts';
import { copyOf } from '../../backend/faulty-backend.ts';
import { TestStore } from '../fixture.ts';
import { contentsOf, errorsOf, everything, otherMachine, pagesOf, remover } from '../life-cycle.ts';

let original: TestStore;
let contents: Map<string, Map<string, string>>;

/** A store of so many backups that maintenance merges their packfiles and index deltas, and all that lies in it. */
beforeAll(async () => {
  original = new TestStore();
  original.cacheFolder = mkdtempSync(join(tmpdir(), 'kloset-test-'));
  await original.create();
  for (let night = 0; night < 33; night++) await original.snapshot(pagesOf([night], 300));
  contents = await everything(original);
});
afterAll(() => rmSync(original.cacheFolder, { recursive: true, force: true }));

/** Two machines of one user before a copy of that store. */
async function twoMachines() {
  const machine = await otherMachine(original, await copyOf(original.backend));
  return { machine, other: await otherMachine(machine) };
}

/** Runs `work` once, right after the first list of `prefix` that finds anything. */
function afterListOf(backend: Backend, prefix: string, work: () => Promise<unknown>): () => boolean {
  const list = backend.list.bind(backend);
  let isDone = false;
  backend.list = async function* (wanted) {
    const found = [];
    for await (const entry of list(wanted)) found.push(entry);
    if (!isDone && found.some(({ name }) => name.startsWith(prefix))) {
      isDone = true;
      await work();
    }
    yield* found;
  };
  return () => isDone;
}

const told = ({ kind, object, problem }: CheckFinding) => `${kind} ${object}: ${problem}`;

test('check finds nothing wrong where deltas are merged after it listed them', async () => {
  const { machine, other: maintainer } = await twoMachines();
  const before = await namesOf(machine.backend, 'index/');
  const isDone = afterListOf(machine.backend, 'index/', () =>
    maintainer.open((store) => store.collectGarbage({ apply: true })),
  );
  const { findings } = await machine.open((store) => store.check());
  expect(isDone()).toBe(true);
  expect((await namesOf(machine.backend, 'index/')).length).toBeLessThan(before.length / 4);
  expect(findings.map(told)).toEqual([]);
});

test('check finds nothing wrong where packfiles leave after it listed what names them', async () => {
  const { machine, other: maintainer } = await twoMachines();
  const before = await namesOf(machine.backend, 'packs/');
  const isDone = afterListOf(machine.backend, 'packs/', async () => {
    await maintainer.open((store) => store.collectGarbage({ apply: true, rules: { graceMs: 0 } }));
  });
  const { findings } = await machine.open((store) => store.check());
  expect(isDone()).toBe(true);
  expect((await namesOf(machine.backend, 'packs/')).length).toBeLessThan(before.length / 4);
  expect(findings.map(told)).toEqual([]);
});

test('check does not miss what a snapshot needed that is removed meanwhile', async () => {
  const { machine, other: maintainer } = await twoMachines();
  const isDone = afterListOf(machine.backend, 'packs/', async () => {
    await maintainer.open(async (store) => {
      const doomed = (await store.listSnapshots()).slice(1).map(({ id }) => id);
      await store.removeSnapshots(doomed, remover);
      await store.collectGarbage({ apply: true, rules: { graceMs: 0 } });
    });
  });
  const { findings, snapshots } = await machine.open((store) => store.check());
  expect(isDone()).toBe(true);
  expect(findings.map(told)).toEqual([]);
  expect(snapshots).toBe(1);
});

test('check tells that nothing is known where packfiles leave each time it has listed them', async () => {
  const { machine, other: maintainer } = await twoMachines();
  const list = machine.backend.list.bind(machine.backend);
  let seed = 600;
  let isOurs = false;
  machine.backend.list = async function* (prefix) {
    const found = [];
    for await (const entry of list(prefix)) found.push(entry);
    if (prefix === 'packs/' && !isOurs) {
      isOurs = true;
      for (let count = 0; count < 5; count++) await maintainer.snapshot(pagesOf([seed++], 300));
      await maintainer.open((store) => store.collectGarbage({ apply: true, rules: { graceMs: 0 } }));
      isOurs = false;
    }
    yield* found;
  };
  const checking = machine.open((store) => store.check());
  await expect(checking).rejects.toMatchObject({
    code: 'temporary',
    message: expect.stringMatching(/not known/),
  });
});

test('damage stays damage, also where maintenance runs beside the check', async () => {
  const { machine, other: maintainer } = await twoMachines();
  const [lost = ''] = await namesOf(machine.backend, 'packs/');
  await machine.backend.remove(lost);
  const isDone = afterListOf(machine.backend, 'packs/', () =>
    maintainer.open((store) => store.collectGarbage({ apply: true })).catch(() => undefined),
  );
  const { findings } = await machine.open((store) => store.check());
  expect(isDone()).toBe(true);
  expect(findings.filter(({ severity }) => severity === 'error')).not.toEqual([]);
});

test('check does not put the packfile of a backup that runs beside it down to an interrupted one', async () => {
  const { machine, other: writer } = await twoMachines();
  const isDone = afterListOf(machine.backend, 'index/', () => writer.snapshot(pagesOf([500], 300)));
  const { findings } = await machine.open((store) => store.check());
  expect(isDone()).toBe(true);
  expect(findings.map(told)).toEqual([]);
});

test('a cold machine reads every snapshot where deltas are merged after it listed them, and warns of nothing', async () => {
  const { machine: reader, other: maintainer } = await twoMachines();
  const isDone = afterListOf(reader.backend, 'index/', () =>
    maintainer.open((store) => store.collectGarbage({ apply: true })),
  );
  const [[id, wanted] = ['', undefined]] = contents;
  expect(await reader.open((store) => contentsOf(store, id))).toEqual(wanted);
  expect(isDone()).toBe(true);
  expect(reader.events.filter(({ type }) => type === 'warning')).toEqual([]);
  expect(await errorsOf(reader)).toEqual([]);
});
