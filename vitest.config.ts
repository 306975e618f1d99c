import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Real processes, a real browser, a real Redis on a busy machine: a limit is there to end a hang, not to measure.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
