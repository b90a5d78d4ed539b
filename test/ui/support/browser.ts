import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

export const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const PICTURES = resolve(import.meta.dirname, '../../output/ui');

/** `more`: further flags of Chromium. */
export function openBrowser(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: [...FLAGS, ...more] });
}

export interface View {
  readonly width: number;
  readonly height: number;
  readonly scheme?: 'light' | 'dark';
  readonly reducedMotion?: boolean;
  readonly scale?: number;
  readonly locale?: string;
}

export async function openPage(browser: Browser, url: string, view: View): Promise<Page> {
  const page = await browser.newPage({
    viewport: { width: view.width, height: view.height },
    colorScheme: view.scheme ?? 'light',
    reducedMotion: view.reducedMotion === true ? 'reduce' : 'no-preference',
    deviceScaleFactor: view.scale ?? 1,
    locale: view.locale ?? 'en-IE',
    timezoneId: 'Europe/Dublin',
  });
  await page.goto(url);
  return page;
}

/** Only where `ENDCAP_PICTURES` asks for it: to be looked at, and half a second of both cores each. */
export async function picture(page: Page, name: string): Promise<void> {
  if (process.env['ENDCAP_PICTURES'] === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.evaluate('document.fonts.ready');
  await page.screenshot({ path: resolve(PICTURES, `${name}.png`) });
}
