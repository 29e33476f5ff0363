/** Runs commands and tells what they took; compares folders by their bytes. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesBelow } from './files.js';
import { megabyte } from './step.js';

/** GNU time tells what a process and its children took; Node tells it of itself alone. */
const time = '/usr/bin/time';

/**
 * Runs `command` to its end.
 * @returns {{ seconds: number, cpuSeconds: number, peakMegabytes: number }} wall time, processor time of user and system,
 *   and the most memory that was resident
 */
export function measuredRun(command, { env, cwd }) {
  if (!existsSync(time)) throw new Error(`${time} is missing. Install it: apt-get install time`);
  const folder = mkdtempSync(join(tmpdir(), 'kloset-time-'));
  try {
    const report = join(folder, 'report');
    const { status, stderr } = spawnSync(time, ['-o', report, '-f', '%e %U %S %M', ...command], {
      cwd,
      env: { ...process.env, ...env },
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
      maxBuffer: 1 << 26,
    });
    if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}: ${stderr}`);
    const [seconds, user, system, kilobytes] = readFileSync(report, 'utf8').trim().split(' ').map(Number);
    return { seconds, cpuSeconds: user + system, peakMegabytes: (kilobytes * 1_024) / megabyte };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Writes out what is still to be written, so that no step pays for another, and reads the files below `folders`, so that each step
 * finds them in the system's cache: borg has it forget what it has read, and whoever came next would read from the disk.
 */
export function settleDisk(...folders) {
  spawnSync('sync');
  for (const { path } of folders.flatMap(filesBelow)) readFileSync(path);
}

export function isInstalled(program) {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

/** @param {readonly number[]} numbers */
export function medianOf(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Bytes of all files below `folder`. */
export function bytesIn(folder) {
  return filesBelow(folder).reduce((sum, { path }) => sum + statSync(path).size, 0);
}

/** A digest of the bytes of all files below `folder`, whatever their names. */
export function digestOf(folder) {
  const all = filesBelow(folder).map(({ path }) =>
    createHash('sha256').update(readFileSync(path)).digest('hex'),
  );
  return createHash('sha256').update(all.sort().join('\n')).digest('hex');
}
