/** The shrink alarm of a snapshot: what vanished, and what it was compared with. It is a file in the tree, and so signed. */
import type { JsonObject } from '../../document/json.ts';
import { isObject, stringAt } from '../../document/json.ts';
import { isKlosetError } from '../../errors.ts';
import type { Store } from '../../store/open-store.ts';
import { readJson } from '../documents/read-document.ts';
import type { KnownSnapshot } from './known-snapshots.ts';

/** A warning that the source holds far less than before. */
export interface ShrinkAlarm {
  /** The loss in one sentence. */
  readonly text: string;
  readonly lostObjects: number;
  readonly lostBytes: number;
  /** Titles of the pages and databases at the top of the tree that are nowhere in it now. */
  readonly gone: readonly string[];
  /** Id of the snapshot it was compared with. */
  readonly comparedWith: string;
}

/** Path of the file that describes an alarm, in the tree of its snapshot. */
export const alarmPath = '/alarm.json';

/** The alarm as it is stored and printed. */
export function alarmJson({ text, lostObjects, lostBytes, gone, comparedWith }: ShrinkAlarm): JsonObject {
  return {
    text,
    lost_objects: lostObjects,
    lost_bytes: lostBytes,
    gone: [...gone],
    compared_with: comparedWith,
  };
}

/** An alarm that was stored; undefined for anything else. */
export function alarmFrom(value: unknown): ShrinkAlarm | undefined {
  const [text, comparedWith] = [stringAt(value, 'text'), stringAt(value, 'compared_with')];
  if (!isObject(value) || text === undefined || comparedWith === undefined) return undefined;
  const { lost_objects: objects, lost_bytes: bytes, gone } = value;
  return {
    text,
    comparedWith,
    lostObjects: typeof objects === 'number' ? objects : 0,
    lostBytes: typeof bytes === 'number' ? bytes : 0,
    gone: Array.isArray(gone) ? gone.map(String) : [],
  };
}

/** The details of an alarm; undefined when there is none, or the snapshot cannot be read. */
export async function readAlarm(
  store: Store,
  { id, hasAlarm }: KnownSnapshot,
): Promise<ShrinkAlarm | undefined> {
  if (!hasAlarm) return undefined;
  try {
    return alarmFrom(await readJson(await store.openSnapshot(id), alarmPath));
  } catch (error) {
    // Snapshots of earlier versions have no such file; a damaged one is for `check` to name.
    if (isKlosetError(error, 'not-found') || isKlosetError(error, 'integrity')) return undefined;
    throw error;
  }
}
