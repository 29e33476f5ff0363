/** Spans of time and moments as people type them. */

const unitMs: { readonly [unit: string]: number } = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** `90s`, `1h30m`, `7d` in milliseconds; a bare number is seconds. Undefined for anything else. */
export function spanMs(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const parts = [...text.matchAll(/(\d+)(ms|[smhdw])/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return undefined;
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (unitMs[unit ?? ''] ?? 0), 0);
}

/** A day (`2026-11-01`, its beginning), a time (ISO 8601) or a span before `nowMs` (`3d`); UTC unless it says otherwise. */
export function momentOf(text: string, nowMs: number): number | undefined {
  const [, day, time, zone] =
    /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/i.exec(text) ?? [];
  if (day !== undefined) {
    const moment = Date.parse(`${day}T${time ?? '00:00:00'}${zone ?? 'Z'}`);
    return Number.isNaN(moment) ? undefined : moment;
  }
  const span = /^\d+$/.test(text) ? undefined : spanMs(text);
  return span === undefined ? undefined : nowMs - span;
}
