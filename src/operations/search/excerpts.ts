/** The places in a text where the words of a query stand. */
import type { SearchedText } from '../../document/search/searched-text.ts';
import type { Term } from './words.ts';
import { wordCharacter } from './words.ts';

/** A piece of text around a match. */
export interface Excerpt {
  readonly where: keyof SearchedText;
  readonly before: string;
  readonly match: string;
  readonly after: string;
}

const around = 50;

/** The first place of each term, in the order of the parts. */
export function excerptsOf(text: SearchedText, terms: readonly Term[]): Excerpt[] {
  const folded = new Map<keyof SearchedText, Folded>();
  const foldedAt = (where: keyof SearchedText) => {
    const known = folded.get(where) ?? fold(text[where]);
    folded.set(where, known);
    return known;
  };
  const excerpts: Excerpt[] = [];
  for (const term of terms) {
    const pattern = patternOf(term);
    for (const where of ['title', 'text', 'values', 'comments', 'files'] as const) {
      const found = excerptIn(text[where], foldedAt(where), pattern);
      if (found === undefined) continue;
      excerpts.push({ where, ...found });
      break;
    }
  }
  return excerpts.filter(
    (one, index) =>
      excerpts.findIndex((other) => other.where === one.where && other.before === one.before) === index,
  );
}

function excerptIn(text: string, folded: Folded, pattern: RegExp): Omit<Excerpt, 'where'> | undefined {
  const match = pattern.exec(folded.text);
  if (match === null) return undefined;
  const [start, end] = [folded.originOf(match.index), folded.originOf(match.index + match[0].length)];
  const line = (part: string) => part.replace(/\s+/g, ' ');
  return {
    before: line(`${start > around ? '…' : ''}${text.slice(Math.max(0, start - around), start)}`),
    match: line(text.slice(start, end)),
    after: line(`${text.slice(end, end + around)}${end + around < text.length ? '…' : ''}`),
  };
}

/** A letter or digit of a longer word. */
const letter = `(?!${wordCharacter})[\\p{L}\\p{N}]`;

/** A character that is a word, or a longer word. Letters and digits have no meaning of their own in a pattern. */
const askedWord = new RegExp(`(${wordCharacter})|(?:${letter})+`, 'gu');

/** Between the words of a phrase stands whatever separates words; nothing need stand before or after a character that is one. */
function patternOf({ text, isPrefix }: Term): RegExp {
  const asked = [...fold(text).text.matchAll(askedWord)].map(([word, alone]) => ({
    word,
    isLong: alone === undefined,
  }));
  const words = asked.map(({ word, isLong }, index) => {
    const isApart = isLong && asked[index - 1]?.isLong === true;
    return index === 0 ? word : `[^\\p{L}\\p{N}]${isApart ? '+' : '*'}${word}`;
  });
  const start = asked[0]?.isLong === true ? `(?<!${letter})` : '';
  const end = isPrefix ? `(?:${letter})*` : asked.at(-1)?.isLong === true ? `(?!${letter})` : '';
  return new RegExp(`${start}${words.join('')}${end}`, 'u');
}

/** Text in lower case without diacritics. */
interface Folded {
  readonly text: string;
  /** The place in the original of the character at `index`. */
  originOf(index: number): number;
}

function fold(text: string): Folded {
  if (!/[^\0-\x7f]/.test(text)) return { text: text.toLowerCase(), originOf: (index) => index };
  let folded = '';
  const origin: number[] = [];
  let at = 0;
  for (const character of text) {
    const plain = character.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
    folded += plain;
    for (let index = 0; index < plain.length; index += 1) origin.push(at);
    at += character.length;
  }
  return { text: folded, originOf: (index) => origin[index] ?? text.length };
}
