/** A bit flipped here and there, or everywhere, in every file of a small store. */
import { expect } from 'vitest';
import { contentsOf, harmed, noticed, readable } from './damage.ts';
import { fileEntry, modified, TestStore } from './fixture.ts';
import { randomNumbers } from './random.ts';

/** A store as small as one can be that still has every kind of file: a snapshot of two files for each text. */
export async function smallStore(...texts: string[]): Promise<TestStore> {
  const machine = await new TestStore().create();
  for (const text of texts) {
    await machine.snapshot(async (writer) => {
      await writer.step(fileEntry('manifest.json', await writer.writeDocument(Buffer.from('{}'))));
      await writer.step({ type: 'enter', name: 'Page', modified });
      await writer.step(fileEntry('page.json', await writer.writeDocument(Buffer.from(text))));
      await writer.step({ type: 'leave' });
    });
  }
  return machine;
}

/** True when a finding names the file, or the refusal to open the store names it in words. */
function blames(finding: string, name: string): boolean {
  if (finding === `damaged ${name}`) return true;
  const id = name.split('/').at(-1) ?? '';
  return finding.startsWith('refused ') && finding.includes(id.length === 64 ? id.slice(0, 12) : id);
}

/** Fails when a file reads otherwise than `truth` says; `what` was done to the store. */
export async function expectTrue(
  victim: TestStore,
  truth: ReadonlyMap<string, string>,
  what: string,
): Promise<void> {
  for (const [path, text] of await readable(victim)) {
    if (truth.get(path) !== text) expect.fail(`${what}: ${path} reads otherwise than it was written`);
  }
}

/**
 * Flips one bit in every `step`th byte of every file, one after the other. Fails unless `check` names that file and nothing
 * wrong is read. Returns how many it flipped.
 */
export async function expectFlipsNoticed(step: number): Promise<number> {
  const machine = await smallStore('one');
  const contents = await contentsOf(machine.backend);
  const truth = await readable(machine);
  const random = randomNumbers(11);
  let flips = 0;
  for (const [name, bytes] of contents) {
    for (let at = flips % step; at < bytes.length; at += step) {
      const flipped = bytes.slice();
      flipped[at] = (flipped[at] ?? 0) ^ (1 << random(8));
      const victim = await harmed(machine, contents, (backend) => backend.replace(name, flipped));
      flips += 1;
      // A cache that knows nothing, so that everything is read from what was harmed.
      if (flips % 50 === 0) await expectTrue(victim, truth, `byte ${at} of ${name}`);
      victim.cacheFolder = machine.cacheFolder;
      const found = await noticed(victim);
      // What an index delta listed is missing with it; but no other file is called damaged.
      const isOtherBlamed = found.some((finding) => /^damaged /.test(finding) && !blames(finding, name));
      if (isOtherBlamed || !found.some((finding) => blames(finding, name))) {
        expect.fail(`byte ${at} of ${name}: ${found.join('; ') || 'nothing noticed'}`);
      }
    }
  }
  expect(truth.size).toBe(2);
  return flips;
}
