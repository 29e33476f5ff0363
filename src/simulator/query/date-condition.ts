/** Date conditions: moments and whole days, absolute and relative to now. */
import { failedValidation, notPresent } from '../protocol/api-error.ts';
import type { Json } from '../workspace/json.ts';
import { isJsonObject, stringAt } from '../workspace/json.ts';

const dayMs = 86_400_000;

/** A stretch of time, `to` not included. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * @param now milliseconds since 1970, for `past_week` and its like
 * @throws ApiError for an operator or a date the API does not know
 */
export function dateCondition(
  operator: string,
  operand: Json,
  where: string,
  now: number,
): (value: Json) => boolean {
  const relative = relativeSpan(operator, now);
  const test = relative === undefined ? absolute(operator, operand, where) : within(relative, operand, where);
  return (value) => {
    const start = startOf(value);
    return start !== undefined && test(start);
  };
}

function within(span: Span, operand: Json, where: string): (moment: number) => boolean {
  if (!isJsonObject(operand)) throw failedValidation(where, 'an object', operand);
  return (moment) => moment >= span.from && moment < span.to;
}

function absolute(operator: string, operand: Json, where: string): (moment: number) => boolean {
  const span = spanOf(operand, where);
  switch (operator) {
    case 'equals':
      return (moment) => moment >= span.from && moment < span.to;
    case 'before':
      return (moment) => moment < span.from;
    case 'after':
      return (moment) => moment >= span.to;
    case 'on_or_before':
      return (moment) => moment < span.to;
    case 'on_or_after':
      return (moment) => moment >= span.from;
    default:
      throw notPresent(where, operand);
  }
}

/** A date without a time stands for its whole day, a moment for its millisecond. */
function spanOf(operand: Json, where: string): Span {
  const from = typeof operand === 'string' ? Date.parse(operand) : Number.NaN;
  if (typeof operand !== 'string' || !/^\d{4}-\d\d-\d\d/.test(operand) || Number.isNaN(from)) {
    throw failedValidation(where, 'a valid ISO 8601 date string', operand);
  }
  return { from, to: from + (operand.length === 10 ? dayMs : 1) };
}

function relativeSpan(operator: string, now: number): Span | undefined {
  const lengths: { readonly [name: string]: number } = { week: 7, month: 30, year: 365 };
  const [when, unit] = operator.split('_');
  const days = lengths[unit ?? ''];
  const today = Math.floor(now / dayMs) * dayMs;
  if (days === undefined) return undefined;
  if (when === 'past') return { from: now - days * dayMs, to: now };
  if (when === 'next') return { from: now, to: now + days * dayMs };
  if (operator !== 'this_week') return undefined;
  // Weeks begin on Sunday.
  const sunday = today - new Date(today).getUTCDay() * dayMs;
  return { from: sunday, to: sunday + 7 * dayMs };
}

function startOf(value: Json): number | undefined {
  const text = typeof value === 'string' ? value : isJsonObject(value) ? stringAt(value, 'start') : undefined;
  const moment = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(moment) ? undefined : moment;
}
