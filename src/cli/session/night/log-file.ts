/** A log for schedulers that keep none: lines with their time, in a file that is turned over when it is long. */
import { appendFileSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { printable } from '../../../document/names.ts';
import { KlosetError, messageOf } from '../../../errors.ts';

const maxBytes = 1024 * 1024;
/** Old files kept: `run.log.1` is the youngest. */
const kept = 5;

/** Adds the lines, each behind the time. @throws KlosetError `usage` when the file cannot be written */
export function appendLog(path: string, nowMs: number, lines: readonly string[]): void {
  const time = new Date(nowMs).toISOString();
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > maxBytes) turnOver(path);
    appendFileSync(path, lines.map((line) => `${time} ${printable(line)}\n`).join(''), { mode: 0o600 });
  } catch (cause) {
    throw new KlosetError('usage', `Cannot write the log ${path}: ${messageOf(cause)}`, { cause });
  }
}

function turnOver(path: string): void {
  for (let number = kept - 1; number >= 1; number -= 1)
    if (existsSync(`${path}.${number}`)) renameSync(`${path}.${number}`, `${path}.${number + 1}`);
  renameSync(path, `${path}.1`);
}
