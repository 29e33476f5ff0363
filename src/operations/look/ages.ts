/** Spans of time and moments as people type them. */

const unitMs: { readonly [unit: string]: number } = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** `90s`, `1h30m`, `7d`, `0` in milliseconds. Undefined for anything else: nobody knows whether a bare 30 is of seconds or days. */
export function spanMs(text: string): number | undefined {
  if (text === '0') return 0;
  const parts = [...text.matchAll(/(\d+)(ms|[smhdw])/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return undefined;
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (unitMs[unit ?? ''] ?? 0), 0);
}

/**
 * A day (`2026-11-01`, its beginning), a time (RFC 3339, or `2026-11-01 09:30[:15]`) or a span before `nowMs` (`3d`); UTC unless it
 * says otherwise. Undefined for anything else, and for a day that no calendar has.
 */
export function momentOf(text: string, nowMs: number): number | undefined {
  const [, day, time, zone] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/i.exec(text) ?? [];
  if (day !== undefined) {
    const moment = Date.parse(`${day}T${time ?? '00:00:00'}${(zone ?? 'Z').toUpperCase()}`);
    return Number.isNaN(moment) || !isDay(day) ? undefined : moment;
  }
  const span = text === '0' ? undefined : spanMs(text);
  return span === undefined ? undefined : nowMs - span;
}

/** False for 30 February, which JavaScript takes for a day of March. */
function isDay(day: string): boolean {
  const ms = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day);
}
