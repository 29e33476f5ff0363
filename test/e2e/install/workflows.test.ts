/** The workflows of continuous integration and of publishing, and the versions of Node that documents and manifest name. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { arrayAt, objectAt, stringAt } from '../../../src/document/json.ts';

const checkout = join(import.meta.dirname, '../../..');
const folder = join(checkout, '.github/workflows');
const names = readdirSync(folder);
const read = (path: string) => readFileSync(join(checkout, path), 'utf8');
const manifest: unknown = JSON.parse(read('package.json'));

test.each(names)('%s names each action by its commit, and gives no right that it does not need', (name) => {
  const text = readFileSync(join(folder, name), 'utf8');
  const used = [...text.matchAll(/uses: (.*)$/gm)].map(([, what = '']) => what);
  expect(used.length).toBeGreaterThan(0);
  for (const what of used) expect(what).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  expect(objectAt(parse(text), 'permissions')).toBeDefined();
  expect(text).not.toMatch(/write-all|pull_request_target|secrets\./);
});

test('a release is published with its provenance, after the tests, and only when its tag is its version', () => {
  const job = objectAt(objectAt(parse(read('.github/workflows/publish.yml')), 'jobs'), 'publish');
  expect(objectAt(job, 'permissions')).toEqual({ contents: 'read', 'id-token': 'write' });
  const steps = arrayAt(job, 'steps').map((step) => String(Object(step).run ?? ''));
  const at = (words: string) => steps.findIndex((step) => step.includes(words));
  expect(steps.at(-1)).toBe('npm publish --provenance --access public');
  for (const words of ['npm ci', 'npm test', '$GITHUB_REF_NAME', 'repository.url=']) {
    expect(at(words)).toBeGreaterThan(-1);
    expect(at(words)).toBeLessThan(steps.length - 1);
  }
  expect(stringAt(objectAt(manifest, 'scripts'), 'prepack')).toContain('bin/package.js');
});

test('manifest, first file, documents and workflows name the same versions of Node', () => {
  expect(stringAt(objectAt(manifest, 'engines'), 'node')).toBe('>=20.19 <21 || >=22');
  const jobs = objectAt(parse(read('.github/workflows/ci.yml')), 'jobs');
  const matrix = objectAt(objectAt(objectAt(jobs, 'tests'), 'strategy'), 'matrix');
  expect(arrayAt(matrix, 'node')).toEqual(['20.19', '22', '24']);
  expect(read('docs/platforms.md')).toContain('with Node 20, 22 and 24 on Ubuntu');
  expect(read('bin/notion-kloset.js')).toContain('Node 20.19, or 22 and newer');
});
