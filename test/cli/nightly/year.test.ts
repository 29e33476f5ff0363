/** The year in short: every misfortune, with a quiet night between two. `test/torture/year.test.ts` plays all its nights. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Household, playYear, secrets } from './year.ts';

const house = new Household();
beforeAll(() => house.open());
afterAll(() => house.close());

test('status, notifications, retention and drills tell the truth through all that goes wrong', {
  timeout: 600_000,
}, async () => {
  await playYear(house, 1);
  expect(house.nights).toBeGreaterThan(20);
  // Seven days, four weeks, twelve months: some of them are the same snapshots.
  expect((await house.snapshots()).length).toBeLessThanOrEqual(7 + 4 + 12);
});

test('neither token nor passphrase is in anything that was printed, logged, noted or stored', async () => {
  await house.run('schedule', 'install', '@mine', '--kind', 'systemd', '--print');
  await house.run('restore', 'latest', '--to', house.machine.path('restored'));
  const kept = new Set(['token', 'pass'].map((name) => house.machine.path(name)));
  const files = readdirSync(house.machine.home, { recursive: true, encoding: 'utf8' })
    .map((name) => join(house.machine.home, name))
    .filter((path) => statSync(path).isFile() && !kept.has(path));
  expect(files.length).toBeGreaterThan(20);
  for (const secret of Object.values(secrets)) {
    expect(house.printed.filter((text) => text.includes(secret))).toEqual([]);
    expect(files.filter((path) => readFileSync(path).includes(secret))).toEqual([]);
  }
});
