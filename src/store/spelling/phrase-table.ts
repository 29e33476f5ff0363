/** The phrases by their signs. */
import { phraseSigns, phrases } from './phrases.ts';
import { plainTextPhrase } from './signs.ts';

export interface PhraseTable {
  /** All phrases, one behind the other, and {@link paddingBytes} zeros. */
  readonly bytes: Uint8Array;
  /** The same bytes. */
  readonly view: DataView;
  /** Place of each phrase in them, and of the end. */
  readonly starts: Uint16Array;
  /** Numbers of phrases by the one byte of their sign. */
  readonly numberOf: Uint16Array;
  /** Number of the phrase in front of a plain text. */
  readonly plainText: number;
}

/** So that the last phrase, too, may be read four bytes at a time. */
const paddingBytes = 4;

let built: PhraseTable | undefined;

/** Built when it is first needed. */
export function phraseTable(): PhraseTable {
  built ??= buildTable();
  return built;
}

function buildTable(): PhraseTable {
  const starts = new Uint16Array(phrases.length + 1);
  for (const [number, phrase] of phrases.entries())
    starts[number + 1] = (starts[number] ?? 0) + phrase.length;
  const numberOf = new Uint16Array(256);
  for (const [number, sign] of phraseSigns.entries()) numberOf[sign] = number;
  const bytes = new Uint8Array((starts.at(-1) ?? 0) + paddingBytes);
  bytes.set(Buffer.from(phrases.join(''), 'latin1'));
  return {
    bytes,
    view: new DataView(bytes.buffer),
    starts,
    numberOf,
    plainText: phrases.indexOf(plainTextPhrase),
  };
}
