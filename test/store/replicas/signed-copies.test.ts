/** Copies of a store and what its signers state: healing, sync and a new master key lose none of it and forge none of it. */
import { describe, expect, test } from 'vitest';
import type { Backend } from '../../../src/backend/backend.ts';
import { MemoryBackend } from '../../../src/backend/memory.ts';
import { endorse } from '../../../src/store/access/identity.ts';
import { encodeRoster, readRoster } from '../../../src/store/access/key-roster.ts';
import { openTrust } from '../../../src/store/access/trust.ts';
import { parseConfig } from '../../../src/store/format/config.ts';
import type { SyncReport } from '../../../src/store/replicas/sync-options.ts';
import { namesOf } from '../../backend/contract.ts';
import { copyOf } from '../../backend/faulty-backend.ts';
import { TestStore } from '../fixture.ts';
import { errorsOf, everything, otherMachine, pagesOf, remover, warningsOf } from '../life-cycle.ts';
import { unsign } from '../unsign.ts';

/** The same machine, at a place that it does not know yet. */
async function at(machine: TestStore, backend: Backend): Promise<TestStore> {
  return Object.assign(await otherMachine(machine, backend), { secret: machine.secret });
}

async function replicaOf(machine: TestStore): Promise<TestStore> {
  const backend = new MemoryBackend('second place');
  const trust = await openTrust(new MemoryBackend(), backend.location, { isNewStore: true });
  await machine.open((store) => store.replica.create({ backend, trust }));
  return await at(machine, backend);
}

const sync = (from: TestStore, to: TestStore): Promise<SyncReport> =>
  from.open((source) => to.open((target) => source.replica.copyTo(target.replica, { host: 'here' })));

async function heal(damaged: TestStore, copy: TestStore) {
  const { backend, configuration } = damaged;
  const trust = await openTrust(configuration, backend.location);
  return await copy.open((store) => store.replica.heal({ backend, trust }, { apply: true }));
}

async function flip(backend: Backend, name: string): Promise<void> {
  const bytes = Buffer.from(await backend.read(name));
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  await backend.replace(name, bytes);
}

/** A colleague's machine at the same place, whose key the store takes. */
async function colleagueOf(owner: TestStore): Promise<{ colleague: TestStore; key: string }> {
  const colleague = Object.assign(new TestStore(owner.backend), { nowMs: owner.nowMs + 60_000 });
  const key = (await colleague.identity()).signer.publicKey;
  await owner.open(async (store) => store.admitSigners([endorse(await owner.identity(), key)]));
  return { colleague, key };
}

const listed = (machine: TestStore) => machine.open((store) => store.listSnapshots());

describe('healing from a copy', () => {
  test('takes a list of key slots that no signer signed from the copy', async () => {
    const owner = await new TestStore().create();
    await owner.snapshot(pagesOf([1], 300));
    const copy = await at(owner, await copyOf(owner.backend));
    const thief = new TestStore(owner.backend);
    const { context } = await thief.secrets();
    const roster = await readRoster(owner.backend, context.storeId);
    const forged = { ...roster, generation: roster.generation + 1 };
    await owner.backend.replace('keys/roster', encodeRoster(forged, context.keys, await thief.identity()));
    await expect(listed(owner)).rejects.toMatchObject({ code: 'integrity' });
    expect(await heal(owner, copy)).toMatchObject({ objects: ['keys/roster'], remaining: [] });
    expect(await owner.backend.read('keys/roster')).toEqual(await copy.backend.read('keys/roster'));
    expect(await errorsOf(owner)).toEqual([]);
  });

  test('signs what it put back when the copy is still of version 1', async () => {
    const owner = await new TestStore().create();
    const snapshot = await owner.snapshot(pagesOf([1], 300));
    const { context } = await owner.secrets();
    await unsign(owner.backend, context.keys);
    const damaged = await at(owner, await copyOf(owner.backend));
    await damaged.backend.remove('CONFIG');
    await flip(damaged.backend, 'keys/roster');
    const copy = await at(owner, owner.backend);
    expect((await heal(damaged, copy)).remaining).toEqual([]);
    const { publicKey } = (await owner.identity()).signer;
    expect(parseConfig(await damaged.backend.read('CONFIG')).signedBy).toBe(publicKey);
    expect((await readRoster(damaged.backend, context.storeId)).signature?.by).toBe(publicKey);
    expect((await listed(damaged)).map(({ id }) => id)).toEqual([snapshot.id]);
    expect([await errorsOf(damaged), await warningsOf(damaged)]).toEqual([[], []]);
    expect(parseConfig(await owner.backend.read('CONFIG')).signedBy).toBeUndefined();
  });

  test('counts what a revoked key signed neither as damaged nor as missing', async () => {
    const owner = await new TestStore().create();
    const first = await owner.snapshot(pagesOf([1], 300));
    const { colleague, key } = await colleagueOf(owner);
    const theirs = await colleague.snapshot(pagesOf([2], 300));
    owner.nowMs = colleague.nowMs;
    expect(await listed(owner)).toHaveLength(2);
    await owner.open((store) =>
      store.revokeSigner(key, { after: [first.id], author: { tool: 'test 1.0.0', host: 'here' } }),
    );
    const copy = await at(owner, await copyOf(owner.backend));
    const header = `snapshots/${theirs.id}`;
    await flip(owner.backend, header);
    expect(await heal(owner, copy)).toMatchObject({ objects: [header], remaining: [], losses: [] });
    const states = async () =>
      (await listed(owner)).map(({ id, isRevoked = false }) => [id, isRevoked ? 'revoked' : 'counts']);
    expect(await states()).toEqual([
      [theirs.id, 'revoked'],
      [first.id, 'counts'],
    ]);
    await owner.backend.remove(header);
    expect(await heal(owner, copy)).toMatchObject({ objects: [], remaining: [], losses: [] });
    expect(await states()).toEqual([[first.id, 'counts']]);
  });
});

describe('sync between replicas', () => {
  /** A store of two snapshots, the second on the first, that share nothing, and the packfiles of the first. */
  async function withTwo() {
    const machine = await new TestStore().create();
    const first = await machine.snapshot(pagesOf([1], 900));
    const packs = await namesOf(machine.backend, 'packs/');
    const second = await machine.snapshot(pagesOf([2], 900));
    return { machine, first, second, packs, contents: await everything(machine) };
  }

  test('names nothing in a removal that could not be read, and takes all once the source is healed', async () => {
    const { machine, first, second, packs, contents } = await withTwo();
    const copy = await replicaOf(machine);
    for (const name of packs) await flip(machine.backend, name);
    const report = await sync(machine, copy);
    expect(report.copied).toEqual([]);
    expect(report.failed.map(({ id }) => id)).toEqual([first.id, second.id]);
    expect(await namesOf(copy.backend, 'snapshots/')).toEqual([]);
    for (const name of packs) await flip(machine.backend, name);
    expect((await sync(machine, copy)).copied).toEqual([first.id, second.id]);
    expect(await everything(copy)).toEqual(contents);
    expect([await errorsOf(copy), await warningsOf(copy)]).toEqual([[], []]);
  });

  test('waits likewise for a header that is damaged, and goes on without it once it was removed', async () => {
    const { machine, first, second, contents } = await withTwo();
    const copy = await replicaOf(machine);
    await flip(machine.backend, `snapshots/${first.id}`);
    const again = await at(machine, machine.backend);
    const report = await sync(again, copy);
    expect(report).toMatchObject({ copied: [], failed: [{ id: second.id }] });
    expect(report.failed[0]?.problem).toContain(first.id.slice(0, 12));
    expect(await namesOf(copy.backend, 'snapshots/')).toEqual([]);
    await again.open((store) => store.removeSnapshots([first.id], remover));
    expect((await sync(again, copy)).copied).toEqual([second.id]);
    expect((await everything(copy)).get(second.id)).toEqual(contents.get(second.id));
    expect([await errorsOf(copy), await warningsOf(copy)]).toEqual([[], []]);
  });

  test('leaves out what a revoked key signed, and takes what stands on it', async () => {
    const owner = await new TestStore().create();
    const first = await owner.snapshot(pagesOf([1], 300));
    const { colleague, key } = await colleagueOf(owner);
    const theirs = await colleague.snapshot(pagesOf([2], 300));
    owner.nowMs = colleague.nowMs;
    const third = await owner.snapshot(pagesOf([3], 300));
    expect(third.header?.parents).toEqual([theirs.id]);
    const author = { tool: 'test 1.0.0', host: 'here' };
    await owner.open((store) => store.revokeSigner(key, { after: [first.id], author }));
    const copy = await replicaOf(owner);
    expect(await sync(owner, copy)).toMatchObject({ copied: [first.id, third.id], failed: [] });
    expect((await listed(copy)).map(({ id }) => id)).toEqual([third.id, first.id]);
    expect(await errorsOf(copy)).toEqual([]);
  });

  test('goes on without a header that is gone and that a person accepted as lost', async () => {
    const { machine, first, second } = await withTwo();
    const copy = await replicaOf(machine);
    await machine.backend.remove(`snapshots/${first.id}`);
    await expect(sync(machine, copy)).rejects.toMatchObject({ code: 'integrity' });
    await machine.open((store) => store.listSnapshots(), { loss: true });
    expect(await sync(machine, copy)).toMatchObject({ copied: [second.id], failed: [] });
    expect([await errorsOf(copy), await warningsOf(copy)]).toEqual([[], []]);
  });
});

describe('a new master key', () => {
  test('keeps the signers, for whom this machine vouches, and what was revoked stays revoked', async () => {
    const owner = await new TestStore().create();
    await owner.snapshot(pagesOf([1], 300));
    const { colleague, key: stolen } = await colleagueOf(owner);
    const theirs = await colleague.snapshot(pagesOf([2], 300));
    owner.nowMs = colleague.nowMs;
    const author = { tool: 'test 1.0.0', host: 'here' };
    await owner.open((store) => store.revokeSigner(stolen, { after: [], author }));
    const { key: kept } = await colleagueOf(owner);
    const last = await owner.snapshot(pagesOf([3], 300));

    const target = await at(owner, new MemoryBackend('new place'));
    await target.create();
    let handedOver = false;
    await owner.open((source) =>
      target.open((to) =>
        source.replica.moveTo(to.replica, { host: 'here' }, async () => {
          handedOver = true;
        }),
      ),
    );
    expect(handedOver).toBe(true);
    const stranger = Object.assign(new TestStore(target.backend), { secret: target.secret });
    const copies = await listed(stranger);
    expect(copies.map(({ header }) => header?.origin?.id)).toContain(last.id);
    expect(copies.map(({ header }) => header?.origin?.id)).not.toContain(theirs.id);
    expect(owner.events.some((event) => JSON.stringify(event).includes(theirs.id.slice(0, 8)))).toBe(true);
    const { config, revocations } = await stranger.open(async (store) => store);
    expect(config.signers.map(({ publicKey }) => publicKey)).toEqual([
      (await owner.identity()).signer.publicKey,
      kept,
    ]);
    expect(revocations.map(({ key }) => key)).toEqual([stolen]);
    expect(parseConfig(await target.backend.read('CONFIG')).signedBy).toBe(config.signers[0]?.publicKey);
    expect(await errorsOf(stranger)).toEqual([]);
  });

  test('is not given by a machine that is no signer', async () => {
    const owner = await new TestStore().create();
    await owner.snapshot(pagesOf([1], 300));
    const thief = new TestStore(owner.backend);
    const target = Object.assign(new TestStore(new MemoryBackend('new place')), {
      configuration: thief.configuration,
      identity: thief.identity,
    });
    await target.create();
    const moving = thief.open((source) =>
      target.open((to) => source.replica.moveTo(to.replica, { host: 'here' }, async () => {})),
    );
    await expect(moving).rejects.toMatchObject({ code: 'credentials' });
  });
});
