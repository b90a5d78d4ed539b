import type { Browser, BrowserContext, CDPSession, Page, Worker } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWith } from '../support/components.js';
import { openBrowser, picture } from '../ui/support/browser.js';
import { type FixtureStore, startFixtureStore } from '../ui/support/fixture-store.js';
import { iso, shopperView } from '../ui/support/samples.js';

const DECISION = 'd-8f31c2';
const SOON = { timeout: 10_000, interval: 250 };

const message = (changes: object = {}) => ({
  version: 1,
  decisionId: DECISION,
  tag: 'topic-of-the-campaign',
  title: 'Kolibri Zero',
  body: '€1.79 instead of €1.99, until 14:30',
  picture: '/icon-192.png',
  url: `/me#offer=${DECISION}`,
  expires: iso(Date.now() + 1_800_000),
  lang: 'en',
  actions: { code: 'Show code', later: 'Not now' },
  ...changes,
});

/** Of what runs inside the worker, where the types of the page do not hold. */
interface WorkerScope extends EventTarget {
  readonly registration: ServiceWorkerRegistration;
  readonly clients: { matchAll(options: object): Promise<readonly object[]> };
}
declare const NotificationEvent: new (
  type: string,
  init: { notification: Notification; action: string },
) => Event;

interface Shown {
  readonly title: string;
  readonly body: string;
  readonly lang: string;
  readonly actions: readonly { action: string; title: string }[];
  readonly data: { readonly decisionId: string };
}

/** The browser, its service worker, and what its push service would hand over. */
await describeWith(['chromium'], 'a message that reached the phone', () => {
  let browser: Browser;
  let store: FixtureStore;
  let context: BrowserContext;
  let page: Page;
  let worker: Worker;
  let cdp: CDPSession;
  let registrationId = '';

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    store = await startFixtureStore();
    store.say('/shopper', 'view', shopperView(Date.now()));
    store.answer('POST', /^\/v1\/push\/clicked$/, () => ({}));
    context = await browser.newContext({ viewport: { width: 360, height: 780 }, locale: 'en-IE' });
    await context.grantPermissions(['notifications'], { origin: store.url });
    page = await context.newPage();
    cdp = await context.newCDPSession(page);
    // Not the one of the test before, which leads nowhere any more.
    registrationId = '';
    cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      registrationId = registrations[0]?.registrationId ?? registrationId;
    });
    await cdp.send('ServiceWorker.enable');
    const started = context.waitForEvent('serviceworker');
    await page.goto(`${store.url}/me`);
    worker = await started;
    await page.waitForSelector('.coupon');
    await expect.poll(() => registrationId, SOON).not.toBe('');
    await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  });
  afterEach(async () => {
    await context.close();
    await store.close();
  });

  /** How many messages the worker was handed. */
  const handed = (): Promise<number> =>
    worker.evaluate(() => {
      const scope = self as unknown as WorkerScope & { handed?: number };
      if (scope.handed === undefined) {
        scope.handed = 0;
        scope.addEventListener('push', () => {
          scope.handed! += 1;
        });
      }
      return scope.handed;
    });
  /** A busy browser now and then drops what it is given this way, and says nothing; a push service would try again. */
  const deliver = async (data: unknown): Promise<void> => {
    const before = await handed();
    const told = { origin: store.url, registrationId };
    for (let tries = 0; tries < 5 && (await handed()) === before; tries += 1) {
      await cdp.send('ServiceWorker.deliverPushMessage', {
        ...told,
        data: typeof data === 'string' ? data : JSON.stringify(data),
      });
      await expect
        .poll(handed, { timeout: 2_000 })
        .toBeGreaterThan(before)
        .catch(() => undefined);
    }
  };
  const shown = (): Promise<readonly Shown[]> =>
    worker.evaluate(async () => {
      const { registration } = self as unknown as WorkerScope;
      const all = (await registration.getNotifications()) as (Notification & { actions: [] })[];
      return all.map(({ title, body, lang, actions, data }) => ({
        ...{ title, body, lang, data },
        actions: [...actions].map(({ action, title: name }) => ({ action, title: name })),
      }));
    });
  /**
   * Until it is to be seen. A browser that is asked for its notifications while it puts one up takes that one for closed
   * and forgets it: then it is sent again.
   */
  const putUp = async (made: () => object): Promise<void> => {
    for (let tries = 0; tries < 3; tries += 1) {
      await deliver(made());
      const there = await expect
        .poll(async () => (await shown()).length, { timeout: 4_000, interval: 500 })
        .toBe(1)
        .then(
          () => true,
          () => false,
        );
      if (there) return;
    }
    expect(await shown()).toHaveLength(1);
  };
  const click = (action: string): Promise<void> =>
    worker.evaluate(async (chosen) => {
      const scope = self as unknown as WorkerScope;
      const [notification] = await scope.registration.getNotifications();
      scope.dispatchEvent(
        new NotificationEvent('notificationclick', { notification: notification!, action: chosen }),
      );
    }, action);
  const clicks = () => store.calls.filter(({ path }) => path === '/v1/push/clicked').map(({ body }) => body);
  /** Somebody looks at something else; the worker hears of it a moment later than the page. */
  const hide = async (): Promise<void> => {
    await page.goto('about:blank');
    const open = () =>
      worker.evaluate(async () => {
        const { clients } = self as unknown as WorkerScope;
        return (await clients.matchAll({ type: 'window', includeUncontrolled: true })).length;
      });
    await expect.poll(open, SOON).toBe(0);
  };

  it('shows the offer with its two answers, once, and nothing after its time', async () => {
    await hide();
    await putUp(() => message());
    await expect.poll(shown, SOON).toMatchObject([
      {
        title: 'Kolibri Zero',
        body: '€1.79 instead of €1.99, until 14:30',
        lang: 'en',
        actions: [
          { action: 'code', title: 'Show code' },
          { action: 'later', title: 'Not now' },
        ],
      },
    ]);
    await deliver(message());
    await deliver(message({ decisionId: 'd-2', tag: 'other', expires: iso(Date.now() - 1_000) }));
    await deliver('not json');
    await deliver(message({ decisionId: 'd-3', title: 'Newer of the same campaign' }));
    await expect.poll(async () => (await shown()).map(({ data }) => data.decisionId), SOON).toEqual(['d-3']);
  });

  it('takes it away when its time is over', async () => {
    await hide();
    await putUp(() => message({ expires: iso(Date.now() + 6_000) }));
    await expect.poll(async () => (await shown()).length, { timeout: 15_000 }).toBe(0);
  });

  it('shows nothing that the page in front of the person shows already', async () => {
    await deliver(message());
    await deliver(message({ decisionId: 'd-unknown-to-the-page', tag: 'other' }));
    await expect
      .poll(async () => (await shown()).map(({ data }) => data.decisionId), SOON)
      .toEqual(['d-unknown-to-the-page']);
  });

  it('leads an open page to the code, and tells the store that it was opened', async () => {
    await putUp(() => message({ decisionId: 'd-else', tag: 'a' }));
    await worker.evaluate(async (decisionId) => {
      const { registration } = self as unknown as WorkerScope;
      for (const old of await registration.getNotifications()) old.close();
      const data = { decisionId, url: `/me#offer=${decisionId}`, expires: '2999-01-01T00:00:00Z' };
      await registration.showNotification('Kolibri Zero', { data });
    }, DECISION);
    await click('code');
    await page.waitForSelector('.qr-big');
    expect(new URL(page.url()).hash).toBe('');
    await expect.poll(clicks, SOON).toEqual([{ decisionId: DECISION, action: 'code' }]);
    await picture(page, 'shopper-from-message');
  });

  it('does nothing but go away for Not now', async () => {
    await hide();
    await putUp(() => message());
    await click('later');
    await expect.poll(async () => (await shown()).length, SOON).toBe(0);
    expect(clicks()).toEqual([]);
  });

  it('tells a click later that could not be told at once', async () => {
    let down = true;
    store.answer('POST', /^\/v1\/push\/clicked$/, () => (down ? { status: 503 } : {}));
    await hide();
    await putUp(() => message());
    await click('');
    await expect.poll(() => clicks().length, SOON).toBe(1);
    down = false;
    const again = await context.newPage();
    await again.goto(`${store.url}/me`);
    await expect.poll(clicks, SOON).toEqual([
      { decisionId: DECISION, action: 'open' },
      { decisionId: DECISION, action: 'open' },
    ]);
  });
});
