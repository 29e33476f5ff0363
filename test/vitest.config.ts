import { defineConfig } from 'vitest/config';

/** `npm test` runs everything but the torture suite, which has a command of its own. */
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    exclude: ['test/torture/**', 'node_modules/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Argon2id and WASM instances per worker: two workers suit the two cores tests are given.
    maxWorkers: 2,
  },
});
