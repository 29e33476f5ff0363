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
import { MemoryBackend } from '../../src/backend/memory.ts';
import { isKlosetError } from '../../src/errors.ts';
import type { Store } from '../../src/store/store.ts';
import { contentsOf, noticed, readable } from './damage.ts';
import { FailingBackend } from './failing-backend.ts';
import { details, TestStore, temporaryFolder, writeSample } from './fixture.ts';
import { bytesOf } from './random.ts';

/** What a kill at this moment leaves on the disk: the spools as they are, owned by nobody. */
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
    await machine.open(async (store) => {
      const writer = await store.beginSnapshot();
      for (const page of pages) await writer.writeDocument(page);
      const [spool = ''] = spoolsAfterKill(machine, store);
      await rebooted(machine, spool).open(async (later) => {
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

  it('loses at most the blob being written when its spool is cut at any byte', async () => {
    const machine = await new TestStore().create();
    const pages = Array.from({ length: 6 }, (_, page) => bytesOf(page, 100));
    await machine.open(async (store) => {
      const writer = await store.beginSnapshot();
      const ends: number[] = [];
      let spool = '';
      for (const page of pages) {
        await writer.writeDocument(page);
        [spool = ''] = spoolsAfterKill(machine, store);
        ends.push(statSync(spool).size);
      }
      const whole = readFileSync(spool).length;
      for (let cut = 0; cut <= whole; cut += 37) {
        const [copy = ''] = spoolsAfterKill(machine, store);
        truncateSync(copy, cut);
        await rebooted(machine, copy).open(async (later) => {
          const next = await later.beginSnapshot();
          for (const page of pages) await next.writeDocument(page);
          expect(next.stats.blobsReused).toBe(ends.filter((end) => end <= cut).length);
          await next.abandon();
        });
      }
      await writer.abandon();
    });
  });

  it('never stores a blob whose spool was changed meanwhile', async () => {
    const machine = await new TestStore().create();
    await machine.open(async (store) => {
      const writer = await store.beginSnapshot();
      await writer.writeDocument(Buffer.from('true bytes'));
      const [spool = ''] = spoolsAfterKill(machine, store);
      const bytes = readFileSync(spool);
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      writeFileSync(spool, bytes);
      await rebooted(machine, spool).open(async (later) => {
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
    await machine.open(async (store) => {
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
  it('at any operation harms no committed snapshot, and the next backup goes on from there', async () => {
    const machine = await new TestStore().create();
    await machine.snapshot((writer) => writeSample(writer, 'committed'));
    const before = await contentsOf(machine.backend);
    const truth = await readable(machine);
    let hasSucceeded = false;
    for (let failsAt = 1; !hasSucceeded; failsAt++) {
      for (const writesAnyway of [false, true]) {
        const inner = new MemoryBackend(machine.backend.location);
        for (const [name, bytes] of before) await inner.replace(name, bytes);
        // Pins of their own, so that one round does not know what another committed.
        const configuration = new MemoryBackend('configuration');
        for (const [name, bytes] of await contentsOf(machine.configuration))
          await configuration.replace(name, bytes);
        const failing = new TestStore(new FailingBackend(inner, failsAt, writesAnyway), configuration);
        failing.nowMs = machine.nowMs;
        const error = await failing
          .snapshot((writer) => writeSample(writer, 'later'))
          .then(() => undefined)
          .catch((thrown: unknown) => thrown);
        hasSucceeded = error === undefined;
        if (error !== undefined && !isKlosetError(error, 'unavailable')) throw error;
        const healed = new TestStore(inner, configuration);
        healed.cacheFolder = failing.cacheFolder;
        healed.nowMs = failing.nowMs;
        expect((await noticed(healed)).filter((finding) => !finding.startsWith('leftover'))).toEqual([]);
        const found = await readable(healed);
        for (const [path, text] of truth) expect(found.get(path)).toBe(text);
        const { id } = await healed.snapshot((writer) => writeSample(writer, 'last'));
        expect((await readable(healed)).has(`${id}:/Start~1/page.json`)).toBe(true);
        expect((await noticed(healed)).filter((finding) => !finding.startsWith('leftover'))).toEqual([]);
      }
    }
  });
});

describe('two backups at once', () => {
  it('both end well, and the next one names both', async () => {
    const machine = await new TestStore().create();
    const other = new TestStore(machine.backend, machine.configuration);
    const ids = await machine.open((left) =>
      other.open(async (right) => {
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
    await machine.open((left) =>
      machine.open(async (right) => {
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
