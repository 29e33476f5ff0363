import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openTrust } from '../../src/store/access/trust.ts';
import { encodePackTail, packIdOf, packName } from '../../src/store/format/packfile.ts';
import { encodeHeader, headerIdOf } from '../../src/store/format/snapshot-header.ts';
import type { CheckFinding } from '../../src/store/open-store.ts';
import { createStore } from '../../src/store/open-store.ts';
import { FaultyBackend } from '../backend/faulty-backend.ts';
import { contentsOf, harmed, noticed, readable } from './damage.ts';
import { collect, TestStore, writeSample } from './fixture.ts';
import { expectFlipsNoticed, expectTrue, smallStore } from './flips.ts';
import { randomNumbers } from './random.ts';

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Fails unless the harm was noticed as more than a stray file, and nothing wrong can be read. */
async function expectNoticed(
  victim: TestStore,
  truth: ReadonlyMap<string, string>,
  what: string,
): Promise<void> {
  const found = await noticed(victim);
  if (!found.some((finding) => /^(damaged|missing|refused)/.test(finding))) {
    expect.fail(`${what}: ${found.join('; ') || 'nothing noticed'}`);
  }
  await expectTrue(victim, truth, what);
}

describe('check, on a store that was harmed', () => {
  it('names the file of a flipped bit in each part of every file, and nothing wrong is read', async () => {
    // Every byte: test/torture/store-flips.test.ts.
    expect(await expectFlipsNoticed(7)).toBeGreaterThan(400);
  });

  it('notices every file that is gone, cut, emptied or longer', async () => {
    const machine = await smallStore('one', 'two');
    const contents = await contentsOf(machine.backend);
    const truth = await readable(machine);
    for (const [name, bytes] of contents) {
      const gone = await harmed(machine, contents, (backend) => backend.remove(name));
      await expectNoticed(gone, truth, `${name} gone`);
      for (const other of [
        bytes.subarray(0, bytes.length - 1),
        bytes.subarray(0, bytes.length / 2),
        new Uint8Array(0),
        Buffer.concat([bytes, Uint8Array.of(0)]),
      ]) {
        const victim = await harmed(machine, contents, (backend) => backend.replace(name, other));
        await expectNoticed(victim, truth, `${name} with ${other.length} bytes`);
      }
    }
  });

  it('notices two files that changed places, and a file under another name of its kind', async () => {
    const machine = await smallStore('one', 'two');
    const contents = await contentsOf(machine.backend);
    const truth = await readable(machine);
    const kindOf = (name: string) => name.split('/')[0];
    for (const [name, bytes] of contents) {
      for (const [otherName, otherBytes] of contents) {
        if (otherName <= name || kindOf(name) !== kindOf(otherName)) continue;
        const swapped = await harmed(machine, contents, async (backend) => {
          await backend.replace(name, otherBytes);
          await backend.replace(otherName, bytes);
        });
        await expectNoticed(swapped, truth, `${name} and ${otherName} swapped`);
      }
      const id = digestOf(Buffer.from(name));
      const copies: Record<string, string> = {
        packs: `packs/${id.slice(0, 2)}/${id}`,
        index: `index/${id}`,
        snapshots: `snapshots/${id}`,
        keys: `keys/${id.slice(0, 32)}`,
      };
      const copyName = copies[kindOf(name) ?? ''];
      if (copyName === undefined) continue;
      const doubled = await harmed(machine, contents, (backend) => backend.replace(copyName, bytes));
      await expectNoticed(doubled, truth, `${name} copied to ${copyName}`);
    }
  });

  it('notices files that were changed and then named after their new bytes', async () => {
    const machine = await smallStore('one', 'two');
    const contents = await contentsOf(machine.backend);
    const truth = await readable(machine);
    const random = randomNumbers(12);
    for (const [name, bytes] of contents) {
      const [kind] = name.split('/');
      if (kind !== 'packs' && kind !== 'index' && kind !== 'snapshots') continue;
      for (let round = 0; round < 6; round++) {
        const changed = bytes.slice();
        const at = random(bytes.length);
        changed[at] = (changed[at] ?? 0) ^ 1;
        const id = digestOf(changed);
        const newName = kind === 'packs' ? `packs/${id.slice(0, 2)}/${id}` : `${kind}/${id}`;
        const victim = await harmed(machine, contents, async (backend) => {
          await backend.remove(name);
          await backend.replace(newName, changed);
        });
        await expectNoticed(victim, truth, `${name} changed at ${at} and renamed`);
      }
    }
  });

  it('refuses a store that was set back to yesterday, whole or only its snapshots', async () => {
    const machine = await new TestStore().create();
    await machine.snapshot((writer) => writeSample(writer, 'yesterday'));
    const yesterday = await contentsOf(machine.backend);
    await machine.snapshot((writer) => writeSample(writer, 'today'));
    const today = await contentsOf(machine.backend);
    const setBack = await harmed(machine, yesterday, async () => {});
    expect(await noticed(setBack)).toEqual([expect.stringContaining('damaged snapshots')]);
    await expect(setBack.open((store) => store.listSnapshots())).rejects.toMatchObject({ code: 'integrity' });
    const cut = await harmed(machine, today, async (backend) => {
      for (const name of today.keys()) {
        if (name.startsWith('snapshots/') && !yesterday.has(name)) await backend.remove(name);
      }
    });
    expect(await noticed(cut)).toContainEqual(expect.stringContaining('damaged snapshots'));
    await expect(cut.open((store) => store.listSnapshots())).rejects.toMatchObject({ code: 'integrity' });
  });

  it('refuses a snapshot that vanished from the middle of the chain', async () => {
    const machine = await new TestStore().create();
    const { id } = await machine.snapshot((writer) => writeSample(writer, 'one'));
    await machine.snapshot((writer) => writeSample(writer, 'two'));
    await machine.backend.remove(`snapshots/${id}`);
    expect(await noticed(machine)).toEqual([expect.stringContaining('damaged snapshots')]);
    await expect(machine.open((store) => store.resolveSnapshot('latest'))).rejects.toMatchObject({
      code: 'integrity',
    });
    await machine.open(async (store) => expect(await store.listSnapshots()).toHaveLength(1), { loss: true });
  });

  it('shows a snapshot of a signer that is not trusted as bad, and does not open it', async () => {
    const machine = await new TestStore().create();
    const { id: good } = await machine.snapshot((writer) => writeSample(writer));
    const other = new TestStore(machine.backend, machine.configuration);
    const stranger = await new TestStore().identity();
    other.identity = async () => stranger;
    await expect(other.snapshot((writer) => writeSample(writer))).rejects.toMatchObject({
      code: 'credentials',
    });
    // The stranger has the keys of the store all the same, and writes a header without asking.
    const id = await machine.open(async (store) => {
      const [latest] = await store.listSnapshots();
      if (latest?.header === undefined) throw new Error('no snapshot');
      const forged = { ...latest.header, signer: Buffer.from(stranger.publicKey).toString('hex') };
      const { context } = await machine.secrets();
      const file = encodeHeader(context, forged, stranger);
      await machine.backend.create(`snapshots/${headerIdOf(file)}`, file);
      return headerIdOf(file);
    });
    await machine.open(async (store) => {
      const listed = await store.listSnapshots();
      expect(listed.find((snapshot) => snapshot.id === id)?.problem).toContain('not trusted');
      await expect(store.openSnapshot(id)).rejects.toMatchObject({ code: 'integrity' });
      expect((await store.resolveSnapshot('latest')).id).toBe(good);
    });
    expect(await noticed(machine)).toEqual([`damaged snapshots/${id}`]);
  });

  it('refuses another store in the same place', async () => {
    const machine = await new TestStore().create();
    const other = new TestStore();
    await createStore({
      backend: other.backend,
      secret: machine.secret,
      label: 'other',
      identity: await machine.identity(),
      trust: await openTrust(other.configuration, 'memory'),
      clock: machine.clock,
    });
    const swapped = await harmed(machine, await contentsOf(other.backend), async () => {});
    expect(await noticed(swapped)).toEqual([expect.stringContaining('refused integrity')]);
  });
});

describe('what check finds', () => {
  it('names the paths that are lost with a blob, and the next backup heals them', async () => {
    const machine = await new TestStore().create();
    const { id } = await machine.snapshot((writer) => writeSample(writer));
    const truth = await readable(machine);
    const damaged: string[] = [];
    for (const [name, bytes] of await contentsOf(machine.backend)) {
      if (!name.startsWith('packs/')) continue;
      const flipped = bytes.slice();
      flipped[30] = (flipped[30] ?? 0) ^ 1;
      await machine.backend.replace(name, flipped);
      damaged.push(name);
    }
    const before = await findingsOf(machine);
    expect(before.map(({ kind, object }) => `${kind} ${object}`).sort()).toEqual(
      damaged.map((name) => `damaged ${name}`),
    );
    expect(before.flatMap(({ affects = [] }) => affects)).toContainEqual(
      expect.stringContaining(`${id.slice(0, 12)}:/`),
    );
    await machine.snapshot((writer) => writeSample(writer));
    const after = await findingsOf(machine);
    expect(after.map(({ object }) => object).sort()).toEqual(damaged);
    expect(after.every(({ affects }) => affects === undefined)).toBe(true);
    expect((await readable(machine)).size).toBe(2 * truth.size);
    await expectTrue(machine, new Map([...truth, ...(await readable(machine))]), 'healed');
  });

  it('tells storage that cannot be reached from damage', async () => {
    const machine = await new TestStore().create();
    await machine.snapshot((writer) => writeSample(writer));
    const faulty = new FaultyBackend(machine.backend);
    const other = new TestStore(faulty, machine.configuration);
    await noticed(other);
    const firstPackRead = faulty.operations.findIndex((operation) => operation.startsWith('read packs/')) + 1;
    expect(firstPackRead).toBeGreaterThan(0);
    const flaky = new FaultyBackend(machine.backend, { fault: 'error', at: firstPackRead, of: 'operations' });
    const found = await findingsOf(new TestStore(flaky, machine.configuration));
    expect(found.length).toBeGreaterThan(0);
    expect(found.every(({ kind, severity }) => kind === 'unreachable' && severity === 'error')).toBe(true);
  });

  it('names stray files and leftovers as warnings', async () => {
    const machine = await new TestStore().create();
    await machine.snapshot((writer) => writeSample(writer));
    await machine.backend.replace('notes.txt', Buffer.from('mine'));
    await machine.backend.replace('packs/zz/x', Buffer.from('mine'));
    // A whole packfile that no delta names: a backup died between the two.
    const pack = encodePackTail((await machine.secrets()).context, []);
    await machine.backend.replace(packName(packIdOf(pack)), pack);
    const found = await findingsOf(machine);
    expect(found.map(({ kind, object }) => `${kind} ${object}`)).toEqual([
      `leftover ${packName(packIdOf(pack))}`,
      'stray notes.txt',
      'stray packs/zz/x',
    ]);
    expect(found.every(({ severity }) => severity === 'warning')).toBe(true);
  });
});

describe('the parts of a store that check looks at', () => {
  it('are everything by default, and the seals are left alone with --fast', async () => {
    const machine = await smallStore('one', 'two');
    const whole = await machine.open((store) => store.check());
    expect(whole).toMatchObject({ snapshots: 2, packs: 4, packsRead: 4 });
    // Headers, deltas and clear files beside the packfiles, and once more the listings in these.
    expect(whole.bytesRead).toBeGreaterThan(await packBytes(machine));
    const fast = await machine.open((store) => store.check({ fast: true }));
    expect(fast).toMatchObject({ snapshots: 2, packs: 4, packsRead: 0, findings: [] });
    expect(fast.bytesRead).toBeLessThan(whole.bytesRead);
  });

  it('are all of it over the parts of a subset, each packfile once', async () => {
    const machine = await new TestStore().create();
    machine.packBytes = 1;
    await machine.snapshot((writer) => writeSample(writer));
    let read = 0;
    let packs = 0;
    for (let part = 1; part <= 3; part++) {
      const report = await machine.open((store) => store.check({ subset: { part, of: 3 } }));
      expect(report.findings).toEqual([]);
      read += report.packsRead;
      packs = Math.max(packs, report.packs);
    }
    expect(read).toBe(packs);
    expect(packs).toBeGreaterThan(5);
    const percent = await machine.open((store) => store.check({ subset: { percent: 100 } }));
    expect(percent.packsRead).toBe(packs);
    const least = await machine.open((store) => store.check({ subset: { percent: 0.1 } }));
    expect(least.packsRead).toBe(1);
    for (const subset of [{ part: 4, of: 3 }, { part: 0, of: 3 }, { percent: 0 }, { percent: 101 }]) {
      await expect(machine.open((store) => store.check({ subset }))).rejects.toMatchObject({ code: 'usage' });
    }
  });

  it('are one snapshot or path; what matches nothing is a failure', async () => {
    const machine = await new TestStore().create();
    machine.packBytes = 1;
    const { id } = await machine.snapshot((writer) => writeSample(writer, 'one'));
    await machine.snapshot((writer) => writeSample(writer, 'two'));
    const one = await machine.open((store) => store.check({ snapshot: id.slice(0, 8) }));
    expect(one).toMatchObject({ snapshots: 1, files: 4, findings: [] });
    const path = await machine.open((store) => store.check({ path: '/Start~1/files' }));
    expect(path).toMatchObject({ snapshots: 1, files: 1, findings: [] });
    for (const options of [{ snapshot: '0'.repeat(64) }, { path: '/nowhere' }]) {
      await expect(machine.open((store) => store.check(options))).rejects.toMatchObject({
        code: 'not-found',
      });
    }
    // Only the file at the path is read: damage elsewhere is not its business, damage in it is.
    const picture = await machine.open(async (store) => {
      const snapshot = await store.openSnapshot(id);
      const entry = await snapshot.entry('/Start~1/files/picture.png');
      return entry?.type === 'file' ? await collect(snapshot.read(entry.content)) : undefined;
    });
    expect(picture?.toString()).toBe('the bytes of a picture');
    const pictures: string[] = [];
    const others: string[] = [];
    for (const [name, bytes] of await contentsOf(machine.backend)) {
      if (!name.startsWith('packs/')) continue;
      const victim = await harmed(machine, await contentsOf(machine.backend), async (backend) => {
        const flipped = bytes.slice();
        flipped[30] = (flipped[30] ?? 0) ^ 1;
        await backend.replace(name, flipped);
      });
      const { findings } = await victim.open((store) => store.check({ path: '/Start~1/files/picture.png' }));
      (findings.length > 0 ? pictures : others).push(name);
    }
    // Its own blob, and the listings on the way to it.
    expect(pictures).toHaveLength(4);
    expect(others.length).toBeGreaterThan(4);
  });

  it('keeps nothing from being read that was put right since', async () => {
    const machine = await smallStore('one', 'two');
    const truth = await readable(machine);
    for (const [name, bytes] of await contentsOf(machine.backend)) {
      if (!name.startsWith('packs/')) continue;
      await machine.backend.replace(name, riddled(bytes));
      expect((await noticed(machine)).join()).toContain(name);
      await machine.backend.replace(name, bytes);
      expect(await readable(machine)).toEqual(truth);
    }
  });

  it('has the next backup write again what is damaged, also when it was to be read in between', async () => {
    const machine = await new TestStore().create();
    for (const text of ['one', 'two']) await machine.snapshot((writer) => writeSample(writer, text));
    const truth = await readable(machine);
    for (const [name, bytes] of await contentsOf(machine.backend))
      if (name.startsWith('packs/')) await machine.backend.replace(name, riddled(bytes));
    await noticed(machine);
    expect((await readable(machine)).size).toBe(0);
    for (const text of ['one', 'two']) await machine.snapshot((writer) => writeSample(writer, text));
    expect([...(await readable(machine))]).toEqual(expect.arrayContaining([...truth]));
  });
});

async function findingsOf(machine: TestStore): Promise<readonly CheckFinding[]> {
  return (await machine.open((store) => store.check())).findings;
}

async function packBytes(machine: TestStore): Promise<number> {
  let sum = 0;
  for (const [name, bytes] of await contentsOf(machine.backend))
    if (name.startsWith('packs/')) sum += bytes.length;
  return sum;
}

/** The bytes with one of each fifty changed. */
function riddled(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, at) => (at % 50 === 0 ? byte ^ 1 : byte));
}
