import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RequestHandler } from 'express';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Guards } from '../../edge/serve/guards.js';
import { startTestStore, type TestStore } from '../serve/support.js';
import { describeWith } from '../support/components.js';
import { keptPromise } from '../support/promise.js';
import { until } from '../support/until.js';
import { openBrowser } from '../ui/support/browser.js';

/** A store without the headers of the web, and one that lets every site read what it says. */
const noHeaders: RequestHandler = (_request, _response, next) => next();
const readByAll: RequestHandler = (_request, response, next) => {
  response.setHeader('access-control-allow-origin', '*');
  next();
};

await describeWith(['chromium'], 'S10: a page of another site in a real browser', () => {
  let browser: Browser;
  let evil: Server;
  const stores: TestStore[] = [];

  beforeAll(async () => {
    browser = await openBrowser();
    // `localhost` is another site than the `127.0.0.1` of the store.
    evil = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>Another site</title>');
    });
    await new Promise<void>((ready) => evil.listen(0, '127.0.0.1', ready));
  });
  afterAll(async () => {
    await browser?.close();
    evil?.closeAllConnections();
    evil?.close();
    await Promise.all(stores.map((store) => store.remove()));
  });

  /** What that page gets of the store: its log-in page in a frame, and words that its script reads. */
  async function tryFrom(guards: Partial<Guards>): Promise<{ framed: boolean; read: boolean }> {
    const store = await startTestStore(undefined, { guards });
    stores.push(store);
    const page = await browser.newPage();
    await page.goto(`http://localhost:${(evil.address() as AddressInfo).port}/`);
    const read = await page.evaluate(
      async (url) => (await fetch(url).catch(() => undefined))?.text(),
      `${store.url}/healthz`,
    );
    await page.evaluate((url) => {
      const frame = document.createElement('iframe');
      frame.onload = () => {
        document.title = 'Loaded';
      };
      frame.src = url;
      document.body.append(frame);
    }, `${store.url}/login`);
    // A frame that is refused loads, too: an error of the browser.
    await until(async () => (await page.title()) === 'Loaded', { withinMs: 10_000, what: 'the frame' });
    const framed = page.frames().some((frame) => frame.url() === `${store.url}/login`);
    await page.close();
    return { framed, read: read !== undefined };
  }

  it('neither frames nor reads the store; control: without those headers it frames it, with one more it reads it', async () => {
    expect(await tryFrom({})).toEqual({ framed: false, read: false });
    expect(await tryFrom({ headers: noHeaders })).toEqual({ framed: true, read: false });
    expect(await tryFrom({ headers: readByAll })).toEqual({ framed: true, read: true });
    keptPromise({
      promise: 'S10 (browser)',
      what: 'clickjacking and CORS: a page of another site frames the log-in page and reads an answer, in Chromium',
      figure: '0 of 2 come through',
      control: 'without the headers it is framed; where every site may read it is read',
    });
  });
});
