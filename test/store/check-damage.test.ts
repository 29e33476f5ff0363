import { describe, expect, it } from 'vitest';
import { contentsOf, harmed, noticed, readable } from './damage.ts';
import { fileEntry, modified, TestStore } from './fixture.ts';
import { randomNumbers } from './random.ts';

/** A store as small as one can be that still has every kind of file: two snapshots, a file each. */
async function smallStore(): Promise<TestStore> {
  const machine = await new TestStore().create();
  for (const text of ['one', 'two']) {
    await machine.snapshot(async (writer) => {
      await writer.step(fileEntry('manifest.json', await writer.writeDocument(Buffer.from('{}'))));
      await writer.step({ type: 'enter', name: 'Page', modified });
      await writer.step(fileEntry('page.json', await writer.writeDocument(Buffer.from(text))));
      await writer.step({ type: 'leave' });
    });
  }
  return machine;
}

describe('check, on a store that was harmed', () => {
  it('notices a flipped bit in every byte of every file, and nothing wrong is read', async () => {
    const machine = await smallStore();
    const contents = await contentsOf(machine.backend);
    const truth = await readable(machine);
    const random = randomNumbers(11);
    let bytesFlipped = 0;
    for (const [name, bytes] of contents) {
      for (let at = 0; at < bytes.length; at++) {
        const flipped = bytes.slice();
        flipped[at] = (flipped[at] ?? 0) ^ (1 << random(8));
        const victim = await harmed(machine, contents, (backend) => backend.replace(name, flipped));
        victim.cacheFolder = machine.cacheFolder;
        const found = await noticed(victim);
        if (!found.some((finding) => /^(damaged|refused)/.test(finding))) {
          expect.fail(`byte ${at} of ${name}: ${found.join('; ')}`);
        }
        bytesFlipped += 1;
      }
    }
    expect(bytesFlipped).toBeGreaterThan(4000);
    expect(truth.size).toBe(4);
  });
});
