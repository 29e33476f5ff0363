/** Backup, restore, backup, compare: what a request can write comes back, and a comparison sees what does not. */
import { beforeAll, describe, expect, it } from 'vitest';
import { compactId } from '../../src/document/notion-id.ts';
import { generateWorkspace } from '../../src/simulator/sample/generated/generate.ts';
import { oddWorkspace } from '../../src/simulator/sample/odd/odd-workspace.ts';
import { sampleWorkspace } from '../../src/simulator/sample/sample-workspace.ts';
import { sampleSnapshot } from '../notion/restore/workspace.ts';
import { alterations, originalMention, originalRelation } from './alterations.ts';
import { AlteredSnapshot } from './altered-snapshot.ts';
import { disagreements, fidelityDocument } from './fidelity-table.ts';
import type { RoundTrip } from './round-trip.ts';
import {
  compareAll,
  copyDirectory,
  copyPath,
  expectAgreed,
  expectFaithful,
  originalPath,
  roundTrip,
} from './round-trip.ts';
import { seedOptions } from './seeds.ts';

let sample: RoundTrip;

beforeAll(async () => {
  sample = await roundTrip(sampleWorkspace(), await sampleSnapshot());
}, 180_000);

describe('a workspace that was restored', () => {
  it('holds all of the sample that requests can write', () => {
    expectFaithful(sample);
    expect(sample.comparison.objects).toBeGreaterThan(250);
    expect(sample.comparison.counts.exact).toBeGreaterThan(2_200);
  });

  it('was planned: the bytes to upload, and what each kind of block and property loses', () => {
    const { plan, result } = sample;
    expect(plan.bytesToUpload).toBe(result.bytesUploaded);
    const kinds = new Map(plan.fidelity.map((kind) => [kind.kind, kind]));
    expect(kinds.get('block toggle')).toMatchObject({ approximated: 0, lost: 0 });
    expect(kinds.get('block unsupported')?.exact).toBe(0);
    expect(kinds.get('property button')?.lost).toBeGreaterThan(0);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  it('agrees with the plan about options that differ by commas or case alone, and about other rare things', async () => {
    const odd = await roundTrip(oddWorkspace().state);
    expectAgreed(odd);
    expect(odd.notes.filter(({ reason }) => reason.includes('does not take the option'))).not.toEqual([]);
  }, 60_000);

  // More of them: test/torture/fidelity-seeds.test.ts.
  it('holds all of a generated workspace that requests can write', async () => {
    expectFaithful(await roundTrip(generateWorkspace(seedOptions(1))));
  }, 120_000);
});

/** What a comparison reports at and below the original's object of a title, when the copy's document is changed. */
async function reported(title: string, change: (copy: AlteredSnapshot) => unknown): Promise<string[]> {
  const copy = new AlteredSnapshot(sample.copy);
  await change(copy);
  const { findings } = await compareAll(sample.original, copy, sample.ids, originalPath(sample, title));
  return findings.filter(({ verdict }) => verdict !== 'impossible').map(({ verdict }) => verdict);
}

describe('docs/fidelity.md', () => {
  it('says what this run gave', async () => {
    await expect(fidelityDocument(sample)).toMatchFileSnapshot('../../docs/fidelity.md');
  });

  it('is planned right: what turns out to be impossible was said beforehand', () => {
    expect(disagreements(sample)).toEqual([]);
  });
});

describe('a comparison', () => {
  it('reports nothing of a copy that was left alone', async () => {
    expect(await reported('Tasks', (copy) => copy.change(copyPath(sample, 'Tasks'), () => {}))).toEqual([]);
  });

  it.each(alterations.map((each) => [each.what, each] as const))('reports: %s', async (_, { on, change }) => {
    expect(await reported(on, (copy) => copy.change(copyPath(sample, on), change))).not.toEqual([]);
  });

  it.each([
    ['a page is gone', 'Native icon', (copy: AlteredSnapshot, path: string) => copy.remove(path)],
    ['a row is gone', 'Repair the bicycle', (copy: AlteredSnapshot, path: string) => copy.remove(path)],
    ['a database is gone', 'Numbers', (copy: AlteredSnapshot, path: string) => copy.remove(path)],
  ] as const)('reports: %s', async (_, title, change) => {
    expect(await reported(title, (copy) => change(copy, copyDirectory(sample, title)))).toContain('lost');
  });

  /** Pages of the copy that name what the original names, and not its copy. */
  it.each([
    ['a mention', 'Rich text', originalMention],
    ['a relation', 'Repair the bicycle', originalRelation],
  ] as const)('reports: %s leads to the original', async (_, on, change) => {
    const originals = new Map([...sample.ids].map(([old, fresh]) => [compactId(fresh), old]));
    const path = copyPath(sample, on);
    expect(
      await reported(on, (copy) =>
        copy.change(path, (page) => change(page, (id) => originals.get(compactId(id)) ?? '')),
      ),
    ).not.toEqual([]);
  });

  it('reports: a row stands twice', async () => {
    const path = copyDirectory(sample, 'Repair the bicycle');
    expect(await reported('Tasks', (copy) => copy.double(path, 'f'.repeat(32)))).toContain('extra');
  });
});
