import { expect, test } from 'vitest';
import { minutesAt } from '../../../src/store/spelling/scan.ts';
import { writeMinute } from '../../../src/store/spelling/write.ts';

/** Minutes of the years 1970 to 9999. */
const allMinutes = 4_223_371_680;

/** Every 190 days at another time of day, and the days around every 28 February. */
function* someMinutes(): Generator<number> {
  for (let minutes = 0; minutes < allMinutes; minutes += 274_177) yield minutes;
  for (let year = 1970; year < 10_000; year++) {
    for (const day of [27, 28, 29, 30]) yield Date.UTC(year, 1, day, 23, 59) / 60_000;
    yield Date.UTC(year, 11, 31, 23, 59) / 60_000;
  }
}

test('times of whole minutes are read and written as JavaScript writes them', () => {
  const into = Buffer.alloc(26);
  let wrong = 0;
  for (const minutes of someMinutes()) {
    const text = JSON.stringify(new Date(minutes * 60_000));
    writeMinute(minutes, into, 0);
    if (into.toString() !== text || minutesAt(into, 1) !== minutes) wrong += 1;
  }
  expect(wrong).toBe(0);
});
