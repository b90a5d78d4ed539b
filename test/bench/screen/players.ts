import type { Browser, Page } from 'playwright-core';
import { post } from '../../support/shopper.js';
import type { RunningStore } from '../../support/store.js';
import { until } from '../../support/until.js';
import { type Seen, watchFrames } from './frames.js';

const VIEW = { width: 1920, height: 1080 };
const ROUND_TRIPS = 12;
/** Screens that are looked at: spread over the time between two changes, so that one of them is soon due. */
const LOOKED_AT = 8;
const CHANGE_WITHIN_MS = 30_000;

export interface Player {
  readonly screen: string;
  readonly page: Page;
}

/** Real players, one for each screen, opened by the link that staff open them by. */
export async function openPlayers(
  store: RunningStore,
  browser: Browser,
  screens: readonly string[],
): Promise<readonly Player[]> {
  const players: Player[] = [];
  for (const screen of screens) {
    const context = await browser.newContext({ viewport: VIEW });
    // The compiler of these files leaves calls of a helper behind that the page does not have.
    await context.addInitScript({ content: `{ const __name = (it) => it; (${watchFrames})(); }` });
    const page = await context.newPage();
    const { body } = await post<{ link: string }>(store, `/v1/screens/${screen}/link`, {});
    await page.goto(body.link);
    await page.waitForSelector('[data-link="live"][data-shows^="offer-"]');
    players.push({ screen, page });
  }
  return players;
}

/** Every change of the screen since the last call, by the clock that all processes of this machine share. */
export async function changesOf({ page }: Player, clock: PageClock): Promise<readonly Seen[]> {
  const seen = (await page.evaluate('endcapSeen.splice(0)')) as Seen[];
  return seen.map((one) => ({
    ...one,
    changedMs: one.changedMs - clock.aheadMs,
    frameMs: one.frameMs - clock.aheadMs,
    drawnMs: one.drawnMs - clock.aheadMs,
  }));
}

export interface PageClock {
  /** Of the page's own clock before that of the machine, ms. */
  readonly aheadMs: number;
  /** Off by no more than this: half of the shortest round trip. */
  readonly unsureMs: number;
}

/** Both clocks are monotonic, so that nobody who sets the wall clock moves a figure. */
export async function clockOf({ page }: Player): Promise<PageClock> {
  let best: PageClock = { aheadMs: 0, unsureMs: Number.POSITIVE_INFINITY };
  for (let n = 0; n < ROUND_TRIPS; n += 1) {
    const askedMs = nowMs();
    const pageMs = Number(await page.evaluate('performance.now()'));
    const heardMs = nowMs();
    const unsureMs = (heardMs - askedMs) / 2;
    if (unsureMs < best.unsureMs) best = { aheadMs: pageMs - (askedMs + heardMs) / 2, unsureMs };
  }
  return best;
}

/** Looks at a screen as a person would: other pixels once another offer is up, and none before. */
export async function lookAtOne(players: readonly Player[]): Promise<void> {
  const every = Math.ceil(players.length / LOOKED_AT);
  const before = await Promise.all(
    players
      .filter((_, n) => n % every === 0)
      .map(async (player) => ({ player, first: await look(player), again: await look(player) })),
  );
  for (const { player, first, again } of before) {
    if (first.contentId === again.contentId && !first.pixels.equals(again.pixels))
      throw new Error(`${player.screen} looks another way with the same offer: pixels prove no change`);
  }
  const changed = await until(
    async () => {
      for (const { player, again } of before) {
        const now = await contentOf(player);
        if (now !== again.contentId && now.startsWith('offer-')) return { player, again };
      }
      return undefined;
    },
    { withinMs: CHANGE_WITHIN_MS, everyMs: 100, what: 'a screen to change' },
  );
  const after = await look(changed.player);
  if (after.pixels.equals(changed.again.pixels))
    throw new Error(
      `${changed.player.screen} shows ${after.contentId} with the pixels of the offer before it`,
    );
}

async function look(player: Player): Promise<{ contentId: string; pixels: Buffer }> {
  const contentId = await contentOf(player);
  const box = await player.page.locator('.layer.on .price').boundingBox();
  if (box === null) throw new Error(`${player.screen} shows no price`);
  const pixels = await player.page.screenshot({ clip: box });
  // Where it changed meanwhile, nobody knows of which offer these are.
  return (await contentOf(player)) === contentId ? { contentId, pixels } : look(player);
}

const contentOf = async ({ page }: Player): Promise<string> =>
  (await page.getAttribute('.stage', 'data-shows')) ?? '';

/** Of the clock that all processes of this machine share. */
const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
