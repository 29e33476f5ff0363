/** Restores into Notion, long: cut off at every request, on every fault with more seeds, on 20 generated workspaces. */
import { describe, expect, it } from 'vitest';
import { planRestore } from '../../src/notion/restore/plan/dry-run.ts';
import { generateWorkspace } from '../../src/simulator/sample/generated/generate.ts';
import { sampleWorkspace } from '../../src/simulator/sample/sample-workspace.ts';
import { cutEverywhere } from '../notion/restore/cut-api.ts';
import { avoidable } from '../notion/restore/unavoidable.ts';
import { withWorkspace } from '../notion/restore/workspace.ts';

const minutes = 60_000;
const generated = (seed: number) =>
  generateWorkspace({ seed, pages: 30, databases: 3, rowsPerDatabase: 12, depth: 5, media: 6, comments: 10 });

describe('a restore that was interrupted', () => {
  it.each([false, true])(
    'at every request of the small sample (carried out: %s) ends as if it had not been',
    (arrives) => cutEverywhere({ state: sampleWorkspace({ small: true }) }, { arrives, step: 1 }),
    10 * minutes,
  );

  it.each([1, 2])(
    'at many requests of generated workspace %i ends as if it had not been',
    (seed) => cutEverywhere({ state: generated(seed) }, { arrives: seed % 2 === 0, step: 17 }),
    20 * minutes,
  );
});

describe('generated workspaces', () => {
  it.each(Array.from({ length: 20 }, (_, index) => index + 1))(
    'come back whole within 1.15 of the least requests (seed %i)',
    async (seed) => {
      await withWorkspace({ state: generated(seed) }, async (workspace) => {
        const snapshot = await workspace.snapshot();
        const target = workspace.addTarget();
        const destination = { type: 'page', id: target } as const;
        const plan = await planRestore({ snapshot, path: '/', destination, api: workspace.api });
        const from = workspace.simulator.log.length;
        const result = await workspace.restore(snapshot, target);
        const requests = workspace.requests(from);
        expect(result.errors).toEqual([]);
        expect(requests.filter(({ status }) => status === 400)).toEqual([]);
        expect(requests.length / plan.requestsFloor).toBeLessThanOrEqual(1.15);
        expect(avoidable((await workspace.compare(snapshot, result.journalFile)).findings)).toEqual([]);
      });
    },
    10 * minutes,
  );
});
