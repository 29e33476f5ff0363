import { defineConfig } from 'vitest/config';

/** `npm run test:servers`: stores on real servers, which this machine starts for itself. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/servers/**/*.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
    isolate: false,
  },
});
