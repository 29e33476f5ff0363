/** Writes ids, digests and times as text; each function returns the place behind what it wrote. */

const quote = 0x22;
const dash = 0x2d;
const zero = 0x30;
const digits = Buffer.from('0123456789abcdef');
/** The part of a time of a whole minute behind its hour and minute. */
const behindMinute = Buffer.from(':00.000Z"');

/** The bytes from `from` to `end` as lower-case hex. */
export function writeHex(
  bytes: Uint8Array,
  from: number,
  end: number,
  into: Uint8Array,
  start: number,
): number {
  let at = start;
  for (let place = from; place < end; place++) at = writeByte(bytes[place] as number, into, at);
  return at;
}

/** The id of 16 bytes at `from`, with dashes, in quotes. */
export function writeDashed(ids: Uint8Array, from: number, into: Uint8Array, start: number): number {
  let at = start;
  into[at++] = quote;
  for (let place = 0; place < 16; place++) {
    if (place === 4 || place === 6 || place === 8 || place === 10) into[at++] = dash;
    at = writeByte(ids[from + place] as number, into, at);
  }
  into[at++] = quote;
  return at;
}

/** The time so many minutes after 1970 began, as JavaScript writes it, in quotes; up to the year 9999. */
export function writeMinute(minutes: number, into: Uint8Array, start: number): number {
  const days = Math.floor(minutes / 1440);
  const minute = minutes - days * 1440;
  into[start] = quote;
  let at = writeDay(days, into, start + 1);
  into[at] = 0x54;
  at = writeTwo(Math.floor(minute / 60), into, at + 1);
  into[at] = 0x3a;
  at = writeTwo(minute % 60, into, at + 1);
  into.set(behindMinute, at);
  return at + behindMinute.length;
}

/** Days of four hundred years, of one hundred, of four, and of one, in the Gregorian calendar. */
const [days400, days100, days4, days1] = [146_097, 36_524, 1_461, 365] as const;

/**
 * The day in the Gregorian calendar. Years are counted from March, so that a leap day is the last of its year, and from
 * 1 March 0000, 719,468 days before 1970.
 */
function writeDay(days: number, into: Uint8Array, start: number): number {
  let left = days + 719_468;
  const era = Math.floor(left / days400);
  left -= era * days400;
  const year = Math.floor(
    (left - Math.floor(left / (days4 - 1)) + Math.floor(left / days100) - Math.floor(left / (days400 - 1))) /
      days1,
  );
  left -= days1 * year + Math.floor(year / 4) - Math.floor(year / 100);
  const monthFromMarch = Math.floor((5 * left + 2) / 153);
  const day = left - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const written = era * 400 + year + (month <= 2 ? 1 : 0);
  let at = writeTwo(Math.floor(written / 100), into, start);
  at = writeTwo(written % 100, into, at);
  into[at] = dash;
  at = writeTwo(month, into, at + 1);
  into[at] = dash;
  return writeTwo(day, into, at + 1);
}

function writeTwo(value: number, into: Uint8Array, at: number): number {
  into[at] = zero + Math.floor(value / 10);
  into[at + 1] = zero + (value % 10);
  return at + 2;
}

function writeByte(byte: number, into: Uint8Array, at: number): number {
  into[at] = digits[byte >> 4] as number;
  into[at + 1] = digits[byte & 15] as number;
  return at + 2;
}
