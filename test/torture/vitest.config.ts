import { defineConfig } from 'vitest/config';

/** `npm run test:torture`: what takes minutes to hours. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/torture/**/*.test.ts'],
    testTimeout: 3 * 3600_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
