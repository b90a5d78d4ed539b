/**
 * `npm run pictures [page …]`: every page in every state, size and theme on one sheet a page, under
 * signage-ui/pictures/matrix. To be looked at before a page is called done.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openPage } from '../support/browser.js';
import { type FixtureStore, startFixtureStore } from '../support/fixture-store.js';
import { MATRIX, type MatrixPage, type Scene, type Setting } from './pages.js';
import { contactSheet, type Shot } from './sheet.js';

const SIZES = [
  [360, 780],
  [768, 1024],
  [1440, 900],
  [1920, 1080],
  [1080, 1920],
] as const;
const THEMES = ['light', 'dark'] as const;
const FOLDER = 'signage-ui/pictures/matrix';
const SHOWN_WITHIN_MS = 40_000;

interface State extends Scene {
  readonly name: string;
}
const sceneOf = (state: Setting | Scene): Scene => (typeof state === 'function' ? { setting: state } : state);

function statesOf(page: MatrixPage): readonly State[] {
  const states: State[] = Object.entries(page.states).map(([name, state]) => ({ name, ...sceneOf(state) }));
  const { setting } = sceneOf(page.states['normal'] as Setting | Scene);
  const { stale, gone } = page;
  const shown = (selector: string) => (browserPage: Page) =>
    browserPage.waitForSelector(selector, { timeout: SHOWN_WITHIN_MS });
  if (stale !== undefined) states.push({ name: 'stale', setting, act: shown(stale.shown) });
  if (gone !== undefined) {
    const act = async (opened: Page, store: FixtureStore): Promise<void> => {
      await store.close();
      await shown(gone.shown)(opened);
    };
    states.push({ name: 'store gone', setting, act });
  }
  return states;
}

async function shotsOf(browser: Browser, page: MatrixPage, state: State): Promise<Shot[]> {
  const shots: Shot[] = [];
  for (const scheme of THEMES) {
    const store = await startFixtureStore();
    state.setting(store, Date.now());
    const [width, height] = SIZES[0];
    const opened = await openPage(browser, store.url + (state.path ?? page.path), {
      width,
      height,
      scheme,
      reducedMotion: true,
    });
    await opened.waitForSelector(page.ready);
    await state.act?.(opened, store);
    for (const [wide, high] of SIZES) {
      await opened.setViewportSize({ width: wide, height: high });
      await opened.evaluate(
        'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))',
      );
      await opened.evaluate('document.fonts.ready');
      shots.push({ row: state.name, column: `${wide} × ${high} ${scheme}`, png: await opened.screenshot() });
    }
    await opened.context().close();
    await store.close().catch(() => undefined);
  }
  return shots;
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => MATRIX[name] === undefined);
if (unknown.length > 0) {
  process.stderr.write(`No such page: ${unknown.join(', ')}. There are ${Object.keys(MATRIX).join(', ')}.\n`);
  process.exit(2);
}
mkdirSync(FOLDER, { recursive: true });
const browser = await openBrowser();
for (const [name, page] of Object.entries(MATRIX)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const shots: Shot[] = [];
  for (const state of statesOf(page)) shots.push(...(await shotsOf(browser, page, state)));
  const file = join(FOLDER, `${name}.jpg`);
  const sheet = await contactSheet(browser, name, shots);
  writeFileSync(file, sheet);
  process.stdout.write(`${file}: ${shots.length} pictures, ${Math.round(sheet.length / 1024)} kB\n`);
}
await browser.close();
