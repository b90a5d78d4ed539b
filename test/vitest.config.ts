import { defineConfig } from 'vitest/config';

/**
 * Three projects, one after the other: `unit` and `pages` (a browser before recorded payloads, mostly waiting) run
 * side by side; `system` (real brokers, stores, kills) one file at a time, because a fault suite that shares two
 * cores with another measures the other.
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
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'pages',
          include: ['test/e2e/ui-*.test.ts'],
          maxWorkers: 2,
          testTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['test/fault/**/*.test.ts', 'test/e2e/**/*.test.ts', 'test/bridge/kafka/**/*.test.ts'],
          exclude: ['test/e2e/ui-*.test.ts'],
          sequence: { groupOrder: 2 },
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
