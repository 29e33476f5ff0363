import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ByteRange } from '../../../src/backend/backend.ts';
import { LocalBackend } from '../../../src/backend/local.ts';
import { MemoryBackend } from '../../../src/backend/memory.ts';
import { packsOf } from '../../../src/store/check/check-subset.ts';
import { namesOf } from '../../backend/contract.ts';
import { anyId } from '../context.ts';
import { TestStore, temporaryFolder, writeSample } from '../fixture.ts';
import { pagesOf, remover } from '../life-cycle.ts';
import { bytesOf } from '../random.ts';

/** Packfiles of media come two turns after they were asked for. */
class SlowBackend extends MemoryBackend {
  readonly log: string[] = [];

  override async read(name: string, range?: ByteRange): Promise<Uint8Array> {
    const bytes = await super.read(name, range);
    if (!name.startsWith('packs/') || bytes.length < 2 * 1024 ** 2) return bytes;
    const number = this.log.filter((line) => line.startsWith('asked')).length + 1;
    this.log.push(`asked ${number}`);
    for (let turn = 0; turn < 2; turn += 1) await setImmediate();
    this.log.push(`came ${number}`);
    return bytes;
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** A store in a folder, and what a check finds there: "severity kind object". */
async function localStore(): Promise<{ folder: string; machine: TestStore; found: () => Promise<string[]> }> {
  const folder = join(temporaryFolder(), 'store');
  const machine = await new TestStore(new LocalBackend(folder)).create();
  await machine.snapshot((writer) => writeSample(writer));
  const found = async () => {
    const { findings } = await machine.open((store) => store.check());
    return findings.map(({ severity, kind, object }) => `${severity} ${kind} ${object}`);
  };
  return { folder, machine, found };
}

describe('check', () => {
  it('finds nothing wrong with a sound store', async () => {
    const machine = await new TestStore().create();
    await machine.snapshot((writer) => writeSample(writer, 'one'));
    await machine.snapshot((writer) => writeSample(writer, 'two'));
    for (const options of [{}, { fast: true }, { snapshot: 'latest' }, { path: '/Start~1' }]) {
      const report = await machine.open((store) => store.check(options));
      expect(report.findings).toEqual([]);
      expect(report.files).toBeGreaterThan(0);
    }
  });

  it('takes in the next packfile while it looks at one', async () => {
    const backend = new SlowBackend();
    const machine = await new TestStore(backend).create();
    machine.packBytes = 2 * 1024 ** 2;
    await machine.snapshot(async (writer) => {
      for (const fill of [1, 2, 3, 4, 5, 6, 7, 8]) {
        const content = await writer.writeMedia(once(bytesOf(fill, 3 * 1024 ** 2)));
        await writer.step({
          type: 'file',
          name: `${fill}.bin`,
          modified: '2026-01-01T00:00:00.000Z',
          content,
        });
      }
    });
    backend.log.length = 0;
    expect((await machine.open((store) => store.check())).findings).toEqual([]);
    const { log } = backend;
    const packs = log.length / 2;
    expect(packs).toBeGreaterThanOrEqual(8);
    const inTime = Array.from({ length: packs - 2 }, (_, at) => at + 3).filter(
      (number) => log.indexOf(`came ${number - 1}`) < log.indexOf(`asked ${number}`),
    );
    // The packfile of the trees is small and lies between any two of them.
    expect(inTime.length).toBeGreaterThanOrEqual(packs - 4);
  });

  it('names links, also in circles, and pipes anywhere in the store, and ends', async () => {
    const { folder, found } = await localStore();
    symlinkSync('.', join(folder, 'loop'));
    symlinkSync('..', join(folder, 'packs', 'up'));
    symlinkSync('/nowhere', join(folder, '.hidden'));
    mkdirSync(join(folder, 'locks'), { recursive: true });
    spawnSync('mkfifo', [join(folder, 'locks', 'a'.repeat(32)), join(folder, 'index', 'pipe')]);
    expect((await found()).sort()).toEqual(
      ['.hidden', 'index/pipe', `locks/${'a'.repeat(32)}`, 'loop', 'packs/up'].map(
        (name) => `error damaged ${name}`,
      ),
    );
  });

  it('names a folder of the store that is a link, and what is missing for it', async () => {
    const { folder, found } = await localStore();
    renameSync(join(folder, 'packs'), join(folder, '..', 'moved'));
    symlinkSync('../moved', join(folder, 'packs'));
    const findings = await found();
    expect(findings).toContain('error damaged packs');
    expect(findings.filter((line) => line.startsWith('error missing packs/')).length).toBeGreaterThan(0);
  });

  it('names what lies under locks and is no lock', async () => {
    const { folder, found } = await localStore();
    mkdirSync(join(folder, 'locks'), { recursive: true });
    writeFileSync(join(folder, 'locks', 'notes.txt'), 'not ours');
    expect((await found()).sort()).toEqual(['warning stray locks/notes.txt']);
  });

  it('tells how many bytes it read, whatever it was asked to look at', async () => {
    const machine = await new TestStore().create();
    const { id } = await machine.snapshot(pagesOf([1, 2, 3]));
    const bytesOf = async (options: object) =>
      (await machine.open((store) => store.check(options))).bytesRead;
    const whole = await bytesOf({});
    const one = await bytesOf({ snapshot: id });
    expect(one).toBeGreaterThan(27_000);
    expect(one).toBeLessThan(whole);
    expect(await bytesOf({ path: '/Page 1/page.json' })).toBeGreaterThan(0);
  });

  it('of a share reads at least one packfile, however many shares there are', () => {
    const packs = [anyId('a'), anyId('b')];
    for (let part = 1; part <= 7; part++) expect(packsOf({ part, of: 7 }, packs).size).toBeGreaterThan(0);
    expect(packsOf({ percent: 0.001 }, packs).size).toBe(1);
    const all = Array.from({ length: 7 }, (_, at) => [...packsOf({ part: at + 1, of: 7 }, packs)]).flat();
    expect(new Set(all)).toEqual(new Set(packs));
  });

  it('finds an old delta that was put back, and maintenance takes it away', async () => {
    const machine = await new TestStore().create();
    machine.packBytes = 1;
    const first = await machine.snapshot(pagesOf([1, 2]));
    const old = await namesOf(machine.backend, 'index/');
    const bytes = await Promise.all(old.map((name) => machine.backend.read(name)));
    await machine.snapshot(pagesOf([3]));
    await machine.open(async (store) => {
      await store.removeSnapshots([first.id], remover);
      await store.collectGarbage({ apply: true, rules: { graceMs: 0 } });
    });
    const clean = await namesOf(machine.backend);
    for (const [at, name] of old.entries()) await machine.backend.create(name, bytes[at] ?? new Uint8Array());
    const errors = async () =>
      (await machine.open((store) => store.check())).findings.filter(({ severity }) => severity === 'error');
    expect((await errors()).map(({ kind }) => kind)).toContain('missing');
    await machine.open((store) => store.collectGarbage({ apply: true }));
    expect(await errors()).toEqual([]);
    expect(await namesOf(machine.backend)).toEqual(clean);
  });

  it('names the file of a removed snapshot that stays, and none that a removal under way takes while it looks', async () => {
    const machine = await new TestStore().create();
    const first = await machine.snapshot(pagesOf([1, 2]));
    await machine.snapshot(pagesOf([3]));
    const name = `snapshots/${first.id}`;
    const file = await machine.backend.read(name);
    await machine.open((store) => store.removeSnapshots([first.id], remover));
    await machine.backend.create(name, file);
    const found = async () =>
      (await machine.open((store) => store.check())).findings.map(({ object }) => object);
    expect(await found()).toEqual([name]);
    const read = machine.backend.read.bind(machine.backend);
    machine.backend.read = async (asked, range) => {
      if (asked.startsWith('packs/')) await machine.backend.remove(name);
      return await read(asked, range);
    };
    expect(await found()).toEqual([]);
  });
});
