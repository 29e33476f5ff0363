/** Conditions on dates: moments and whole days, absolute and relative to the time of the snapshot. */
import type { Json } from '../json.ts';
import { isObject } from '../json.ts';
import type { Span } from './days.ts';
import { dayMs, dayOf, momentOf, monthsFrom, startOf, weekOf } from './days.ts';

/** True when `condition` counts from the day on which it is looked at. */
export function isRelative(operator: string, operand: Json): boolean {
  return (
    /^(this|past|next)_/.test(operator) ||
    (typeof operand === 'string' && relativeDays[operand] !== undefined)
  );
}

/**
 * The test for one operator; undefined when it is not known, or counts from a time that is not. A date without a time stands for its whole day; a value
 * that is empty fulfils no condition.
 */
export function dateCondition(
  operator: string,
  operand: Json,
  nowMs: number,
): ((value: Json) => boolean) | undefined {
  if (Number.isNaN(nowMs) && isRelative(operator, operand)) return undefined;
  const around = isObject(operand) ? relativeSpan(operator, nowMs) : undefined;
  const test = around === undefined ? absolute(operator, operand, nowMs) : within(around);
  if (test === undefined) return undefined;
  return (value) => {
    const start = startOf(value);
    return start !== undefined && test(start);
  };
}

type Moment = (moment: number) => boolean;

function within({ from, to }: Span): Moment {
  return (moment) => moment >= from && moment < to;
}

function absolute(operator: string, operand: Json, nowMs: number): Moment | undefined {
  const span = typeof operand === 'string' ? spanOf(operand, nowMs) : undefined;
  if (span === undefined) return undefined;
  switch (operator) {
    case 'equals':
      return within(span);
    case 'before':
      return (moment) => moment < span.from;
    case 'after':
      return (moment) => moment >= span.to;
    case 'on_or_before':
      return (moment) => moment < span.to;
    case 'on_or_after':
      return (moment) => moment >= span.from;
    default:
      return undefined;
  }
}

/** The words that the API takes in place of a date (SDK 5.26, `RelativeDateValue`). */
const relativeDays: { readonly [word: string]: (today: number) => number } = {
  today: (today) => today,
  tomorrow: (today) => today + dayMs,
  yesterday: (today) => today - dayMs,
  one_week_ago: (today) => today - 7 * dayMs,
  one_week_from_now: (today) => today + 7 * dayMs,
  one_month_ago: (today) => monthsFrom(today, -1),
  one_month_from_now: (today) => monthsFrom(today, 1),
};

function spanOf(operand: string, nowMs: number): Span | undefined {
  const relative = relativeDays[operand]?.(dayOf(nowMs));
  if (relative !== undefined) return { from: relative, to: relative + dayMs };
  const from = momentOf(operand);
  return from === undefined ? undefined : { from, to: from + (operand.length === 10 ? dayMs : 1) };
}

/** Weeks of 7, months of 30 and years of 365 days before or after now; `this_week` begins on Sunday. */
function relativeSpan(operator: string, nowMs: number): Span | undefined {
  if (operator === 'this_week') return { from: weekOf(nowMs), to: weekOf(nowMs) + 7 * dayMs };
  const [, when, unit] = /^(past|next)_(week|month|year)$/.exec(operator) ?? [];
  if (unit === undefined) return undefined;
  const lengthMs = (unit === 'week' ? 7 : unit === 'month' ? 30 : 365) * dayMs;
  return when === 'past' ? { from: nowMs - lengthMs, to: nowMs } : { from: nowMs, to: nowMs + lengthMs };
}
