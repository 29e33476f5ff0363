/** Every promise of docs/threat-model.md names tests that exist, and the parts of them that it names. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('..', import.meta.url).pathname;
const page = readFileSync(`${root}docs/threat-model.md`, 'utf8');
const rows = [...page.matchAll(/^\| (.+) \| (.*`test\/.+) \|$/gm)].map(([, promise = '', tests = '']) => ({
  promise,
  tests,
}));

test('the page has a table of promises', () => {
  expect(rows.length).toBeGreaterThan(20);
});

test.each(rows)('$promise: its tests are there', ({ tests }) => {
  const named = [...tests.matchAll(/`(test\/[^`]+)`(?: \(([^)]+)\))?/g)];
  expect(named.length).toBeGreaterThan(0);
  for (const [, file = '', part = ''] of named) {
    expect(existsSync(root + file), file).toBe(true);
    expect(readFileSync(root + file, 'utf8'), `${file} has “${part}”`).toContain(part);
  }
});

test('a test that the page names elsewhere is there too', () => {
  for (const [, file = ''] of page.matchAll(/`(test\/[^`]+\.ts)`/g))
    expect(existsSync(root + file), file).toBe(true);
});
