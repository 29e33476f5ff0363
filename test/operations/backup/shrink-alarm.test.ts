import { expect, test } from 'vitest';
import type { PreviousSnapshot } from '../../../src/document/content.ts';
import { shrinkAlarm } from '../../../src/operations/backup/shrink-alarm.ts';

function previous(counts: { [name: string]: number }): PreviousSnapshot {
  return { id: 'a'.repeat(64), time: '', manifest: { counts }, object: () => undefined, objects: () => [] };
}

test('a workspace that lost much of what was visible is suspicious', () => {
  expect(
    shrinkAlarm(previous({ pages: 80, rows: 20, databases: 0 }), { pages: 50, rows: 20, databases: 0 }),
  ).toContain('only 70 objects are visible, after 100');
  expect(shrinkAlarm(previous({ pages: 1000 }), { pages: 0 })).toBeDefined();
});

test('small changes, growth and first backups are not', () => {
  expect(shrinkAlarm(null, { pages: 0 })).toBeUndefined();
  expect(shrinkAlarm(previous({ pages: 100 }), { pages: 80 })).toBeUndefined();
  expect(shrinkAlarm(previous({ pages: 12 }), { pages: 4 })).toBeUndefined();
  expect(shrinkAlarm(previous({ pages: 100 }), { pages: 200 })).toBeUndefined();
});
