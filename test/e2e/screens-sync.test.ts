import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestStore, type TestStore } from '../serve/support.js';
import { describeWith } from '../support/components.js';
import { keptPromise } from '../support/promise.js';
import { pairPlayer, playsOf, setProgramme } from '../support/screens.js';
import { until } from '../support/until.js';
import { openBrowser } from '../ui/support/browser.js';

const APART_MS_MAX = 100;
const CHANGES = 4;
const HALF_TURN_MS = 1_500;
const HOURS_WRONG_MS = 3 * 3_600_000 + 1_234;

/** Notes when each change of the picture reached a frame, by the clock of the machine, whatever the page believes. */
const WATCH = `
  window.changes = [];
  const origin = performance.timeOrigin;
  new MutationObserver(() => {
    const shows = document.querySelector('.stage')?.dataset.shows;
    if (shows === undefined || window.changes.at(-1)?.shows === shows) return;
    const change = { shows, atMs: 0 };
    window.changes.push(change);
    requestAnimationFrame((frameMs) => { change.atMs = origin + frameMs; });
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-shows'] });
`;
/** A player whose own clock is wrong. */
const wrongClock = (byMs: number): string => `{
  const origin = performance.timeOrigin + ${byMs};
  Object.defineProperty(performance, 'timeOrigin', { get: () => origin });
  const now = Date.now;
  Date.now = () => now() + ${byMs};
}`;

interface Change {
  readonly shows: string;
  readonly atMs: number;
}
const changesOf = async (page: Page): Promise<readonly Change[]> =>
  ((await page.evaluate('window.changes')) as Change[]).filter(({ atMs }) => atMs > 0);

/** How far apart the same change came on two screens; the first ones belong to the start of the pages. */
function apartOf(left: readonly Change[], right: readonly Change[], cycleMs: number): readonly number[] {
  return left.flatMap(({ shows, atMs }) => {
    const near = right.filter((other) => other.shows === shows).map((other) => Math.abs(other.atMs - atMs));
    const apart = Math.min(...near);
    return apart < cycleMs / 2 ? [apart] : [];
  });
}

await describeWith(['chromium'], 'screens side by side', () => {
  let store: TestStore;
  let browser: Browser;
  beforeAll(async () => {
    store = await startTestStore();
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await store?.remove();
  });

  const playlist = ['One', 'Two', 'Three'].map((headline) => ({ show: 'house', headline, seconds: 3 }));
  const CYCLE_MS = 9_000;

  /** Two players whose programmes began 1.5 s apart, the second one with another clock; how far apart they change. */
  async function measure(screens: readonly [string, string], group: object, changes: number) {
    const pages: Page[] = [];
    for (const [place, screen] of screens.entries()) {
      const context = await browser.newContext({ viewport: { width: 960, height: 540 } });
      await context.addInitScript(WATCH);
      if (place === 1) await context.addInitScript(wrongClock(HOURS_WRONG_MS));
      pages.push(await pairPlayer(store, context, { screen }));
    }
    const [left, right] = pages as [Page, Page];
    await setProgramme(store, screens[0], { ...group, playlist });
    const begunMs = performance.now();
    await until(() => performance.now() - begunMs >= HALF_TURN_MS, { withinMs: 5_000, what: 'half a turn' });
    await setProgramme(store, screens[1], { ...group, playlist });
    for (const page of pages) await page.waitForSelector('[data-shows="house-1"]', { timeout: 12_000 });
    await left.evaluate('window.changes.length = 0');
    await right.evaluate('window.changes.length = 0');
    await until(async () => (await changesOf(right)).length > changes, {
      withinMs: 40_000,
      everyMs: 250,
      what: `${changes} changes`,
    });
    const apart = apartOf((await changesOf(right)).slice(1), await changesOf(left), CYCLE_MS);
    for (const page of pages) await page.context().close();
    return apart;
  }

  it('change their pictures within 100 ms of one another, one with a clock three hours wrong', async () => {
    const apart = await measure(['screen-1', 'screen-2'], { group: 'front' }, CHANGES);
    expect(apart.length).toBeGreaterThanOrEqual(CHANGES - 1);
    const worst = Math.max(...apart);
    expect(worst).toBeLessThanOrEqual(APART_MS_MAX);
    const alone = await measure(['screen-3', 'screen-4'], {}, 2);
    expect(alone.length).toBeGreaterThan(0);
    expect(Math.min(...alone)).toBeGreaterThan(APART_MS_MAX);
    const sorted = [...apart].sort((a, b) => a - b);
    keptPromise({
      promise: 'screens, in step',
      what: 'two screens of a group change together, Chromium, frames',
      figure: `median ${sorted[Math.floor(sorted.length / 2)]!.toFixed(1)} ms, worst ${worst.toFixed(1)} ms of ${apart.length}`,
      control: `the same without the group: ${Math.min(...alone).toFixed(0)} ms at best`,
    });
    console.log(
      `apart, group: ${apart.map((ms) => ms.toFixed(1))}; without: ${alone.map((ms) => ms.toFixed(1))}`,
    );
  });

  it('prove each turn once: through reloads, a second browser, and a connection that comes and goes', async () => {
    await setProgramme(store, 'screen-5', { group: 'front', playlist });
    const contexts = [await browser.newContext(), await browser.newContext()];
    const page = await pairPlayer(store, contexts[0]!, { screen: 'screen-5' });
    // The same session in another browser: a cloned stick.
    await contexts[1]!.addCookies(await contexts[0]!.cookies());
    const clone = await contexts[1]!.newPage();
    await clone.goto(page.url());
    const startMs = Date.now();
    const nextTurn = async (): Promise<void> => {
      const before = await page.getAttribute('[data-shows]', 'data-shows');
      await page.waitForFunction(
        (shows) => document.querySelector<HTMLElement>('.stage')?.dataset['shows'] !== shows,
        before,
      );
    };
    for (let round = 0; round < 2; round += 1) {
      await contexts[0]!.setOffline(true);
      await nextTurn();
      await contexts[0]!.setOffline(false);
      await page.reload();
      await page.waitForSelector('[data-link="live"]', { timeout: 15_000 });
    }
    await nextTurn();
    const turns = await until(
      async () => {
        const plays = await playsOf(store, 'screen-5');
        return plays.length >= 3 && plays;
      },
      { withinMs: 10_000, what: 'plays' },
    );
    const spentMs = Date.now() - startMs;
    const atMs = turns.map(({ shownAt }) => Date.parse(shownAt)).sort((a, b) => a - b);
    // Three turns in ten seconds, and the ones that were cut by beginning and end.
    expect(turns.length).toBeLessThanOrEqual(Math.ceil((spentMs / CYCLE_MS) * 3) + 2);
    // No turn is shorter than three seconds, so no two plays may be nearer, but for the late start of a page.
    for (let place = 1; place < atMs.length - 1; place += 1) {
      expect(atMs[place + 1]! - atMs[place]!).toBeGreaterThan(1_500);
    }
    for (const context of contexts) await context.close();
  });
});
