/**
 * Writes canonical JSON, or any part of one, with signs for what repeats: phrases, indentation, ids, times. What looks
 * random goes to the side, where deflate does not stumble over it.
 */
import { IdTable } from './id-table.ts';
import { isPhraseAt, phraseAt, phraseTrie } from './phrase-trie.ts';
import { phraseSigns, phrases } from './phrases.ts';
import { hexValue, hexWord, isHexAt, isIdAt, minutesAt } from './scan.ts';
import * as signs from './signs.ts';

/** A text in two parts. */
export interface Spelled {
  /** Text and signs; compresses well. */
  readonly text: Uint8Array;
  /** Ids, digests and times, as the signs ask for them; does not compress. */
  readonly side: Uint8Array;
}

const newline = 0x0a;
const blank = 0x20;
const quote = 0x22;
const dash = 0x2d;
const slash = 0x2f;

const isSign = new Uint8Array(256);
for (const sign of signs.allSigns) isSign[sign] = 1;
/** 1 for bytes that are not just copied. */
const isSpecial = isSign.slice();
for (const byte of [newline, quote, dash, slash]) isSpecial[byte] = 1;

/** Bytes of zero behind the text, more than anything that is looked for at one place: reading past the end is slow. */
const paddingBytes = 256;
/** A power of two; each phrase moves the others five bits on, so that three of them count. */
const contexts = 8192;
/** Four blanks as one number. */
const fourBlanks = 0x20202020;

const plainText = phrases.indexOf(signs.plainTextPhrase);
const content = phrases.indexOf('"content": ');

/** `bytes` in signs; undefined when they have a byte that is one. The parts stay valid until the next call. */
export function spell(bytes: Uint8Array): Spelled | undefined {
  speller ??= new Speller();
  return speller.spell(bytes);
}

let speller: Speller | undefined;

/** Writes the sign of a phrase; returns the place behind it. */
function writePhrase(number: number, into: Uint8Array, at: number): number {
  if (number < phraseSigns.length) {
    into[at] = phraseSigns[number] as number;
    return at + 1;
  }
  into[at] = signs.longPhrase;
  into[at + 1] = number - phraseSigns.length;
  return at + 2;
}

class Speller {
  readonly #trie = phraseTrie();
  readonly #ids = new IdTable();
  /** The phrase that came after the same few others last time, where no phrase is longer: it mostly comes again. */
  readonly #after = new Uint16Array(contexts);
  /** A few bits of each of the latest phrases. */
  #context = 0;
  #times = new signs.ExpectedTime();
  /** A copy of what is spelled, and zeros. */
  #bytes = new Uint8Array();
  #view = new DataView(this.#bytes.buffer);
  #end = 0;
  #text = new Uint8Array();
  #side = new Uint8Array();
  #at = 0;
  #textAt = 0;
  #sideAt = 0;
  #depth = 0;
  /** The first words of the new id before this one: 4 bytes and 2. */
  #siblingFirst = 0;
  #siblingSecond = -1;
  #sameFrom = -1;

  spell(bytes: Uint8Array): Spelled | undefined {
    this.#begin(bytes);
    this.#phrases(false);
    while (this.#at < this.#end) {
      this.#copy();
      if (this.#at === this.#end) break;
      const byte = this.#bytes[this.#at] as number;
      if (isSign[byte] === 1) return undefined;
      if (byte === quote && this.#quoted()) continue;
      this.#text[this.#textAt++] = byte;
      this.#at += 1;
      if (byte === newline) this.#phrases(true);
      else if (byte !== quote) this.#bareId();
    }
    return { text: this.#text.subarray(0, this.#textAt), side: this.#side.subarray(0, this.#sideAt) };
  }

  #begin(bytes: Uint8Array): void {
    if (this.#bytes.length < bytes.length + paddingBytes) {
      this.#bytes = new Uint8Array(bytes.length + paddingBytes);
      this.#view = new DataView(this.#bytes.buffer);
    }
    this.#bytes.set(bytes);
    this.#bytes.fill(0, bytes.length, bytes.length + paddingBytes);
    this.#end = bytes.length;
    // A sign is never longer than what it stands for, but for the indentation of a line.
    if (this.#text.length < 2 * bytes.length + 2) {
      this.#text = new Uint8Array(2 * bytes.length + 2);
      this.#side = new Uint8Array(bytes.length + 2);
    }
    this.#ids.clear();
    this.#times = new signs.ExpectedTime();
    this.#at = this.#textAt = this.#sideAt = this.#depth = 0;
    this.#siblingSecond = this.#sameFrom = -1;
  }

  /** Copies up to the next byte that may be more than itself. */
  #copy(): void {
    const bytes = this.#bytes;
    const text = this.#text;
    const end = this.#end;
    let at = this.#at;
    let textAt = this.#textAt;
    while (at < end && isSpecial[bytes[at] as number] === 0) text[textAt++] = bytes[at++] as number;
    this.#at = at;
    this.#textAt = textAt;
  }

  /**
   * Takes phrases, as long as each brings its line to an end, and the blanks in front of them. That is most of a document,
   * so the state lies in variables: in members it would take twice as long.
   * @param isAtLineStart false at the beginning of the text, which may lie within a line
   */
  #phrases(isAtLineStart: boolean): void {
    const bytes = this.#bytes;
    const text = this.#text;
    const view = this.#view;
    const trie = this.#trie;
    const after = this.#after;
    let at = this.#at;
    let textAt = this.#textAt;
    let depth = this.#depth;
    let context = this.#context;
    for (let hasBlanks = isAtLineStart; ; hasBlanks = true) {
      if (hasBlanks) {
        const start = at;
        while (at - start < 252 && view.getUint32(at) === fourBlanks) at += 4;
        while (bytes[at] === blank && at - start < 255) at += 1;
        const expected = signs.expectedIndentation(
          depth,
          start > 1 ? (bytes[start - 2] as number) : 0,
          bytes[at] as number,
        );
        depth = at - start;
        if (depth !== expected) {
          text[textAt++] = signs.indentation;
          text[textAt++] = depth;
        }
      }
      let number = after[context] as number;
      if (!isPhraseAt(trie, number, view, at)) {
        number = phraseAt(trie, bytes, at);
        if (number < 0) break;
        if (trie.isFinal[number] === 1) after[context] = number;
      }
      context = ((context << 5) ^ number) & (contexts - 1);
      textAt = writePhrase(number, text, textAt);
      at += trie.lengths[number] as number;
      if (number === plainText) this.#sameFrom = at;
      if (number === content) {
        const end = this.#endOfSame(at);
        if (end < 0) break;
        text[textAt++] = signs.sameText;
        at = end;
      } else if (bytes[at - 1] !== newline) break;
    }
    this.#at = at;
    this.#textAt = textAt;
    this.#depth = depth;
    this.#context = context;
  }

  /** The end of the line, when from `at` on it is that of the latest plain text; -1 when it is not. */
  #endOfSame(at: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    let from = this.#sameFrom;
    if (from < 0) return -1;
    for (let here = at; here < end && bytes[here] === bytes[from]; here++, from++)
      if (bytes[here] === newline) return here + 1;
    return -1;
  }

  /** Takes the id, time or digest in quotes that begins here, if one does. */
  #quoted(): boolean {
    const bytes = this.#bytes;
    const start = this.#at + 1;
    if (bytes[start + 36] === quote && isIdAt(bytes, start)) return this.#id(start);
    if (bytes[start + 24] === quote && bytes[start + 23] === 0x5a) return this.#time(start);
    if (bytes[start + 64] !== quote || !isHexAt(bytes, start, 64)) return false;
    this.#text[this.#textAt++] = signs.digest;
    this.#aside(start, 64);
    this.#at += 66;
    return true;
  }

  #id(start: number): true {
    const bytes = this.#bytes;
    const first = hexWord(bytes, start);
    const second = this.#dashedWord(start + 9);
    const number = this.#ids.number(first, second, this.#dashedWord(start + 19), hexWord(bytes, start + 28));
    const isSibling = first === this.#siblingFirst && second >>> 16 === this.#siblingSecond;
    this.#at += 38;
    if (number >= 0) {
      this.#text[this.#textAt++] = signs.knownId;
      this.#text[this.#textAt++] = number;
      return true;
    }
    this.#text[this.#textAt++] = isSibling ? signs.siblingId : signs.newId;
    if (!isSibling) {
      this.#aside(start, 8);
      this.#aside(start + 9, 4);
    }
    this.#siblingFirst = first;
    this.#siblingSecond = second >>> 16;
    this.#aside(start + 14, 4);
    this.#aside(start + 19, 4);
    this.#aside(start + 24, 12);
    return true;
  }

  /** The word whose 8 digits have a dash in the middle. */
  #dashedWord(at: number): number {
    const bytes = this.#bytes;
    let word = 0;
    for (let place = at; place < at + 9; place++) {
      if (place !== at + 4) word = (word << 4) | (hexValue[bytes[place] as number] as number);
    }
    return word;
  }

  /** Takes the 32 hex digits that end a text here, if they do. */
  #bareId(): void {
    const bytes = this.#bytes;
    const at = this.#at;
    if (bytes[at + 32] !== quote || !isHexAt(bytes, at, 32)) return;
    const [a, b, c, d] = [
      hexWord(bytes, at),
      hexWord(bytes, at + 8),
      hexWord(bytes, at + 16),
      hexWord(bytes, at + 24),
    ];
    const number = this.#ids.number(a, b, c, d);
    this.#text[this.#textAt++] = number < 0 ? signs.newBareId : signs.knownBareId;
    if (number < 0) this.#aside(at, 32);
    else this.#text[this.#textAt++] = number;
    this.#at += 32;
  }

  #time(start: number): boolean {
    const minutes = minutesAt(this.#bytes, start);
    if (minutes < 0) return false;
    const distance = minutes - this.#times.minutes;
    this.#times.saw(minutes);
    this.#text[this.#textAt++] = distance === 0 ? signs.expectedTime : signs.time;
    if (distance !== 0) this.#number(distance > 0 ? 2 * distance : -2 * distance - 1);
    this.#at += 26;
    return true;
  }

  /** Seven bits a byte, the lowest first; the highest bit says that more follow. */
  #number(value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#side[this.#sideAt++] = (rest % 128) + 128;
    this.#side[this.#sideAt++] = rest;
  }

  /** Puts the bytes that `digits` hex digits from `start` stand for to the side. */
  #aside(start: number, digits: number): void {
    const bytes = this.#bytes;
    for (let at = start; at < start + digits; at += 2) {
      const high = hexValue[bytes[at] as number] as number;
      this.#side[this.#sideAt++] = (high << 4) | (hexValue[bytes[at + 1] as number] as number);
    }
  }
}
