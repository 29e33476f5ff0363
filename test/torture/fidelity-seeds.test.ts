/** Round trips of generated workspaces, seed after seed: everything requests can write comes back. */
import { describe, it } from 'vitest';
import { generateWorkspace } from '../../src/simulator/sample/generated/generate.ts';
import { expectFaithful, roundTrip } from '../fidelity/round-trip.ts';
import { seedOptions } from '../fidelity/seeds.ts';

/** KLOSET_SEED and KLOSET_SEEDS choose other workspaces; each takes some seconds. */
const seed = Number(process.env.KLOSET_SEED ?? 1);
const seeds = Number(process.env.KLOSET_SEEDS ?? 20);

describe('a generated workspace that was restored', () => {
  it.each(Array.from({ length: seeds }, (_, index) => seed + index))(
    'holds all that requests can write (seed %i)',
    async (each) => {
      expectFaithful(await roundTrip(generateWorkspace(seedOptions(each))));
    },
  );
});
