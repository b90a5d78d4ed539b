/** S8 through the store itself: what people and devices can set, as the store keeps it and its own pages show it. */

import { Agent } from 'node:https';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Config } from '../../edge/config/load.js';
import type { Campaign, Product } from '../../edge/contracts/index.js';
import { screenLink, shopperLink, staffLink } from '../../edge/serve/auth/links.js';
import { callHttps, startTlsStore, type TlsStore } from '../serve/tls/support.js';
import { describeWith } from '../support/components.js';
import { keptPromise } from '../support/promise.js';
import { until } from '../support/until.js';
import { openBrowser } from '../ui/support/browser.js';
import { PAYLOADS } from '../ui/support/payloads.js';
import { openWatched, type ScriptSetting } from '../ui/support/script-watch.js';

/** Those that the store takes as a name: not too long, without control characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those
const TEXTS = PAYLOADS.filter((text) => text.length <= 100 && !/[\u0000-\u001f\u007f]/.test(text));
const textAt = (place: number): string => TEXTS[place % TEXTS.length] ?? '';

function named(config: Config): Config {
  const [product, campaign] = [config.products[0]!, config.campaigns[0]!];
  const { policy } = config;
  const products = TEXTS.map(
    (text, place): Product => ({
      ...product,
      ...{ sku: text, name: text, category: text, art: text, pieceName: text.slice(0, 60), size: text },
      ...{ unitPrice: textAt(place + 1), startStock: 40 },
    }),
  );
  const campaigns = TEXTS.map(
    (text, place): Campaign => ({
      ...{ id: text, version: 1, name: text, headline: text, smallPrint: textAt(place + 2) },
      ...{ kind: 'display', products: { skus: [text] }, discount: { percent: 10 }, bidMicros: place },
      where: { screens: policy.screens.map(({ id }) => id) },
    }),
  );
  return {
    ...config,
    products: [...config.products, ...products],
    campaigns: [{ ...campaign, name: textAt(5) }, ...campaigns],
    policy: {
      ...policy,
      store: { ...policy.store, name: textAt(0) },
      zones: policy.zones.map((zone, place) => ({ ...zone, name: textAt(place + 6) })),
      screens: policy.screens.map((screen, place) => ({ ...screen, name: textAt(place + 20) })),
      fixtures: (policy.fixtures ?? []).map((fixture, place) => ({
        ...fixture,
        label: textAt(place + 40).slice(0, 60),
      })),
    },
  };
}

await describeWith(['chromium'], 'S8: no name that the store took runs on its pages', () => {
  let browser: Browser;
  let store: TlsStore;
  const links: Record<string, string> = {};
  const agent = new Agent({ keepAlive: true });

  const call = async (role: 'admin' | 'till', path: string, body: unknown, method = 'POST') => {
    const answer = await callHttps(store.https, path, {
      ...{ ca: store.root, agent, method, body: typeof body === 'string' ? body : JSON.stringify(body) },
      headers: { authorization: `Bearer ${store.token(role, 'sam')}`, 'content-type': 'application/json' },
    });
    return { status: answer.status, body: JSON.parse(answer.text || '{}') };
  };

  beforeAll(async () => {
    store = await startTlsStore({ change: named });
    expect((await call('admin', '/v1/users', { name: 'kim', role: 'viewer' })).status).toBe(201);
    for (const text of TEXTS) {
      expect((await call('admin', '/v1/devices', { name: text, kind: 'device' })).status).toBe(201);
      // Whoever logs in has a name of letters, digits and a few signs.
      expect((await call('admin', '/v1/users', { name: text, role: 'viewer' })).status).toBe(422);
      await call('admin', '/v1/users/kim', { disabled: true, reason: text }, 'PUT');
      const stop = await call('admin', '/v1/stop', { scope: 'all', reason: text });
      expect(stop.status).toBe(201);
      await call('admin', `/v1/stop/${stop.body.id}`, {}, 'DELETE');
      await call('till', '/v1/pos/transactions', text);
    }
    const { sid } = (await call('admin', '/v1/shoppers', {})).body as { sid: string };
    const { auth, url } = store.app;
    Object.assign(links, {
      staff: staffLink(auth, url),
      shopper: shopperLink(auth, url, sid),
      screen: screenLink(auth, url, store.app.engine.views.policy()?.screens[0]?.id ?? ''),
    });
    await store.app.engine.idle();
    browser = await openBrowser();
  }, 180_000);
  afterAll(async () => {
    agent.destroy();
    await browser?.close();
    await store?.remove();
  });

  const TABS = ['offers', 'stock', 'devices', 'journal', 'health', 'people', 'audit'] as const;
  /** Where hardly any of the texts has a place. */
  const FEW: Readonly<Record<string, number>> = { health: 1, people: 1 };
  /** Visits every page; what ran, what the policy had to stop, and how many of the texts were to be read where. */
  const visit = async (settings: readonly ScriptSetting[], tabs: readonly string[] = TABS) => {
    const watched = await openWatched(browser, { settings, own: new URL(store.app.url).origin });
    const found = { ran: 0, tried: [] as string[], strangers: [] as string[], policies: new Set<string>() };
    const read: Record<string, number> = {};
    const { page } = watched;
    page.on('response', (response) => {
      const policy = response.headers()['content-security-policy'];
      if (response.request().isNavigationRequest() && response.status() === 200)
        found.policies.add(policy ?? '');
    });
    const look = async (name: string, atLeast: number): Promise<void> => {
      const enough = async () => (await watched.shown(TEXTS)).length >= atLeast;
      await until(enough, { withinMs: 10_000, what: `${atLeast} of the texts on ${name}` });
      read[name] = (await watched.shown(TEXTS)).length;
      found.ran += (await watched.ran()).length;
      found.tried.push(...(await watched.tried()));
      found.strangers.push(...(await watched.strangers()));
    };
    await page.goto(links['staff'] ?? '');
    await look('now', 5);
    for (const tab of tabs) {
      await page.goto(`${store.app.url}/#${tab}`);
      await page.locator('.desk-row, .event, .health-part').first().waitFor({ state: 'attached' });
      await look(tab, FEW[tab] ?? 20);
    }
    if (tabs === TABS) {
      for (const [name, path, atLeast] of [
        ['shopper', links['shopper'] ?? '', 1],
        ['screen', links['screen'] ?? '', 2],
        ['pairing', `${store.app.url}/screen`, 0],
        ['login', `${store.app.url}/login`, 0],
        ['trust', `${store.app.url}/trust`, 1],
      ] as const) {
        await page.goto(path);
        await look(name, atLeast);
      }
    }
    await watched.close();
    // Links are good once.
    links['staff'] = staffLink(store.app.auth, store.app.url);
    return { ...found, read };
  };

  it('0 run, and nothing had to be stopped, on every page', async () => {
    const { ran, tried, strangers, policies, read } = await visit([]);
    expect(strangers).toEqual([]);
    expect(tried).toEqual([]);
    expect(ran).toBe(0);
    for (const policy of policies) {
      expect(policy).toMatch(/^default-src '(self|none)'/);
      expect(policy).not.toMatch(/unsafe|\*|data:|https?:/);
    }
    const { strangers: written, ran: stopped, tried: attempts } = await visit(['texts-as-html'], []);
    expect(written.length).toBeGreaterThan(5);
    expect(attempts.length).toBeGreaterThan(5);
    expect(stopped).toBe(0);
    keptPromise({
      promise: 'S8 (the store)',
      what: `${TEXTS.length} texts as names of products, campaigns, devices, people, reasons of stops and refused records, ${Object.keys(read).length} pages`,
      figure: "0 scripts run, 0 stopped by the policy, which is default-src 'self' without unsafe-inline",
      control: `texts as HTML: the policy stops ${attempts.length}, 0 run`,
    });
  }, 60_000);
});
