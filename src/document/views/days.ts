/** Moments and days of views. Days are those of UTC: the API does not tell the time zone of the reader. */
import { stringAt } from '../json.ts';

export const dayMs = 86_400_000;

/** A stretch of time in milliseconds since 1970, `to` not included. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Milliseconds since 1970 of a date or a time as the API writes it; one without an offset counts as UTC. */
export function momentOf(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return undefined;
  const hasOffset = text.length === 10 || /(?:Z|[+-]\d\d:?\d\d)$/.test(text);
  const moment = Date.parse(hasOffset ? text : `${text}Z`);
  return Number.isNaN(moment) ? undefined : moment;
}

/** The beginning of a date value, or of a time. */
export function startOf(value: unknown): number | undefined {
  const text = typeof value === 'string' ? value : stringAt(value, 'start');
  return text === undefined ? undefined : momentOf(text);
}

/** Midnight before `moment`. */
export function dayOf(moment: number): number {
  return Math.floor(moment / dayMs) * dayMs;
}

/** The first day of the week that `moment` lies in. @param firstDay 0 for Sunday, 1 for Monday */
export function weekOf(moment: number, firstDay: 0 | 1 = 0): number {
  const day = dayOf(moment);
  return day - ((new Date(day).getUTCDay() - firstDay + 7) % 7) * dayMs;
}

/** `moment` some months later or earlier, on the last day of a month that is too short. */
export function monthsFrom(moment: number, months: number): number {
  const date = new Date(moment);
  const target = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1));
  const lastDay = new Date(Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0)).getUTCDate();
  target.setUTCDate(Math.min(date.getUTCDate(), lastDay));
  return target.getTime() + (moment - dayOf(moment));
}

/** `2026-05-04`. */
export function dayText(moment: number): string {
  return new Date(moment).toISOString().slice(0, 10);
}
