import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeNodes, enrolPerson, outcomesOf, startPushStore, walk } from '../deliver/push/support.js';
import type { TestStore } from '../serve/support.js';
import { describeWith } from '../support/components.js';
import { startPushService, type TestPushService } from '../support/push-service.js';
import { until } from '../support/until.js';
import { openBrowser } from '../ui/support/browser.js';

interface WorkerScope extends EventTarget {
  readonly registration: ServiceWorkerRegistration;
}
declare const NotificationEvent: new (
  type: string,
  init: { notification: Notification; action: string },
) => Event;

/** The whole way: a tap on the page, a walk through the aisle, the push service, the phone, the code, the journal. */
await describeWith(['chromium'], 'an offer for a phone whose page is closed', () => {
  let browser: Browser;
  let context: BrowserContext;
  let service: TestPushService;
  let store: TestStore;

  beforeAll(async () => {
    [browser, service] = await Promise.all([openBrowser(), startPushService()]);
    store = await startPushStore([service]);
    context = await browser.newContext({ viewport: { width: 360, height: 780 }, locale: 'en-IE' });
    await context.grantPermissions(['notifications'], { origin: store.url });
  });
  afterAll(async () => {
    await context?.close();
    await browser?.close();
    await closeNodes(store);
    await store?.remove();
    await service?.close();
  });

  it('is shown there, opens its code, and the store hears of it', async () => {
    const person = await enrolPerson(store);
    const [name = '', value = ''] = person.cookie.split('=');
    await context.addCookies([{ name, value, url: store.url, sameSite: 'Strict', httpOnly: true }]);
    // The browser's own push service cannot be asked offline: that of the suite stands in.
    let endpoint = '';
    await context.exposeFunction('suiteSubscribes', (key: string) => {
      const subscription = service.subscribe(key);
      endpoint = subscription.endpoint;
      return subscription;
    });
    await context.addInitScript(() => {
      const subscribes = (window as unknown as { suiteSubscribes(key: string): Promise<object> })
        .suiteSubscribes;
      PushManager.prototype.subscribe = async (options) => {
        const bytes = new Uint8Array(options?.applicationServerKey as ArrayBuffer);
        const key = btoa(String.fromCharCode(...bytes))
          .replace(/\+/g, '-')
          .replace(/\//g, '_');
        const made = await subscribes(key.replace(/=/g, ''));
        return Object.assign(made, { options: {}, toJSON: () => made }) as unknown as PushSubscription;
      };
    });
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    let registrationId = '';
    cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      registrationId = registrations[0]?.registrationId ?? registrationId;
    });
    await cdp.send('ServiceWorker.enable');
    const started = context.waitForEvent('serviceworker');
    await page.goto(`${store.url}/me`);
    const worker = await started;
    await page.click('text=Privacy');
    await page.click('.push-setting button:has-text("Turn on")');
    await page.waitForSelector('.push-setting[data-phase=on]');
    await page.goto('about:blank');

    const received = () => service.received.find((push) => push.endpoint === endpoint);
    await walk(store, [person], { what: 'a message at the push service', done: received });
    expect(service.violations).toEqual([]);
    const { payload } = received()!;
    const data = JSON.stringify(payload);
    await cdp.send('ServiceWorker.deliverPushMessage', { origin: store.url, registrationId, data });
    const shown = () =>
      worker.evaluate(async () => {
        const { registration } = self as unknown as WorkerScope;
        return (await registration.getNotifications()).map(({ title }) => title);
      });
    await until(async () => (await shown()).length > 0, { withinMs: 5_000, what: 'a notification' });
    expect(await shown()).toEqual([payload.title]);

    // Back at the page, as a tap on the button of the notification leads there.
    await page.goto(`${store.url}/me`);
    await page.waitForSelector('.coupon');
    await worker.evaluate(async () => {
      const scope = self as unknown as WorkerScope;
      const [notification] = await scope.registration.getNotifications();
      scope.dispatchEvent(
        new NotificationEvent('notificationclick', { notification: notification!, action: 'code' }),
      );
    });
    await page.waitForSelector('.qr-big');
    const clicked = async () =>
      (await store.call('/v1/topics/push.clicked/events', { token: store.token('admin') })).body.events;
    await until(async () => (await clicked()).length > 0, { withinMs: 5_000, what: 'the click' });
    const { decisionId } = payload;
    expect((await clicked())[0].data).toEqual({ decisionId, sid: person.sid, action: 'code' });
    expect(await outcomesOf(store, person.sid)).toMatchObject([{ channel: 'push', outcome: 'sent' }]);
    const steps = store.app.engine.views.story(decisionId)!.steps.map(({ step, outcome }) => [step, outcome]);
    expect(steps.slice(-2)).toEqual([
      ['sent', 'sent'],
      ['sent', 'clicked'],
    ]);
  });
});
