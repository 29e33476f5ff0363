/** The memory of this process beside what it has in hand. */
import { setFlagsFromString } from 'node:v8';

/** The newest major version of Node whose V8 is known to have the flag; one that has not would complain on stderr. */
const newestKnownNode = 24;

/**
 * The flag that keeps the space of young objects at the size at which it begins, where V8 is known to have it. It would
 * grow from 1 to 16 MB and be kept three times. A backup, check or restore has few objects in hand, and buffers beside
 * the heap, so that costs 45 MB and saves no time (docs/benchmarks.md, Beside restic and borg).
 */
export function youngSpaceFlag(nodeVersion: string = process.versions.node): string | undefined {
  return Number.parseInt(nodeVersion, 10) <= newestKnownNode ? '--semi-space-growth-factor=1' : undefined;
}

/** To be called before there is much in memory. */
export function keepYoungSpaceSmall(): void {
  const flag = youngSpaceFlag();
  if (flag !== undefined) setFlagsFromString(flag);
}
