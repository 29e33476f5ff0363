import { describe, expect, it } from 'vitest';
import { contentsOf, harmed, noticed, readable } from '../store/damage.ts';
import { TestStore, writeSample } from '../store/fixture.ts';
import { expectFlipsNoticed } from '../store/flips.ts';

describe('a store with every kind of file', () => {
  it('names the file of a flipped bit, for every byte of every file', async () => {
    expect(await expectFlipsNoticed(1)).toBeGreaterThan(3000);
  });

  it('notices every single bit, and with any of them flipped nothing wrong is read', {
    timeout: 3_600_000,
  }, async () => {
    const machine = await new TestStore().create();
    for (const text of ['one', 'two']) await machine.snapshot((writer) => writeSample(writer, text));
    const contents = await contentsOf(machine.backend);
    const truth = await readable(machine);
    for (const [name, bytes] of contents) {
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const flipped = bytes.slice();
        const at = bit >> 3;
        flipped[at] = (flipped[at] ?? 0) ^ (1 << (bit & 7));
        const victim = await harmed(machine, contents, (backend) => backend.replace(name, flipped));
        if (bit % 61 === 0) {
          for (const [path, text] of await readable(victim))
            expect(text, `bit ${bit} of ${name}`).toBe(truth.get(path));
        }
        victim.cacheFolder = machine.cacheFolder;
        const found = await noticed(victim);
        expect(
          found.some((finding) => /^(damaged|refused)/.test(finding)),
          `bit ${bit} of ${name}`,
        ).toBe(true);
      }
    }
  });
});
