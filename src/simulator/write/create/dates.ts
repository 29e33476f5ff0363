/**
 * Dates as Notion keeps them (recorded in 2026): exact to the minute, the offset inside `start` and `end`, and
 * `time_zone` null, whatever zone the request named.
 */
import type { Json, JsonObject } from '../../workspace/json.ts';
import { isDay } from '../check/dates.ts';

/** A checked date as it is kept. */
export function storeDate(given: JsonObject): JsonObject {
  const zone = typeof given.time_zone === 'string' ? given.time_zone : undefined;
  return { start: storeMoment(given.start, zone), end: storeMoment(given.end, zone), time_zone: null };
}

function storeMoment(given: Json | undefined, zone: string | undefined): string | null {
  if (typeof given !== 'string') return null;
  if (isDay(given)) return given;
  const [, day = '', time = '', offset] = /^(.{10}).(\d\d:\d\d)[:.\d]*(Z|[+-]\d\d:?\d\d)?$/.exec(given) ?? [];
  const wall = Date.parse(`${day}T${time}:00.000Z`);
  if (offset === undefined) return written(wall, zone === undefined ? 0 : offsetOf(wall, zone));
  const minutes = minutesOf(offset);
  if (zone === undefined) return written(wall, minutes);
  const instant = wall - minutes * 60_000;
  const local = zoneMinutes(instant, zone);
  return written(instant + local * 60_000, local);
}

/** `2026-06-27T17:57:00.000+01:00` for a wall time given as if it were UTC. */
function written(wall: number, offsetMinutes: number): string {
  const distance = Math.abs(offsetMinutes);
  const hours = String(Math.floor(distance / 60)).padStart(2, '0');
  const minutes = String(distance % 60).padStart(2, '0');
  return `${new Date(wall).toISOString().slice(0, -1)}${offsetMinutes < 0 ? '-' : '+'}${hours}:${minutes}`;
}

function minutesOf(offset: string): number {
  if (offset === 'Z') return 0;
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(offset) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/** The offset, in minutes, of a zone when its clocks show `wall`. */
function offsetOf(wall: number, zone: string): number {
  const guess = zoneMinutes(wall, zone);
  return zoneMinutes(wall - guess * 60_000, zone);
}

/** The offset, in minutes, of a zone at a moment. */
function zoneMinutes(instant: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  }).formatToParts(instant);
  const part = (type: string) => Number(parts.find((found) => found.type === type)?.value);
  const shown = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'));
  return Math.round((shown - Math.floor(instant / 60_000) * 60_000) / 60_000);
}
