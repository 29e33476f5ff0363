/** Values people type: durations, counts, choices. */
import { KlosetError } from '../../errors.ts';
import { spanMs } from '../../operations/look/ages.ts';

/** Longer spans are slips of the keyboard: a thousand years. */
const maxSpanMs = 1000 * 366 * 86_400_000;

/** `90s`, `1h30m`, `7d` in milliseconds. `name` is that of the option. @throws KlosetError `usage` */
export function parseDuration(text: string, name: string, minMs = 0): number {
  const span = spanMs(text);
  if (span !== undefined && span >= minMs && span <= maxSpanMs) return span;
  const wrong = span === undefined ? 'takes a duration' : span < minMs ? 'must be longer' : 'must be shorter';
  throw new KlosetError('usage', `${name} ${wrong}, not "${text}".`, {
    hint: 'Write it like 90s, 1h30m or 7d.',
  });
}

/** The words between commas. */
export function splitWords(text: string): string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

/** A whole number from `min` up. @throws KlosetError `usage` */
export function parseCount(text: string, name: string, min = 0): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= min) return value;
  throw new KlosetError('usage', `${name} must be a whole number from ${min} up, not "${text}".`);
}

/** `500K`, `2M`, `1G` in bytes, by powers of 1024; a bare number is bytes. @throws KlosetError `usage` for less than 1 KiB */
export function parseBytes(text: string, name: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,12})([KMG]?)(?:i?B)?$/i.exec(text) ?? [];
  const bytes = Number(digits) * 1024 ** ' KMG'.indexOf(unit.toUpperCase() || ' ');
  if (digits !== '' && bytes >= 1024) return bytes;
  throw new KlosetError('usage', `${name} must be at least 1K, like 500K or 2M, not "${text}".`);
}

/** `true` or `false`, also as yes or no, on or off, 1 or 0. @throws KlosetError `usage` */
export function parseSwitch(text: string, name: string): boolean {
  const word = text.trim().toLowerCase();
  if (['true', 'yes', 'on', '1'].includes(word)) return true;
  if (['false', 'no', 'off', '0'].includes(word)) return false;
  throw new KlosetError('usage', `${name} must be true or false, not "${text}".`);
}

/** A share from 0 to 100, with or without a percent sign. @throws KlosetError `usage` */
export function parsePercent(text: string, name: string): number {
  const percent = Number(text.replace(/%$/, ''));
  if (text.trim() !== '' && percent >= 0 && percent <= 100) return percent;
  throw new KlosetError('usage', `${name} takes a percentage from 0 to 100, not "${text}".`);
}

/** One of `choices`. @throws KlosetError `usage` */
export function parseChoice<T extends string>(text: string, choices: readonly T[], name: string): T {
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw new KlosetError('usage', `${name} must be one of ${choices.join(', ')}, not "${text}".`);
}
