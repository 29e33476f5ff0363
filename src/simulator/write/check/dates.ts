/** Dates as requests write them: ISO 8601, with a named time zone or an offset; both only for UTC, as recorded. */
import type { JsonObject } from '../../workspace/json.ts';
import { isJsonObject } from '../../workspace/json.ts';
import type { Check, Path, Problems } from './problems.ts';
import { nullable, object, optional, string } from './shapes.ts';

const dayPattern = /^(\d{4})-(\d{2})-(\d{2})$/;
const momentPattern =
  /^(\d{4})-(\d{2})-(\d{2})[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/;

/** An ISO 8601 day or moment. */
export const isoDate: Check = (value, path, problems) => {
  string()(value, path, problems);
  if (typeof value === 'string' && !isDate(value))
    problems.should(path, 'be a valid ISO 8601 date string', value);
};

/** A date with its optional end and time zone. */
export const dateValue: Check = (value, path, problems) => {
  const before = problems.found.length;
  shape(value, path, problems);
  if (problems.found.length === before && isJsonObject(value)) checkTogether(value, path, problems);
};

const timeZone: Check = (value, path, problems) => {
  string()(value, path, problems);
  if (typeof value === 'string' && !isTimeZone(value)) problems.should(path, 'be a valid time zone', value);
};

const shape = object({
  start: isoDate,
  end: optional(nullable(isoDate)),
  time_zone: optional(nullable(timeZone)),
});

function checkTogether(date: JsonObject, path: Path, problems: Problems): void {
  const { start, end, time_zone: zone } = date;
  if (typeof start !== 'string') return;
  const both = typeof end === 'string' ? [start, end] : [start];
  if (both.some(isDay) && !both.every(isDay)) problems.should(`${path}.end`, 'be as exact as `start`', end);
  if (typeof end === 'string' && both.every(isDay) && end < start)
    problems.should(`${path}.end`, 'be after `start`', end);
  if (typeof zone !== 'string') return;
  if (isDay(start)) problems.should(`${path}.time_zone`, 'be not present with a date without time', zone);
  // "Z" beside the zone UTC was accepted in recordings; every other offset is documented as refused.
  for (const moment of both) {
    const isUtc = moment.endsWith('Z') && /^(Etc\/)?UTC$/.test(zone);
    if (/(Z|[+-]\d{2}:?\d{2})$/.test(moment) && !isDay(moment) && !isUtc) {
      problems.should(`${path}.time_zone`, 'be not present when the date has a UTC offset', zone);
    }
  }
}

/** True for a date without a time of day. */
export function isDay(text: string): boolean {
  return dayPattern.test(text);
}

function isDate(text: string): boolean {
  const parts = dayPattern.exec(text) ?? momentPattern.exec(text);
  if (parts === null) return false;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return !/^[+-]/.test(name);
  } catch {
    return false;
  }
}
