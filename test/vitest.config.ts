import { readFileSync, statfsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/**
 * Tests create stores, caches and checkpoints by the hundred, and SQLite waits for the disk with each: three to four
 * fifths of the time that takes. Linux has a folder in memory; one that is small or runs no programs will not do.
 */
function foldersInMemory(): Record<string, string> {
  const folder = '/dev/shm';
  try {
    const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
    const options = mounts
      .findLast((line) => line.split(' ')[1] === folder)
      ?.split(' ')[3]
      ?.split(',');
    const { bavail, bsize } = statfsSync(folder);
    const isFit = options?.includes('rw') === true && !options.includes('noexec') && bavail * bsize > 4e9;
    return isFit ? { TMPDIR: folder } : {};
  } catch {
    return {};
  }
}

/** What takes longest, though some of it is short to read: ten seconds and more. */
const longest = [
  'cli/table/exit-codes',
  'web/browser',
  'operations/restore/in-place/damage',
  'cli/docs/docs',
  'fidelity/fidelity',
  'e2e/install/install',
  'cli/nightly/year',
  'bench/economy',
  'backend/sftp',
  'store/kill',
  'web/sample',
].map((name) => `/test/${name}.test.ts`);

/** Begins with the longest files, so that no worker waits for the other at the end: the first run knows only their sizes. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => longest.some((name) => moduleId.endsWith(name));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

/** `npm test` runs everything but the torture suite and the tests against real servers, which have commands of their own. */
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    exclude: ['test/torture/**', 'test/servers/**', 'node_modules/**'],
    // Processes take their time where many run side by side; none of these tests waits for a clock.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // Argon2id and WASM instances per worker: two workers suit the two cores tests are given.
    maxWorkers: 2,
    // Loading the program anew for each file took longer than most files. No test changes what modules or the process hold.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    setupFiles: ['test/setup.ts'],
    env: foldersInMemory(),
  },
});
