import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { staffLink } from '../../edge/serve/auth/links.js';
import { MEDIA_BYTES_MAX } from '../../edge/serve/media/media-files.js';
import { startTestStore, type TestStore } from '../serve/support.js';
import { describeWith } from '../support/components.js';
import { pngOf } from '../support/png.js';
import { setProgramme, uploadMedia } from '../support/screens.js';
import { violations } from '../ui/support/axe.js';
import { openBrowser, openPage, picture, type View } from '../ui/support/browser.js';
import { serveDesk } from '../ui/support/desk-samples.js';
import { type FixtureStore, startFixtureStore } from '../ui/support/fixture-store.js';
import { staffNow } from '../ui/support/staff-samples.js';

const DESK: View = { width: 1440, height: 900 };
/** 32 MiB through browser and store, while others have the machine. */
const UPLOADED_WITHIN_MS = 120_000;
const PHONE: View = { width: 360, height: 780 };

await describeWith(['chromium'], 'pictures and playlists, with a real store', () => {
  let store: TestStore;
  let folder: string;
  let browser: Browser;
  let page: Page;
  const open = async (role: 'media-manager' | 'viewer' = 'media-manager', view = DESK): Promise<Page> => {
    page = await openPage(browser, staffLink(store.app.auth, store.url, role), view);
    await page.goto(`${store.url}/#devices/playlists`);
    await page.getByRole('heading', { name: 'What each screen plays' }).waitFor();
    return page;
  };
  /** By path: what is handed over in a message is written out as text on its way, which takes long for 32 MiB. */
  const choose = (files: Readonly<Record<string, Buffer | number>>) => {
    const paths = Object.entries(files).map(([name, content]) => {
      const path = join(folder, name);
      writeFileSync(path, typeof content === 'number' ? '' : content);
      // All zeros, and no bytes on the disk.
      if (typeof content === 'number') truncateSync(path, content);
      return path;
    });
    return page.locator('input[type=file]').setInputFiles(paths);
  };
  const rows = () => page.locator('.desk-table tbody tr');

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'endcap-media-'));
    store = await startTestStore();
    browser = await openBrowser();
  });
  afterEach(() => page.context().close());
  afterAll(async () => {
    await browser?.close();
    await store?.remove();
    rmSync(folder, { recursive: true });
  });

  it('takes files in, says in words what it does not take, and plays one on a screen', {
    timeout: 2 * UPLOADED_WITHIN_MS,
  }, async () => {
    await open();
    await page.getByText('No files yet.').waitFor();
    expect(await violations(page)).toEqual([]);
    await choose({
      'squash.png': pngOf(640, 360),
      'logo.svg': Buffer.from('<svg xmlns="x"></svg>'),
      'long.mp4': MEDIA_BYTES_MAX + 1,
      'again.png': pngOf(640, 360),
    });
    const uploads = page.getByRole('list', { name: 'Uploads' }).getByRole('listitem');
    // One after the other, so this one waits for the largest.
    const last = uploads.filter({ hasText: 'again.png' }).getByText('The store had it already');
    await last.waitFor({ timeout: UPLOADED_WITHIN_MS });
    expect(await uploads.filter({ hasText: 'squash.png' }).innerText()).toContain('Uploaded');
    expect(await uploads.filter({ hasText: 'logo.svg' }).innerText()).toContain('Save an SVG as PNG');
    expect(await uploads.filter({ hasText: 'long.mp4' }).innerText()).toContain('larger than 32 MiB');
    await page.getByText('PNG, 640 × 360 pixels').waitFor();
    expect(await rows().count()).toBe(1);
    await page.waitForFunction(
      () => document.querySelector<HTMLImageElement>('td .thumb, th .thumb')?.naturalWidth === 640,
    );
    await picture(page, 'media-uploads');
    expect(await violations(page)).toEqual([]);

    await page.getByRole('button', { name: /^Play on a screen/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Play it' }).click();
    await dialog.getByText('Say in a few words what it shows.').waitFor();
    await dialog.getByLabel('Screen').selectOption('screen-3');
    await dialog.getByLabel('What it shows').fill('Autumn <b>squash</b>');
    expect(await violations(page)).toEqual([]);
    await picture(page, 'media-play');
    await dialog.getByRole('button', { name: 'Play it' }).click();
    await page.getByText('Screen 3 plays it from now on.').waitFor();
    const card = page.getByRole('region', { name: 'Screen 3 (screen-3)', exact: true });
    await card.getByText('Autumn <b>squash</b>').waitFor();
    // The place for offers, which it had without a playlist, is still there.
    expect(await card.getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringContaining('An open offer'),
      expect.stringContaining('Autumn <b>squash</b>'),
    ]);
  });

  it('removes nothing that plays: first off the screen, then, after asking, for good', async () => {
    await open();
    await page.getByRole('button', { name: /^Remove/ }).click();
    await page.getByText('It plays on Screen 3. Take it off there first.').waitFor();
    await page.getByRole('button', { name: 'Take off: Autumn <b>squash</b>, Screen 3' }).click();
    await page.getByText('Taken off Screen 3.').waitFor();
    await page.getByText('no screen', { exact: true }).waitFor();
    await page.getByRole('button', { name: /^Remove/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('gone from the store for good').waitFor();
    // Somebody else puts it on a screen between the question and the answer.
    const { files } = (await store.call('/v1/media', { token: store.token('viewer') })).body;
    const playlist = [{ show: 'media', media: files[0].name, headline: 'Squash' }];
    await setProgramme(store, 'screen-4', { playlist });
    await dialog.getByRole('button', { name: 'Campaign is over' }).click();
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await dialog.getByText('A screen still plays it.').waitFor();
    await setProgramme(store, 'screen-4', {});
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('The file is removed.').waitFor();
    await page.getByText('No files yet.').waitFor();
    expect((await store.call('/v1/media', { token: store.token('viewer') })).body.files).toEqual([]);
  });

  it('puts places in order, gives them words and hours, takes it back, and is told where somebody was quicker', async () => {
    const house = { show: 'house', headline: 'Bread from seven', seconds: 5 };
    await setProgramme(store, 'screen-2', {
      name: 'Front',
      playlist: [{ show: 'offer', seconds: 8 }, house],
    });
    const programme = async () =>
      (await store.call('/v1/screens/screen-2/programme', { token: store.token('viewer') })).body;
    await open();
    const card = page.getByRole('region', { name: 'Front (screen-2)', exact: true });
    const items = () => card.getByRole('listitem').allInnerTexts();
    await card.getByRole('button', { name: 'Earlier: Bread from seven, Front' }).click();
    await page.getByText('Front plays it so from now on.').waitFor();
    await expect.poll(items).toEqual([expect.stringContaining('Bread'), expect.stringContaining('offer')]);
    expect(await card.getByRole('button', { name: 'Earlier: Bread from seven, Front' }).isDisabled()).toBe(
      true,
    );
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Front plays as before.').waitFor();
    expect((await programme()).playlist).toEqual([{ show: 'offer', seconds: 8 }, house]);
    await expect.poll(items).toEqual([expect.stringContaining('offer'), expect.stringContaining('Bread')]);

    await card.getByRole('button', { name: 'Change: Bread from seven, Front' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Small words below').fill('Baked here');
    await dialog.getByText('Always.').waitFor();
    await dialog.getByRole('button', { name: 'Add hours' }).click();
    await dialog.getByLabel('Until').fill('09:00');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Give both times, not the same ones').waitFor();
    await dialog.getByLabel('Until').fill('11:30');
    await dialog.getByRole('button', { name: 'Sun' }).click();
    expect(await violations(page)).toEqual([]);
    await picture(page, 'media-place');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await card.getByText('5 s, Baked here, Mon to Sat 09:00 to 11:30').waitFor();

    await card.getByRole('button', { name: 'Add words of the store: Front' }).click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Say in a few words what it shows.').waitFor();
    await dialog.getByLabel('Large words').fill('Open until nine');
    // Somebody else changes the list between the look and the wish, at its end: a new place harms nobody.
    await setProgramme(store, 'screen-2', { name: 'Front', playlist: [house] });
    await dialog.getByRole('button', { name: 'Save' }).click();
    const added = { show: 'house', headline: 'Open until nine', seconds: 10 };
    await expect.poll(async () => (await programme()).playlist, { timeout: 5_000 }).toEqual([house, added]);
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(async () => (await items()).at(-1)).toContain('Open until nine');

    await card.getByRole('button', { name: 'Change: Bread from seven, Front' }).click();
    await dialog.getByLabel('Seconds').fill('7');
    await setProgramme(store, 'screen-2', { name: 'Front', playlist: [{ show: 'offer' }] });
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Somebody changed the list meanwhile.').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect((await programme()).playlist).toEqual([{ show: 'offer' }]);

    await card.getByRole('button', { name: 'Hours it is lit: Front' }).click();
    await dialog.getByRole('button', { name: 'Add hours' }).click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await card.getByText('lit every day 09:00 to 18:00').waitFor();
    expect((await programme()).awake).toEqual([{ from: '09:00', until: '18:00' }]);
    expect(await violations(page)).toEqual([]);
    await picture(page, 'media-lists');
  });

  it('shows what each screen plays and when, what is damaged, and changes nothing for a viewer', async () => {
    const [good, bad] = [await uploadMedia(store, pngOf(320, 180)), await uploadMedia(store, pngOf(50, 90))];
    await setProgramme(store, 'screen-5', {
      name: 'Till <i>left</i>',
      awake: [{ from: '07:30', until: '20:30' }],
      group: 'front',
      playlist: [
        { show: 'offer', seconds: 8 },
        { show: 'house', headline: 'Bread from seven', line: 'Baked here', seconds: 5 },
        {
          show: 'media',
          media: good,
          headline: 'Autumn squash',
          dayparts: [{ from: '11:00', until: '14:00', days: [1, 2, 3, 4, 5] }],
        },
        { show: 'media', media: bad, headline: 'Leeks', campaign: 'wexford-strawberries' },
      ],
    });
    appendFileSync(join(store.config.dataDirectory, 'media', bad), 'x');
    await store.call(`/v1/media/${bad}`, { token: store.token('viewer') });
    await open();
    const card = page.getByRole('region', { name: 'Till <i>left</i>' });
    expect(await card.innerText()).toMatch(/lit every day 07:30 to 20:30, changes together with “front”/);
    expect(await card.getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringMatching(/An open offer\s+8 s/),
      expect.stringMatching(/Bread from seven\s+5 s, Baked here/),
      expect.stringMatching(/Autumn squash\s+10 s, Mon to Fri 11:00 to 14:00/),
      expect.stringMatching(/Leeks\s+10 s, while wexford-strawberries runs The file .{8} is not here\./),
    ]);
    await rows().filter({ hasText: 'Damaged' }).getByText('Upload it again').waitFor();
    await picture(page, 'media-1440');
    expect(await violations(page)).toEqual([]);
    await page.context().close();
    await open('viewer', PHONE);
    await page.getByText('Damaged').waitFor();
    await page.getByText('Upload files').waitFor({ state: 'detached' });
    expect(
      await page.getByRole('button', { name: /^(Remove|Take|Play|Change|Earlier|Later|Add)/ }).count(),
    ).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    await picture(page, 'media-phone');
    expect(await violations(page)).toEqual([]);
  });
});

await describeWith(['chromium'], 'the page of pictures and playlists', () => {
  let browser: Browser;
  let store: FixtureStore;
  let page: Page;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  beforeEach(async () => {
    store = await startFixtureStore();
    const now = staffNow(Date.now());
    const policy = { ...now.policy, store: { ...now.policy.store, locale: 'de-DE' } };
    store.say('/staff', 'now', { ...now, policy });
    serveDesk(store, Date.now());
  });
  afterEach(async () => {
    await page.context().close();
    await store.close();
  });
  afterAll(() => browser?.close());

  it('says so when the store does not answer, in German and in the dark, and keeps the lists', async () => {
    store.answer('GET', /^\/v1\/media/, () => ({
      status: 503,
      reason: 'DiskFailed',
      detail: 'the disk did not answer',
    }));
    page = await openPage(browser, `${store.url}/#devices`, { ...DESK, scheme: 'dark' });
    await page.getByRole('link', { name: 'Bilder und Abspiellisten' }).click();
    await page.getByRole('heading', { name: 'Was jeder Bildschirm zeigt' }).waitFor();
    await page.getByText('Die Platte des Ladens hat einen Schreibvorgang nicht bestätigt').waitFor();
    await page.getByText('Keine eigene Abspielliste').first().waitFor();
    await picture(page, 'media-german-broken');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('link', { name: 'Bildschirme und Geräte' }).last().click();
    await page.getByRole('button', { name: 'Bildschirm koppeln' }).waitFor();
  });

  it('cancels an upload, and says when nothing came back', async () => {
    store.answer('GET', /^\/v1\/media/, () => ({ files: [], damaged: [] }));
    page = await openPage(browser, `${store.url}/#devices/playlists`, DESK);
    await page.getByText('Noch keine Dateien.').waitFor();
    let held = true;
    await page.route('**/v1/media', async (route) => {
      if (route.request().method() !== 'POST') await route.continue();
      else if (!held) await route.abort();
    });
    const choose = (name: string) =>
      page.locator('input[type=file]').setInputFiles({ name, mimeType: 'image/png', buffer: pngOf(64, 64) });
    await choose('eins.png');
    await choose('zwei.png');
    await page.getByText('wartet', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Abbrechen: eins.png' }).click();
    await page.getByText('eins.png').waitFor({ state: 'detached' });
    await page.getByRole('progressbar', { name: 'zwei.png wird hochgeladen' }).waitFor();
    await page.getByRole('button', { name: 'Abbrechen: zwei.png' }).click();
    await page.getByText('zwei.png').waitFor({ state: 'detached' });
    held = false;
    await choose('drei.png');
    await page.getByText('Der Laden hat nicht geantwortet.').waitFor();
  });
});
