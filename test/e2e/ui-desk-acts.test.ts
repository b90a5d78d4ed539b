import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWith } from '../support/components.js';
import { violations } from '../ui/support/axe.js';
import { openBrowser, openPage, picture, type View } from '../ui/support/browser.js';
import { type DeskAnswers, healthNow, offersNow, serveDesk, stockNow } from '../ui/support/desk-samples.js';
import { type FixtureStore, startFixtureStore } from '../ui/support/fixture-store.js';
import { serveJournal } from '../ui/support/journal-samples.js';
import { demoPolicy, iso } from '../ui/support/samples.js';
import { staffNow, stories } from '../ui/support/staff-samples.js';

const DESK: View = { width: 1440, height: 900 };
/** What is open asks the store again after this. */
const LOOKS_EVERY_MS = 5_000;
const PHONE: View = { width: 360, height: 780 };

await describeWith(['chromium'], 'what staff do on the tabs', () => {
  let browser: Browser;
  let store: FixtureStore;
  let now: number;
  const pages: Page[] = [];

  const open = async (hash: string, view: View = DESK): Promise<Page> => {
    const page = await openPage(browser, `${store.url}/${hash}`, view);
    pages.push(page);
    return page;
  };
  /** With a clock that can be moved on to the next look at the store. */
  const openTimed = async (hash: string): Promise<Page> => {
    const page = await openPage(browser, 'about:blank', DESK);
    pages.push(page);
    await page.clock.install();
    await page.goto(`${store.url}/${hash}`);
    return page;
  };
  const serve = (answers: DeskAnswers = {}): void => {
    serveJournal(store, now);
    serveDesk(store, now, answers);
  };
  const sent = (method: string, path: RegExp) =>
    store.calls.filter((call) => call.method === method && path.test(call.path));

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    store = await startFixtureStore();
    now = Date.now();
    store.stories = stories(now);
    store.say('/staff', 'now', staffNow(now));
    serve();
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.context().close();
    await store.close();
  });

  it('stop one campaign, and bring it back within ten seconds', async () => {
    store.answer('POST', /^\/v1\/stop$/, () => ({ id: 'stop-7' }));
    store.answer('DELETE', /^\/v1\/stop\/stop-7$/, () => ({ id: 'stop-7' }));
    store.answer('PUT', /^\/v1\/stop\/stop-7\/reason$/, () => ({ id: 'stop-7' }));
    const page = await open('#offers');
    await page.click('.desk-row:has-text("Rye sourdough") >> text=Stop');
    await page.waitForSelector('.notice:has-text("Rye sourdough, evenings is stopped")');
    // The page invents no reason: whoever stopped says it afterwards, with one tap.
    expect(sent('POST', /stop$/)[0]?.body).toEqual({ scope: { campaign: 'rye-evening' } });
    expect(await violations(page)).toEqual([]);
    await picture(page, 'offers-why');
    await page.setViewportSize(PHONE);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(PHONE.width);
    await picture(page, 'offers-why-phone');
    await page.setViewportSize(DESK);
    await page.click('.notice >> text=Wrong price');
    await page.waitForSelector('.notice:has-text("It stands in the audit log")');
    expect(sent('PUT', /stop-7\/reason$/)[0]?.body).toEqual({ reason: 'Wrong price' });
    await page.click('.notice-undo');
    await page.waitForSelector('.notice:has-text("the same offers, the same coupons")');
    expect(sent('DELETE', /stop-7$/)).toHaveLength(1);
    await page.click('.desk-row:has-text("Havra oat") >> text=Bring back');
    await page.waitForSelector('.notice:has-text("Not brought back")');
    expect(sent('DELETE', /stop-9$/)).toHaveLength(1);
  });

  it('see rows that keep their place, whatever the store sorts first by now', async () => {
    const page = await open('#offers');
    await page.waitForSelector('.desk-row');
    const names = () => page.locator('.desk-lead .desk-first').allTextContents();
    const before = await names();
    serve({ offers: offersNow(now).reverse() });
    store.say(
      '/staff',
      'now',
      staffNow(now, { stops: [{ stopId: 'x', scope: 'all', reason: 'r', at: iso(now) }] }),
    );
    const asked = sent('GET', /offers/).length;
    await page.waitForSelector('.stop-undo');
    await expect.poll(() => sent('GET', /offers/).length).toBeGreaterThan(asked);
    expect(await names()).toEqual(before);
  });

  it('correct a count, with a number that is one, and take it back', async () => {
    store.answer('POST', /^\/v1\/stock\/DRK-1002\/count$/, () => ({
      id: 'count/1',
      shelf: 'shelf-b2',
      count: 24,
      before: 26,
    }));
    const page = await open('#stock');
    await page.click('.desk-row:has-text("Kolibri Zero") >> text=Correct');
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('INPUT');
    expect(await page.textContent('dialog')).toContain('The store believes 26 pieces, as of ');
    await page.fill('dialog input', 'two dozen');
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog >> text=A whole number');
    expect(await violations(page)).toEqual([]);
    await picture(page, 'stock-count');
    await page.fill('dialog input', '24');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.notice:has-text("Kolibri Zero: 24 pieces counted")');
    await page.click('.notice-undo');
    await page.waitForSelector('.notice:has-text("the count was taken back")');
    expect(sent('POST', /count$/).map(({ body }) => body)).toEqual([
      { count: 24, shelf: 'shelf-b2' },
      { count: 26, shelf: 'shelf-b2', undoes: 'count/1' },
    ]);
  });

  it('leave a dialog by Escape, back where they were', async () => {
    const page = await open('#stock');
    const button = page.locator('.desk-row:has-text("Oat drink") >> text=Correct');
    await button.focus();
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog[open] select');
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.textContent?.slice(0, 40)), { timeout: 5000 })
      .toBe('Correct');
  });

  it('find a product by a word', async () => {
    const page = await open('#stock');
    await page.fill('input[type=search]', 'rye');
    await page.waitForFunction(() => document.querySelectorAll('.desk-row').length === 1);
    expect(await page.textContent('.desk-sums')).toBe('1 product');
    await page.fill('input[type=search]', 'nothing like it');
    await page.waitForSelector('.empty:has-text("No product fits")');
  });

  it('turn the pages of a long list, and find what is on none of the first', async () => {
    const [row] = stockNow(now);
    const many = Array.from({ length: 20_000 }, (_, n) => ({ ...row!, sku: `SKU-${n}`, name: `Tea ${n}` }));
    serve({ stock: many });
    const page = await openTimed('#stock');
    const said = (words: string) => page.waitForSelector(`.desk-sums:text-is("${words}")`);
    await said('1 to 100 of 20,000 products');
    await page.getByRole('button', { name: 'Next page' }).click();
    await said('101 to 200 of 20,000 products');
    expect(await page.locator('.desk-lead .desk-first').first().textContent()).toBe('Tea 100');
    expect(await violations(page)).toEqual([]);
    await picture(page, 'stock-pages');
    await page.getByRole('button', { name: 'Page before' }).click();
    await said('1 to 100 of 20,000 products');
    expect(await page.getByRole('button', { name: 'Page before' }).isDisabled()).toBe(true);
    await page.fill('input[type=search]', 'Tea 19999');
    await said('1 product');
    // The list ends while somebody is on its last page.
    await page.fill('input[type=search]', '');
    await page.getByRole('button', { name: 'Next page' }).click();
    await said('101 to 200 of 20,000 products');
    serve({ stock: many.slice(0, 40) });
    await page.clock.fastForward(LOOKS_EVERY_MS);
    await said('40 products');
  });

  it('add a device whose token is shown once, and cut one off', async () => {
    const token = 'ec_Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4MTIzNA';
    store.answer('POST', /^\/v1\/devices$/, () => ({ id: 'door-2', token }));
    store.answer('DELETE', /^\/v1\/devices\//, () => ({}));
    const page = await open('#devices');
    await page.click('text=Add a device');
    await page.click('text=Make its token');
    await page.waitForSelector('dialog >> text=A name of 1 to 128');
    await page.fill('dialog input', 'door 2');
    await page.click('text=Make its token');
    await page.waitForSelector('.token-qr');
    expect(await page.textContent('.token-text')).toBe(token);
    expect(await violations(page)).toEqual([]);
    await picture(page, 'devices-token');
    await page.keyboard.press('Escape');
    expect(await page.locator('.token-qr').count(), 'nothing but the button closes it').toBe(1);
    await page.click('text=I have it');
    expect(await page.content()).not.toContain(token);
    await page.click('.desk-row:has-text("shelf-b2") >> text=Take back');
    await page.click('text=Take it back');
    await page.waitForSelector('dialog >> text=Say why, or tap one of the ready words.');
    expect(sent('DELETE', /devices/)).toEqual([]);
    await page.click('dialog >> text=Lost or stolen');
    expect(await violations(page)).toEqual([]);
    await picture(page, 'devices-why');
    await page.click('text=Take it back');
    await page.waitForSelector('.notice:has-text("shelf-b2 is cut off")');
    expect(sent('DELETE', /devices\/shelf-b2/)[0]?.path).toBe(
      '/v1/devices/shelf-b2?reason=Lost%20or%20stolen',
    );
  });

  it('only look, where their role only looks', async () => {
    serve({ role: 'viewer' });
    for (const [tab, ready] of [
      ['offers', '.desk-row'],
      ['stock', '.desk-row'],
      ['devices', '.desk-row'],
    ]) {
      const page = await open(`#${tab}`);
      await page.waitForSelector(ready!);
      await page.waitForFunction(() => document.querySelector('.desk-action button') === null);
    }
    const page = await open('#health');
    await page.waitForSelector('.health-part');
    await page.waitForFunction(() => !document.body.textContent?.includes('Make one now'));
  });

  it('say nothing of the whole while the certificates cannot be read', async () => {
    store.answer('GET', /^\/v1\/certificates/, () => ({ status: 503, reason: 'DiskFailed', detail: 'away' }));
    const page = await open('#health');
    await page.waitForSelector('.band-look');
    expect(await page.textContent('.desk-bar .desk-state-word')).toContain('Not known');
    expect(await violations(page)).toEqual([]);
  });

  it('read what to do about an alarm', async () => {
    const alarms = [{ code: 'DiskFull' as const, text: 'The disk is full', since: iso(now - 240_000) }];
    store.say('/staff', 'now', staffNow(now, { alarms }));
    const journal = { ...healthNow(now).journal, trouble: 'DiskFull' };
    serve({ health: healthNow(now, { journal, clock: { doubt: 'the clock jumped ahead by 40 min' } }) });
    const page = await open('#health');
    await page.waitForSelector('.alarm:has-text("Free space on the disk")');
    await page.waitForSelector('.tone-text-act:has-text("3 things need a look")');
    expect(await page.textContent('.facts')).toContain('It takes nothing in: The disk of the store is full');
    expect(await violations(page)).toEqual([]);
    await picture(page, 'health-alarm');
  });

  it('have words for a store without campaigns, products and devices', async () => {
    serve({ offers: [], stock: [] });
    store.answer('GET', /^\/v1\/stock/, () => ({ at: iso(now), total: 0, counts: { all: 0 }, products: [] }));
    store.answer('GET', /^\/v1\/equipment/, () => ({ at: iso(now), screens: [], devices: [] }));
    for (const [tab, words] of [
      ['offers', 'No campaigns yet'],
      ['stock', 'No products yet'],
      ['devices', 'No devices yet'],
    ]) {
      const page = await open(`#${tab}`);
      await page.waitForSelector(`.empty:has-text("${words}")`);
      expect(await violations(page)).toEqual([]);
      await picture(page, `${tab}-empty`);
    }
  });

  it('keep what they see when the store stops answering, and hear since when', async () => {
    const page = await openTimed('#health');
    await page.waitForSelector('.facts');
    store.answer('GET', /^\/v1\/health/, () => ({
      status: 503,
      reason: 'Busy',
      detail: 'the store is busy',
    }));
    await page.clock.fastForward(LOOKS_EVERY_MS);
    await page.waitForSelector('.band-look:has-text("since then it could not be read: the store is busy")');
    expect(await page.locator('.facts').count()).toBe(1);
    // What was good is no longer said to be good.
    const summary = page.locator('.desk-bar:has-text("How the box is")');
    await expect.poll(() => summary.innerText()).toMatch(/Not known now\s+as of .*: 1 thing needs a look/);
    expect(await summary.locator('.desk-dot-good').count()).toBe(0);
    await picture(page, 'health-trouble');
  });

  it('bear texts ten times as long and names from right to left, on a phone', async () => {
    const long = 'Elderflower pressé from the hedgerows of the Nore '.repeat(10);
    const rtl = 'מיץ תפוזים סחוט טרי';
    const offers = offersNow(now).map((offer, index) => ({
      ...offer,
      campaign: { ...offer.campaign, name: index % 2 === 0 ? long : rtl },
    }));
    serve({
      offers,
      stock: stockNow(now).map((row, index) => ({ ...row, name: index % 2 === 0 ? long : rtl })),
    });
    for (const tab of ['offers', 'stock']) {
      const page = await open(`#${tab}`, PHONE);
      await page.waitForSelector('.desk-row');
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(over).toBeLessThanOrEqual(0);
      await picture(page, `${tab}-long`);
    }
  });

  it('read it in German where the store speaks German', async () => {
    const policy = demoPolicy();
    store.say(
      '/staff',
      'now',
      staffNow(now, { policy: { ...policy, store: { ...policy.store, locale: 'de-DE' } } }),
    );
    const page = await open('#stock');
    await page.waitForSelector('.desk-row:has-text("Ausverkauft")');
    expect(await page.locator('.tab').allTextContents()).toContain('Bildschirme und Geräte');
    expect(await violations(page)).toEqual([]);
    await picture(page, 'stock-german');
  });

  it('see a silent counter hatched on the plan, with its age', async () => {
    const base = staffNow(now);
    const zones = base.zones.map((zone) =>
      zone.zone === 'produce' ? { ...zone, silentSince: iso(now - 38 * 60_000) } : zone,
    );
    store.say('/staff', 'now', { ...base, zones });
    const page = await open('');
    await page.waitForSelector('.silent-zone', { state: 'attached' });
    expect(await page.textContent('.zone-caption-silent')).toBe('ProduceCounter silent, 38 min');
    expect(await page.textContent('.floor-head')).toContain(
      '18 people counted, nobody identified, Produce not counted',
    );
    await picture(page, 'now-silent-counter');
  });
});
