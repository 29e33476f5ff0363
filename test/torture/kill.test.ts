import { test } from 'vitest';
import { killAgainAndAgain } from './kill.ts';

/** KLOSET_SEED and KLOSET_KILLS choose another run; 250 kills take some minutes. */
const seed = Number(process.env.KLOSET_SEED ?? 1);
const kills = Number(process.env.KLOSET_KILLS ?? 250);

test(
  `a store survives ${kills} kills at random moments (seed ${seed})`,
  () => killAgainAndAgain(seed, kills, 4000),
  3600_000,
);
