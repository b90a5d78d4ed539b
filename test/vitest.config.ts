import { defineConfig } from 'vitest/config';

/**
 * Two projects: `unit` runs side by side, `system` (real brokers, browsers, kills) one file at a time,
 * because a fault suite that shares two cores with another measures the other.
 */
export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/fault/**', 'test/e2e/**', 'test/bridge/kafka/**'],
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['test/fault/**/*.test.ts', 'test/e2e/**/*.test.ts', 'test/bridge/kafka/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
