/** Reads what spell.ts wrote. Its input is authenticated but may be an attacker's all the same: it is bounded. */
import { phraseTable } from './phrase-table.ts';
import * as signs from './signs.ts';
import type { Spelled } from './spell.ts';
import { writeDashed, writeHex, writeMinute } from './write.ts';

const newline = 0x0a;
const blank = 0x20;
const quote = 0x22;
const idBytes = 16;

/** Minutes from 1970 to the end of the year 9999. */
const maxMinutes = 4_223_371_680;

/** No phrase and nothing else that a sign stands for is longer, but for a repeated text and an indentation. */
const maxSignBytes = 128;

const isSign = new Uint8Array(256);
for (const sign of [...signs.allSigns, newline]) isSign[sign] = 1;

/**
 * The bytes that were spelled, at most `maxBytes` of them.
 * @throws Error that says what is wrong, for parts that `spell` did not write
 */
export function unspell(spelled: Spelled, maxBytes: number): Uint8Array {
  return new Unspeller(spelled, maxBytes).unspell();
}

class Unspeller {
  readonly #text: Uint8Array;
  readonly #side: Uint8Array;
  readonly #maxBytes: number;
  readonly #bytes: Uint8Array;
  readonly #phrases = phraseTable();
  readonly #ids = new Uint8Array(signs.rememberedIds * idBytes);
  readonly #times = new signs.ExpectedTime();
  #idCount = 0;
  /** The latest new id with dashes: its first bytes stay for its siblings. */
  readonly #id = new Uint8Array(idBytes);
  readonly #bareId = new Uint8Array(idBytes);
  #hasSiblings = false;
  #textAt = 0;
  #sideAt = 0;
  #at = 0;
  #depth = 0;
  #sameFrom = -1;
  #isAtLineStart = false;

  constructor({ text, side }: Spelled, maxBytes: number) {
    this.#text = text;
    this.#side = side;
    this.#maxBytes = maxBytes;
    this.#bytes = new Uint8Array(maxBytes + maxSignBytes);
  }

  unspell(): Uint8Array {
    const text = this.#text;
    while (this.#textAt < text.length) {
      const byte = text[this.#textAt] as number;
      if (isSign[byte] === 0) {
        this.#copy(byte);
      } else {
        this.#textAt += 1;
        this.#sign(byte);
      }
      if (this.#at > this.#maxBytes) throw tooLong();
    }
    if (this.#isAtLineStart) this.#indent(undefined);
    if (this.#sideAt !== this.#side.length) throw new Error('something is left over');
    return this.#bytes.subarray(0, this.#at);
  }

  /** Copies up to the next sign. */
  #copy(first: number): void {
    if (this.#isAtLineStart) this.#indent(first);
    const text = this.#text;
    const bytes = this.#bytes;
    const end = Math.min(text.length, this.#textAt + this.#maxBytes - this.#at + 1);
    let textAt = this.#textAt;
    let at = this.#at;
    while (textAt < end && isSign[text[textAt] as number] === 0) bytes[at++] = text[textAt++] as number;
    this.#textAt = textAt;
    this.#at = at;
  }

  #sign(sign: number): void {
    switch (sign) {
      case newline:
        this.#begin(newline);
        this.#bytes[this.#at++] = newline;
        this.#isAtLineStart = true;
        break;
      case signs.indentation:
        this.#blanks(this.#next());
        break;
      case signs.newId:
        this.#aside(this.#id, 0, signs.siblingBytes);
        this.#hasSiblings = true;
        this.#sibling();
        break;
      case signs.siblingId:
        this.#sibling();
        break;
      case signs.knownId:
        this.#dashed(this.#ids, this.#known());
        break;
      case signs.expectedTime:
        this.#time(0);
        break;
      case signs.time:
        this.#time(this.#distance());
        break;
      case signs.digest:
        this.#begin(quote);
        this.#bytes[this.#at] = quote;
        this.#at = writeHex(this.#side, this.#sideAt, this.#skip(32), this.#bytes, this.#at + 1);
        this.#bytes[this.#at++] = quote;
        break;
      case signs.knownBareId:
        this.#bare(this.#ids, this.#known());
        break;
      case signs.newBareId:
        this.#aside(this.#bareId, 0, idBytes);
        this.#remember(this.#bareId);
        this.#bare(this.#bareId, 0);
        break;
      case signs.sameText:
        this.#same();
        break;
      default:
        this.#phrase(sign);
    }
  }

  #phrase(sign: number): void {
    const { numberOf, bytes, starts, plainText } = this.#phrases;
    const number =
      sign === signs.longPhrase ? numberOf.long + this.#next() : (numberOf.signs[sign] as number);
    const end = starts[number + 1];
    if (end === undefined) throw new Error('a phrase is not known');
    let from = starts[number] as number;
    this.#begin(bytes[from]);
    let at = this.#at;
    while (from < end) this.#bytes[at++] = bytes[from++] as number;
    this.#at = at;
    this.#isAtLineStart = bytes[end - 1] === newline;
    if (number === plainText) this.#sameFrom = at;
  }

  #same(): void {
    const from = this.#sameFrom;
    const end = from < 0 ? 0 : this.#bytes.subarray(0, this.#at).indexOf(newline, from) + 1;
    if (end === 0) throw new Error('a text to repeat is missing');
    if (this.#at + end - from > this.#maxBytes) throw tooLong();
    this.#bytes.copyWithin(this.#at, from, end);
    this.#at += end - from;
    this.#isAtLineStart = true;
  }

  /** A new id that begins like the new id before it. */
  #sibling(): void {
    if (!this.#hasSiblings) throw new Error('an id has no siblings');
    this.#aside(this.#id, signs.siblingBytes, idBytes - signs.siblingBytes);
    this.#remember(this.#id);
    this.#dashed(this.#id, 0);
  }

  /** The id that lies at `from` of `ids`. */
  #dashed(ids: Uint8Array, from: number): void {
    this.#begin(quote);
    this.#at = writeDashed(ids, from, this.#bytes, this.#at);
  }

  #bare(ids: Uint8Array, from: number): void {
    this.#begin(undefined);
    this.#at = writeHex(ids, from, from + idBytes, this.#bytes, this.#at);
  }

  /** The place in {@link #ids} of the id whose number follows. */
  #known(): number {
    const number = this.#next();
    if (number >= this.#idCount) throw new Error('an id did not occur before');
    return number * idBytes;
  }

  #remember(id: Uint8Array): void {
    if (this.#idCount === signs.rememberedIds) return;
    const to = this.#idCount++ * idBytes;
    for (let at = 0; at < idBytes; at++) this.#ids[to + at] = id[at] as number;
  }

  /** The time that is so many minutes from the expected one. */
  #time(distance: number): void {
    const minutes = this.#times.minutes + distance;
    if (minutes < 0 || minutes >= maxMinutes) throw new Error('a time is none');
    this.#times.saw(minutes);
    this.#begin(quote);
    this.#at = writeMinute(minutes, this.#bytes, this.#at);
  }

  /** Indents the line that begins with `first`, if one does here. */
  #begin(first: number | undefined): void {
    if (this.#isAtLineStart) this.#indent(first);
  }

  /** The blanks of a line that begins with `first`. */
  #indent(first: number | undefined): void {
    this.#blanks(signs.expectedIndentation(this.#depth, this.#bytes[this.#at - 2], first));
  }

  #blanks(count: number): void {
    if (this.#at + count > this.#maxBytes) throw tooLong();
    for (let left = count; left > 0; left--) this.#bytes[this.#at++] = blank;
    this.#depth = count;
    this.#isAtLineStart = false;
  }

  #next(): number {
    const next = this.#text[this.#textAt++];
    if (next === undefined) throw new Error('it ends within a sign');
    return next;
  }

  /** Copies the next `count` bytes on the side; they are few. */
  #aside(into: Uint8Array, start: number, count: number): void {
    let from = this.#sideAt;
    const end = this.#skip(count);
    for (let at = start; from < end; at++, from++) into[at] = this.#side[from] as number;
  }

  /** Takes the next `count` bytes on the side; returns their end. */
  #skip(count: number): number {
    this.#sideAt += count;
    if (this.#sideAt > this.#side.length) throw new Error('an id is missing');
    return this.#sideAt;
  }

  /** Seven bits a byte, the lowest first; odd numbers are negative. */
  #distance(): number {
    let value = 0;
    for (let place = 1; place < 2 ** 42; place *= 128) {
      const byte = this.#side[this.#sideAt++];
      if (byte === undefined) throw new Error('a time is missing');
      value += (byte % 128) * place;
      if (byte < 128) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    throw new Error('a time is too far away');
  }
}

function tooLong(): Error {
  return new Error('it is longer than declared');
}
