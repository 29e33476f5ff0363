import { readFileSync, statfsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

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
    setupFiles: ['test/setup.ts'],
    env: foldersInMemory(),
  },
});
