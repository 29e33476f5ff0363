/** Edits of every kind in generated worlds, seed after seed: `diff` names each, and nothing else. */
import { describe, expect, it } from 'vitest';
import { editedDiff } from '../operations/history/edited-diff.ts';

/** KLOSET_SEED and KLOSET_SEEDS choose other worlds; each takes some seconds. */
const seed = Number(process.env.KLOSET_SEED ?? 1);
const seeds = Number(process.env.KLOSET_SEEDS ?? 20);

describe('the diff of an edited world', () => {
  it.each(Array.from({ length: seeds }, (_, index) => seed + index))(
    'names what was done, and nothing else (seed %i)',
    async (each) => {
      const { missed, extra } = await editedDiff(each, 4);
      expect({ missed, extra }).toEqual({ missed: [], extra: [] });
    },
  );
});
