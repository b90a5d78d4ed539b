import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestStore, type TestStore } from '../serve/support.js';
import { describeWith } from '../support/components.js';
import { keptPromise } from '../support/promise.js';
import { pairPlayer, playsOf, setProgramme, typeCode } from '../support/screens.js';
import { until } from '../support/until.js';
import { openBrowser, picture } from '../ui/support/browser.js';

const SIZES = {
  '1080p': { width: 1920, height: 1080 },
  '4k': { width: 3840, height: 2160 },
  portrait: { width: 1080, height: 1920 },
} as const;

const SCRIPTS = [
  '<script>scripted()</script>',
  '<img src=x onerror=scripted()>',
  '"><svg onload=scripted()>',
  "javascript:scripted()//'",
  '<iframe srcdoc="<script>parent.scripted()</script>">',
  '{{constructor.constructor("scripted()")()}}',
  '<style>@import "javascript:scripted()"</style>',
  '\u202e<b onmouseover=scripted()>\u0000x'.replace('\u0000', ''),
  '</title><script>scripted()</script>',
  '<math><mtext></form><form><mglyph><style></math><img src onerror=scripted()>',
];

await describeWith(['chromium'], 'a screen in real Chromium', () => {
  let store: TestStore;
  let browser: Browser;
  const contexts: BrowserContext[] = [];
  const open = async (
    viewport: { width: number; height: number } = SIZES['1080p'],
  ): Promise<BrowserContext> => {
    const context = await browser.newContext({ viewport, locale: 'en-IE', timezoneId: 'Asia/Tokyo' });
    contexts.push(context);
    return context;
  };

  beforeAll(async () => {
    store = await startTestStore();
    browser = await openBrowser();
  });
  afterAll(async () => {
    for (const context of contexts) await context.close();
    await browser?.close();
    await store?.remove();
  });

  it('shows a code, is paired by it, holds no secret in its address and finds its way back', async () => {
    const context = await open();
    const page = await context.newPage();
    await page.goto(`${store.url}/screen`);
    await page.waitForSelector('[data-code]');
    await picture(page, 'player-pairing-1080p');
    for (const name of ['4k', 'portrait'] as const) {
      await page.setViewportSize(SIZES[name]);
      await picture(page, `player-pairing-${name}`);
    }
    const letter = await page.locator('.pairing-letter').first().boundingBox();
    expect(letter!.height / SIZES.portrait.height).toBeGreaterThan(0.16);
    const code = await typeCode(store, page, { screen: 'screen-3' });
    await page.waitForURL(`${store.url}/screen/screen-3`);
    await page.waitForSelector('[data-link="live"]');
    expect(page.url()).not.toContain(code);
    const [cookie] = (await context.cookies()).filter(({ name }) => name.startsWith('endcap_screen_'));
    expect([cookie!.httpOnly, cookie!.sameSite]).toEqual([true, 'Strict']);
    const held = await page.evaluate(() => JSON.stringify([{ ...localStorage }, document.cookie]));
    expect(held).not.toContain(cookie!.value);
    await page.goto(`${store.url}/screen`);
    await page.waitForURL(`${store.url}/screen/screen-3`);
    await page.waitForSelector('[data-link="live"]');
  });

  it('leaves the wall within a second when it is sent away, and shows a code again', async () => {
    const page = await pairPlayer(store, await open(), { screen: 'screen-2' });
    await page.waitForSelector('[data-shows]');
    const gone = page
      .waitForFunction(() => !document.body.innerText.includes('€'), undefined, { polling: 'raf' })
      .then(() => performance.now());
    const asked = performance.now();
    await store.call('/v1/screens/screen-2/player', { method: 'DELETE', token: store.token('admin') });
    await page.waitForSelector('[data-code]', { timeout: 1_000 });
    expect((await gone) - asked).toBeLessThan(1_000);
    const kept = await page.evaluate(() =>
      Object.keys(localStorage).filter((key) => key.includes('content')),
    );
    expect(kept).toEqual([]);
    await typeCode(store, page, { screen: 'screen-2' });
    await page.waitForSelector('[data-link="live"]');
    keptPromise({
      promise: 'screens, sent away (page)',
      what: 'a player that was sent away shows a pairing code',
      figure: '≤ 1 s',
      control: 'before it was sent away the same page showed the offer',
    });
  });

  it('says its name to whoever stands before it, ten seconds long', async () => {
    await setProgramme(store, 'screen-4', { name: 'Fridge, left of the door' });
    const page = await pairPlayer(store, await open(), { screen: 'screen-4' });
    const token = store.token('associate');
    const asked = performance.now();
    await store.call('/v1/screens/screen-4/identify', { method: 'POST', token });
    await page.getByText('Fridge, left of the door').waitFor({ timeout: 1_000 });
    await picture(page, 'player-identify-1080p');
    await page.setViewportSize(SIZES.portrait);
    await picture(page, 'player-identify-portrait');
    await page.waitForSelector('.identify', { state: 'detached', timeout: 15_000 });
    expect(performance.now() - asked).toBeGreaterThan(9_500);
    expect(performance.now() - asked).toBeLessThan(13_000);
  });

  it('is dark in the hours that the store set, says so, and proves no plays then', async () => {
    const page = await pairPlayer(store, await open(), { screen: 'screen-5' });
    await page.waitForSelector('[data-shows]');
    const local = new Date(Date.now() - 3 * 3_600_000).toISOString().slice(11, 16);
    const hourAgo = new Date(Date.now() - 2 * 3_600_000).toISOString().slice(11, 16);
    await setProgramme(store, 'screen-5', { awake: [{ from: local, until: hourAgo }] });
    await page.waitForSelector('[data-asleep]', { timeout: 1_500 });
    expect(await page.textContent('.asleep')).toMatch(/^Asleep until \d\d:\d\d$/);
    await picture(page, 'player-asleep-1080p');
    const { body } = await store.call('/v1/screens', { token: store.token('viewer') });
    const now = body.screens.find(({ screen }: { screen: string }) => screen === 'screen-5');
    expect(now).toMatchObject({ up: true, asleep: true });
    expect(now).not.toHaveProperty('showing');
    const before = (await playsOf(store, 'screen-5')).length;
    await setProgramme(store, 'screen-5', {});
    await page.waitForSelector('[data-shows]', { timeout: 1_500 });
    await until(async () => (await playsOf(store, 'screen-5')).length > before, {
      withinMs: 5_000,
      what: 'plays by day',
    });
  });

  it('runs no script that stands in its name, its words or what it says', async () => {
    const context = await open();
    await context.addInitScript('window.ran = []; window.scripted = () => window.ran.push(1);');
    const page = await pairPlayer(store, context, { newScreen: { name: SCRIPTS[0], zone: 'bakery' } });
    page.on('dialog', (dialog) => dialog.dismiss());
    const screen = new URL(page.url()).pathname.split('/').at(-1)!;
    const ran = (): Promise<number> => page.evaluate('window.ran.length');
    for (const script of SCRIPTS) {
      await setProgramme(store, screen, {
        name: script.slice(0, 100),
        playlist: [{ show: 'house', headline: script.slice(0, 120), line: script.slice(0, 120), seconds: 3 }],
      });
      await page.getByText(script.slice(0, 20)).first().waitFor({ state: 'attached', timeout: 5_000 });
      await store.call(`/v1/screens/${screen}/identify`, { method: 'POST', token: store.token('admin') });
      await page.waitForSelector('.identify');
    }
    expect(await ran()).toBe(0);
    const policy = (await (await context.request.get(page.url())).headersArray()).find(
      ({ name }) => name.toLowerCase() === 'content-security-policy',
    )!.value;
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toContain('unsafe');
    // Control: the same page would run a script that got into it by another way.
    await page.evaluate("document.body.dispatchEvent(new Event('x')); scripted()");
    expect(await ran()).toBe(1);
    keptPromise({
      promise: 'S8 (part: player, names and words of a screen)',
      what: 'scripts in names and words of a screen, player in Chromium',
      figure: `${SCRIPTS.length * 3} texts, 0 run`,
      control: 'the counter counts when it is called',
    });
  });
});
