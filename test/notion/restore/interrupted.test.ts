/** A restore cut off at single requests and repeated; the torture suite does this at every request, and on more. */
import { describe, it } from 'vitest';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import { cutEverywhere } from './cut-api.ts';

describe('a restore that was interrupted', () => {
  it.each([
    ['before it arrived', false],
    ['after it was carried out', true],
  ])('at a request, %s, ends as if it had not been', async (_, arrives) => {
    await cutEverywhere(
      { state: sampleWorkspace({ small: true }) },
      { arrives, step: 12, first: arrives ? 7 : 1 },
    );
  });
});
