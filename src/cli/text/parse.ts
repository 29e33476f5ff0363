/** Values people type: durations, counts, choices. */
import { KlosetError } from '../../errors.ts';

const unitMs: { readonly [unit: string]: number } = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** `90s`, `1h30m`, `7d` in milliseconds; a bare number is seconds. @throws KlosetError `usage` */
export function parseDuration(text: string): number {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const parts = [...text.matchAll(/(\d+)(ms|[smhdw])/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) {
    throw new KlosetError('usage', `Invalid duration "${text}".`, {
      hint: 'Write it like 90s, 1h30m or 7d.',
    });
  }
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (unitMs[unit ?? ''] ?? 0), 0);
}

/** A whole number from `min` up. @throws KlosetError `usage` */
export function parseCount(text: string, name: string, min = 0): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= min) return value;
  throw new KlosetError('usage', `${name} must be a whole number from ${min} up, not "${text}".`);
}

/** One of `choices`. @throws KlosetError `usage` */
export function parseChoice<T extends string>(text: string, choices: readonly T[], name: string): T {
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw new KlosetError('usage', `${name} must be one of ${choices.join(', ')}, not "${text}".`);
}
