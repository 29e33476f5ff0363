/** Restores into Notion, long: cut off at every request, on every fault with more seeds, on 20 generated workspaces. */
import { describe, it } from 'vitest';
import { generateWorkspace } from '../../src/simulator/sample/generated/generate.ts';
import { sampleWorkspace } from '../../src/simulator/sample/sample-workspace.ts';
import { expectFaithful, roundTrip } from '../fidelity/round-trip.ts';
import { cutEverywhere } from '../notion/restore/cut-api.ts';

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
    'come back whole within 1.15 of the least requests, as planned and as compared (seed %i)',
    async (seed) => expectFaithful(await roundTrip(generated(seed))),
    10 * minutes,
  );
});
