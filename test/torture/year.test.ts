/** A whole year of nights. */
import { expect, test } from 'vitest';
import { Household, playYear } from '../cli/nightly/year.ts';

test('a year of nightly runs tells the truth at each step', async () => {
  const house = new Household();
  await house.open();
  try {
    await playYear(house, 39);
    expect(house.nights).toBeGreaterThanOrEqual(365);
    expect((await house.snapshots()).length).toBeLessThanOrEqual(7 + 4 + 12);
    expect((await house.run('check')).code).toBe(0);
    const { stdout } = await house.run('drill', '--turn', '1/1', '--json');
    expect(JSON.parse(stdout).ok).toBe(true);
  } finally {
    await house.close();
  }
});
