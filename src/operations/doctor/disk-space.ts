/** Free space where something is to be written. */
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Finding } from './finding.ts';
import { ok, warning } from './finding.ts';

/** Less than this is soon too little: a few packfiles and the caches. */
const lowBytes = 1024 ** 3;

/** Free space at `path`, or at the nearest folder above it that exists. */
export function freeSpaceOf(topic: string, path: string, what: string): Finding[] {
  const free = freeBytes(path);
  if (free === undefined)
    return [{ topic, state: 'unknown', text: `the free space for ${what} at ${path} cannot be told` }];
  const text = `${(free / 1024 ** 3).toFixed(1)} GiB free for ${what}`;
  return [free >= lowBytes ? ok(topic, text) : warning(topic, text, `Make room on the disk of ${path}.`)];
}

function freeBytes(path: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    const above = dirname(path);
    return above === path ? undefined : freeBytes(above);
  }
}
