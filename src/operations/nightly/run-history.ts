/** The runs of this machine, one JSON object on a line each: when, what, how long, how it ended, and what it moved. */
import { appendFileSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
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
  appendFileSync(path, `${JSON.stringify(line)}\n`, { mode: 0o600 });
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
      return isObject(value) ? [value] : [];
    } catch {
      // A crash cuts the last line.
      return [];
    }
  });
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
