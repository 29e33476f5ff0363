import { describe, expect, it } from 'vitest';
import { parseSelection } from '../../../src/document/selection/selection.ts';
import { ShrinkWatch } from '../../../src/operations/backup/shrink-watch.ts';
import { generateWorkspace } from '../../../src/simulator/sample/generated/generate.ts';
import { seededRandom } from '../../../src/simulator/workspace/random.ts';
import type { Page, State } from '../../../src/simulator/workspace/state.ts';
import { MemorySnapshot } from '../../notion/crawl/memory-snapshot.ts';
import type { SimulatedCrawl } from '../../notion/crawl/simulated-crawl.ts';
import { withSimulatedCrawl } from '../../notion/crawl/simulated-crawl.ts';

/** The alarm of a crawl with this selection, compared with the snapshot before; the crawl becomes the next one's previous. */
async function alarmOf(crawls: SimulatedCrawl, exclude: string[], include: string[], isSame: boolean) {
  const selection = parseSelection({ include, exclude });
  const { previous } = crawls;
  const crawled = await crawls.start({ media: false, comments: 'none', selection });
  const steps = [...crawled.steps()];
  const isExpected = (id: string) => isSame || !crawled.isLeftOut(id);
  const watch = previous === null ? undefined : new ShrinkWatch(previous, crawled.manifest, 10, isExpected);
  for (const step of steps) watch?.step(step);
  const alarm = watch?.alarm();
  crawls.previous = new MemorySnapshot(crawls.sink, steps, crawled.manifest, 'run');
  crawled.discard();
  return alarm;
}

function world(seed: number): State {
  return generateWorkspace({
    ...{ seed, pages: 24, roots: 4, depth: 3, databases: 2, rowsPerDatabase: 5 },
    ...{ variety: 'plain', blocksPerPage: 2, containersPerPage: 0 },
  });
}

describe('the alarm of backups with a selection', () => {
  it.each([1, 2, 3, 4])(
    'is never raised by another selection, and is raised when the chosen part shrinks (seed %i)',
    async (seed) => {
      const random = seededRandom(seed);
      const state = world(seed);
      await withSimulatedCrawl({ state }, async (crawls) => {
        expect(await alarmOf(crawls, [], [], false)).toBe(undefined);
        const everything = crawls.previous;
        if (everything === null) throw new Error('no snapshot');
        const objects = [...everything.all.values()];
        const some = () => objects[random.below(objects.length)]?.id ?? '';
        for (let round = 0; round < 4; round += 1) {
          const exclude = [some(), some()];
          const include = round % 2 === 0 ? [] : [some(), some()].filter((id) => !exclude.includes(id));
          try {
            expect(await alarmOf(crawls, exclude, include, false), `${include} ${exclude}`).toBe(undefined);
          } catch (error) {
            // Nothing may be left of what was drawn: then there is no backup, and no alarm either.
            if (!/leaves nothing|lists nothing/.test(String(error))) throw error;
          }
        }
        // The same part twice, with a page at its top gone in between; and once more with another part.
        const tops = objects.filter(({ parentId, kind }) => parentId === null && kind === 'page');
        const [gone, left, kept] = tops;
        if (gone === undefined || left === undefined || kept === undefined)
          throw new Error('too few top pages');
        expect(await alarmOf(crawls, [left.id], [], false)).toBe(undefined);
        expect(await alarmOf(crawls, [left.id], [], true)).toBe(undefined);
        trash(state, gone.id);
        expect((await alarmOf(crawls, [left.id], [], true))?.gone.length).toBe(1);
        expect(await alarmOf(crawls, [], [], false)).toBe(undefined);
        trash(state, kept.id);
        // The selection changed and something was lost, both at once.
        expect((await alarmOf(crawls, [left.id], [], false))?.gone.length).toBe(1);
      });
    },
    120_000,
  );
});

function trash(state: State, id: string): void {
  const page = [...state.pages.values()].find((each: Page) => each.id.replaceAll('-', '') === id);
  if (page === undefined) throw new Error(`no page ${id}`);
  page.inTrash = true;
  page.editedTime += 60_000;
}
