/** Crawls of the sample workspace while things go wrong, held to the truth. */
import { expect } from 'vitest';
import type { FaultRates } from '../../../src/simulator/conditions/faults.ts';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import { seededRandom } from '../../../src/simulator/workspace/random.ts';
import { untoldLosses } from './expected-workspace.ts';
import { withSimulatedCrawl } from './simulated-crawl.ts';

/** Each fault at the rate at which it hurts most without ending every run. */
export const hurtfulRates: Partial<FaultRates> = {
  rateLimited: 0.05,
  overloaded: 0.03,
  serverError: 0.05,
  html: 0.03,
  unavailable: 0.05,
  reset: 0.03,
  hang: 0.005,
  searchHides: 0.3,
  searchLagMs: 600_000,
  cursorInvalidated: 0.2,
  shortPage: 0.3,
  unknownBlockType: 0.1,
  unknownPropertyType: 0.2,
  unknownViewType: 0.3,
  unknownParentType: 0.2,
  unknownIconType: 0.2,
  childPageWalkFails: 0.05,
  deletedAfterListing: 0.02,
  media403: 0.1,
  media500: 0.1,
  mediaCut: 0.1,
};

/** A crawl with these faults and its successor, which has to make good what it can. */
export async function crawlThrough(
  faults: Partial<FaultRates>,
  { seed, small }: { readonly seed: number; readonly small: boolean },
): Promise<void> {
  const state = sampleWorkspace({ small });
  await withSimulatedCrawl({ state, faults, seed }, async (crawls) => {
    const first = await crawls.run();
    const { errors, torn } = first.crawled.summary;
    expect(untoldLosses(state, first.snapshot)).toEqual([]);
    expect(first.crawled.complete).toBe(errors === 0 && torn === 0);
    crawls.simulator.clock.advance(3_600_000);
    const second = await crawls.run();
    expect(untoldLosses(state, second.snapshot)).toEqual([]);
  });
}

/** Faults drawn by seed, about two thirds of them. */
export function drawFaults(seed: number): Partial<FaultRates> {
  const random = seededRandom(seed);
  const drawn = Object.entries(hurtfulRates).filter(() => random.chance(0.65));
  return { ...Object.fromEntries(drawn), burstLength: 3 };
}
