/** Dates for requests: a named time zone or an offset, never both, and an end as exact as the start. */
import type { JsonObject } from '../../../document/json.ts';
import { stringAt } from '../../../document/json.ts';

const day = /^\d{4}-\d{2}-\d{2}$/;
const offset = /(Z|[+-]\d{2}:?\d{2})$/;

/** The `date` of a property or mention; undefined when there is no start. */
export function dateRequest(date: JsonObject): JsonObject | undefined {
  const start = stringAt(date, 'start');
  if (start === undefined || start === '') return undefined;
  const end = stringAt(date, 'end');
  const zone = stringAt(date, 'time_zone');
  const isZoneNeeded = zone !== undefined && !day.test(start) && !offset.test(start);
  return {
    start,
    ...(end === undefined || day.test(end) !== day.test(start) ? {} : { end }),
    ...(isZoneNeeded ? { time_zone: zone } : {}),
  };
}
