import { defineConfig } from 'vitest/config';

const PAGES = ['test/e2e/ui-*.test.ts'];
/** The built program from outside, and faults, where what is promised is no time or a long one. */
const PROGRAM = [
  'test/e2e/{api-contract,browser-story,cli,cli-tls,cli-trouble,contributing,identity-cli,readme,simulator}.test.ts',
  'test/e2e/{screens,screens-offline,screens-storage,story,tls-pages,vault-copy}.test.ts',
  'test/fault/mqtt-conformance/*.test.ts',
  'test/fault/{card-log,clock,clock-retention,coupon-once,erasure,full-disk-start,kill,secrets,simulation}.test.ts',
  'test/fault/{soak,tls,upgrade}.test.ts',
  'test/fault/journal/{damage,damaged-state,disk-full,kill,power-cut}.test.ts',
  'test/bridge/kafka/{cards,exactly-once,gate-control,refused-record,replay-to-hq}.test.ts',
];
const SYSTEM = ['test/fault/**/*.test.ts', 'test/e2e/**/*.test.ts', 'test/bridge/kafka/**/*.test.ts'];

/**
 * Four projects, one after the other: `unit`, `pages` (a browser before recorded payloads) and `program` wait more
 * than they work and run side by side; `system` (real brokers, promised times, kills) goes one file at a time,
 * because a suite that shares two cores with another measures the other. A worker loads the packages once and not for
 * each file: no file changes what another one imports.
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
          exclude: SYSTEM,
          maxWorkers: 3,
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'pages',
          include: PAGES,
          maxWorkers: 3,
          isolate: false,
          testTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'program',
          include: PROGRAM,
          maxWorkers: 3,
          isolate: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: SYSTEM,
          exclude: [...PAGES, ...PROGRAM],
          sequence: { groupOrder: 3 },
          fileParallelism: false,
          isolate: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
