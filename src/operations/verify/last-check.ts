/**
 * The local note of the last check of a store and of damage that a check found. It lies in the cache folder: a new
 * check writes it again. Damage stays noted until a check that would have found it finds none.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { JsonObject } from '../../document/json.ts';
import { isObject, objectAt, stringAt } from '../../document/json.ts';
import { messageOf } from '../../errors.ts';
import type { CheckReport, Store } from '../../store/open-store.ts';
import type { JobContext } from '../job-context.ts';
import { timeOf } from '../job-context.ts';

export interface NotedCheck {
  /** ISO time. */
  readonly time: string;
  /** The part that was checked; empty for every byte of the store. */
  readonly scope: string;
  readonly problems: number;
  readonly bytesRead: number;
}

export interface CheckNotes {
  readonly last: NotedCheck | undefined;
  /** The check that found damage which no later check of the same bytes, or of everything, found gone. */
  readonly damage: NotedCheck | undefined;
}

/** The part that a check was of; `isSame` when the same words always mean the same bytes. */
export interface CheckedPart {
  readonly scope: string;
  readonly isSame: boolean;
}

/** Notes the result of a check. One that could not read all of its part, and found nothing in the rest, tells nothing. */
export function rememberCheck(
  job: JobContext,
  store: Store,
  { scope, isSame }: CheckedPart,
  report: CheckReport,
): void {
  const errors = report.findings.filter(({ severity }) => severity === 'error');
  const problems = errors.filter(({ kind }) => kind !== 'unreachable').length;
  if (problems === 0 && errors.length > 0) return;
  const last = { time: timeOf(job), scope, problems, bytesRead: report.bytesRead };
  const before = readCheckNotes(job, store).damage;
  const isCleared = scope === '' || (isSame && scope === before?.scope);
  const damage = problems > 0 ? last : isCleared ? undefined : before;
  try {
    write(notesPath(job, store), JSON.stringify({ last, damage }));
  } catch (error) {
    const message = `This check cannot be noted for \`status\`: ${messageOf(error)}`;
    job.monitor.report({ type: 'warning', message });
  }
}

/** Replaces the file whole. */
function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** The notes of this machine about the store at its place; empty where there are none. */
export function readCheckNotes(job: JobContext, store: Store): CheckNotes {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(notesPath(job, store), 'utf8'));
  } catch {
    // Missing or broken: nothing is known of an earlier check.
  }
  return { last: noted(objectAt(value, 'last')), damage: noted(objectAt(value, 'damage')) };
}

function noted(value: JsonObject | undefined): NotedCheck | undefined {
  const [time, scope] = [stringAt(value, 'time'), stringAt(value, 'scope')];
  if (!isObject(value) || time === undefined || scope === undefined) return undefined;
  return { time, scope, problems: Number(value.problems), bytesRead: Number(value.bytesRead) };
}

/** Copies of one store at several places may be damaged differently. */
function notesPath({ cacheFolder }: JobContext, store: Store): string {
  const place = createHash('sha256').update(store.location).digest('hex').slice(0, 16);
  return join(cacheFolder, store.id, `check-${place}.json`);
}
