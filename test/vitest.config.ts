import { defineConfig } from 'vitest/config';

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
  },
});
