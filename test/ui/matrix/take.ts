/**
 * `npm run pictures [page …]`: every page in every state, size and theme on one sheet a page, under
 * signage-ui/pictures/matrix, to be looked at before a page is called done. Each cell is also read by axe-core, and what
 * can be pressed on a narrow one is measured; what is wrong is listed, and the answer is 1.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { violations } from '../support/axe.js';
import { openBrowser, openPage } from '../support/browser.js';
import { startFixtureStore } from '../support/fixture-store.js';
import { smallTargets } from '../support/targets.js';
import { MATRIX } from './pages.js';
import { type MatrixPage, type State, statesOf } from './scene.js';
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
/** Wider than this nobody presses with a finger. */
const TOUCHED_PX = 768;

const wrong: string[] = [];

async function look(opened: Page, cell: { row: string; column: string; width: number }): Promise<Shot> {
  const frames = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))';
  await opened.evaluate(frames);
  await opened.evaluate('document.fonts.ready');
  const { row, column, width } = cell;
  const png = await opened.screenshot();
  const found = await violations(opened);
  // A screen in the shop is looked at, not touched.
  const touched = width <= TOUCHED_PX && !opened.url().includes('/screen');
  const small = touched ? await smallTargets(opened) : [];
  wrong.push(...[...found, ...small].map((line) => `${row}, ${column}: ${line}`));
  return { row, column, png };
}

async function shotsOf(browser: Browser, page: MatrixPage, state: State): Promise<Shot[]> {
  const shots: Shot[] = [];
  for (const scheme of THEMES) {
    const store = await startFixtureStore();
    state.setting(store, Date.now());
    const [width, height] = SIZES[0];
    const opened = await openPage(browser, store.url + (state.path ?? page.path), {
      ...{ width, height, scheme, reducedMotion: true },
      ...(state.locale === undefined ? {} : { locale: state.locale }),
    });
    // What is measured runs in the page, where a compiled function looks for this.
    await opened.evaluate('globalThis.__name = (named) => named');
    await opened.waitForSelector(page.ready);
    await state.act?.(opened, store);
    for (const [wide, high] of SIZES) {
      await opened.setViewportSize({ width: wide, height: high });
      shots.push(await look(opened, { row: state.name, column: `${wide} × ${high} ${scheme}`, width: wide }));
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
  const before = wrong.length;
  for (const state of statesOf(page)) shots.push(...(await shotsOf(browser, page, state)));
  const file = join(FOLDER, `${name}.jpg`);
  const sheet = await contactSheet(browser, name, shots);
  writeFileSync(file, sheet);
  process.stdout.write(`${file}: ${shots.length} pictures, ${Math.round(sheet.length / 1024)} kB\n`);
  for (const line of wrong.slice(before)) process.stdout.write(`  ${line}\n`);
}
await browser.close();
process.exitCode = wrong.length > 0 ? 1 : 0;
