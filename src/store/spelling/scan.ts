/** Recognises ids, digests and times in a text. */

const dash = 0x2d;

/** The value of each hex digit in lower case; 255 for any other byte. */
export const hexValue = new Uint8Array(256).fill(255);
for (const [value, byte] of Buffer.from('0123456789abcdef').entries()) hexValue[byte] = value;

/** True when 32 lower-case hex digits with the dashes of an id begin at `at`. */
export function isIdAt(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at + 8] === dash &&
    bytes[at + 13] === dash &&
    bytes[at + 18] === dash &&
    bytes[at + 23] === dash &&
    isHexAt(bytes, at, 8) &&
    isHexAt(bytes, at + 9, 4) &&
    isHexAt(bytes, at + 14, 4) &&
    isHexAt(bytes, at + 19, 4) &&
    isHexAt(bytes, at + 24, 12)
  );
}

/** True when `length` lower-case hex digits begin at `at`; the bytes reach that far. */
export function isHexAt(bytes: Uint8Array, at: number, length: number): boolean {
  for (let place = at; place < at + length; place++)
    if (hexValue[bytes[place] as number] === 255) return false;
  return true;
}

/** Four bytes of hex digits that begin at `at`, as a signed number: a small one, where an unsigned one may be an object of V8's. */
export function hexWord(bytes: Uint8Array, at: number): number {
  let word = 0;
  for (let place = at; place < at + 8; place++)
    word = (word << 4) | (hexValue[bytes[place] as number] as number);
  return word;
}

/** The part of a time of a whole minute behind its day. */
const behindDay = Buffer.from('T00:00:00.000Z');
const dayLength = 10;
const zero = 0x30;

/** The time of a whole minute, spelled as JavaScript does, that begins at `at`: minutes since 1970; -1 for none. */
export function minutesAt(bytes: Uint8Array, at: number): number {
  for (let place = 0; place < behindDay.length; place++) {
    const byte = bytes[at + dayLength + place] as number;
    const isDigit = place === 1 || place === 2 || place === 4 || place === 5;
    if (isDigit ? byte < zero || byte > zero + 9 : byte !== behindDay[place]) return -1;
  }
  const days = daysAt(bytes, at);
  const hour = twoDigits(bytes, at + 11);
  const minute = twoDigits(bytes, at + 14);
  return days < 0 || hour > 23 || minute > 59 ? -1 : (24 * days + hour) * 60 + minute;
}

/** Days before each month, and after the last, in a year of 365. */
const daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];

/** The day `YYYY-MM-DD` that begins at `at`: days since 1970 began; -1 for what is none. */
function daysAt(bytes: Uint8Array, at: number): number {
  for (let place = at; place < at + dayLength; place++) {
    const byte = bytes[place] as number;
    const isDash = place === at + 4 || place === at + 7;
    if (isDash ? byte !== dash : byte < zero || byte > zero + 9) return -1;
  }
  const year = 100 * twoDigits(bytes, at) + twoDigits(bytes, at + 2);
  const month = twoDigits(bytes, at + 5);
  const day = twoDigits(bytes, at + 8);
  if (year < 1970 || month < 1 || month > 12) return -1;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 1 : 0;
  const before = (daysBefore[month - 1] as number) + (month > 2 ? leap : 0);
  const length = (daysBefore[month] as number) - (daysBefore[month - 1] as number) + (month === 2 ? leap : 0);
  if (day < 1 || day > length) return -1;
  const past = year - 1;
  const leapDays = Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400) - 477;
  return 365 * (year - 1970) + leapDays + before + day - 1;
}

function twoDigits(bytes: Uint8Array, at: number): number {
  return 10 * ((bytes[at] as number) - zero) + (bytes[at + 1] as number) - zero;
}
