import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWith } from '../support/components.js';
import { openBrowser, openPage, picture } from '../ui/support/browser.js';
import { type FixtureStore, startFixtureStore } from '../ui/support/fixture-store.js';
import { keptForReload } from '../ui/support/kept.js';
import { elderflower, signage, slide, strawberries } from '../ui/support/samples.js';

const LANDSCAPE = { width: 1920, height: 1080 };
const PORTRAIT = { width: 1080, height: 1920 };
const LONG = 'Elderflower pressé of the hedgerows behind Harbour Street '.repeat(10);

/** A text of a screen is never lower than this, in hundredths of its height as the style sheet counts them. */
const LEAST_UNITS = { '.headline': 8, '.instead': 2.2, '.small-print': 2.2 };

function unitsHigh(page: Page, part: string): Promise<number> {
  return page.evaluate((selector) => {
    const unit =
      innerHeight > innerWidth
        ? Math.min(innerHeight, 1.7778 * innerWidth)
        : Math.min(innerHeight, 0.5625 * innerWidth);
    const text = document.querySelector(`.layer.on ${selector} .fit`)!;
    return (Number.parseFloat(getComputedStyle(text).fontSize) / unit) * 100;
  }, part);
}

/** What a person before the screen would see: a layer that covers it, opaque, coloured, with legible words. */
function seen(): string {
  const layer = document.elementFromPoint(innerWidth / 2, innerHeight / 2)?.closest('.layer');
  const slide = layer?.querySelector('.slide');
  const headline = slide?.querySelector('h1');
  if (!layer || !slide || !headline) return 'nothing';
  if (getComputedStyle(layer).opacity !== '1') return 'fading';
  if (headline.getBoundingClientRect().height < 10 || headline.textContent?.trim() === '') return 'no words';
  const ground = getComputedStyle(slide).backgroundColor;
  return ground === 'rgb(0, 0, 0)' || ground === 'rgba(0, 0, 0, 0)' ? 'black' : 'seen';
}
const isSeen = (page: Page): Promise<void> =>
  expect.poll(() => page.evaluate(seen), { timeout: 5_000 }).toBe('seen');

await describeWith(['chromium'], 'the player', () => {
  let browser: Browser;
  let store: FixtureStore;
  let now: number;
  const pages: Page[] = [];

  const open = async (
    view: Parameters<typeof openPage>[2] = LANDSCAPE,
    screen = 'screen-3',
  ): Promise<Page> => {
    const page = await openPage(browser, `${store.url}/screen/${screen}`, view);
    pages.push(page);
    return page;
  };
  const shows = (page: Page, contentId: string, timeout = 5_000) =>
    page.waitForSelector(`[data-shows="${contentId}"]`, { timeout });

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    store = await startFixtureStore();
    now = Date.now();
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.context().close();
    await store.close();
  });

  it('shows an offer with its price and tells the store once, after the frame was painted', async () => {
    const before = Date.now();
    store.say('/signage', 'content', signage(1, [slide(elderflower(now))]));
    const page = await open();
    await shows(page, 'offer-DRK-1001');
    expect(await page.textContent('h1')).toBe('Elderflower, ice cold');
    expect(await page.textContent('.price')).toBe('€2.79');
    expect(await page.textContent('.pieces')).toBe('31 of 48 bottles left');
    expect(await page.locator('.tick:not(.tick-off)').count()).toBe(31);
    await expect.poll(() => store.plays.length).toBe(1);
    const { play, atMs } = store.plays[0]!;
    expect(play).toMatchObject({ contentId: 'offer-DRK-1001', decisionId: 'd-DRK-1001' });
    expect(Date.parse(play.shownAt)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(play.shownAt)).toBeLessThanOrEqual(atMs + 50);
    await isSeen(page);
    await picture(page, 'player-landscape');
  });

  it('takes a revoked product off within a second, and shows the shop itself when nothing is left', async () => {
    store.say(
      '/signage',
      'content',
      signage(5, [slide(elderflower(now), { seconds: 600 }), slide(strawberries(now))]),
    );
    const page = await open();
    await shows(page, 'offer-DRK-1001');
    const gone = shows(page, 'offer-PRO-2001', 2_000).then(() => Date.now());
    const toldMs = Date.now();
    store.whisper('/signage', 'revoke', { revision: 6, skus: ['DRK-1001'], reason: 'SoldOut' });
    expect((await gone) - toldMs).toBeLessThan(1_000);
    expect(await page.locator('text=Elderflower').count()).toBe(0);
    store.whisper('/signage', 'content', signage(5, [slide(elderflower(now))]));
    store.whisper('/signage', 'revoke', { revision: 7, all: true, reason: 'Stopped' });
    await shows(page, 'builtin-house-0', 2_000).catch(() => page.waitForSelector('[data-shows^="builtin"]'));
    await isSeen(page);
    expect(await page.locator('text=Elderflower').count()).toBe(0);
  });

  it('plays on with the store gone, also after a reload, and tells later what it showed', async () => {
    store.say(
      '/signage',
      'content',
      signage(1, [slide(elderflower(now), { seconds: 3 }), slide(strawberries(now), { seconds: 3 })]),
    );
    const page = await open();
    await shows(page, 'offer-DRK-1001');
    await keptForReload(page, '/screen/any');
    const { port } = store;
    await store.close();
    await page.waitForSelector('[data-link="gone"]');
    await shows(page, 'offer-PRO-2001');
    await isSeen(page);
    await shows(page, 'offer-DRK-1001');
    await page.reload();
    await page.waitForSelector('[data-shows^="offer-"]');
    await isSeen(page);
    store = await startFixtureStore(port);
    await page.waitForSelector('[data-link="live"]', { timeout: 15_000 });
    await expect.poll(() => store.plays.length, { timeout: 10_000 }).toBeGreaterThan(1);
    const shown = store.plays.map(({ play }) => Date.parse(play.shownAt));
    expect(shown).toEqual([...shown].sort((a, b) => a - b));
    expect(shown[0]).toBeLessThan(store.plays[0]!.atMs - 1_000);
  });

  it('shows the shop on its very first start, with no store to be heard', async () => {
    store.session = false;
    const page = await open(PORTRAIT, 'screen-9');
    await page.waitForSelector('[data-shows^="builtin"]');
    await isSeen(page);
    await picture(page, 'player-house-portrait');
  });

  it('would notice a black screen', async () => {
    const page = await open();
    await isSeen(page);
    await page.evaluate(() => document.querySelector('.stage')?.remove());
    expect(await page.evaluate(seen)).toBe('nothing');
  });

  it('never shows what is sold out or past its time', async () => {
    const soldOut = slide(elderflower(now, { piecesLeft: 0 }));
    const over = slide(strawberries(now, { validUntil: new Date(now + 4_000).toISOString() }), {
      seconds: 600,
    });
    store.say('/signage', 'content', signage(1, [soldOut, over]));
    const page = await open();
    await shows(page, 'offer-PRO-2001');
    await page.waitForSelector('[data-shows^="builtin"]');
    expect(store.plays.map(({ play }) => play.contentId)).toEqual(['offer-PRO-2001']);
  });

  it.each([
    ['landscape', LANDSCAPE],
    ['portrait', PORTRAIT],
    ['small', { width: 800, height: 600 }],
  ] as const)('ends what is ten times too long in dots, no smaller than legible, %s', async (name, view) => {
    const offer = elderflower(now, {
      name: LONG,
      smallPrint: LONG,
      priceMinor: 123_456_789,
      wasMinor: 223_456_789,
      pieceName: LONG,
    });
    store.say('/signage', 'content', signage(1, [slide(offer, { headline: LONG })], { storeName: LONG }));
    const page = await open(view);
    await shows(page, 'offer-DRK-1001');
    await page.evaluate('document.fonts.ready');
    const outside = await page.evaluate(() =>
      [
        ...document.querySelectorAll(
          '.layer.on .headline, .layer.on .price, .layer.on .instead, .layer.on .small-print',
        ),
      ]
        .filter((box) => {
          const text = box.firstElementChild as HTMLElement;
          const [a, b] = [box.getBoundingClientRect(), text.getBoundingClientRect()];
          return b.bottom > a.bottom + 3 || b.right > Math.min(a.right, innerWidth) + 3 || b.top < a.top - 3;
        })
        .map((box) => box.className),
    );
    expect(outside).toEqual([]);
    for (const [part, least] of Object.entries(LEAST_UNITS)) {
      expect(await unitsHigh(page, part), part).toBeGreaterThan(least - 0.05);
    }
    expect(await page.textContent('.layer.on .headline')).toMatch(/^Elderflower.*[^ ,]…$/u);
    expect(await page.textContent('.layer.on .small-print')).toMatch(/^Elderflower.*[^ ,]…$/u);
    expect(await page.textContent('.layer.on .price')).toBe('€1,234,567.89');
    await picture(page, `player-long-${name}`);
  });

  it.each([
    ['landscape', LANDSCAPE],
    ['portrait', PORTRAIT],
  ] as const)('keeps price and product legible beside a name of 120 characters, %s', async (name, view) => {
    const product =
      'Sonnengereifte Strauchtomaten vom Bodensee, Handelsklasse I, lose, je Kilogramm, '.repeat(2);
    const offer = elderflower(now, { name: product.slice(0, 120), priceMinor: 1_249, wasMinor: 1_499 });
    store.say('/signage', 'content', signage(1, [slide(offer, { headline: offer.name })]));
    const page = await open(view);
    await shows(page, 'offer-DRK-1001');
    await page.evaluate('document.fonts.ready');
    expect(await page.textContent('.layer.on .headline')).toMatch(/^Sonnengereifte.*…$/u);
    expect(await unitsHigh(page, '.headline')).toBeGreaterThan(7.95);
    expect(await unitsHigh(page, '.price')).toBeGreaterThan(15.95);
    // What fits again is whole again.
    store.say('/signage', 'content', signage(2, [slide(offer, { headline: 'مشروب زهر البيلسان المنعش' })]));
    await page.waitForSelector('.layer.on .headline:has-text("مشروب")');
    expect(await page.textContent('.layer.on .headline')).toMatch(/^مشروب/u);
    expect(await unitsHigh(page, '.headline')).toBeGreaterThan(7.95);
    await picture(page, `player-120-${name}`);
  });

  it('says its name without breaking a word of it', async () => {
    store.say('/signage', 'content', signage(1, [slide(elderflower(now))]));
    const page = await open(PORTRAIT);
    await shows(page, 'offer-DRK-1001');
    await expect.poll(() => store.sockets('/signage')).toBeGreaterThan(0);
    store.whisper('/signage', 'identify', { name: 'Schaufenster 3', seconds: 60 });
    await page.waitForSelector('.identify');
    const lines = await page.evaluate(() => {
      const range = document.createRange();
      range.setStart(document.querySelector('.identify bdi')!.firstChild!, 0);
      range.setEnd(range.startContainer, 'Schaufenster'.length);
      return range.getClientRects().length;
    });
    expect(lines).toBe(1);
    await picture(page, 'player-identify-portrait');
  });

  it('sets a name that runs right to left, and prices as the place writes them', async () => {
    const offer = elderflower(now, { name: 'شراب زهر البيلسان', smallPrint: 'شراب زهر البيلسان ٧٥٠ مل' });
    store.say(
      '/signage',
      'content',
      signage(1, [slide(offer, { headline: 'شراب بارد' })], { locale: 'de-DE' }),
    );
    const page = await open();
    await shows(page, 'offer-DRK-1001');
    expect(await page.textContent('.price')).toBe('2,79€');
    expect(await page.textContent('.instead')).toMatch(/^statt 3,49/);
    expect(await page.locator('h1 bdi').textContent()).toBe('شراب بارد');
    await picture(page, 'player-rtl');
  });

  it('has no cursor and no scrollbars, fades in at most 300 ms, and not at all for those who asked', async () => {
    store.say(
      '/signage',
      'content',
      signage(1, [slide(elderflower(now), { seconds: 3 }), slide(strawberries(now))]),
    );
    const fadeOf = async (reducedMotion: boolean): Promise<string> => {
      const page = await open({ ...LANDSCAPE, reducedMotion });
      await shows(page, 'offer-PRO-2001', 8_000);
      expect(
        await page.evaluate(() => [
          getComputedStyle(document.body).cursor,
          document.documentElement.scrollHeight <= innerHeight,
          document.documentElement.scrollWidth <= innerWidth,
        ]),
      ).toEqual(['none', true, true]);
      return page.evaluate(() => getComputedStyle(document.querySelector('.layer.on')!).transitionDuration);
    };
    expect(Number.parseFloat(await fadeOf(false))).toBeLessThanOrEqual(0.3);
    expect(Number.parseFloat(await fadeOf(true))).toBe(0);
  });
});
