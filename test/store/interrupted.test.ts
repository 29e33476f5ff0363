import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../src/backend/backend.ts';
import { isKlosetError } from '../../src/errors.ts';
import type { Store } from '../../src/store/open-store.ts';
import { packfileOf } from '../../src/store/packs/pack-spool.ts';
import type { Fault, FaultPlan } from '../backend/faulty-backend.ts';
import { copyOf, FaultyBackend, stateAfter } from '../backend/faulty-backend.ts';
import { noticed, readable } from './damage.ts';
import { details, TestStore, temporaryFolder, writeSample } from './fixture.ts';
import { bytesOf } from './random.ts';

/** What a kill at this moment leaves on the disk: the spools as they are, owned by nobody. The records of each are named. */
function spoolsAfterKill(machine: TestStore, store: Store): string[] {
  const from = join(machine.cacheFolder, store.id, 'spool');
  const cacheFolder = temporaryFolder();
  return readdirSync(from).flatMap((folder) => {
    const to = join(cacheFolder, store.id, 'spool', folder);
    mkdirSync(to, { recursive: true });
    return readdirSync(join(from, folder))
      .filter((name) => name.endsWith('.spool'))
      .map((name) => {
        copyFileSync(join(from, folder, name), join(to, name));
        copyFileSync(packfileOf(join(from, folder, name)), packfileOf(join(to, name)));
        return join(to, name);
      });
  });
}

/** The same store opened on a disk on which only `spool` lies. */
function rebooted(machine: TestStore, spool: string): TestStore {
  const next = new TestStore(machine.backend, machine.configuration);
  next.cacheFolder = join(spool, '..', '..', '..', '..');
  next.nowMs = machine.nowMs + 60_000;
  return next;
}

describe('a backup that was killed', () => {
  it('leaves every blob that had been put to the next run', async () => {
    const machine = await new TestStore().create();
    const pages = Array.from({ length: 20 }, (_, page) => bytesOf(page, 2000));
    await machine.write(async (store) => {
      const writer = await store.beginSnapshot();
      for (const page of pages) await writer.writeDocument(page);
      const [spool = ''] = spoolsAfterKill(machine, store);
      await rebooted(machine, spool).write(async (later) => {
        const next = await later.beginSnapshot();
        for (const page of pages) expect(next.has(await next.writeDocument(page))).toBe(true);
        expect(next.stats).toMatchObject({ blobsNew: 0, blobsReused: 20 });
        await writeSample(next);
        await next.commit(details);
      });
      await writer.abandon();
    });
    expect(await noticed(machine)).toEqual([]);
  });

  it.each([
    ['records', (spool: string) => spool, 7],
    ['packfile', packfileOf, 37],
  ])(
    'loses at most the blob being written when the %s of its spool are cut at any byte',
    async (_, fileOf, step) => {
      const machine = await new TestStore().create();
      const pages = Array.from({ length: 6 }, (_, page) => bytesOf(page, 100));
      await machine.write(async (store) => {
        const writer = await store.beginSnapshot();
        const ends: number[] = [];
        let spool = '';
        for (const page of pages) {
          await writer.writeDocument(page);
          [spool = ''] = spoolsAfterKill(machine, store);
          ends.push(statSync(fileOf(spool)).size);
        }
        const whole = ends.at(-1) ?? 0;
        expect(whole).toBeGreaterThan(100);
        for (let cut = 0; cut <= whole; cut += step) {
          const [copy = ''] = spoolsAfterKill(machine, store);
          truncateSync(fileOf(copy), cut);
          await rebooted(machine, copy).write(async (later) => {
            const next = await later.beginSnapshot();
            for (const page of pages) await next.writeDocument(page);
            expect(next.stats.blobsReused).toBe(ends.filter((end) => end <= cut).length);
            await next.abandon();
          });
        }
        await writer.abandon();
      });
    },
  );

  it('never stores a blob whose spool was changed meanwhile', async () => {
    const machine = await new TestStore().create();
    await machine.write(async (store) => {
      const writer = await store.beginSnapshot();
      await writer.writeDocument(Buffer.from('true bytes'));
      const [spool = ''] = spoolsAfterKill(machine, store);
      const bytes = readFileSync(packfileOf(spool));
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      writeFileSync(packfileOf(spool), bytes);
      await rebooted(machine, spool).write(async (later) => {
        const next = await later.beginSnapshot();
        await next.writeDocument(Buffer.from('true bytes'));
        expect(next.stats.blobsNew).toBe(1);
        await next.abandon();
      });
      await writer.abandon();
    });
  });

  it('leaves its spools to the next run of the same machine also when it was ended in order', async () => {
    const machine = await new TestStore().create();
    await machine.write(async (store) => {
      const writer = await store.beginSnapshot();
      await writer.writeDocument(Buffer.from('half of it'));
      await writer.abandon();
    });
    await machine.snapshot(async (writer) => {
      await writer.writeDocument(Buffer.from('half of it'));
      expect(writer.stats).toMatchObject({ blobsNew: 0, blobsReused: 1 });
      await writeSample(writer);
    });
    expect(await noticed(machine)).toEqual([]);
  });
});

describe('a backend that fails in the middle', () => {
  const faults: readonly [Fault, FaultPlan['of']][] = [
    ['dead', 'operations'],
    ['disk-full', 'changes'],
    ['torn', 'changes'],
  ];

  it.each(faults)(
    'with "%s" at any of its %s harms nothing, and the next backup goes on',
    { timeout: 180_000 },
    async (fault, of) => {
      const machine = await new TestStore().create();
      await machine.snapshot((writer) => writeSample(writer, 'committed'));
      const truth = await readable(machine);
      let hasFailed = true;
      for (let at = 1; hasFailed; at++) {
        const inner = await copyOf(machine.backend);
        const faulty = new FaultyBackend(inner, { fault, at, of });
        const failing = sameMachine(machine, faulty, await copyOf(machine.configuration));
        const error = await errorOf(failing.snapshot((writer) => writeSample(writer, 'later')));
        hasFailed = error !== undefined || at < faulty.changes.length;
        if (error !== undefined && !isKlosetError(error)) throw error;
        const later = sameMachine(failing, inner, failing.configuration);
        later.cacheFolder = failing.cacheFolder;
        // A torn lock says nothing of its owner: people run `unlock`.
        for await (const { name } of inner.list('locks/')) await inner.remove(name);
        const harm = (await noticed(later)).filter((finding) => !finding.startsWith('leftover'));
        // Where writing is not atomic half an object stays behind; nothing names it.
        expect(harm.length).toBeLessThanOrEqual(fault === 'torn' ? 1 : 0);
        const found = await readable(later);
        for (const [path, text] of truth) expect(found.get(path)).toBe(text);
        const { id } = await later.snapshot((writer) => writeSample(writer, 'last'));
        expect((await readable(later)).has(`${id}:/Start~1/page.json`)).toBe(true);
      }
    },
  );

  it('or dies after any change leaves a sound store', async () => {
    const machine = await new TestStore().create();
    await machine.snapshot((writer) => writeSample(writer, 'committed'));
    const truth = await readable(machine);
    const start = await copyOf(machine.backend);
    const recording = new FaultyBackend(await copyOf(machine.backend));
    await sameMachine(machine, recording, await copyOf(machine.configuration)).snapshot((writer) =>
      writeSample(writer, 'later'),
    );
    expect(recording.changes.length).toBeGreaterThan(5);
    for (let count = 0; count <= recording.changes.length; count++) {
      const state = await stateAfter(recording.changes, count, start);
      const survivor = sameMachine(machine, state, await copyOf(machine.configuration));
      expect((await noticed(survivor)).filter((finding) => !finding.startsWith('leftover'))).toEqual([]);
      const found = await readable(survivor);
      for (const [path, text] of truth) expect(found.get(path)).toBe(text);
    }
  });
});

/** The machine with another backend and other pins, at the same time of day. Pins go by location, so that stays. */
function sameMachine(machine: TestStore, backend: Backend, configuration: Backend): TestStore {
  const next = new TestStore(backend, configuration);
  next.nowMs = machine.nowMs;
  return next;
}

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('two backups at once', () => {
  it('both end well, and the next one names both', async () => {
    const machine = await new TestStore().create();
    const other = new TestStore(machine.backend, machine.configuration);
    const ids = await machine.write((left) =>
      other.write(async (right) => {
        const [first, second] = [await left.beginSnapshot(), await right.beginSnapshot()];
        await Promise.all([writeSample(first, 'left'), writeSample(second, 'right')]);
        const committed = await Promise.all([
          first.commit(details),
          second.commit({ ...details, name: 'other' }),
        ]);
        return committed.map(({ id }) => id);
      }),
    );
    const { header } = await machine.snapshot((writer) => writeSample(writer, 'after'));
    expect(header?.parents).toEqual(ids.sort());
    expect(await noticed(machine)).toEqual([]);
    expect((await readable(machine)).size).toBe(12);
  });

  it('on one machine share neither spools nor harm each other’s', async () => {
    const machine = await new TestStore().create();
    await machine.write((left) =>
      machine.write(async (right) => {
        const first = await left.beginSnapshot();
        await first.writeDocument(Buffer.from('of the first'));
        const second = await right.beginSnapshot();
        await second.writeDocument(Buffer.from('of the first'));
        expect(second.stats.blobsReused).toBe(0);
        await writeSample(first);
        await first.commit(details);
        await second.abandon();
      }),
    );
    expect(await noticed(machine)).toEqual([]);
  });
});
