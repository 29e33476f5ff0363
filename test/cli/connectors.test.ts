import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import type { FakeIo } from './fake-io.ts';
import { fakeIo } from './fake-io.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kloset-cli-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

async function run(...argv: string[]): Promise<FakeIo & { code: number }> {
  const io = fakeIo({ HOME: home });
  const code = await main(argv, io);
  return Object.assign(io, { code });
}

const sources = () => join(home, '.config/notion-kloset/sources.yml');

test('a source and a destination are added, changed and shown as the guides write it', async () => {
  expect((await run('source', 'add', 'mynotion', 'location=notion://', 'token=ntn_secret')).code).toBe(0);
  expect((await run('destination', 'add', 'mynotion', 'location=notion://', 'token=ntn_secret')).code).toBe(
    0,
  );
  expect((await run('destination', 'set', 'mynotion', 'rootID=1234567890abcdef1234567890abcdef')).code).toBe(
    0,
  );
  const shown = await run('destination', 'show', 'mynotion');
  expect(shown.out()).toContain('rootID: 1234567890abcdef1234567890abcdef');
  expect(shown.out()).toContain('location: notion://');
  expect((await run('source', 'list')).out()).toBe('mynotion\n');
});

test('secrets are kept for their owner alone and never printed', async () => {
  await run('source', 'add', 'a', 'location=notion://', 'token=ntn_secret');
  expect(readFileSync(sources(), 'utf8')).toContain('ntn_secret');
  expect(statSync(sources()).mode & 0o777).toBe(0o600);
  for (const argv of [
    ['source', 'show'],
    ['--json', 'source', 'show', 'a'],
    ['source', 'add', 'a', 'location=notion://', 'token=ntn_secret'],
    ['source', 'show', 'missing'],
  ]) {
    const io = await run(...argv);
    expect(io.out() + io.err()).not.toContain('ntn_secret');
  }
});

test('an empty variable is noticed instead of stored', async () => {
  const io = await run('source', 'add', 'a', 'location=notion://', 'token=');
  expect(io.code).toBe(64);
  expect(io.err()).toContain('token is empty');
});

test('mistakes are told in one line with the way out', async () => {
  const cases: [string[], number][] = [
    [['source', 'add', 'a', 'token=x'], 64],
    [['source', 'add', 'a', 'location=s3://bucket', 'token=x'], 64],
    [['source', 'add', '../a', 'location=notion://'], 64],
    [['source', 'add', 'a', 'location=notion://', 'colour=red'], 64],
    [['source', 'rm', 'nobody'], 66],
    [['source', 'frobnicate'], 64],
    [['frobnicate'], 64],
  ];
  for (const [argv, code] of cases) {
    const io = await run(...argv);
    expect([argv.join(' '), io.code]).toEqual([argv.join(' '), code]);
    expect(io.err()).not.toMatch(/\n\s+at /);
    expect(io.err()).toMatch(/^(notion-kloset: |error: )/);
  }
});

test('a file that is not ours to read is refused without quoting it', async () => {
  await run('source', 'add', 'a', 'location=notion://', 'token=ntn_secret');
  writeFileSync(sources(), 'a: {token: ntn_secret, broken');
  const io = await run('source', 'list');
  expect(io.code).toBe(64);
  expect(io.err()).not.toContain('ntn_secret');
});

test('options can be unset and connectors removed', async () => {
  await run('source', 'add', 'a', 'notion://', 'token=x', 'rootID=abc');
  await run('source', 'unset', 'a', 'rootid');
  expect((await run('source', 'show', 'a')).out()).not.toContain('rootID');
  expect((await run('source', 'rm', 'a')).code).toBe(0);
  expect((await run('source', 'list')).out()).toBe('');
});
