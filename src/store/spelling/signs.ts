/**
 * The signs of the spelling: bytes that no canonical text has, in the place of what Notion's JSON is full of. Part of
 * the format, see docs/format.md, Spelling.
 */
import { phraseSigns } from './phrases.ts';

/** An id with dashes, in quotes, that did not occur before: 16 bytes on the side. */
export const newId = 0x01;
/** An id with dashes, in quotes, that did: its number in the order of first occurrence follows. */
export const knownId = 0x02;
/** A new id that begins with the same 6 bytes as the new id before it: its other 10 bytes on the side. */
export const siblingId = 0x03;
/** A time of a whole minute, in quotes: its distance from what was expected on the side. */
export const time = 0x04;
/** A time of a whole minute, in quotes, that is what was expected. */
export const expectedTime = 0x05;
/** 64 hex digits in quotes: 32 bytes on the side. */
export const digest = 0x06;
/** 32 hex digits behind a dash or slash, at the end of a text: an id that did occur; its number follows. */
export const knownBareId = 0x07;
/** The same, an id that did not: 16 bytes on the side. */
export const newBareId = 0x08;
/** A line is not indented as expected: the number of its blanks follows. */
export const indentation = 0x09;
/** The rest of the line is the rest of the latest line of plain text. */
export const sameText = 0x0b;
/** A phrase of the second list: its place there follows. */
export const longPhrase = 0x0e;

/** Every byte that is a sign, or the first byte of one. */
export const allSigns: readonly number[] = [
  ...[newId, knownId, siblingId, time, expectedTime, digest, knownBareId, newBareId, indentation, sameText],
  ...[longPhrase, ...phraseSigns],
];

/** Only so many ids are remembered, the first ones: the number of each takes one byte. */
export const rememberedIds = 256;
/** Bytes that siblings have in common. */
export const siblingBytes = 6;
/** The line that {@link sameText} repeats begins so. */
export const plainTextPhrase = '"plain_text": ';

/**
 * Expects the next of the times of a document: as long after the one before the last as the last came after the one
 * before that. Blocks have two times each, mostly equal to or as far apart as those of the block before.
 */
export class ExpectedTime {
  #last = 0;
  #beforeLast = 0;
  #beforeThat = 0;
  #count = 0;

  /** Minutes since 1970. */
  get minutes(): number {
    return this.#beforeLast + this.#last - this.#beforeThat;
  }

  saw(minutes: number): void {
    this.#beforeThat = this.#count === 0 ? minutes : this.#beforeLast;
    this.#beforeLast = this.#count === 0 ? minutes : this.#last;
    this.#last = minutes;
    this.#count += 1;
  }
}

const openingBrace = 0x7b;
const openingBracket = 0x5b;
const closingBrace = 0x7d;
const closingBracket = 0x5d;

/**
 * Blanks that a line is expected to have, by those of the line before, that line's last byte and this line's first; 0 for a byte
 * that is not there.
 */
export function expectedIndentation(before: number, last: number, first: number): number {
  const opened = last === openingBrace || last === openingBracket ? 1 : 0;
  const closed = first === closingBrace || first === closingBracket ? 1 : 0;
  const expected = before + opened - closed;
  return expected < 0 ? 0 : expected;
}
