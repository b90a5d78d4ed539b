import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { requireComponent } from '../support/components.js';
import { type RunningStore, startStore } from '../support/store.js';
import { openBrowser } from '../ui/support/browser.js';
import type { Bench } from './cases.js';
import type { Figure } from './figures.js';

const ROUNDS = 5;
const KB = 1_000;
const SCRIPT_KB = 200;
const PLAYER_KB = 80;
const FIRST_PAINT_MS = 1_000;

interface PageCase {
  readonly name: string;
  /** Where a person begins, with everything that they need to be let in. */
  open(store: RunningStore, context: BrowserContext): Promise<string>;
  /** The first thing on the page that is the store's and not a placeholder. */
  readonly shows: string;
  readonly kb: number;
  readonly paintMs?: number;
}

async function asStaff(store: RunningStore, context: BrowserContext): Promise<void> {
  const body = JSON.stringify({ token: store.token });
  const answer = await store.call('/v1/session', { method: 'POST', body });
  const [pair = ''] = (answer.headers.get('set-cookie') ?? '').split(';');
  const at = pair.indexOf('=');
  await context.addCookies([{ name: pair.slice(0, at), value: pair.slice(at + 1), url: store.url }]);
}

const staff = (tab: string, shows: string): PageCase => ({
  name: `staff, ${tab}`,
  shows,
  kb: SCRIPT_KB,
  paintMs: FIRST_PAINT_MS,
  async open(store, context) {
    await asStaff(store, context);
    return `${store.url}/#${tab}`;
  },
});

const linked = async (store: RunningStore, path: string): Promise<string> => {
  const answer = await store.call(path, { method: 'POST', body: '{}' });
  return ((await answer.json()) as { link: string }).link;
};

const CASES: readonly PageCase[] = [
  staff('now', '.plan'),
  staff('offers', '.desk-row'),
  staff('stock', '.desk-row'),
  staff('devices', '.desk-row'),
  staff('journal', '.event'),
  staff('health', '.facts'),
  {
    name: 'shopper',
    shows: 'main, .near, h1',
    kb: SCRIPT_KB,
    open: (store) => linked(store, '/v1/shoppers'),
  },
  {
    name: 'player',
    shows: '[data-shows]',
    kb: PLAYER_KB,
    open: (store) => linked(store, '/v1/screens/screen-3/link'),
  },
];

/** Scripts of each page as they travel compressed, and how soon it paints in a browser that never saw it. */
export const pages: Bench = async () => {
  const { ready, reason } = await requireComponent('chromium');
  if (!ready) throw new Error(`needs Chromium: ${reason}`);
  const store = await startStore();
  const browser = await openBrowser();
  try {
    const figures: Figure[] = [];
    for (const one of CASES) figures.push(...(await measure(one, store, browser)));
    return figures;
  } finally {
    await browser.close();
    await store.remove();
  }
};

async function measure(one: PageCase, store: RunningStore, browser: Browser): Promise<readonly Figure[]> {
  const rounds: Visit[] = [];
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await visit(one, store, browser));
  const figure = (metric: string, value: number, unit: string, most?: number): Figure => ({
    ...{ bench: 'pages', case: one.name, metric, value, unit },
    ...(most === undefined ? {} : { limit: { most } }),
  });
  return [
    figure('script gzipped', Math.max(...rounds.map(({ bytes }) => bytes)) / KB, 'kB', one.kb),
    figure('first paint', median(rounds.map(({ paintMs }) => paintMs)), 'ms', one.paintMs),
    figure('first paint, worst', Math.max(...rounds.map(({ paintMs }) => paintMs)), 'ms'),
    figure('content there', median(rounds.map(({ contentMs }) => contentMs)), 'ms'),
  ];
}

interface Visit {
  readonly bytes: number;
  readonly paintMs: number;
  readonly contentMs: number;
}

async function visit(one: PageCase, store: RunningStore, browser: Browser): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const page = await context.newPage();
    const scripts = scriptsOf(page);
    const address = await one.open(store, context);
    const startedMs = performance.now();
    await page.goto(address);
    await page.waitForSelector(one.shows);
    const contentMs = performance.now() - startedMs;
    const paintMs = Number(
      await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"),
    );
    return { bytes: await scripts(), paintMs, contentMs };
  } finally {
    await context.close();
  }
}

/** Compressed size of every script that the page itself fetched, whether or not the store compresses. */
function scriptsOf(page: Page): () => Promise<number> {
  const bodies: Promise<Buffer>[] = [];
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script' && response.status() === 200)
      bodies.push(response.body());
  });
  return async () => {
    const sizes = (await Promise.all(bodies)).map((body) => gzipSync(body).length);
    return sizes.reduce((sum, size) => sum + size, 0);
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
