import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { describeWith } from '../support/components.js';
import { openBrowser, openPage, type View } from '../ui/support/browser.js';
import { type FixtureStore, startFixtureStore } from '../ui/support/fixture-store.js';
import { serveJournal } from '../ui/support/journal-samples.js';
import { elderflower, shopperView, signage, slide, strawberries } from '../ui/support/samples.js';
import { staffNow, stories } from '../ui/support/staff-samples.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const DESK = { width: 1440, height: 900 };
const PHONE = { width: 360, height: 780 };
const SIGN = { width: 1920, height: 1080 };

await describeWith(['chromium'], 'every page', () => {
  let browser: Browser;
  let store: FixtureStore;
  let now: number;
  const pages: Page[] = [];

  const open = async (path: string, view: View): Promise<Page> => {
    const page = await openPage(browser, store.url + path, view);
    pages.push(page);
    return page;
  };
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    store = await startFixtureStore();
    now = Date.now();
    store.stories = stories(now);
    store.say(
      '/staff',
      'now',
      staffNow(now, {
        stops: [{ stopId: 's', scope: 'all', reason: 'x', at: new Date(now).toISOString() }],
        alarms: [{ code: 'DiskFull', text: 'The disk fills up', since: new Date(now).toISOString() }],
      }),
    );
    store.say('/shopper', 'view', shopperView(now));
    store.say('/signage', 'content', signage(1, [slide(elderflower(now)), slide(strawberries(now))]));
    serveJournal(store, now);
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.context().close();
    await store.close();
  });

  describe('can be used by everybody (axe)', () => {
    const violations = async (page: Page): Promise<string[]> => {
      await page.evaluate('document.fonts.ready');
      await page.evaluate(AXE);
      return page.evaluate(async () => {
        const { axe } = window as unknown as {
          axe: {
            run(
              context: object,
              options: object,
            ): Promise<{
              violations: { id: string; nodes: { target: string[]; failureSummary: string }[] }[];
            }>;
          };
        };
        const found = await axe.run(document, { resultTypes: ['violations'] });
        return found.violations.flatMap(({ id, nodes }) =>
          nodes.map((node) => `${id} ${node.target.join(' ')} ${node.failureSummary}`),
        );
      });
    };
    const TILL = { act: (page: Page) => page.click('text=Show it at the till') };
    const PRIVACY = { act: (page: Page) => page.click('text=Privacy') };
    const cases: readonly (readonly [string, string, View, string, { act(page: Page): Promise<void> }?])[] = [
      ['Now', '/', DESK, '.story'],
      ['Now on a phone', '/', PHONE, '.story'],
      ['Journal', '/#journal/d-8f31c2', DESK, '.trace'],
      ['Journal on a tablet', '/#journal/d-8f31c2', { width: 768, height: 1024 }, '.trace'],
      ['the offer nearby', '/me', PHONE, '.coupon'],
      ['the code at the till', '/me', PHONE, '.coupon', TILL],
      ['privacy', '/me', PHONE, '.coupon', PRIVACY],
      ['a screen', '/screen/screen-3', SIGN, '[data-shows^="offer"]'],
    ];

    it.each(
      cases.flatMap((row) => (['light', 'dark'] as const).map((scheme) => [row[0], scheme, row] as const)),
    )('%s, %s', async (_name, scheme, [, path, view, ready, todo]) => {
      const page = await open(path, { ...view, scheme });
      await page.waitForSelector(ready);
      await todo?.act(page);
      expect(await violations(page)).toEqual([]);
    });

    it.each(['light', 'dark'] as const)('the consent, question by question, %s', async (scheme) => {
      const unasked = {
        location: 'unasked',
        profile: 'unasked',
        push: 'unasked',
        measurement: 'unasked',
      } as const;
      store.say('/shopper', 'view', shopperView(now, { consents: unasked }));
      const page = await open('/me', { ...PHONE, scheme });
      await page.waitForSelector('.two-buttons');
      expect(await violations(page)).toEqual([]);
      await page.click('text=Yes, please');
      expect(await violations(page)).toEqual([]);
    });

    it('would notice a button without a name', async () => {
      const page = await open('/', DESK);
      await page.waitForSelector('.story');
      await page.evaluate(() => document.body.append(document.createElement('button')));
      expect((await violations(page)).some((found) => found.startsWith('button-name'))).toBe(true);
    });
  });

  it('keeps to its budget of script: 200 kB a page, 80 kB for a screen, nothing inlined', () => {
    const folder = resolve(import.meta.dirname, '../../dist/signage-ui');
    const size = (file: string): number => gzipSync(readFileSync(join(folder, file))).length;
    const scripts = (page: string): string[] => {
      const html = readFileSync(join(folder, page), 'utf8');
      expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\son[a-z]+=|\sstyle=/);
      return [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(([, file]) => file!);
    };
    const total = (page: string): number => scripts(page).reduce((sum, file) => sum + size(file), 0);
    expect(total('staff.html')).toBeGreaterThan(10_000);
    expect(total('staff.html')).toBeLessThan(200_000);
    expect(total('shopper.html')).toBeLessThan(200_000);
    expect(total('player.html')).toBeLessThan(80_000);
  });
});
