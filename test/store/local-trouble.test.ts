import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isKlosetError } from '../../src/errors.ts';
import { PackSpool } from '../../src/store/packs/pack-spool.ts';
import { anyId } from './context.ts';
import { readable } from './damage.ts';
import { details, TestStore, temporaryFolder, writeSample } from './fixture.ts';
import { randomNumbers } from './random.ts';

async function indexFile(machine: TestStore): Promise<string> {
  const folder = await machine.open(async (store) => join(machine.cacheFolder, store.id));
  return join(folder, readdirSync(folder).find((name) => name.endsWith('.sqlite')) ?? '');
}

describe('trouble with the cache folder', () => {
  it('stops no reader, and is told a writer in one line, when the folder cannot be made', async () => {
    const machine = await new TestStore().create();
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    machine.cacheFolder = join(file, 'cache');
    await expect(machine.open((store) => store.listSnapshots())).resolves.toEqual([]);
    const work = machine.write((store) => store.beginSnapshot());
    await expect(work).rejects.toSatisfy((error) => isKlosetError(error, 'unavailable'));
    // No lock is left behind.
    for await (const { name } of machine.backend.list('locks/')) expect.fail(name);
  });

  it('is over after one run when the tables are broken, wherever that is', async () => {
    const machine = await new TestStore().create();
    await machine.snapshot((writer) => writeSample(writer));
    const truth = await readable(machine);
    const path = await indexFile(machine);
    const sound = readFileSync(path);
    const random = randomNumbers(21);
    for (let round = 0; round < 4; round++) {
      const broken = Buffer.from(sound);
      const page = 4096 * random(sound.length / 4096);
      for (let at = page; at < page + 4096; at++) broken[at] = random(256);
      writeFileSync(path, broken);
      const write = () => machine.snapshot((writer) => writeSample(writer), { source: `round ${round}` });
      const error = await write().catch((thrown: unknown) => thrown);
      if (isKlosetError(error)) await write();
      else if (error instanceof Error) throw error;
      const found = await readable(machine);
      for (const [name, text] of truth) expect(found.get(name)).toBe(text);
    }
  });

  it('with the objects of the last snapshot makes them be read from the store', async () => {
    const machine = await new TestStore().create();
    await machine.snapshot((writer) => writeSample(writer));
    const objects = join(dirname(await indexFile(machine)), 'objects');
    const [name = ''] = readdirSync(objects);
    for (const content of ['no database', '']) {
      writeFileSync(join(objects, name), content);
      const found = await machine.open(async (store) => {
        const previous = await store.previous(details.source);
        return [...(previous?.objects() ?? [])].length;
      });
      expect(found).toBe(2);
    }
  });

  it('does not stop a snapshot that is complete from being one', async () => {
    const machine = await new TestStore().create();
    const { id } = await machine.snapshot(async (writer) => {
      await writeSample(writer);
      const folder = join(machine.cacheFolder, readdirSync(machine.cacheFolder)[0] ?? '');
      writeFileSync(join(folder, 'objects'), 'a file where a folder should be');
    });
    expect(machine.events.some(({ type }) => type === 'warning')).toBe(true);
    expect((await machine.open((store) => store.resolveSnapshot('latest'))).id).toBe(id);
  });

  it('names a spool that cannot be written', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'taken'));
    expect(() => new PackSpool(join(folder, 'taken'))).toThrowError(
      expect.objectContaining({ name: 'KlosetError' }),
    );
    const spool = new PackSpool(join(folder, 'spool'));
    spool.close();
    expect(() => spool.append('document', anyId('a'), [new Uint8Array(50)], 10)).toThrowError(
      expect.objectContaining({ name: 'KlosetError' }),
    );
  });
});
