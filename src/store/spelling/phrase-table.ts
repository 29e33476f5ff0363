/** The phrases by their signs. */
import { phraseSigns, phrases } from './phrases.ts';
import { plainTextPhrase } from './signs.ts';

export interface PhraseTable {
  /** All phrases, one behind the other. */
  readonly bytes: Uint8Array;
  /** Place of each phrase in them, and of the end. */
  readonly starts: readonly number[];
  /** Numbers of phrases by the one byte of their sign, and of the first that has two. */
  readonly numberOf: { readonly signs: Uint16Array; readonly long: number };
  /** Number of the phrase in front of a plain text. */
  readonly plainText: number;
}

let built: PhraseTable | undefined;

/** Built when it is first needed. */
export function phraseTable(): PhraseTable {
  built ??= buildTable();
  return built;
}

function buildTable(): PhraseTable {
  const starts = [0];
  for (const phrase of phrases) starts.push((starts.at(-1) ?? 0) + phrase.length);
  const numbers = new Uint16Array(256).fill(phrases.length);
  for (const [number, sign] of phraseSigns.entries()) numbers[sign] = number;
  return {
    bytes: Buffer.from(phrases.join(''), 'latin1'),
    starts,
    numberOf: { signs: numbers, long: phraseSigns.length },
    plainText: phrases.indexOf(plainTextPhrase),
  };
}
