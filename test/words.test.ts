/**
 * Plain words, as far as a test can check them: how doc comments open, what messages say, what names are built of.
 * Messages are string literals of three words or more that are not SQL. Those of the simulator repeat Notion's own
 * sentences, so only its comments and names are checked.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { SourceToken } from './source-tokens.ts';
import { sourceTokens } from './source-tokens.ts';

const root = resolve(import.meta.dirname, '../src');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .sort();

interface Found extends SourceToken {
  readonly file: string;
}

const tokens: Found[] = files.flatMap((file) =>
  sourceTokens(readFileSync(join(root, file), 'utf8')).map((token) => ({ file, ...token })),
);
const comments = tokens.filter(({ kind }) => kind === 'comment');
const messages = tokens.filter(
  ({ kind, file, text }) => kind === 'string' && !file.startsWith('simulator/') && isMessage(text),
);

function isMessage(text: string): boolean {
  const isSql = /^\s*(?:SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|WITH|PRAGMA|REPLACE|FROM|WHERE)\b/.test(
    text,
  );
  return !isSql && /\S\s+\S+\s+\S/.test(text);
}

/** Each match of `pattern`, as `file:line: its surroundings`. */
function matches(where: readonly Found[], pattern: RegExp): string[] {
  return where.flatMap(({ file, line, text }) =>
    [...text.matchAll(pattern)].map(({ 0: match, index }) => {
      const around = text.slice(Math.max(0, index - 30), index + match.length + 30).replaceAll(/\s+/g, ' ');
      return `${file}:${line + text.slice(0, index).split('\n').length - 1}: ${around.trim()}`;
    }),
  );
}

test('a doc comment opens with a noun or a verb, not with a relative clause', () => {
  const opening = /^\/\*\*[\s*]*(?:What|How|Whether|Who|Whose|Whoever|Why|Where|Which|When)\b/g;
  expect(matches(comments, opening)).toEqual([]);
});

test('something "is not a thing", never "is no thing"', () => {
  const isNo = /(?<!\bthere )(?<!\bThere )\bis no (?!longer\b)/g;
  expect(matches([...comments, ...messages], isNo)).toEqual([]);
});

test('names say max and min, not most, least, fewest or longest', () => {
  const code = tokens.filter(({ kind }) => kind === 'code');
  expect(matches(code, /\b(?:most|least)[A-Z]\w*|\b\w*(?:[fF]ewest|[lL]ongest)\w*/g)).toEqual([]);
});

test('a message says create, not make', () => {
  expect(matches(messages, /\b(?:[Mm]ake|[Mm]akes|[Mm]aking|[Mm]ade)\b(?! (?:sure|room|up)\b)/g)).toEqual([]);
});

test('a message uses the terms of the field, and no image in their place', () => {
  const images =
    /\b(?:seal(?:s|ed)? (?:do(?:es)? not|did not) hold|set back|goes? on (?:from|with)|travels?|in sight|stray|doomed|salvaged?|swept|sweeps?|whoever|somebody|nobody|anew|mend(?:ed)?)\b/gi;
  expect(matches(messages, images)).toEqual([]);
});

test('a message does not open with a relative clause', () => {
  const opening = /^(?:What|How|Whether|Who|Whose|Why|Where|Which)\b(?![^?]*\?)/g;
  expect(matches(messages, opening)).toEqual([]);
});

test('every phase of the progress is named by what is being done: "reading pages"', () => {
  const phases = tokens.filter(
    ({ kind, before, file }) =>
      kind === 'string' && /\bphase: $/.test(before) && !file.startsWith('simulator/'),
  );
  expect(phases.length).toBeGreaterThan(10);
  expect(matches(phases, /^(?![a-z]+ing\b).*/gs)).toEqual([]);
});
