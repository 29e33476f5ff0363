/** Who may sign in a store: forged lists, revoked keys, downgrades, and the way from a store of version 1. */
import { describe, expect, test } from 'vitest';
import { LocalBackend } from '../../src/backend/local.ts';
import { MemoryBackend } from '../../src/backend/memory.ts';
import { endorse, fingerprint, rotateIdentity } from '../../src/store/access/identity.ts';
import { encodeRoster, readRoster } from '../../src/store/access/key-roster.ts';
import { recoverConfig } from '../../src/store/access/recover-config.ts';
import { openTrust } from '../../src/store/access/trust.ts';
import type { StoreConfig } from '../../src/store/format/config.ts';
import { encodeConfig, parseConfig } from '../../src/store/format/config.ts';
import type { SnapshotId } from '../../src/store/open-store.ts';
import { copyOf } from '../backend/faulty-backend.ts';
import { contentsOf } from './damage.ts';
import { TestStore, writeSample } from './fixture.ts';
import { otherMachine } from './life-cycle.ts';
import { unsign } from './unsign.ts';

const author = { tool: 'test 1.0.0', host: 'here' };
const refused = (code: string) => expect.objectContaining({ code });

/** Another machine at the same place. */
function machineAt({ backend }: TestStore): TestStore {
  return new TestStore(backend);
}

/** The owner's machine with one snapshot, and a colleague's, whose key the store takes. */
async function ownerAndColleague(): Promise<{ owner: TestStore; colleague: TestStore; key: string }> {
  const owner = await new TestStore().create();
  await owner.snapshot((writer) => writeSample(writer, 'one'));
  const colleague = machineAt(owner);
  colleague.nowMs = owner.nowMs + 60_000;
  const key = (await colleague.identity()).signer.publicKey;
  await owner.open(async (store) => store.admitSigners([endorse(await owner.identity(), key)]));
  return { owner, colleague, key };
}

const goodIds = (machine: TestStore): Promise<SnapshotId[]> =>
  machine.open(async (store) =>
    (await store.listSnapshots()).filter(({ problem }) => problem === undefined).map(({ id }) => id),
  );

async function configOf(machine: TestStore): Promise<StoreConfig> {
  const { context } = await machine.secrets();
  return parseConfig(await machine.backend.read('CONFIG')).authenticate(context.keys);
}

describe('with the master key alone', () => {
  test('nobody adds a signer: not where the store is known, nor on a machine that never saw it', async () => {
    const { owner } = await ownerAndColleague();
    const thief = machineAt(owner);
    const { context } = await thief.secrets();
    const config = await configOf(owner);
    const own = { publicKey: (await thief.identity()).signer.publicKey };
    const forged = { ...config, signers: [...config.signers, own] };
    await owner.backend.replace('CONFIG', encodeConfig(forged, context.keys, await thief.identity()));
    await expect(goodIds(owner)).rejects.toEqual(refused('integrity'));
    await expect(goodIds(machineAt(owner))).rejects.toEqual(refused('integrity'));
  });

  test('nobody changes which key slots count, and repair config takes those this machine remembers', async () => {
    const { owner, colleague } = await ownerAndColleague();
    const old = { kind: 'key-file', key: new Uint8Array(32).fill(9) } as const;
    const details = { label: 'old', created: '2026-01-02T03:04:05.678Z' };
    const removed = await owner.open((store) =>
      store.withKeySlots({ command: 'key' }, async (slots) => slots.add(old, details)),
    );
    const file = await owner.backend.read(`keys/${removed.id}`);
    await owner.open((store) => store.withKeySlots({ command: 'key' }, (slots) => slots.remove(removed.id)));
    await owner.backend.create(`keys/${removed.id}`, file);

    const thief = machineAt(owner);
    const { context } = await thief.secrets();
    const roster = await readRoster(owner.backend, context.storeId);
    const forged = { ...roster, generation: roster.generation + 1, slots: [...roster.slots, removed.id] };
    const file2 = encodeRoster(forged, context.keys, await thief.identity());
    await owner.backend.replace('keys/roster', file2);
    for (const machine of [owner, colleague, machineAt(owner)])
      await expect(goodIds(machine)).rejects.toEqual(refused('integrity'));

    const offered: string[] = [];
    const report = await recoverConfig({
      backend: owner.backend,
      secret: owner.secret,
      identity: await owner.identity(),
      trust: await openTrust(owner.configuration, owner.backend.location),
      async choose(slots) {
        offered.push(...slots.map(({ id, isRemembered }) => `${id} ${isRemembered}`));
        return slots.filter(({ isRemembered }) => isRemembered).map(({ id }) => id);
      },
    });
    expect(offered).toContain(`${removed.id} false`);
    expect(report).toMatchObject({ isRosterRebuilt: true, isConfigRebuilt: false, slots: roster.slots });
    expect(await goodIds(owner)).toHaveLength(1);
    expect(await goodIds(machineAt(owner))).toHaveLength(1);
    await expect(goodIds(Object.assign(machineAt(owner), { secret: old }))).rejects.toEqual(
      refused('credentials'),
    );
  });

  test('a machine that is no signer changes neither slots nor signers, but can adopt a store by name', async () => {
    const { owner } = await ownerAndColleague();
    const fresh = machineAt(owner);
    const { publicKey } = (await fresh.identity()).signer;
    const attempt = fresh.open((store) => store.withKeySlots({ command: 'key' }, async () => undefined));
    await expect(attempt).rejects.toEqual(refused('credentials'));
    await fresh.open((store) => store.adopt());
    fresh.nowMs = owner.nowMs + 3_600_000;
    const { id } = await fresh.snapshot((writer) => writeSample(writer, 'adopted'));
    for (const machine of [owner, machineAt(owner)]) {
      await expect(goodIds(machine)).rejects.toEqual(refused('integrity'));
      await machine.open((store) => store.listSnapshots(), { signers: [publicKey] });
      expect(await goodIds(machine)).toContain(id);
    }
  });
});

describe('a revoked key', () => {
  test('counts up to what the revocation stands on and not after it, on every machine', async () => {
    const { owner, colleague, key } = await ownerAndColleague();
    const before = await colleague.snapshot((writer) => writeSample(writer, 'before'));
    const stolen = await colleague.openOptions();
    await owner.open((store) => store.revokeSigner(key, { author }));
    await expect(colleague.snapshot((writer) => writeSample(writer, 'refused'))).rejects.toEqual(
      refused('credentials'),
    );
    // Its program goes on with what it knew: the header is written past its own refusal.
    const after = await forgedSnapshot(owner, stolen.identity, before.id);
    for (const machine of [owner, colleague, machineAt(owner)]) {
      const ids = await goodIds(machine);
      expect(ids).toContain(before.id);
      expect(ids).not.toContain(after);
    }
    const later = await owner.snapshot((writer) => writeSample(writer, 'later'));
    expect(await goodIds(machineAt(owner))).toContain(later.id);
  });

  test('counts only up to the snapshot that was named', async () => {
    const { owner, colleague, key } = await ownerAndColleague();
    const good = await colleague.snapshot((writer) => writeSample(writer, 'good'));
    const bad = await colleague.snapshot((writer) => writeSample(writer, 'bad'));
    await owner.open((store) => store.revokeSigner(key, { after: [good.id], author }));
    const ids = await goodIds(machineAt(owner));
    expect(ids).toContain(good.id);
    expect(ids).not.toContain(bad.id);
    expect((await goodIds(owner)).length).toBe(ids.length);
    const { findings } = await owner.open((store) => store.check());
    expect(findings.map(({ severity, object }) => [severity, object])).toEqual([
      ['warning', `snapshots/${bad.id}`],
    ]);
  });

  test('signs neither CONFIG nor roster, and an older CONFIG that does not say so is refused', async () => {
    const { owner, colleague, key } = await ownerAndColleague();
    const details = { label: '', created: '2026-01-02T03:04:05.678Z' };
    const secret = { kind: 'key-file', key: new Uint8Array(32).fill(5) } as const;
    // The roster is by the colleague when the key is revoked: it is signed again.
    await colleague.open((store) =>
      store.withKeySlots({ command: 'key' }, (slots) => slots.add(secret, details)),
    );
    const { context } = await owner.secrets();
    const old = await owner.backend.read('CONFIG');
    await goodIds(owner);
    await owner.open((store) => store.revokeSigner(key, { author }));
    const present = await owner.backend.read('CONFIG');
    expect((await readRoster(owner.backend, context.storeId)).signature?.by).not.toBe(key);
    expect(await goodIds(machineAt(owner))).toHaveLength(1);

    const forged = encodeConfig(await configOf(owner), context.keys, await colleague.identity());
    for (const file of [old, forged]) {
      await owner.backend.replace('CONFIG', file);
      await expect(goodIds(owner)).rejects.toEqual(refused('integrity'));
    }
    await owner.backend.replace('CONFIG', present);
    expect(await goodIds(owner)).toHaveLength(1);
  });

  test('cannot revoke who revoked it, and nobody revokes itself or a stranger', async () => {
    const { owner, colleague, key } = await ownerAndColleague();
    const own = (await owner.identity()).signer.publicKey;
    await owner.open((store) => store.revokeSigner(key, { author }));
    await expect(colleague.open((store) => store.revokeSigner(own, { author }))).rejects.toEqual(
      refused('credentials'),
    );
    await expect(owner.open((store) => store.revokeSigner(own, { author }))).rejects.toEqual(
      refused('usage'),
    );
    const stranger = (await new TestStore().identity()).signer.publicKey;
    await expect(owner.open((store) => store.revokeSigner(stranger, { author }))).rejects.toEqual(
      refused('not-found'),
    );
  });
});

/** A snapshot by a key whose owner does not ask whether it counts: the header of `id` again, with another name. */
async function forgedSnapshot(
  machine: TestStore,
  signer: Awaited<ReturnType<TestStore['identity']>>,
  id: SnapshotId,
): Promise<SnapshotId> {
  const { decodeHeader, encodeHeader, headerIdOf, headerName } = await import(
    '../../src/store/format/snapshot-header.ts'
  );
  const { context } = await machine.secrets();
  const header = decodeHeader(context, await machine.backend.read(headerName(id)), 'header');
  if (header.kind !== 'snapshot') throw new Error('not a snapshot');
  const file = encodeHeader(context, { ...header, name: 'forged', parents: [id] }, signer);
  await machine.backend.create(headerName(headerIdOf(file)), file);
  return headerIdOf(file);
}

describe('the first use', () => {
  test('is told once: the store, its signers and its newest snapshot', async () => {
    const { owner } = await ownerAndColleague();
    const fresh = machineAt(owner);
    const told = () => fresh.events.flatMap((event) => (event.type === 'notice' ? [event.message] : []));
    const [id = ''] = await goodIds(fresh);
    const { storeId } = (await owner.secrets()).context;
    const text = told().join('\n');
    for (const part of [storeId, id.slice(0, 8), fingerprint((await owner.identity()).publicKey)])
      expect(text).toContain(part);
    const lines = told().length;
    await goodIds(fresh);
    expect(told()).toHaveLength(lines);
    expect(owner.events.some(({ type }) => type === 'notice')).toBe(false);
  });

  test('finds with a witness that the store was rolled back, and remembers nothing of it', async () => {
    const { owner } = await ownerAndColleague();
    const yesterday = await copyOf(owner.backend);
    await owner.snapshot((writer) => writeSample(writer, 'two'));
    const witness = await owner.open((store) => store.witness());
    const compare = (machine: TestStore, line: string) => machine.open((store) => store.compareWitness(line));
    await compare(machineAt(owner), witness);
    await owner.snapshot((writer) => writeSample(writer, 'three'));
    await compare(machineAt(owner), witness);

    const fresh = new TestStore(yesterday);
    await expect(compare(fresh, witness)).rejects.toMatchObject({
      code: 'integrity',
      message: expect.stringContaining('rolled back'),
    });
    expect((await openTrust(fresh.configuration, yesterday.location)).remembered).toBeUndefined();
    const other = await new TestStore().create();
    await expect(compare(other, witness)).rejects.toEqual(refused('integrity'));
  });

  test('takes only a whole witness line by a signer of the store', async () => {
    const { owner } = await ownerAndColleague();
    const witness = await owner.open((store) => store.witness());
    const compare = (line: string) => owner.open((store) => store.compareWitness(line));
    for (let at = 0; at < witness.length; at += 7) {
      const sign = witness[at] === '1' ? '2' : '1';
      await expect(compare(witness.slice(0, at) + sign + witness.slice(at + 1))).rejects.toMatchObject({
        code: expect.stringMatching(/usage|integrity/),
      });
    }
    for (const text of ['', witness.slice(0, 100), `${witness} ${witness}`])
      await expect(compare(text)).rejects.toEqual(refused('usage'));
    await expect(machineAt(owner).open((store) => store.witness())).rejects.toEqual(refused('credentials'));
  });
});

test('a store of version 1 is read as it is, signed at the first change, and not taken for one afterwards', async () => {
  const backend = new MemoryBackend('frozen');
  const folder = new URL('../fixtures/store-v1/store', import.meta.url).pathname;
  for (const [name, bytes] of await contentsOf(new LocalBackend(folder))) await backend.replace(name, bytes);
  const first = new TestStore(backend);
  const snapshots = await goodIds(first);
  const before = await copyOf(backend);
  const { publicKey } = (await first.identity()).signer;
  await first.open((store) => store.adopt());
  expect(parseConfig(await backend.read('CONFIG')).signedBy).toBe(publicKey);
  expect((await readRoster(backend, (await first.secrets()).context.storeId)).signature?.by).toBe(publicKey);
  expect(await goodIds(first)).toEqual(snapshots);
  for (const name of ['CONFIG', 'keys/roster']) {
    const present = await backend.read(name);
    await backend.replace(name, await before.read(name));
    await expect(goodIds(first)).rejects.toEqual(refused('integrity'));
    await backend.replace(name, present);
  }
  expect(await goodIds(first)).toEqual(snapshots);
});

test('a rotated identity changes the key slots of a store of version 1, which stays one that opens', async () => {
  const owner = await new TestStore().create();
  await owner.snapshot((writer) => writeSample(writer, 'one'));
  await unsign(owner.backend, (await owner.secrets()).context.keys);
  const again = await otherMachine(owner);
  const identity = await rotateIdentity(again.configuration, '2026-01-02T03:04:05.678Z');
  again.identity = async () => identity;
  const secret = { kind: 'key-file', key: new Uint8Array(32).fill(8) } as const;
  const details = { label: 'new', created: '2026-01-02T03:04:05.678Z' };
  await again.open((store) => store.withKeySlots({}, (slots) => slots.add(secret, details)));
  expect(await goodIds(Object.assign(machineAt(owner), { secret }))).toHaveLength(1);
});
