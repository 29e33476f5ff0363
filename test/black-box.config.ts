import { defineConfig } from 'vitest/config';

/** `npm run test:black-box`: the built program run as a process, by authors who did not read its source. */
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/attacks/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
});
