import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWith } from '../support/components.js';
import { startPushService, type TestPushService } from '../support/push-service.js';
import { violations } from '../ui/support/axe.js';
import { openBrowser, picture } from '../ui/support/browser.js';
import { type FixtureStore, startFixtureStore } from '../ui/support/fixture-store.js';
import { shopperView } from '../ui/support/samples.js';

const KEY = 'BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8';
const AGREED = { location: 'granted', profile: 'granted', push: 'granted', measurement: 'refused' } as const;

/** What the page makes of every state a browser can be in. The browser's own push service cannot be asked offline. */
await describeWith(['chromium'], 'messages to this phone, on the page', () => {
  let browser: Browser;
  let service: TestPushService;
  let store: FixtureStore;
  let context: BrowserContext;

  beforeAll(async () => {
    browser = await openBrowser();
    service = await startPushService();
  });
  afterAll(async () => {
    await browser?.close();
    await service?.close();
  });
  beforeEach(async () => {
    store = await startFixtureStore();
    store.say('/shopper', 'view', shopperView(Date.now(), { consents: AGREED }));
    store.answer('GET', /^\/v1\/push\/key$/, () => ({ publicKey: KEY }));
    store.answer('POST', /^\/v1\/push\/subscriptions$/, () => ({ status: 201, id: 'x' }));
    store.answer('DELETE', /^\/v1\/push\/subscriptions\//, () => ({}));
    context = await browser.newContext({ viewport: { width: 360, height: 780 }, locale: 'en-IE' });
  });
  afterEach(async () => {
    await context.close();
    await store.close();
  });

  /** Stands in for the browser's push service: holds one subscription until it is given up. */
  const withPushService = (): Promise<unknown> =>
    context.addInitScript((subscription) => {
      let held: object | null = null;
      const made = {
        endpoint: subscription.endpoint,
        options: {},
        toJSON: () => subscription,
        unsubscribe: async () => {
          held = null;
          return true;
        },
      };
      PushManager.prototype.subscribe = async (options) => {
        if (options?.userVisibleOnly !== true) throw new Error('userVisibleOnly is missing');
        held = made;
        return made as unknown as PushSubscription;
      };
      PushManager.prototype.getSubscription = async () => held as PushSubscription | null;
    }, service.subscribe(KEY));
  const open = async (url = store.url): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(`${url}/me`);
    await page.click('text=Privacy');
    return page;
  };
  const phase = (page: Page, name: string) => page.waitForSelector(`.push-setting[data-phase=${name}]`);
  const calls = (method: string) =>
    store.calls.filter((call) => call.method === method && call.path.startsWith('/v1/push/subscriptions'));

  it('asks only after a tap, tells the store, and gives it up as easily', async () => {
    await withPushService();
    await context.grantPermissions(['notifications'], { origin: store.url });
    const page = await open();
    await phase(page, 'off');
    expect(calls('POST')).toEqual([]);
    expect(await violations(page)).toEqual([]);
    await picture(page, 'shopper-push-off');
    await page.click('.push-setting button:has-text("Turn on")');
    await phase(page, 'on');
    const [told] = calls('POST');
    expect(told!.body).toMatchObject({
      sid: 's_demo000000000001',
      locale: expect.stringMatching(/^en/),
      subscription: {
        endpoint: expect.stringContaining('https://localhost'),
        keys: { auth: expect.any(String) },
      },
    });
    await page.click('.push-setting button:has-text("Turn off")');
    await phase(page, 'off');
    expect(calls('DELETE')[0]!.path).toMatch(
      /^\/v1\/push\/subscriptions\/s_demo000000000001\/[A-Za-z0-9_-]{22}$/,
    );
  });

  it('says in its own words why the store refused, and keeps nothing', async () => {
    await withPushService();
    await context.grantPermissions(['notifications'], { origin: store.url });
    store.answer('POST', /^\/v1\/push\/subscriptions$/, () => ({
      status: 422,
      reason: 'PushEndpointRefused',
      detail: 'push.example is no push service that this store knows',
    }));
    const page = await open();
    await page.click('.push-setting button:has-text("Turn on")');
    await page.waitForSelector('.push-setting [role=alert]:has-text("The shop does not know the service")');
    expect(
      await page.evaluate(async () => (await navigator.serviceWorker.ready).pushManager.getSubscription()),
    ).toBeNull();
  });

  it('says how to mend a no of the browser', async () => {
    const page = await open();
    await page.evaluate(() =>
      Object.defineProperty(Notification, 'permission', { configurable: true, get: () => 'denied' }),
    );
    await page.click('text=Near you');
    await page.click('text=Privacy');
    await phase(page, 'denied');
    await page.waitForSelector('text=then permissions, then notifications, then allow');
    expect(await violations(page)).toEqual([]);
    await picture(page, 'shopper-push-denied');
  });

  it('says that a shop sends none', async () => {
    await context.grantPermissions(['notifications'], { origin: store.url });
    store.answer('GET', /^\/v1\/push\/key$/, () => ({ status: 409, reason: 'PushOff', detail: 'off' }));
    const page = await open();
    await page.click('.push-setting button:has-text("Turn on")');
    await phase(page, 'none');
  });

  it('says what an address without TLS cannot do', async () => {
    await context.addInitScript(() => Object.defineProperty(window, 'isSecureContext', { get: () => false }));
    const page = await open();
    await phase(page, 'insecure');
    await page.waitForSelector('text=secure connection (https)');
  });

  it('says what a browser without messages cannot do, in the language of the reader', async () => {
    await context.addInitScript(() => {
      Reflect.deleteProperty(window, 'PushManager');
    });
    const page = await open();
    await phase(page, 'unsupported');
    await page.selectOption('.language select', 'de');
    await page.waitForSelector('text=Dieser Browser kennt keine Nachrichten');
  });

  it('offers nothing of it before the person agreed to messages', async () => {
    store.say('/shopper', 'view', shopperView(Date.now()));
    const page = await open();
    await page.waitForSelector('.purposes');
    expect(await page.locator('.push-setting').count()).toBe(0);
  });
});
