import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inLetters } from '../../edge/contracts/index.js';
import { startTestStore, type TestStore } from '../serve/support.js';
import { describeWith } from '../support/components.js';
import { freePort } from '../support/free-port.js';
import { pngOf } from '../support/png.js';
import { keptPromise } from '../support/promise.js';
import { pairPlayer, playsOf, setProgramme } from '../support/screens.js';
import { until } from '../support/until.js';
import { CHROMIUM, picture } from '../ui/support/browser.js';
import { keptForReload } from '../ui/support/kept.js';

const DAYS = 3;
const LATER = `{
  const ms = ${DAYS * 86_400_000};
  const origin = performance.timeOrigin + ms;
  Object.defineProperty(performance, 'timeOrigin', { get: () => origin });
  const now = Date.now;
  Date.now = () => now() + ms;
}`;

/** A second of film, made by the browser itself. */
const FILM = `(async () => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 });
  const pen = canvas.getContext('2d');
  const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: 'video/webm;codecs=vp8' });
  const parts = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const stopped = new Promise((done) => { recorder.onstop = done; });
  recorder.start();
  for (let frame = 0; frame < 40; frame += 1) {
    pen.fillStyle = 'hsl(' + frame * 9 + ' 70% 40%)';
    pen.fillRect(0, 0, 320, 180);
    await new Promise(requestAnimationFrame);
  }
  recorder.stop();
  await stopped;
  return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
})()`;

await describeWith(['chromium'], 'a screen for days without the store', () => {
  let store: TestStore;
  const profile = mkdtempSync(join(tmpdir(), 'endcap-profile-'));
  const empty = mkdtempSync(join(tmpdir(), 'endcap-profile-'));
  const contexts: BrowserContext[] = [];
  const start = async (folder: string, script?: string): Promise<BrowserContext> => {
    const context = await chromium.launchPersistentContext(folder, {
      executablePath: CHROMIUM,
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--autoplay-policy=no-user-gesture-required'],
      viewport: { width: 1920, height: 1080 },
    });
    if (script !== undefined) await context.addInitScript(script);
    contexts.push(context);
    return context;
  };
  const upload = async (body: Buffer): Promise<string> => {
    const response = await fetch(`${store.url}/v1/media`, {
      method: 'POST',
      headers: { authorization: `Bearer ${store.token('media-manager')}` },
      body: new Uint8Array(body),
    });
    expect(response.status).toBe(201);
    return ((await response.json()) as { name: string }).name;
  };
  const shows = (page: Page, name: string): Promise<unknown> =>
    page.waitForSelector(`[data-shows="media-${inLetters(name.split('.')[0] ?? '')}"]`, { timeout: 20_000 });
  /** The middle of the screen: drawn by the picture or film itself, whole and decoded. */
  const drawn = (page: Page): Promise<string> =>
    page.evaluate(() => {
      const file = document.querySelector<HTMLElement>('.layer.on .media');
      if (file instanceof HTMLImageElement)
        return file.complete && file.naturalWidth > 0 ? 'picture' : 'broken';
      if (file instanceof HTMLVideoElement)
        return file.readyState >= 2 && !file.paused ? 'film' : 'not playing';
      return 'nothing';
    });

  beforeAll(async () => {
    const port = await freePort();
    store = await startTestStore((config) => ({ ...config, http: { ...config.http, port } }));
  });
  afterAll(async () => {
    for (const context of contexts) await context.close();
    await store?.remove();
    for (const folder of [profile, empty]) rmSync(folder, { recursive: true, force: true });
  });

  it('plays its pictures and films on, after a restart of the player too, and proves it later', async () => {
    const before = await start(profile);
    const maker = await before.newPage();
    await maker.goto(`${store.url}/screen`);
    const film = await upload(Buffer.from((await maker.evaluate(FILM)) as number[]));
    await maker.close();
    const still = await upload(pngOf(960, 540));
    await setProgramme(store, 'screen-3', {
      playlist: [
        { show: 'media', media: still, headline: 'Autumn squash', seconds: 3 },
        { show: 'media', media: film, headline: 'The bakery at six', seconds: 3 },
        { show: 'house', headline: 'Bread from seven', seconds: 3 },
      ],
    });
    const page = await pairPlayer(store, before, { screen: 'screen-3' });
    await shows(page, still);
    await expect.poll(() => drawn(page)).toBe('picture');
    await picture(page, 'player-media-picture');
    await shows(page, film);
    await expect.poll(() => drawn(page)).toBe('film');
    await keptForReload(page, '/screen/any');
    const provedBefore = (await playsOf(store, 'screen-3')).length;
    const address = page.url();
    await store.app.close();
    await page.waitForSelector('[data-link="gone"]');
    await shows(page, still);
    await before.close();

    const after = await start(profile, LATER);
    const again = await after.newPage();
    await again.goto(address.replace('/screen-3', ''));
    await shows(again, still);
    await expect.poll(() => drawn(again)).toBe('picture');
    await shows(again, film);
    await expect.poll(() => drawn(again)).toBe('film');
    await again.waitForSelector('[data-shows="house-2"]');
    await picture(again, 'player-offline-days');
    expect(await again.evaluate(() => document.body.innerText)).toContain('Bread from seven');

    // Control: a player that has kept nothing meets the error page of its browser.
    const bare = await (await start(empty)).newPage();
    await expect(bare.goto(address)).rejects.toThrow(/ERR_CONNECTION_REFUSED/);

    store = await store.restart();
    await again.waitForSelector('[data-link="live"]', { timeout: 15_000 });
    const proved = await until(
      async () => {
        const plays = await playsOf(store, 'screen-3');
        return plays.length >= provedBefore + 3 && plays;
      },
      { withinMs: 15_000, what: 'the plays of the days alone' },
    );
    const kinds = new Set(proved.slice(provedBefore).map(({ contentId }) => contentId.split('-')[0]));
    expect(kinds).toEqual(new Set(['media', 'house']));
    keptPromise({
      promise: 'screens, days alone',
      what: 'a player restarted without the store, three days later, in Chromium',
      figure: `picture, film and words shown; ${proved.length - provedBefore} plays proven afterwards`,
      control: 'an empty profile shows the browser’s error page',
    });
  });
});
