/** Hours in which no request is sent, by the clock of one time zone: `08:00-18:00 Europe/Berlin`. */
import { KlosetError } from '../../errors.ts';

export interface QuietHours {
  /** Minutes after midnight; a span that ends before it begins goes on past midnight. */
  readonly from: number;
  readonly to: number;
  /** As in the IANA database: `Europe/Berlin`. */
  readonly zone: string;
}

const minuteMs = 60_000;
const form = /^(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})(?:\s+(\S+))?$/;

/**
 * @param name of the option, for messages
 * @throws KlosetError `usage` for hours that are none, for an unknown zone, and for a span without an end
 */
export function parseQuietHours(text: string, name: string): QuietHours {
  const [, fromHour, fromMinute, toHour, toMinute, zone = ownZone()] = form.exec(text.trim()) ?? [];
  const from = minuteOf(fromHour, fromMinute);
  const to = minuteOf(toHour, toMinute);
  if (from === undefined || to === undefined) throw wrong(name, `takes hours, not ${JSON.stringify(text)}`);
  if (!isZone(zone)) throw wrong(name, `does not know the time zone ${JSON.stringify(zone)}`);
  if (from % dayMinutes === to % dayMinutes) throw wrong(name, `begins and ends at the same time: ${text}`);
  return { from, to, zone };
}

/** The end of the quiet hours that `now` lies in, in ms; undefined outside of them. */
export function quietUntil({ from, to, zone }: QuietHours, now: number): number | undefined {
  const isQuiet = (at: number) => isWithin(minuteAt(at, zone), from, to);
  if (!isQuiet(now)) return undefined;
  // Minute by minute, because an hour may be missing or come twice.
  let end = Math.floor(now / minuteMs) * minuteMs + minuteMs;
  while (isQuiet(end) && end - now < 2 * dayMinutes * minuteMs) end += minuteMs;
  return end;
}

/** The failure of every request in quiet hours: it ends the run, and the next one resumes. */
export function quietError({ zone, from, to }: QuietHours, untilMs: number): KlosetError {
  const end = timeText(minuteAt(untilMs, zone));
  return new KlosetError(
    'temporary',
    `Quiet hours (${timeText(from)}-${timeText(to)} ${zone}): no request is sent to Notion until ${end}.`,
    { hint: 'Run it again after that: it resumes with what was read so far.' },
  );
}

const dayMinutes = 24 * 60;

function minuteOf(hour: string | undefined, minute: string | undefined): number | undefined {
  const [hours, minutes] = [Number(hour), Number(minute)];
  if (hour === undefined || minute === undefined || minutes > 59) return undefined;
  return hours < 24 || (hours === 24 && minutes === 0) ? hours * 60 + minutes : undefined;
}

function isWithin(minute: number, from: number, to: number): boolean {
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

/** Clocks by their zone: it takes longer to make one than to read it a hundred times. */
const clocks = new Map<string, Intl.DateTimeFormat>();

function minuteAt(ms: number, zone: string): number {
  const clock =
    clocks.get(zone) ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  clocks.set(zone, clock);
  const [hour = 0, minute = 0] = clock.format(ms).split(':').map(Number);
  return hour * 60 + minute;
}

function timeText(minute: number): string {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function wrong(name: string, problem: string): KlosetError {
  return new KlosetError('usage', `${name} ${problem}.`, {
    hint: 'Write it like "08:00-18:00" or "22:30-06:00 Europe/Berlin".',
  });
}
