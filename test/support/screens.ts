import type { BrowserContext, Page } from 'playwright-core';
import type { TestStore } from '../serve/support.js';

/** Opens a new player, reads its code from the screen and types it as staff; resolves once it plays. */
export async function pairPlayer(
  store: TestStore,
  context: BrowserContext,
  wanted: { readonly screen: string } | { readonly newScreen: object },
): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${store.url}/screen`);
  await typeCode(store, page, wanted);
  await page.waitForSelector('[data-link="live"]');
  return page;
}

/** As a member of staff who reads the code from the screen. */
export async function typeCode(store: TestStore, page: Page, wanted: object): Promise<string> {
  await page.waitForSelector('[data-code]');
  const code = (await page.getAttribute('[data-code]', 'data-code'))!;
  const { status, text } = await store.call('/v1/pairing/confirm', {
    token: store.token('associate'),
    body: { code, ...wanted },
  });
  if (status !== 200) throw new Error(`the code was not taken: ${text}`);
  return code;
}

export async function setProgramme(store: TestStore, screen: string, programme: object): Promise<void> {
  const { status, text } = await store.call(`/v1/screens/${screen}/programme`, {
    method: 'PUT',
    token: store.token('media-manager'),
    body: programme,
  });
  if (status !== 200) throw new Error(`the programme was not taken: ${text}`);
}

/** Takes a file in as staff would; the name that a playlist may use. */
export async function uploadMedia(store: TestStore, body: Buffer): Promise<string> {
  const response = await fetch(`${store.url}/v1/media`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${store.token('media-manager')}`,
      'content-type': 'application/octet-stream',
    },
    body: new Uint8Array(body),
  });
  if (!response.ok) throw new Error(`the file was not taken: ${await response.text()}`);
  return ((await response.json()) as { name: string }).name;
}

export interface Play {
  readonly screen: string;
  readonly contentId: string;
  readonly shownAt: string;
}
/** Every proof of play in the journal, oldest first. */
export async function playsOf(store: TestStore, screen: string): Promise<readonly Play[]> {
  const token = store.token('media-manager');
  const plays: Play[] = [];
  let after = '';
  for (;;) {
    const query = after === '' ? 'limit=200' : `limit=200&after=${encodeURIComponent(after)}`;
    const { body } = await store.call(`/v1/topics/media.play/events?${query}`, { token });
    plays.push(...body.events.map(({ data }: { data: Play }) => data));
    if (body.events.length < 200) return plays.filter((play) => play.screen === screen);
    after = body.next;
  }
}
