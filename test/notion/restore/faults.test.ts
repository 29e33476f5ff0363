/** Restores while the server fails in the ways servers do: nothing may be missing or doubled afterwards. */
import { describe, expect, it } from 'vitest';
import type { FaultRates } from '../../../src/simulator/conditions/faults.ts';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import { shapeOf } from './shape.ts';
import { withWorkspace } from './workspace.ts';

const faults: readonly (readonly [name: string, rates: Partial<FaultRates>])[] = [
  ['503 after the write was carried out, ids named', { unavailableAfterCommit: 0.3, namesCommitted: 1 }],
  ['503 after the write was carried out, no ids named', { unavailableAfterCommit: 0.3, namesCommitted: 0 }],
  ['503 before', { unavailable: 0.3 }],
  ['connections broken before', { reset: 0.2 }],
  ['connections broken after', { resetAfterCommit: 0.2 }],
  ['conflicts', { conflict: 0.3 }],
  ['500, 502 and 504', { serverError: 0.2 }],
  ['pages of HTML', { html: 0.1 }],
  ['rate limits and overload', { rateLimited: 0.2, burstLength: 3, overloaded: 0.1 }],
  ['uploads that expire', { uploadExpires: 0.2 }],
  ['short pages and dying cursors', { shortPage: 0.3, cursorInvalidated: 0.1 }],
  [
    'all of them',
    {
      unavailableAfterCommit: 0.1,
      unavailable: 0.1,
      reset: 0.05,
      resetAfterCommit: 0.05,
      conflict: 0.1,
      serverError: 0.05,
      rateLimited: 0.1,
      shortPage: 0.2,
    },
  ],
];

describe('a restore on a failing server', () => {
  it.each(faults)('survives %s', async (_, rates) => {
    await withWorkspace({ state: sampleWorkspace({ small: true }), seed: 7 }, async (workspace) => {
      const snapshot = await workspace.snapshot();
      const whole = workspace.addTarget();
      await workspace.restore(snapshot, whole);
      const expected = JSON.stringify(shapeOf(workspace, whole));
      for (let round = 0; round < 3; round += 1) {
        const target = workspace.addTarget();
        Object.assign(workspace.simulator.faults.rates, rates);
        const result = await workspace.restore(snapshot, target);
        for (const name of Object.keys(rates)) Object.assign(workspace.simulator.faults.rates, { [name]: 0 });
        expect(result.errors).toEqual([]);
        expect(JSON.stringify(shapeOf(workspace, target)), `round ${round}`).toBe(expected);
      }
      const struck = [...workspace.simulator.faults.counts.values()].reduce((sum, count) => sum + count, 0);
      expect(struck).toBeGreaterThan(0);
    });
  });
});
