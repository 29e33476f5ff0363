/** The state of a store and of its sources in the form that scripts and the web view read. */
import { leftOutJson } from '../documents/left-out.ts';
import { alarmJson } from '../look/alarm.ts';
import type { SourceStatus, StoreStatus } from './status.ts';

/** The members of `status --json` that tell of the store. */
export function storeJson({ snapshots, problems, unread, looked, takesTurns, checks }: StoreStatus): object {
  return {
    snapshots,
    problems,
    unread,
    looked_at: looked?.lookedAt ?? null,
    takes_turns: takesTurns,
    last_check: checks.last ?? null,
    damage: checks.damage ?? null,
  };
}

/** One member of `sources` in `status --json`. */
export function sourceJson(source: SourceStatus): object {
  const { id, header, ageMs, backups, gaps, blindSpots, refused, drill, hasAlarm, alarm, signer } = source;
  return {
    source: header.source,
    name: header.name,
    latest: id,
    time: header.time,
    age_ms: ageMs,
    backups,
    complete: header.complete,
    errors: header.errors,
    gaps,
    blind_spots: blindSpots,
    refused,
    left_out: leftOutJson(source.leftOut),
    superseded: source.isSuperseded,
    oldest_full_reading: source.oldestFullReading ?? null,
    last_comment_sweep: source.lastCommentSweep ?? null,
    drill: drillJson(drill),
    has_alarm: hasAlarm,
    alarm: alarm === undefined ? null : alarmJson(alarm),
    signer,
  };
}

function drillJson(drill: SourceStatus['drill']): object | null {
  if (drill === undefined) return null;
  const { time, isOk, equal, objects, snapshot } = drill;
  return { time, ok: isOk, equal, objects, snapshot };
}
