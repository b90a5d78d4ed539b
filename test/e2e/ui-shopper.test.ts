import { createRequire } from 'node:module';
import type { QRCode } from 'jsqr';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { describeWith } from '../support/components.js';
import { violations } from '../ui/support/axe.js';
import { openBrowser, openPage, picture } from '../ui/support/browser.js';
import { type FixtureStore, startFixtureStore } from '../ui/support/fixture-store.js';
import { keptForReload } from '../ui/support/kept.js';
import { coupon, elderflower, iso, kolibri, shopperView } from '../ui/support/samples.js';

/** The package is CommonJS with types of another shape. */
const jsQR = createRequire(import.meta.url)('jsqr') as (
  pixels: Uint8ClampedArray,
  width: number,
  height: number,
) => QRCode | null;

const PHONE = { width: 360, height: 780, scale: 2 };
const UNASKED = { location: 'unasked', profile: 'unasked', push: 'unasked', measurement: 'unasked' } as const;

/** What a scanner at the till reads off the phone's screen. */
async function scan(page: Page, selector: string): Promise<string | undefined> {
  const png = (await page.locator(selector).screenshot()).toString('base64');
  const reader = await page.context().browser()!.newPage();
  const { data, width, height } = await reader.evaluate(async (base64) => {
    const image = new Image();
    image.src = `data:image/png;base64,${base64}`;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d')!;
    context.drawImage(image, 0, 0);
    const { data, width, height } = context.getImageData(0, 0, image.width, image.height);
    return { data, width, height };
  }, png);
  await reader.close();
  return jsQR(data, width, height)?.data;
}

/** How wide one module of a code is, in pixels of the style sheet: a hand scanner needs about two and a half. */
async function modulePx(page: Page, selector: string): Promise<number> {
  const box = (await page.locator(selector).boundingBox())!;
  const [, , modules] = (await page.getAttribute(selector, 'viewBox'))!.split(' ').map(Number);
  return box.width / modules!;
}

await describeWith(['chromium'], 'the shopper page', () => {
  let browser: Browser;
  let store: FixtureStore;
  let now: number;
  const pages: Page[] = [];

  const open = async (view: Parameters<typeof openPage>[2] = PHONE): Promise<Page> => {
    const page = await openPage(browser, `${store.url}/me`, view);
    pages.push(page);
    return page;
  };
  const consents = () => store.calls.filter(({ path }) => path === '/v1/consents').map(({ body }) => body);

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    store = await startFixtureStore();
    now = Date.now();
    store.say('/shopper', 'view', shopperView(now));
    store.answer('POST', /^\/v1\/consents$/, () => ({ status: 201, receiptId: 'r' }));
    store.answer('DELETE', /^\/v1\/consents\//, () => ({ receiptId: 'r' }));
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.context().close();
    await store.close();
  });

  it('shows a hint apart from coupons: a price and no code', async () => {
    const hint = { ...elderflower(now), name: 'Rye bread, still warm', priceMinor: 349 };
    store.say('/shopper', 'view', shopperView(now, { hints: [{ decisionId: 'd-hint', offer: hint }] }));
    const page = await open();
    const list = page.locator('ul.offer-list', { hasText: 'Rye bread, still warm' });
    expect(await page.locator('h2', { hasText: 'Worth a look here' }).isVisible()).toBe(true);
    expect(await list.locator('button').count()).toBe(0);
    await picture(page, 'shopper-hint');
    expect(await violations(page)).toEqual([]);
  });

  describe('asks before anything', () => {
    beforeEach(() =>
      store.say('/shopper', 'view', shopperView(now, { consents: UNASKED, coupons: [], open: [] })),
    );

    it('in two sentences with two equal buttons, No first', async () => {
      const page = await open();
      const [no, yes] = await page.locator('.two-buttons button').all();
      expect([await no!.textContent(), await yes!.textContent()]).toEqual(['No, thank you', 'Yes, please']);
      const [a, b] = [(await no!.boundingBox())!, (await yes!.boundingBox())!];
      expect([a.width, a.height, a.y]).toEqual([b.width, b.height, b.y]);
      expect(a.height).toBeGreaterThanOrEqual(56);
      const look = (button: typeof no) =>
        button!.evaluate((it) => {
          const { color, backgroundColor, borderColor, fontWeight } = getComputedStyle(it);
          return [color, backgroundColor, borderColor, fontWeight];
        });
      expect(await look(no)).toEqual(await look(yes));
      expect(a.y + a.height).toBeLessThan(780);
      await picture(page, 'shopper-consent');
    });

    it('keeps a no like a yes, so that nobody asks again', async () => {
      const page = await open();
      await page.click('text=No, thank you');
      await expect.poll(() => consents().length).toBe(4);
      expect(consents()).toMatchObject(
        ['location', 'profile', 'push', 'measurement'].map((purpose) => ({
          purpose,
          granted: false,
          ageBand: 'unknown',
          textVersion: '2026-11',
          sid: 's_demo000000000001',
        })),
      );
      const refused = {
        location: 'refused',
        profile: 'refused',
        push: 'refused',
        measurement: 'refused',
      } as const;
      store.say('/shopper', 'view', shopperView(now, { consents: refused, coupons: [] }));
      await page.waitForSelector('text=Offers picked for you are off');
      expect(await page.textContent('.offer-list')).toContain('Elderflower pressé');
    });

    it('purpose by purpose with nothing chosen beforehand, and the age in plain words', async () => {
      const page = await open();
      await page.click('text=Yes, please');
      expect(await page.locator('input[type=radio]').count()).toBe(8);
      expect(await page.locator('input[type=radio]:checked').count()).toBe(0);
      await page.click('text=Save my answers');
      await page.waitForSelector('[role=alert]:has-text("Each question needs an answer")');
      expect(consents()).toEqual([]);
      const answer = (name: string, nth: number) => page.locator(`input[name=${name}]`).nth(nth).check();
      await answer('location', 1);
      await answer('profile', 1);
      await answer('push', 0);
      await answer('measurement', 0);
      // Only a yes needs an age.
      expect(await page.locator('input[name=age]:checked').count()).toBe(0);
      await page.click('text=Save my answers');
      await page.waitForSelector('[role=alert]:has-text("Each question needs an answer")');
      await answer('age', 2);
      await picture(page, 'shopper-each');
      await page.click('text=Save my answers');
      await expect.poll(() => consents().length).toBe(4);
      expect(consents()).toMatchObject([
        { purpose: 'location', granted: true, ageBand: '18+' },
        { purpose: 'profile', granted: true },
        { purpose: 'push', granted: false },
        { purpose: 'measurement', granted: false },
      ]);
    });

    it('says that nothing changed when the shop could not save it', async () => {
      store.answer('POST', /^\/v1\/consents$/, () => ({ status: 503, reason: 'DiskFull', detail: 'full' }));
      const page = await open();
      await page.click('text=No, thank you');
      await page.waitForSelector('[role=alert]:has-text("Nothing has changed")');
    });

    it('in the language of the reader', async () => {
      const page = await open();
      await page.selectOption('.language select', 'de');
      await page.waitForSelector('text=Nein, danke');
      expect(await page.getAttribute('html', 'lang')).toBe('de');
    });
  });

  it('shows the offer nearby with its price, why me, and a code that a till can read', async () => {
    const page = await open();
    await page.waitForSelector('.coupon');
    expect(await page.textContent('.hero')).toContain('€1.79instead of €1.99');
    expect(await page.textContent('.why')).toBe('Why me? You bought it in March.');
    expect(await page.textContent('.code')).toBe('9 812345 678909');
    expect(await modulePx(page, '.coupon-code .qr')).toBeGreaterThan(2.4);
    expect(await scan(page, '.coupon-code .qr')).toBe(coupon(kolibri(now)).token);
    await picture(page, 'shopper-near');
    await page.click('text=Show it at the till');
    expect(await modulePx(page, '.qr-big')).toBeGreaterThan(4);
    expect(await scan(page, '.qr-big')).toBe(coupon(kolibri(now)).token);
    expect(await page.textContent('.till-code')).toBe('9 812345 678909');
    expect(await page.textContent('.time-words')).toMatch(/^28 min leftGood until (\d+ \w+, )?\d\d:\d\d$/);
    await picture(page, 'shopper-coupon');
    store.say(
      '/shopper',
      'view',
      shopperView(now, { coupons: [coupon(kolibri(now), { state: 'taken', takenAt: iso(now) })] }),
    );
    await page.waitForSelector('.settled-good:has-text("Taken")');
    await page.click('[aria-label=Back]');
    await page.click('text=History');
    await page.waitForSelector('.offer-row:has-text("Kolibri Zero")');
  });

  it('tells the shop once that the offer was seen', async () => {
    await open();
    await expect.poll(() => store.seen).toEqual(['d-8f31c2']);
    store.say('/shopper', 'view', shopperView(now + 1));
    store.say(
      '/shopper',
      'view',
      shopperView(now + 2, {
        coupons: [
          coupon(kolibri(now)),
          coupon(kolibri(now, { couponId: 'c-2' }), { couponId: 'c-2', decisionId: 'd-2' }),
        ],
      }),
    );
    await expect.poll(() => store.seen).toEqual(['d-8f31c2', 'd-2']);
  });

  it('works without network for what it holds, also after a reload, and lets time run out by itself', async () => {
    const short = kolibri(now, { validUntil: iso(now + 60_000) });
    store.say('/shopper', 'view', shopperView(now, { coupons: [coupon(short)] }));
    const page = await open();
    await page.waitForSelector('.coupon');
    await keptForReload(page, '/me');
    await store.close();
    await page.waitForSelector('.note-look:has-text("No network since")');
    await page.reload();
    await page.click('text=Show it at the till');
    expect(await scan(page, '.qr-big')).toBe(coupon(short).token);
    await page.clock.install();
    await page.clock.fastForward(60_000);
    await page.waitForSelector('.settled:has-text("Its time is over.")');
    store = await startFixtureStore();
  });

  it('keeps what it holds, and no word on what was near, once the shop was not heard for a while', async () => {
    const lasting = coupon(kolibri(now, { validUntil: iso(now + 6 * 3_600_000) }));
    store.say('/shopper', 'view', shopperView(now, { coupons: [lasting] }));
    const page = await open();
    await page.waitForSelector('.coupon');
    const near = page.getByText('Here for everybody');
    await page.clock.install();
    await store.close();
    await page.waitForSelector('.note-look');
    await page.clock.fastForward(5 * 60_000);
    expect(await near.isVisible()).toBe(true);
    await page.clock.fastForward(6 * 60_000);
    await near.waitFor({ state: 'detached' });
    expect(await page.locator('.tab-head').innerText()).not.toContain('Beverages');
    expect(await page.locator('.coupon').innerText()).toContain('1.79');
  });

  it('shows what is known and takes a consent back', async () => {
    const page = await open();
    await page.click('text=Privacy');
    expect(await page.textContent('.known')).toContain('s_demo000000000001');
    await page.locator('.purpose', { hasText: 'What you bought here' }).locator('button').click();
    await expect
      .poll(() => store.calls.map(({ method, path }) => `${method} ${path}`))
      .toContain('DELETE /v1/consents/s_demo000000000001/profile');
    const row = page.locator('.purpose', { hasText: 'Messages to this phone' });
    await row.locator('button').click();
    await page.waitForSelector('legend:has-text("How old are you?")');
    await page.locator('input[name=age]').nth(1).check();
    await row.locator('button').click();
    await expect.poll(() => consents()).toMatchObject([{ purpose: 'push', granted: true, ageBand: '16-17' }]);
    await picture(page, 'shopper-privacy');
  });

  it('belongs to one person: without a session it asks for the link', async () => {
    store.session = false;
    const page = await open();
    await page.waitForSelector('text=Ask at the desk for your link');
  });

  it.each([
    ['light', 320],
    ['dark', 360],
    ['light', 768],
  ] as const)('never scrolls sideways, %s, %i px wide, ten times the text', async (scheme, width) => {
    const name = 'Kolibri Zero of the hedgerows behind the harbour '.repeat(10);
    const offer = kolibri(now, { name, size: name, why: name, priceMinor: 12_345_678 });
    store.say(
      '/shopper',
      'view',
      shopperView(now, {
        coupons: [coupon(offer), coupon(offer, { couponId: 'c-2', decisionId: 'x' })],
        open: [offer],
        storeName: name,
        zone: name,
      }),
    );
    const page = await open({ width, height: 780, scheme });
    await page.waitForSelector('.coupon');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    await picture(page, `shopper-long-${width}`);
  });
});
