import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWith } from '../support/components.js';
import { violations } from '../ui/support/axe.js';
import { openBrowser, openPage, picture, type View } from '../ui/support/browser.js';
import { serveDesk } from '../ui/support/desk-samples.js';
import { type FixtureStore, startFixtureStore } from '../ui/support/fixture-store.js';
import { iso } from '../ui/support/samples.js';
import { staffNow } from '../ui/support/staff-samples.js';

const DESK: View = { width: 1440, height: 900 };
const PHONE: View = { width: 360, height: 780 };

await describeWith(['chromium'], 'screens on the staff page', () => {
  let browser: Browser;
  let store: FixtureStore;
  let page: Page;
  const open = async (view: View = DESK): Promise<Page> => {
    page = await openPage(browser, `${store.url}/#devices`, view);
    await page.getByRole('button', { name: 'Pair a screen' }).waitFor();
    return page;
  };
  const sent = (path: RegExp) => store.calls.filter((call) => path.test(call.path));

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    store = await startFixtureStore();
    const now = Date.now();
    store.say('/staff', 'now', staffNow(now));
    serveDesk(store, now);
    const rows = staffNow(now).screens.map((screen, place) => ({
      ...screen,
      ...(place === 1 ? { asleep: true } : {}),
      ...(screen.up ? { lastPlayAt: iso(now - 4_000) } : { reason: 'did not come back' }),
      ...(place === 0 ? { up: false } : {}),
    }));
    store.answer('GET', /^\/v1\/equipment/, () => ({ at: iso(now), screens: rows, devices: [] }));
  });
  afterEach(async () => {
    await page.context().close();
    await store.close();
  });

  it('says of each whether it plays, sleeps on purpose, or is silent, since when and why', async () => {
    await open();
    const table = page.locator('.desk-table').first();
    expect(await table.locator('tr', { hasText: 'Asleep' }).innerText()).toContain('outside its hours');
    const silent = await table.locator('tr', { hasText: 'Screen 6' }).innerText();
    expect(silent).toMatch(/for 4 min, did not come back after the store started/);
    expect(await table.locator('tr', { hasText: 'Screen 1' }).innerText()).toContain(
      'no player was ever paired',
    );
    await picture(page, 'screens-1440');
    expect(await violations(page)).toEqual([]);
  });

  it.each([
    ['desk', DESK],
    ['phone', PHONE],
    ['dark', { ...DESK, scheme: 'dark' }],
  ] as const)('pairs a new one by its code, %s', async (name, view) => {
    store.answer('POST', /^\/v1\/pairing\/confirm/, () => ({ screen: 'screen-8' }));
    await open(view);
    await page.getByRole('button', { name: 'Pair a screen' }).click();
    await page.getByLabel('Code on the screen').fill('r9q qmh');
    await page.getByLabel('Which screen is it?').selectOption({ label: 'A new one' });
    await page.getByLabel('Name', { exact: true }).fill('By the <b>fridge</b>');
    await page.getByLabel('How it hangs').selectOption('portrait');
    await picture(page, `screens-pair-${name}`);
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Pair it' }).click();
    await page.getByText('By the <b>fridge</b> is paired and begins to play.').waitFor();
    const [call] = sent(/confirm/);
    expect(call?.body).toEqual({
      code: 'r9q qmh',
      newScreen: { name: 'By the <b>fridge</b>', zone: 'produce', orientation: 'portrait' },
    });
  });

  it('says in words why a code was not taken, and keeps what was typed', async () => {
    store.answer('POST', /^\/v1\/pairing\/confirm/, () => ({ status: 410, reason: 'PairingCodeExpired' }));
    await open();
    await page.getByRole('button', { name: 'Pair a screen' }).click();
    await page.locator('input[name=code]:focus').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('Type the six letters and digits').waitFor();
    await page.keyboard.type('AAAAAA');
    await page.keyboard.press('Enter');
    await page.getByText('This code is past its ten minutes').waitFor();
    expect(await page.getByLabel('Code on the screen').inputValue()).toBe('AAAAAA');
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('lets one or all of them show their names', async () => {
    store.answer('POST', /^\/v1\/screens\/identify/, () => ({ told: 6 }));
    store.answer('POST', /^\/v1\/screens\/[^/]+\/identify/, () => ({ told: 1 }));
    await open();
    await page.getByRole('button', { name: 'Show all names' }).click();
    await page.getByText('6 screens show their names for ten seconds.').waitFor();
    await page
      .getByRole('button', { name: /^Show its name/ })
      .first()
      .click();
    await page.getByText(/ shows its name for ten seconds\./).waitFor();
    expect(sent(/identify/).map(({ path }) => path.split('/').length)).toEqual([4, 5]);
  });

  it('sends a player away after asking, a silent one too, but not where there never was any', async () => {
    store.answer('DELETE', /^\/v1\/screens\/[^/]+\/player/, () => ({}));
    await open();
    const away = page.getByRole('button', { name: /^Send away: / });
    expect(await away.count()).toBe(6);
    await away.first().click();
    expect(sent(/player/)).toHaveLength(0);
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    expect(sent(/player/)).toHaveLength(0);
    await away.first().click();
    await picture(page, 'screens-away');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: 'Wrong screen' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Send away' }).click();
    await page.getByText(/is sent away\.$/).waitFor();
    expect(sent(/player/).map(({ method }) => method)).toEqual(['DELETE']);
  });
});
