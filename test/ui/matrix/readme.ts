/**
 * `npx tsx test/ui/matrix/readme.ts`: the pictures of README.md. Staff pages of the built demo store after some minutes
 * of its simulated day; screen and phone with the samples of the tests, because a simulated shopper has no phone.
 */
import type { Page } from 'playwright-core';
import { startStore } from '../../support/store.js';
import { until } from '../../support/until.js';
import { openBrowser, openPage } from '../support/browser.js';
import { startFixtureStore } from '../support/fixture-store.js';
import { coupon, elderflower, kolibri, shopperView, signage, slide } from '../support/samples.js';

const FOLDER = 'signage-ui/pictures';
/** Enough sales for the figures of the day. */
const TAKEN = 12;
const WITHIN_MS = 540_000;
/** An hour of the afternoon, whenever the pictures are taken: the shop is open and every offer in its hours. */
const HOUR = 15;

function afternoonZone(nowMs: number): string {
  const ahead = HOUR - new Date(nowMs).getUTCHours();
  const hours = ahead > 12 ? ahead - 24 : ahead;
  // The names of these zones count from west to east the other way round.
  return hours === 0 ? 'Etc/GMT' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;
}

async function take(page: Page, name: string): Promise<void> {
  await page.evaluate('document.fonts.ready');
  await page.screenshot({ path: `${FOLDER}/${name}.png` });
  process.stdout.write(`${FOLDER}/${name}.png\n`);
}

const timeZone = afternoonZone(Date.now());
const browser = await openBrowser();
const fixture = await startFixtureStore();
const now = Date.now();
fixture.say('/signage', 'content', signage(1, [slide(elderflower(now))], { timeZone }));
fixture.say('/shopper', 'view', shopperView(now, { timeZone, coupons: [coupon(kolibri(now))] }));
const screen = await openPage(browser, `${fixture.url}/screen/screen-3`, {
  ...{ width: 1920, height: 1080, reducedMotion: true },
});
await screen.waitForSelector('[data-shows="offer-DRK-1001"]');
await take(screen, 'player');
const phone = await openPage(browser, `${fixture.url}/me`, {
  ...{ width: 360, height: 780, scale: 2, reducedMotion: true },
});
await phone.waitForSelector('.coupon');
await take(phone, 'shopper');
await fixture.close();

const store = await startStore({
  simulate: true,
  change: (yaml) => yaml.replace('timeZone: Europe/Dublin', `timeZone: ${timeZone}`),
});
const link = await until(() => /Staff page\s+(\S+)/.exec(store.output())?.[1], {
  ...{ withinMs: 10_000, what: 'the link of the staff page' },
});
const staff = await openPage(browser, link, { width: 1440, height: 900 });
const offered = async (): Promise<boolean> => {
  const answer = await store.call('/v1/stories?state=taken&limit=200');
  const { stories } = (await answer.json()) as { stories: readonly unknown[] };
  return stories.length >= TAKEN;
};
await until(offered, { withinMs: WITHIN_MS, everyMs: 2_000, what: `${TAKEN} offers to be taken` });
await staff.waitForSelector('.story');
await take(staff, 'staff-now');
await staff.goto(`${store.url}/#journal`);
await staff.waitForSelector('.trace');
await take(staff, 'staff-journal');
await browser.close();
await store.remove();
