import { expect, test } from 'vitest';
import { allEdits, editedDiff } from './edited-diff.ts';

test('diff names every kind of edit of generated worlds, and nothing that nobody did', async () => {
  const done = new Set<string>();
  // Between them they have every edit; more worlds: test/torture/edited-diffs.test.ts.
  for (const seed of [2, 3]) {
    const result = await editedDiff(seed, 1);
    expect([seed, result.missed, result.extra]).toEqual([seed, [], []]);
    for (const name of result.done) done.add(name);
  }
  expect(allEdits.map(([name]) => name).filter((name) => !done.has(name))).toEqual([]);
});
