import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Download, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { ShopperView } from '../../edge/contracts/index.js';
import { describeWith } from '../support/components.js';
import { openBrowser, openPage, picture } from '../ui/support/browser.js';
import { type FixtureStore, startFixtureStore } from '../ui/support/fixture-store.js';
import { coupon, iso, kolibri, shopperView } from '../ui/support/samples.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PHONE = { width: 360, height: 780, scale: 2 };
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const PLAIN_HOST = 'shop.test';
const PROOF = { receiptId: '3f0c7a52-9a53-4a0e-9d4c-7f0b6f1d2c11' };

await describeWith(['chromium'], 'a person’s rights on their own phone', () => {
  let browser: Browser;
  let store: FixtureStore;
  let now: number;
  const pages: Page[] = [];

  const open = async (view: Parameters<typeof openPage>[2] = PHONE): Promise<Page> => {
    const page = await openPage(browser, `${store.url}/me`, view);
    pages.push(page);
    return page;
  };
  const tab = (page: Page, nth: number) => page.click(`.nav-tab:nth-child(${nth})`);
  const view = (more: Partial<ShopperView> = {}): ShopperView =>
    shopperView(now, {
      receipts: [
        {
          ...{ receiptId: 'r-location', purpose: 'location', granted: true, textVersion: '2026-11' },
          ...{ at: iso(now - DAY), until: iso(now + 364 * DAY) },
        },
      ],
      ...more,
    });
  const contentOf = async (download: Download): Promise<string> =>
    readFileSync((await download.path())!, 'utf8');

  beforeAll(async () => {
    // A name on the shop's own network, without a certificate.
    browser = await openBrowser([`--host-resolver-rules=MAP ${PLAIN_HOST} 127.0.0.1`]);
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    store = await startFixtureStore();
    now = Date.now();
    store.say('/shopper', 'view', view());
    store.answer('POST', /\/erasure$/, () => ({ ...PROOF, at: iso(now) }));
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.context().close();
    await store.close();
  });

  it('shows each receipt with its number and its end in full, and hands them over as a file', async () => {
    const page = await open();
    await tab(page, 4);
    const line = (await page.textContent('.receipt-lines'))!;
    expect(line).toMatch(/^Since .*, text of 2026-11Until .* at the latestReceipt r-location$/);
    expect(line).toContain(String(new Date(now + 364 * DAY).getFullYear()));
    const waiting = page.waitForEvent('download');
    await page.click('text=Download my receipts');
    const file = JSON.parse(await contentOf(await waiting));
    expect(file).toMatchObject({ format: 'endcap.receipts/1', receipts: [{ receiptId: 'r-location' }] });
    await picture(page, 'shopper-privacy-receipts');
  });

  it('asks for an age only where somebody wants a yes, and says what under 16 means', async () => {
    const unasked = {
      location: 'unasked',
      profile: 'unasked',
      push: 'unasked',
      measurement: 'unasked',
    } as const;
    store.say('/shopper', 'view', view({ consents: unasked, receipts: [], coupons: [] }));
    store.answer('POST', /^\/v1\/consents$/, () => ({ status: 201, receiptId: 'r' }));
    const page = await open();
    await page.click('text=Yes, please');
    for (const name of ['location', 'profile', 'push', 'measurement'])
      await page.locator(`input[name=${name}]`).nth(0).check();
    expect(await page.locator('input[name=age]').count()).toBe(0);
    await page.locator('input[name=profile]').nth(1).check();
    await page.locator('input[name=age]').nth(0).check();
    await page.waitForSelector('.age-note:has-text("nothing personal")');
    await page.locator('input[name=profile]').nth(0).check();
    await page.click('text=Save my answers');
    await expect.poll(() => store.calls.filter(({ path }) => path === '/v1/consents').length).toBe(4);
    expect(await page.locator('input[name=age]').count()).toBe(0);
  });

  it('says that its text has changed without standing in the way of a coupon', async () => {
    store.say('/shopper', 'view', view({ askAgain: ['location'] }));
    const page = await open();
    await page.waitForSelector('.coupon');
    const [till, ask] = [page.locator('.coupon .button-primary'), page.locator('.again')];
    expect((await till.boundingBox())!.y).toBeLessThan((await ask.boundingBox())!.y);
    await page.click('text=Read and answer');
    await page.waitForSelector('.question');
  });

  it('tells the history of every offer: when it came, what became of it, and why', async () => {
    const past = {
      ...{ decisionId: 'p', name: 'Wexford strawberries', why: 'You like berries.', currency: 'EUR' },
      ...{
        priceMinor: 250,
        wasMinor: 350,
        receivedAt: '2026-06-18T13:03:00Z',
        takenAt: '2026-06-18T13:30:00Z',
      },
    };
    store.say(
      '/shopper',
      'view',
      view({ coupons: [coupon(kolibri(now), { receivedAt: iso(now - HOUR) })], past: [past] }),
    );
    const page = await open();
    await tab(page, 3);
    const [held, taken] = await page.locator('.history-row').allTextContents();
    expect(held).toMatch(/Kolibri ZeroCame .*Still goodWhy me\? You bought it in March\.€1\.79/);
    // In the time of the store, which is an hour ahead of UTC in June.
    expect(taken).toMatch(/Came 18 June.*, 14:03Taken 18 June.*, 14:30Why me\? You like berries\./);
  });

  it('lays out everything that is held, to read, print and take along', async () => {
    const event = (type: string, id: string, data: object) => ({ type, id, recordedtime: iso(now), data });
    const events = [
      event('consent.receipt', '1', { purpose: 'location', granted: true }),
      event('pos.transaction', '2', {
        ...{ currency: 'EUR', totalMinor: 558 },
        lines: [{ line: 1, sku: 'DRK-1001', description: 'Elderflower', quantity: 2 }],
      }),
      event('presence.zone', '3', { zone: 'soft-drinks', change: 'exit', dwellMs: 340_000 }),
      ...Array.from({ length: 900 }, (_, nth) => event('presence.sighting', `s${nth}`, {})),
    ];
    const file = { format: 'endcap.person/1', madeAt: iso(now), sid: 's_demo000000000001', left: 0, events };
    store.answer('GET', /\/export$/, () => ({ ...file, linked: { tags: 1, loyaltyIds: 0, phones: 0 } }));
    const page = await open();
    await tab(page, 4);
    await page.click('text=See everything the shop holds');
    await page.waitForSelector('.data-rows');
    const text = (await page.textContent('.data-page'))!;
    expect(text).toContain('Yes: The aisle you are in');
    expect(text).toContain('2 × Elderflower, together €5.58');
    expect(text).toContain('Soft drinks, 6 min');
    expect(text).toContain('900 times');
    const waiting = page.waitForEvent('download');
    await page.click('.data-actions >> text=Download');
    expect(JSON.parse(await contentOf(await waiting)).events).toHaveLength(events.length);
    await picture(page, 'shopper-everything');
  });

  it('forgets after asking once more, and keeps nothing on the phone but the number', async () => {
    const page = await open();
    await page.waitForSelector('.coupon');
    await tab(page, 4);
    await page.click('.button-act');
    await page.click('text=No, keep me');
    expect(store.calls.filter(({ path }) => path.endsWith('/erasure'))).toEqual([]);
    await page.click('.button-act');
    await page.click('text=Yes, delete');
    await page.waitForSelector(`.proof-number:has-text("${PROOF.receiptId}")`);
    await picture(page, 'shopper-erased');
    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }));
    expect(kept).toContain(PROOF.receiptId);
    expect(kept).not.toMatch(/s_demo|Kolibri|9812345678909/);
    store.session = false;
    await page.reload();
    await page.waitForSelector('.proof-number');
    await page.click('text=Clear it from this phone');
    await page.waitForSelector('text=Ask at the desk for your link');
    expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain(PROOF.receiptId);
  });

  it('forgets too when that was asked for at the desk', async () => {
    const page = await open();
    await page.waitForSelector('.coupon');
    store.whisper('/shopper', 'erased', { ...PROOF, at: iso(now) });
    await page.waitForSelector('.proof-number');
    expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain('s_demo');
  });

  it('says so when the shop could not finish, and lets it be tried again', async () => {
    store.answer('POST', /\/erasure$/, () => ({ status: 503, reason: 'DiskFull', detail: 'full' }));
    const page = await open();
    await tab(page, 4);
    await page.click('.button-act');
    await page.click('text=Yes, delete');
    await page.waitForSelector('.sure [role=alert]');
    store.answer('POST', /\/erasure$/, () => ({ ...PROOF, at: iso(now) }));
    await page.click('text=Yes, delete');
    await page.waitForSelector('.proof-number');
  });

  it('can be installed, with an icon that may be cut to any shape', async () => {
    const page = await open();
    const { errors, icons, scope } = await page.evaluate(async () => {
      const link = document.querySelector<HTMLLinkElement>('link[rel=manifest]');
      const manifest = await (await fetch(link!.href)).json();
      const missing: string[] = [];
      for (const { src } of manifest.icons) if (!(await fetch(src)).ok) missing.push(src);
      return { errors: missing, icons: manifest.icons, scope: [manifest.start_url, manifest.scope] };
    });
    expect([errors, scope]).toEqual([[], ['/me', '/me']]);
    const purposes = icons.map(({ purpose }: { purpose: string }) => purpose);
    expect(purposes).toEqual(expect.arrayContaining(['any', 'maskable']));
    const session = await page.context().newCDPSession(page);
    const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
    // The browser of a test keeps nothing, as in a private window; all else is in place.
    expect(installabilityErrors.map(({ errorId }) => errorId)).toEqual(['in-incognito']);
  });

  it('says in quiet words what is missing without encryption, and works all the same', async () => {
    const page = await openPage(browser, `http://${PLAIN_HOST}:${store.port}/me`, PHONE);
    pages.push(page);
    await page.waitForSelector('.coupon');
    expect(await page.evaluate('isSecureContext')).toBe(false);
    await tab(page, 4);
    expect(await page.textContent('.quiet')).toContain('without encryption');
    await page.click('.button-act');
    await page.click('text=Yes, delete');
    await page.waitForSelector('.proof-number');
    await page.goto(`${store.url}/me`);
    await tab(page, 4);
    expect(await page.locator('.quiet').count()).toBe(0);
  });

  it.each(['light', 'dark'] as const)('has no fault that axe finds, %s', async (scheme) => {
    const page = await open({ ...PHONE, scheme });
    await tab(page, 4);
    await page.click('.plain-words summary');
    await page.click('.button-act');
    await page.evaluate(axe);
    const found = await page.evaluate(
      `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].target))`,
    );
    expect(found).toEqual([]);
  });
});
