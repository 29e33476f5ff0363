/** Notes of this machine on what the nightly runs of a source did last: the part of the store checked, and the last garbage collection. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isObject, stringAt } from '../../document/json.ts';
import type { JobContext } from '../job-context.ts';

export interface NightNotes {
  /** Parts checked so far. */
  readonly checks: number;
  /** ISO time; undefined when none is known. */
  readonly maintenance: string | undefined;
}

/** The notes; without any, everything is due. */
export function readNightNotes(job: JobContext, location: string): NightNotes {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(pathOf(job, location), 'utf8'));
  } catch {
    // Missing or broken.
  }
  const checks = isObject(value) ? value.checks : undefined;
  return { checks: typeof checks === 'number' ? checks : 0, maintenance: stringAt(value, 'maintenance') };
}

/** Replaces the file whole. @throws a system error */
export function writeNightNotes(job: JobContext, location: string, notes: NightNotes): void {
  const path = pathOf(job, location);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.new`, JSON.stringify(notes), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

function pathOf({ journalFolder }: JobContext, location: string): string {
  const name = createHash('sha256').update(location).digest('hex').slice(0, 16);
  return join(dirname(journalFolder), 'nights', `${name}.json`);
}
