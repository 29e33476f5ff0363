import { test } from 'vitest';
import { expectFitting, generated, restored } from '../simulator/sdk-types/restored-requests.ts';

test.each([5, 6])(
  'everything a restore of generated workspace %i sends fits the types of the official SDK',
  async (seed) => {
    expectFitting(await restored(generated(seed)), 40);
  },
);
