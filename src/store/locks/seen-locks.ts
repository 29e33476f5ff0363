/**
 * The note on this machine of the locks it has seen, and since when each one has not changed. A lock that its holder no
 * longer refreshes expires by this, whatever times it states. It lies in the cache folder: when it is lost, or cannot be
 * written, every lock counts as seen for the first time.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Json } from '../../document/json.ts';
import { isObject } from '../../document/json.ts';

/** A lock as it lies in the store; `state` changes with every refresh. */
export interface SeenState {
  readonly id: string;
  readonly state: string;
}

export function seenLocksFile(cacheFolder: string, storeId: string): string {
  return join(cacheFolder, storeId, 'locks.json');
}

/** Notes the locks that are there now. For each, milliseconds for which this machine has seen it unchanged. */
export function noteLocks(
  path: string | undefined,
  locks: readonly SeenState[],
  nowMs: number,
): Map<string, number> {
  const before = path === undefined ? {} : readNotes(path);
  const notes: { [id: string]: { state: string; since: number } } = {};
  for (const { id, state } of locks) {
    const known = before[id];
    // A time in the future is one of a clock that was wrong.
    const isKnown = isObject(known) && known.state === state && Number(known.since) <= nowMs;
    notes[id] = { state, since: isKnown ? Number(known.since) : nowMs };
  }
  if (path !== undefined && JSON.stringify(notes) !== JSON.stringify(before)) writeNotes(path, notes);
  return new Map(Object.entries(notes).map(([id, { since }]) => [id, nowMs - since]));
}

function readNotes(path: string): { readonly [id: string]: Json } {
  try {
    const value: Json = JSON.parse(readFileSync(path, 'utf8'));
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function writeNotes(path: string, notes: object): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(`${path}.new`, JSON.stringify(notes), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  } catch {
    // Without a note the lock is seen for the first time again: it expires later.
  }
}
