/** Reads what spell.ts wrote. Its input is authenticated but may be an attacker's all the same: it is bounded. */
import { phraseTable } from './phrase-table.ts';
import { phraseSigns } from './phrases.ts';
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
/** Phrases and blanks are written four bytes at a time, so up to three more than they have. */
const maxOverrunBytes = 3;
/** Four blanks as one number. */
const fourBlanks = 0x20202020;

/** The part that each byte of a text has in it. */
const [plain, onePhrase, lineEnd, otherSign] = [0, 1, 2, 3] as const;
const partOf = new Uint8Array(256).fill(plain);
for (const sign of signs.allSigns) partOf[sign] = otherSign;
for (const sign of phraseSigns) partOf[sign] = onePhrase;
partOf[newline] = lineEnd;

/**
 * The bytes that were spelled, at most `maxBytes` of them.
 * @throws Error that says what is wrong, for parts that `spell` did not write
 */
export function unspell(spelled: Spelled, maxBytes: number): Uint8Array {
  unspeller ??= new Unspeller();
  return unspeller.unspell(spelled, maxBytes);
}

/** One for all: its tables take longer to create than a blob to read. */
let unspeller: Unspeller | undefined;

class Unspeller {
  readonly #phrases = phraseTable();
  readonly #ids = new Uint8Array(signs.rememberedIds * idBytes);
  /** The latest new id with dashes: its first bytes stay for its siblings. */
  readonly #id = new Uint8Array(idBytes);
  readonly #bareId = new Uint8Array(idBytes);
  #times = new signs.ExpectedTime();
  #text: Uint8Array = new Uint8Array();
  #side: Uint8Array = new Uint8Array();
  #bytes = new Uint8Array();
  /** The same bytes. */
  #view = new DataView(this.#bytes.buffer);
  #maxBytes = 0;
  #idCount = 0;
  #hasSiblings = false;
  #textAt = 0;
  #sideAt = 0;
  #at = 0;
  #depth = 0;
  #sameFrom = -1;
  #isAtLineStart = false;

  unspell({ text, side }: Spelled, maxBytes: number): Uint8Array {
    this.#text = plainArray(text);
    this.#side = plainArray(side);
    this.#maxBytes = maxBytes;
    // What is not written is cut off below.
    this.#bytes = new Uint8Array(Buffer.allocUnsafeSlow(maxBytes + maxSignBytes + maxOverrunBytes).buffer);
    this.#view = new DataView(this.#bytes.buffer);
    this.#times = new signs.ExpectedTime();
    this.#idCount = this.#textAt = this.#sideAt = this.#at = this.#depth = 0;
    this.#sameFrom = -1;
    this.#hasSiblings = this.#isAtLineStart = false;
    while (this.#textAt < text.length) {
      this.#lines();
      if (this.#textAt < text.length) this.#sign(text[this.#textAt++] as number);
      if (this.#at > maxBytes) throw tooLong();
    }
    if (this.#isAtLineStart) this.#indent(0);
    if (this.#sideAt !== side.length) throw new Error('something is left over');
    return new Uint8Array(this.#bytes.buffer, 0, this.#at);
  }

  /**
   * Text, phrases and ends of lines, which are nearly everything, up to the next other sign. Its state lies in variables
   * of its own: in members it would take several times as long.
   */
  #lines(): void {
    const { bytes: phraseBytes, view: phraseView, starts, numberOf, plainText } = this.#phrases;
    const text = this.#text;
    const bytes = this.#bytes;
    const view = this.#view;
    const maxBytes = this.#maxBytes;
    let textAt = this.#textAt;
    let at = this.#at;
    let depth = this.#depth;
    let isAtLineStart = this.#isAtLineStart;
    while (textAt < text.length) {
      const byte = text[textAt] as number;
      const part = partOf[byte] as number;
      if (part === otherSign) break;
      const number = part === onePhrase ? (numberOf[byte] as number) : 0;
      const from = part === onePhrase ? (starts[number] as number) : 0;
      if (isAtLineStart) {
        const first = part === onePhrase ? (phraseBytes[from] as number) : byte;
        depth = signs.expectedIndentation(depth, at > 1 ? (bytes[at - 2] as number) : 0, first);
        if (at + depth > maxBytes) throw tooLong();
        for (let place = at; place < at + depth; place += 4) view.setUint32(place, fourBlanks);
        at += depth;
        isAtLineStart = false;
      }
      if (part === onePhrase) {
        textAt += 1;
        const length = (starts[number + 1] as number) - from;
        for (let place = 0; place < length; place += 4)
          view.setUint32(at + place, phraseView.getUint32(from + place));
        at += length;
        isAtLineStart = bytes[at - 1] === newline;
        if (number === plainText) this.#sameFrom = at;
      } else if (part === lineEnd) {
        textAt += 1;
        bytes[at++] = newline;
        isAtLineStart = true;
      } else {
        const end = Math.min(text.length, textAt + maxBytes - at + 1);
        while (textAt < end && partOf[text[textAt] as number] === plain)
          bytes[at++] = text[textAt++] as number;
      }
      if (at > maxBytes) throw tooLong();
    }
    this.#textAt = textAt;
    this.#at = at;
    this.#depth = depth;
    this.#isAtLineStart = isAtLineStart;
  }

  #sign(sign: number): void {
    switch (sign) {
      case signs.longPhrase:
        this.#longPhrase();
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
      default:
        this.#same();
    }
  }

  /** A phrase of two signs. */
  #longPhrase(): void {
    const { bytes, starts } = this.#phrases;
    const number = phraseSigns.length + this.#next();
    const end = starts[number + 1];
    if (end === undefined) throw new Error('a phrase is not known');
    let from = starts[number] as number;
    this.#begin(bytes[from] as number);
    let at = this.#at;
    while (from < end) this.#bytes[at++] = bytes[from++] as number;
    this.#at = at;
    this.#isAtLineStart = bytes[end - 1] === newline;
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
    this.#begin(0);
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

  /** Indents the line that begins with `first`, or with a byte that opens and closes nothing where that is 0, if one does here. */
  #begin(first: number): void {
    if (this.#isAtLineStart) this.#indent(first);
  }

  /** The blanks of a line that begins with `first`. */
  #indent(first: number): void {
    this.#blanks(
      signs.expectedIndentation(this.#depth, this.#at > 1 ? (this.#bytes[this.#at - 2] as number) : 0, first),
    );
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

/** The same bytes, as an array of one kind only: V8 reads it faster where it has not seen two. */
function plainArray({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function tooLong(): Error {
  return new Error('it is longer than declared');
}
