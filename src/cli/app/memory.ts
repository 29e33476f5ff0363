/** The memory of this process beside what it has in hand. */
import { setFlagsFromString } from 'node:v8';

/** The newest major version of Node whose V8 is known to have the flags; one that has not would complain on stderr. */
const newestKnownNode = 24;

/**
 * The flags that keep V8's heap near what is in use, where V8 is known to have them.
 *
 * The space of young objects stays at the size at which it begins. It would grow from 1 to 16 MB and be kept three
 * times. A backup, check or restore has few objects in hand, and buffers beside the heap, so that costs 45 MB and saves
 * no time (docs/benchmarks.md, Beside restic and borg).
 *
 * The space of old objects is collected when it has grown by half. V8 lets it grow to four times what is in use on a
 * machine with much memory: a web view that has 40 MB in use took 220 (docs/benchmarks.md, Memory of the web view).
 */
export function heapFlags(nodeVersion: string = process.versions.node): readonly string[] {
  const isKnown = Number.parseInt(nodeVersion, 10) <= newestKnownNode;
  return isKnown ? ['--semi-space-growth-factor=1', '--heap-growing-percent=50'] : [];
}

/** To be called before there is much in memory. */
export function keepHeapSmall(): void {
  for (const flag of heapFlags()) setFlagsFromString(flag);
}
