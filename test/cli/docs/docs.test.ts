/** Every line of every command block of README and docs, and the usage lines that Plakar's users know, is typed as it stands there. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { blocksOf, linesOf, pages, wordsOf } from './blocks.ts';
import { Reader } from './reader.ts';

const reader = new Reader();
beforeAll(() => reader.open());
afterAll(() => reader.close());

/** Pages whose commands only make sense in their order, on machines of their own: each has a test that copies them from the page. */
const elsewhere: { readonly [page: string]: readonly string[] } = {
  'docs/moving.md': ['test/cli/moving.test.ts'],
  'docs/recovery.md': ['test/cli/recovery.test.ts', 'test/cli/two-machines.test.ts'],
};

/** Lines that cannot run here, with the reason. */
const left: readonly (readonly [RegExp, string])[] = [
  [/^npm (run demo|test)\b/, 'the first runs `demo`, which test/cli/table does; the second is this run'],
  [/^npm install -g /, 'it downloads packages'],
  [/^npx -p /, 'it downloads packages'],
  [/^notion-kloset demo$/, 'test/cli/table runs it'],
  [/^(case \$\? in|[\d*]+\) .*;;|esac)$/, 'the whole block is run by a shell below'],
  [/^export NOTION_KLOSET_PASSPHRASE_FILE=/, 'the variable is set for every line'],
  [/^export NOTION_TOKEN=/, 'the variable is set for every line'],
];

/** Lines before which the machine knows nothing. */
const first = /^notion-kloset( at \/\S+)? (init|create)\b|^npx notion-kloset backup\b/;
/** Lines that end with another code than 0. */
const otherEnds: readonly (readonly [RegExp, number])[] = [];

const run = pages().filter((page) => linesOf(page).length > 0 && elsewhere[page] === undefined);

test('there are blocks to run, on most pages', () => {
  expect(run.length).toBeGreaterThan(30);
  expect(run.flatMap(linesOf).length).toBeGreaterThan(110);
});

test.each(Object.entries(elsewhere))(
  'the blocks of %s are run by tests that copy them from the page',
  (page, tests) => {
    for (const file of tests) {
      const text = readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');
      expect(text).toContain(`../../${page}`);
    }
  },
);

test('few lines are left out, and each still stands in a page', () => {
  const lines = run.flatMap(linesOf);
  for (const [pattern, reason] of left)
    expect({ reason, found: lines.some(({ text }) => pattern.test(text)) }).toEqual({ reason, found: true });
  expect(left.length).toBeLessThan(8);
});

describe.each(run)('%s', (page) => {
  beforeEach(() => reader.reset());

  test('its commands run as written', async () => {
    for (const { text } of linesOf(page)) {
      if (left.some(([pattern]) => pattern.test(text))) continue;
      await runLine(text);
    }
  });
});

async function runLine(text: string): Promise<void> {
  if (first.test(text)) reader.forget();
  if (/ unlock\b/.test(text)) reader.lock();
  const [program, ...words] = wordsOf(
    text.replace(/^npx notion-kloset\b/, 'notion-kloset'),
    reader.machine.env,
  );
  expect([text, program]).toEqual([text, 'notion-kloset']);
  const typed = await typedWords(words);
  await removeName(typed);
  const { code, out, err } = await reader.run(typed);
  const wanted = otherEnds.find(([pattern]) => pattern.test(text))?.[1] ?? 0;
  expect({ text, code, err: code === wanted ? '' : err + out.slice(0, 500) }).toEqual({
    text,
    code: wanted,
    err: '',
  });
  const pipe = / \| (?<next>\w+)(?<rest>.*)$/.exec(text)?.groups;
  const isThere = pipe?.next !== undefined && spawnSync(pipe.next, ['--version']).error === undefined;
  if (isThere && pipe.next !== 'gzip')
    expect(spawnSync('sh', ['-c', `${pipe.next}${pipe.rest}`], { input: out }).status).toBe(0);
}

/** The words as the reader types them; `<snapshot_id>` is looked up. */
async function typedWords(words: readonly string[]): Promise<string[]> {
  const typed = reader.typed(words);
  if (!typed.includes('<snapshot_id>')) return typed;
  const newest = await reader.newest(typed);
  return typed.map((word) => (word === '<snapshot_id>' ? newest : word));
}

/** A name that is there already is added anew. */
async function removeName(words: readonly string[]): Promise<void> {
  const at = words.indexOf('add');
  const [kind = '', name = ''] = [words[at - 1], words[at + 1]];
  if (at > 0 && ['source', 'destination', 'store', 'policy', 'notify'].includes(kind))
    await reader.run([kind, 'rm', name]);
}

describe('the block of docs/scripting.md that a cron job holds', () => {
  const block = blocksOf('docs/scripting.md').find((each) => each.includes('case $? in')) ?? '';

  test.each([
    [0, []],
    [3, ['Notion backup: something was left out']],
    [77, ['Notion backup failed']],
  ])('tells of exit code %i as it should', (code, subjects) => {
    const folder = mkdtempSync(join(tmpdir(), 'kloset-block-'));
    try {
      const fake = (name: string, script: string) => {
        writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
        chmodSync(join(folder, name), 0o755);
      };
      fake('notion-kloset', `exit ${code}`);
      fake('mail', `echo "$2" >> ${join(folder, 'sent')}`);
      writeFileSync(join(folder, 'sent'), '');
      mkdirSync(join(folder, 'tmp'));
      execFileSync('/bin/sh', ['-c', block], { env: { PATH: `${folder}:/usr/bin:/bin` } });
      const sent = readFileSync(join(folder, 'sent'), 'utf8')
        .split('\n')
        .filter((line) => line !== '');
      expect(sent).toEqual(subjects);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** The usage lines of the guides to Plakar's Notion integration, word for word. */
const guides = [
  'plakar source add mynotion location=notion:// token=$NOTION_API_TOKEN',
  'plakar at /var/backups backup "@mynotion"',
  'plakar destination add mynotion location=notion:// token=$NOTION_API_TOKEN',
  'plakar destination set mynotion rootID=$NOTION_PAGE_ID',
  'plakar at /var/backups restore -to "@mynotion" <snapshot_id>',
];

test('the usage lines of the guides run as written, but for the name of the program', async () => {
  reader.reset();
  const variables = { ...reader.machine.env, NOTION_API_TOKEN: reader.world.simulator.token };
  for (const line of guides) {
    const [program, ...words] = wordsOf(line, variables);
    expect(program).toBe('plakar');
    const typed = await typedWords(words);
    await removeName(typed);
    const { code, err } = await reader.run(typed);
    expect({ line, code, err: code === 0 ? '' : err }).toEqual({ line, code: 0, err: '' });
  }
});

test('words are divided as a shell does', () => {
  expect(wordsOf(`a -x "b c" 'd $E' $F=g h"i"  # end`, { E: 'e', F: 'f' })).toEqual([
    'a',
    '-x',
    'b c',
    'd e',
    'f=g',
    'hi',
  ]);
  expect(wordsOf('a <id> "<b>" > file')).toEqual(['a', '<id>', '<b>']);
  expect(wordsOf("a --x | jq -r '.b'")).toEqual(['a', '--x']);
});
