/**
 * The result of a drill, kept as a tag of the snapshot it restored from: `drill:<time>:<ok|failed>:<restored>of<objects>`. Tags
 * are signed marks, so every machine that opens the store sees it and can tell who wrote it.
 */
import type { KnownSnapshot } from '../look/known-snapshots.ts';

export interface DrillRecord {
  /** ISO time to the second. */
  readonly time: string;
  readonly isOk: boolean;
  /** Objects that came back equal, of those that were restored. */
  readonly equal: number;
  readonly objects: number;
}

/** The latest drill that the snapshots tell of. */
export interface LastDrill extends DrillRecord {
  readonly snapshot: string;
}

const pattern = /^drill:(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ):(ok|failed):(\d+)of(\d+)$/;

export function drillTag({ time, isOk, equal, objects }: DrillRecord): string {
  return `drill:${time}:${isOk ? 'ok' : 'failed'}:${equal}of${objects}`;
}

/** Undefined for any other tag. */
export function drillOfTag(tag: string): DrillRecord | undefined {
  const [, time, state, equal, objects] = pattern.exec(tag) ?? [];
  if (time === undefined) return undefined;
  return { time, isOk: state === 'ok', equal: Number(equal), objects: Number(objects) };
}

/** The latest drill of the snapshots of a source; of all of them when none is given. */
export function lastDrillOf(snapshots: readonly KnownSnapshot[], source?: string): LastDrill | undefined {
  const drills = snapshots
    .filter(
      ({ header, problem }) => problem === undefined && (source === undefined || header?.source === source),
    )
    .flatMap(({ id, tags }) =>
      tags.flatMap((tag) => {
        const drill = drillOfTag(tag);
        return drill === undefined ? [] : [{ ...drill, snapshot: String(id) }];
      }),
    );
  return drills.sort((left, right) => (left.time < right.time ? 1 : -1))[0];
}
