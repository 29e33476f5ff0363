/** The places in a text where the words of a query stand. */
import type { SearchedText } from '../../document/search/searched-text.ts';
import type { Term } from './words.ts';

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
  const excerpts: Excerpt[] = [];
  for (const term of terms) {
    for (const where of ['title', 'text', 'values', 'comments', 'files'] as const) {
      const found = excerptIn(text[where], term);
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

function excerptIn(text: string, { text: words, isPrefix }: Term): Omit<Excerpt, 'where'> | undefined {
  const folded = fold(text);
  // Between the words of a phrase stands whatever separates words.
  const asked = fold(words)
    .text.split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  const pattern = asked.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^\\p{L}\\p{N}]+');
  const match = new RegExp(isPrefix ? `${pattern}[\\p{L}\\p{N}]*` : pattern, 'u').exec(folded.text);
  if (match === null) return undefined;
  const [start, end] = [
    folded.origin[match.index] ?? 0,
    folded.origin[match.index + match[0].length] ?? text.length,
  ];
  const line = (part: string) => part.replace(/\s+/g, ' ');
  return {
    before: line(`${start > around ? '…' : ''}${text.slice(Math.max(0, start - around), start)}`),
    match: line(text.slice(start, end)),
    after: line(`${text.slice(end, end + around)}${end + around < text.length ? '…' : ''}`),
  };
}

/** Lower case without diacritics, with the place of each character in the original. */
function fold(text: string): { readonly text: string; readonly origin: readonly number[] } {
  let folded = '';
  const origin: number[] = [];
  let at = 0;
  for (const character of text) {
    const plain = character.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
    folded += plain;
    for (let index = 0; index < plain.length; index += 1) origin.push(at);
    at += character.length;
  }
  origin.push(at);
  return { text: folded, origin };
}
