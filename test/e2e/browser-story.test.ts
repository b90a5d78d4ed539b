import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Story } from '../../edge/contracts/index.js';
import { describeWith } from '../support/components.js';
import { enrol, post, shopperWithCoupon } from '../support/shopper.js';
import { type RunningStore, startStore } from '../support/store.js';
import { until } from '../support/until.js';
import { openBrowser, openPage, picture } from '../ui/support/browser.js';

const STORY_WITHIN_MS = 30_000;
const STEPS = ['entered', 'decided', 'sent', 'redeemed', 'sold'] as const;

/** A link that the store printed when it started. */
function linkOf(store: RunningStore, label: string): string {
  const lines = store.output().split('\n');
  const line = lines.find((row) => row.trim().startsWith(label)) ?? '';
  return /https?:\/\/\S+/.exec(line)?.[0] ?? '';
}

/** The link of a screen, as staff make it for a store that prints none. */
async function screenOf(store: RunningStore, screen: string): Promise<string> {
  const made = await post<{ token: string }>(store, '/v1/tokens', { role: 'screen', subject: screen });
  return `${store.url}/screen/${screen}?token=${made.body.token}`;
}

/** What a person reads on the page now. */
const textOf = (page: Page): Promise<string> => page.evaluate('document.body.innerText.toLowerCase()');

await describeWith(['chromium'], 'the story on the pages that people see', () => {
  let store: RunningStore;
  let browser: Browser;
  let staff: Page;

  beforeAll(async () => {
    store = await startStore({ simulate: true });
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await store?.remove();
  });

  it('prints one link that opens the staff page logged in, once', async () => {
    staff = await openPage(browser, linkOf(store, 'Staff page'), { width: 1440, height: 900 });
    await staff.getByText('On the floor now').waitFor();
    const second = await fetch(linkOf(store, 'Staff page'), { redirect: 'manual' });
    expect(second.headers.get('set-cookie') ?? '').not.toContain('ec_');
  });

  it('tells a whole story within 30 s of the start', { timeout: 60_000 }, async () => {
    const story = await until(
      async () => {
        const { stories } = (await (await store.call('/v1/stories?limit=200')).json()) as {
          stories: Story[];
        };
        // The code is taken a moment before the receipt is printed.
        const isWhole = ({ steps }: Story) => STEPS.every((step) => steps.some((one) => one.step === step));
        return stories.find((one) => one.surface === 'phone' && one.state === 'taken' && isWhole(one));
      },
      { withinMs: 45_000, everyMs: 250, what: 'a story from the aisle to the till' },
    );
    const up = (await (await store.call('/v1/status')).json()) as { upS: number };
    expect(up.upS * 1000).toBeLessThan(STORY_WITHIN_MS + 5_000);
    await staff.getByText(story.title).first().waitFor();
    await picture(staff, 'live-staff-now');
  });
});

await describeWith(['chromium'], 'screens and phones of a quiet store', () => {
  let store: RunningStore;
  let browser: Browser;

  beforeAll(async () => {
    store = await startStore();
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await store?.remove();
  });

  it('shows an open offer on the screen beside, and house content when all is stopped, within a second', async () => {
    const screen = await openPage(browser, await screenOf(store, 'screen-3'), { width: 1920, height: 1080 });
    await screen.getByText('Elderflower', { exact: false }).first().waitFor();
    await picture(screen, 'live-player');
    const stop = await post<{ id: string }>(store, '/v1/stop', {
      scope: 'all',
      reason: 'test of the red button',
    });
    const begun = performance.now();
    await until(async () => !(await textOf(screen)).includes('ice cold'), {
      withinMs: 5_000,
      what: 'the offer to leave the screen',
    });
    expect(performance.now() - begun).toBeLessThan(1_500);
    await store.call(`/v1/stop/${stop.body.id}`, { method: 'DELETE' });
    await screen.getByText('ice cold', { exact: false }).first().waitFor({ timeout: 15_000 });
    await screen.close();
  });

  it('takes a sold-out product off the screen within a second', async () => {
    const screen = await openPage(browser, await screenOf(store, 'screen-2'), { width: 1920, height: 1080 });
    await screen.getByText('strawberries', { exact: false }).first().waitFor({ timeout: 15_000 });
    const shelf = (
      await post<{ id: string; token: string }>(store, '/v1/devices', { name: 'audit-shelf', kind: 'device' })
    ).body;
    const { connectAsync } = await import('mqtt');
    const client = await connectAsync(store.mqttUrl, {
      username: shelf.id,
      password: shelf.token,
      clientId: shelf.id,
    });
    await client.publishAsync(`endcap/v1/shelf/${shelf.id}`, JSON.stringify({ sku: 'PRO-2001', count: 0 }), {
      qos: 1,
    });
    const begun = performance.now();
    await until(async () => !(await textOf(screen)).includes('strawberries'), {
      withinMs: 5_000,
      everyMs: 10,
      what: 'strawberries to leave the screen',
    });
    expect(performance.now() - begun).toBeLessThan(1_000);
    await client.endAsync();
    await screen.close();
  });

  it('asks before it knows anything, then shows the own offer with its code', {
    timeout: 60_000,
  }, async () => {
    const stranger = await enrol(store);
    const first = await openPage(browser, stranger.link, { width: 360, height: 780, scale: 2 });
    await first.waitForLoadState('networkidle');
    await picture(first, 'live-shopper-first');
    await first.close();
    const { shopper, coupon } = await shopperWithCoupon(store);
    const phone = await openPage(browser, shopper.link, { width: 360, height: 780, scale: 2 });
    await phone.getByText('Near you').first().waitFor();
    await picture(phone, 'live-shopper-near');
    expect(coupon.code).toMatch(/^9[89]\d{11}$/);
    await phone.close();
  });
});
