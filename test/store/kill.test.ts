import { test } from 'vitest';
import { killAgainAndAgain } from '../torture/kill.ts';

/** The first few of the kills that `npm run test:torture` goes on with. */
test('a store survives being killed at random moments', () => killAgainAndAgain(1, 2, 800), 120_000);
