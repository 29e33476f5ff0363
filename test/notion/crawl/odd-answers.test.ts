/** Successful answers that say nothing: asked for once more, and then told as gaps. What they leave out is never taken for empty. */
import { describe, expect, it } from 'vitest';
import { arrayAt, objectAt, stringAt } from '../../../src/document/json.ts';
import type { FaultRates } from '../../../src/simulator/conditions/faults.ts';
import type { OddWorkspace } from '../../../src/simulator/sample/odd/odd-workspace.ts';
import { oddWorkspace } from '../../../src/simulator/sample/odd/odd-workspace.ts';
import { compact, untoldLosses } from './expected-workspace.ts';
import type { Outcome } from './simulated-crawl.ts';
import { withSimulatedCrawl } from './simulated-crawl.ts';

async function crawlOdd(
  faults: Partial<FaultRates>,
  check: (outcome: Outcome, odd: OddWorkspace) => void,
): Promise<void> {
  const odd = oddWorkspace();
  await withSimulatedCrawl({ state: odd.state, faults }, async (crawls) => check(await crawls.run(), odd));
}

/** Errors of the manifest as `what owner's title`, each once. */
function errorsOf({ crawled }: Outcome): string[] {
  const list = arrayAt(objectAt(crawled.manifest, 'errors'), 'list');
  return [
    ...new Set(list.map((error) => `${stringAt(error, 'what')} ${stringAt(error, 'title') ?? ''}`)),
  ].sort();
}

function gapsOf({ snapshot }: Outcome, id: string): string[] {
  return arrayAt(snapshot.document(id), 'gaps').map(
    (gap) => `${stringAt(gap, 'what')} ${stringAt(gap, 'id')}`,
  );
}

const faults = ['partialBlock', 'fileWithoutUrl', 'unknownObject', 'listEndsEarly', 'cursorMissing'] as const;

describe('an odd answer', () => {
  it.each(faults)('%s leaves no gap when the second one is in order', async (fault) => {
    await crawlOdd({ [fault]: 1, oddOnce: 1 }, (outcome, { state }) => {
      expect(errorsOf(outcome)).toEqual([]);
      expect(outcome.crawled.complete).toBe(true);
      expect(untoldLosses(state, outcome.snapshot)).toEqual([]);
      const documents = [...outcome.snapshot.all.keys()].map((id) =>
        JSON.stringify(outcome.snapshot.document(id)),
      );
      expect(documents.filter((document) => document.includes('apparition'))).toEqual([]);
      expect(documents.filter((document) => document.includes('"path":"files/odd.png"'))).toHaveLength(1);
    });
  });

  it('is a gap where a block stays only its id, and the block keeps its place', async () => {
    await crawlOdd({ partialBlock: 1 }, (outcome, { contents }) => {
      expect(gapsOf(outcome, contents.id)).toEqual(contents.children.map((id) => `block ${compact(id)}`));
      expect(arrayAt(outcome.snapshot.document(contents.id), 'blocks')).toHaveLength(
        contents.children.length,
      );
      expect(errorsOf(outcome)).toContain('block Contents');
      expect(outcome.crawled.complete).toBe(false);
    });
  });

  it('is a gap where a hosted file has no URL, by the block it stands in', async () => {
    await crawlOdd({ fileWithoutUrl: 1 }, (outcome, { contents }) => {
      const picture = contents.children[2] ?? '';
      expect(gapsOf(outcome, contents.id)).toEqual([`media ${compact(picture)}`]);
      const image = arrayAt(outcome.snapshot.document(contents.id), 'blocks')[2];
      expect(stringAt(objectAt(objectAt(image, 'image'), 'file'), 'missing')).toMatch(/URL/);
    });
  });

  it('is told for each object of a kind nobody knows, wherever it is listed', async () => {
    const odd = oddWorkspace();
    await withSimulatedCrawl({ state: odd.state }, async (crawls) => {
      await crawls.run();
      crawls.simulator.faults.rates.unknownObject = 1;
      const outcome = await crawls.run({ full: true });
      expect(outcome.crawled.complete).toBe(false);
      expect(untoldLosses(odd.state, outcome.snapshot)).toEqual([]);
      // What cannot be read now is kept as it was.
      expect(arrayAt(outcome.snapshot.document(odd.contents.id), 'blocks')).toHaveLength(4);
      expect(errorsOf(outcome)).toContain('page, kept as it was read before Contents');
    });
  });

  it('is a gap where a list ends early again, and what came of the list is kept', async () => {
    await crawlOdd({ cursorMissing: 1 }, (outcome, { contents, dashboard }) => {
      expect(gapsOf(outcome, contents.id)).toContain(`blocks ${compact(contents.id)}`);
      expect(arrayAt(outcome.snapshot.document(contents.id), 'blocks')).toHaveLength(2);
      expect(errorsOf(outcome)).toEqual(expect.arrayContaining(['search ', 'views Figures', 'rows Figures']));
      expect(gapsOf(outcome, dashboard.dashboard.databaseId).length).toBeGreaterThan(1);
    });
  });
});
