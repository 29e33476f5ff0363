/** The runs of this machine, one JSON object on a line each: when, what, how long, how it ended, and what it moved. */
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Json, JsonObject } from '../../document/json.ts';
import { isObject } from '../../document/json.ts';

export interface RunRecord {
  /** ISO time of its start. */
  readonly time: string;
  readonly command: string;
  /** Location of the store. */
  readonly store: string;
  readonly exitCode: number;
  readonly durationMs: number;
  /** The error that ended it, one line. */
  readonly error?: string;
  /** Numbers and words of the command: requests, bytes_added, objects, snapshot. */
  readonly facts: { readonly [name: string]: Json };
}

/** A longer file becomes the old one. */
const maxBytes = 5 * 1024 * 1024;

/** Adds a line; the file is readable by its owner alone. @throws a system error */
export function recordRun(path: string, record: RunRecord): void {
  const { time, command, store, exitCode, durationMs, error, facts } = record;
  const told = error === undefined ? {} : { error };
  const line = { time, command, store, exit_code: exitCode, duration_ms: durationMs, ...told, ...facts };
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (sizeOf(path) > maxBytes) renameSync(path, `${path}.1`);
  appendFileSync(path, `${isCut(path) ? '\n' : ''}${JSON.stringify(line)}\n`, { mode: 0o600 });
}

/** The last `count` runs, the oldest first, the file before the present one included. A broken line is left out. */
export function readRuns(path: string, count: number): JsonObject[] {
  const lines = [`${path}.1`, path].flatMap(linesOf);
  return lines.slice(-count);
}

function linesOf(path: string): JsonObject[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return isObject(value) && isRun(value) ? [value] : [];
    } catch {
      // A crash cuts the last line.
      return [];
    }
  });
}

/** True for what {@link recordRun} wrote; anybody may have edited the file since. */
function isRun({ time, command, exit_code: exitCode, duration_ms: durationMs }: JsonObject): boolean {
  const hasTime = typeof time === 'string' && !Number.isNaN(Date.parse(time));
  return hasTime && typeof command === 'string' && [exitCode, durationMs].every(Number.isFinite);
}

/** True when a crash cut the last line: the next one would become a part of it. */
function isCut(path: string): boolean {
  const bytes = sizeOf(path);
  if (bytes === 0) return false;
  const file = openSync(path, 'r');
  try {
    const last = Buffer.alloc(1);
    readSync(file, last, 0, 1, bytes - 1);
    return last.toString('latin1') !== '\n';
  } finally {
    closeSync(file);
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
