import { expect, it } from 'vitest';
import type { Slide } from '../../edge/contracts/index.js';
import { createGiven } from '../../edge/deliver/given.js';
import { until } from '../support/until.js';

const DAY_MS = 24 * 3_600_000;
const slide = (contentId: string, campaign?: string): Slide => ({
  contentId,
  kind: 'media',
  seconds: 10,
  ...(campaign === undefined ? {} : { campaign }),
});

/** The marks of a journal whose disk refuses so many writes first. */
function setUp(refused = 0, marks = new Map<string, string>()) {
  let left = refused;
  let nowMs = 1_000;
  const errors: Error[] = [];
  const given = createGiven({
    journal: {
      marks: () => marks,
      async mark(name, value) {
        if (left-- > 0) throw new Error('DiskFull');
        marks.set(name, value);
      },
    },
    clock: { nowMs: () => nowMs },
    onError: (error) => errors.push(error),
    retryMs: 1,
  });
  return { given, marks, errors, pass: (ms: number) => (nowMs += ms) };
}

it('is kept also where the disk was full for a while', async () => {
  const first = setUp(2);
  first.given.remember('a', [slide('film')], 1);
  await until(() => first.marks.size === 1, { withinMs: 2_000, what: 'the third try' });
  expect(first.errors).toHaveLength(2);
  await first.given.close();
  const again = setUp(0, first.marks);
  expect(again.given.find('a', 'film', undefined)).toMatchObject({ contentId: 'film' });
  expect(again.given.find('b', 'film', undefined)).toBeUndefined();
  await again.given.close();
});

it('tells whose a film was when it was played, and forgets it a month after it went', async () => {
  const { given, pass, marks } = setUp();
  given.remember('a', [slide('film', 'summer')], 1_000);
  given.remember('a', [slide('film', 'autumn')], 2_000);
  given.remember('a', [slide('film', 'autumn'), slide('other')], 3_000);
  expect(given.find('a', 'film', 1_500)?.campaign).toBe('summer');
  expect(given.find('a', 'film', 2_000)?.campaign).toBe('autumn');
  expect(given.find('a', 'film', undefined)?.campaign).toBe('autumn');
  pass(31 * DAY_MS);
  given.remember('a', [slide('other')], 31 * DAY_MS);
  expect(given.find('a', 'film', 1_500)?.campaign).toBe('autumn');
  pass(31 * DAY_MS);
  given.remember('a', [slide('new')], 62 * DAY_MS);
  expect(given.find('a', 'film', undefined)).toBeUndefined();
  expect(given.find('a', 'other', undefined)).toBeDefined();
  await given.close();
  expect(JSON.parse(marks.get('deliver/given/a') ?? '[]')).toHaveLength(2);
});
