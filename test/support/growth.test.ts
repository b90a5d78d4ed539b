import { expect, it } from 'vitest';
import { lastQuarters, meanBytes, medianBytes, slopeBytesAnHour } from './growth.js';

const MINUTE_MS = 60_000;

/** One sample a minute. */
const run = (minutes: number, bytesAt: (minute: number) => number) =>
  Array.from({ length: minutes }, (_, minute) => ({ atMs: minute * MINUTE_MS, bytes: bytesAt(minute) }));

it('finds a slope under noise, and none in noise alone', () => {
  const noise = (minute: number): number => (minute % 2 === 0 ? 3_000 : -3_000);
  expect(slopeBytesAnHour(run(60, (minute) => 1e8 + minute * 100 + noise(minute)))).toBeCloseTo(6_000, -3);
  expect(Math.abs(slopeBytesAnHour(run(60, (minute) => 1e8 + noise(minute))))).toBeLessThan(1_000);
});

it('leaves out the first half, in which a program gets going', () => {
  const [third, fourth] = lastQuarters(run(40, (minute) => (minute < 20 ? minute * 1_000 : 20_000)));
  expect([third.length, fourth.length]).toEqual([10, 10]);
  expect(meanBytes(fourth) - meanBytes(third)).toBe(0);
  expect(medianBytes(fourth) - medianBytes(third)).toBe(0);
});

it('shows what was added in the last quarter', () => {
  const [third, fourth] = lastQuarters(run(40, (minute) => (minute < 30 ? 1_000 : 6_000)));
  expect(meanBytes(fourth) - meanBytes(third)).toBe(5_000);
});
