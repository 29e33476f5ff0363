import { expect, test } from 'vitest';
import { sourceTokens } from './source-tokens.ts';

function cut(source: string): [string, string][] {
  return sourceTokens(source).map(({ kind, text }) => [kind, text]);
}

test('comments, strings and code are told apart', () => {
  expect(cut("/** Doc. */\nconst a = 'it\\'s // text'; // note\nb")).toEqual([
    ['comment', '/** Doc. */'],
    ['code', '\nconst a = '],
    ['string', "it\\'s // text"],
    ['code', '; '],
    ['comment', '// note'],
    ['code', '\nb'],
  ]);
});

test('a template is one string, and its expressions are read too', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the source to be cut
  const source = "f(`a ${x === '}' ? `${y} b` : { z }} c`)";
  expect(cut(source).filter(([kind]) => kind === 'string')).toEqual([
    ['string', 'a \u0024{} c'],
    ['string', '}'],
    ['string', '\u0024{} b'],
  ]);
});

test('quotes inside a regular expression do not begin a string', () => {
  expect(cut("a.match(/['\"/]/g) / 2 + 'b'").filter(([kind]) => kind === 'string')).toEqual([
    ['string', 'b'],
  ]);
});

test('a token knows its line and the code before it', () => {
  const [, token] = sourceTokens("a\nreport({ type: 'phase', phase: 'reading' })").filter(
    ({ kind }) => kind === 'string',
  );
  expect(token).toMatchObject({ text: 'reading', line: 2 });
  expect(token?.before.endsWith('phase: ')).toBe(true);
});
