/**
 * Texts and queries as the words of the index. Each character of Chinese, Japanese, Korean and Thai counts as a word, and what
 * stands between two of them as little as what stands between two other words. SQLite's `unicode61` takes a whole run of
 * them as one word: such runs become overlapping pairs of characters, which a query asks for as a phrase.
 */

/** One character that is a word by itself, as the source of a regular expression. */
export const wordCharacter =
  '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Thai}ー々]';

/** Characters of no word. */
const separators = '[^\\p{L}\\p{M}\\p{N}\\p{Co}]*';

/** A run of word characters, with what separates them. */
const cjk = new RegExp(`${wordCharacter}(?:${separators}${wordCharacter})*`, 'gu');

/** Texts without any of these have no such character, and are told so in a fraction of the time. */
const afterLatin = /[\u0e00-\uffff]/;

/** `text` with runs of CJK as pairs and, at their end, their last character alone. */
export function indexedText(text: string): string {
  return afterLatin.test(text) ? text.replace(cjk, (run) => ` ${pairs(run).join(' ')} `) : text;
}

function pairs(run: string): string[] {
  const characters = run.normalize('NFC').match(new RegExp(wordCharacter, 'gu')) ?? [];
  return characters.map((character, index) => character + (characters[index + 1] ?? ''));
}

/** One thing that a query asks for: a word, the beginning of one, or a phrase. */
export interface Term {
  /** As typed, without quotes and `*`. */
  readonly text: string;
  readonly isPrefix: boolean;
}

/** The terms of a query: words, `"phrases in quotes"`, `beginnings*`. */
export function termsOf(query: string): Term[] {
  return [...query.matchAll(/"([^"]*)"?(\*?)|(\S+)/gu)].flatMap(([, phrase, star, word]): Term[] => {
    const typed = (phrase ?? word ?? '').trim();
    const isPrefix = star === '*' || (phrase === undefined && typed.endsWith('*'));
    const text = typed.replace(/\*+$/, '').replaceAll('"', ' ').trim();
    return /[\p{L}\p{N}]/u.test(text) ? [{ text, isPrefix }] : [];
  });
}

/** The terms in the language of FTS5 (https://sqlite.org/fts5.html §3): all of them, in any column. */
export function ftsQuery(terms: readonly Term[]): string {
  return terms.map(ftsTerm).join(' AND ');
}

function ftsTerm({ text, isPrefix }: Term): string {
  const parts: { readonly word: string; readonly isOpen: boolean }[] = [];
  let from = 0;
  for (const { 0: run, index } of text.matchAll(cjk)) {
    parts.push(...spaced(text.slice(from, index)));
    const all = pairs(run);
    from = index + run.length;
    // Before further words the run is at its end, where the index has the last character alone; else it may go on.
    const goesOn = spaced(text.slice(from)).length > 0;
    const asked = goesOn || all.length === 1 ? all : all.slice(0, -1);
    for (const word of asked) parts.push({ word, isOpen: !goesOn && all.length === 1 });
  }
  parts.push(...spaced(text.slice(from)));
  const last = parts.at(-1);
  const phrase = parts.map(({ word }) => `"${word}"`).join(' + ');
  return isPrefix || last?.isOpen === true ? `${phrase} *` : phrase;
}

function spaced(text: string) {
  return text
    .split(/[^\p{L}\p{M}\p{N}\p{Co}]+/u)
    .filter((word) => word !== '')
    .map((word) => ({ word, isOpen: false }));
}
