/** What a restore of a workspace sends, judged by the request types of the official SDK. */
import { expect } from 'vitest';
import { generateWorkspace } from '../../../src/simulator/sample/generated/generate.ts';
import type { LoggedRequest } from '../../../src/simulator/server.ts';
import type { State } from '../../../src/simulator/workspace/state.ts';
import type { MemoryReader } from '../../notion/restore/snapshot-reader.ts';
import { withWorkspace } from '../../notion/restore/workspace.ts';
import { countShapes, mismatches, unjudged } from './request-types.ts';

/** Requests a restore of everything in `state` sends. `crawled` is a crawl of it, where there is one. */
export async function restored(state: State, crawled?: MemoryReader): Promise<readonly LoggedRequest[]> {
  let log: readonly LoggedRequest[] = [];
  await withWorkspace({ state, logsBodies: true }, async (workspace) => {
    const snapshot = crawled ?? (await workspace.snapshot());
    const from = workspace.simulator.log.length;
    await workspace.restore(snapshot, workspace.addTarget());
    log = workspace.requests(from);
  });
  return log;
}

/** A workspace of some 70 objects, or of that share of them. */
export function generated(seed: number, share = 1): State {
  return generateWorkspace({
    seed,
    pages: 40 * share,
    databases: 3,
    rowsPerDatabase: Math.ceil(10 * share),
    containersPerPage: 8,
    comments: 10,
    media: 5,
  });
}

/** Requests of more than so many shapes, all of which fit. */
export function expectFitting(log: readonly LoggedRequest[], shapes: number): void {
  expect(countShapes(log)).toBeGreaterThan(shapes);
  expect(mismatches(log)).toEqual([]);
  expect(unjudged(log)).toEqual([]);
}
