import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ShopperView, SignageContent } from '../../edge/contracts/index.js';
import { keptPromise } from '../support/promise.js';
import { shopperWithCoupon } from '../support/shopper.js';
import { type RunningStore, startStore } from '../support/store.js';
import { until } from '../support/until.js';

/** What the staff promise the shop: off within this, on every surface. */
const STOPPED_WITHIN_MS = 1_000;
const SCREEN = 'screen-3';

interface Surfaces {
  readonly screen: Socket;
  readonly phone: Socket;
  content(): SignageContent | undefined;
  view(): ShopperView | undefined;
  close(): void;
}

/** The offer that a screen shows, by its decision; nothing while it shows the shop's own pictures. */
const offerOn = (content: SignageContent | undefined): string | undefined =>
  content?.slides.find(({ kind }) => kind === 'offer')?.decisionId;

/** The cookie that a browser gets for opening the shopper's link. */
async function sessionOf(store: RunningStore, link: string): Promise<string> {
  const token = new URL(link).searchParams.get('token');
  const answer = await store.call('/v1/session', { method: 'POST', body: JSON.stringify({ token }) });
  return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

async function connect(store: RunningStore, screenToken: string, cookie: string): Promise<Surfaces> {
  const options = { forceNew: true, transports: ['websocket'], reconnection: false };
  const screen = io(`${store.url}/signage`, {
    ...options,
    auth: { token: screenToken },
    query: { screen: SCREEN },
  });
  const phone = io(`${store.url}/shopper`, { ...options, extraHeaders: { cookie } });
  let content: SignageContent | undefined;
  let view: ShopperView | undefined;
  screen.on('content', (next: SignageContent) => {
    content = next;
  });
  phone.on('view', (next: ShopperView) => {
    view = next;
  });
  await until(() => content !== undefined && view !== undefined, { withinMs: 15_000, what: 'both surfaces' });
  return {
    screen,
    phone,
    content: () => content,
    view: () => view,
    close: () => {
      screen.disconnect();
      phone.disconnect();
    },
  };
}

describe('the red button', () => {
  let store: RunningStore;
  let surfaces: Surfaces;
  let screenToken: string;
  let cookie: string;
  let code: string;
  let campaign: string;
  let sequence = 100;

  const post = async (path: string, body: unknown) => {
    const answer = await store.call(path, { method: 'POST', body: JSON.stringify(body) });
    return { status: answer.status, body: (await answer.json()) as Record<string, string> };
  };
  const stop = async (scope: unknown = 'all'): Promise<string> =>
    (await post('/v1/stop', { scope, reason: 'recall' })).body['id']!;
  const undo = (id: string) => store.call(`/v1/stop/${id}`, { method: 'DELETE' });
  const atTill = async (): Promise<string> => {
    sequence += 1;
    const place = { till: 'till-2', businessDay: '2026-11-23', sequence };
    const { body } = await post('/v1/pos/coupons/verify', { code, ...place });
    return body['reason'] ?? 'good';
  };
  const couponState = () => surfaces.view()?.coupons[0]?.state;
  /** How long until screen, phone and till all say so, from before the request. */
  const everywhere = async (
    act: () => Promise<unknown>,
    isSo: () => boolean,
    till: string,
  ): Promise<number> => {
    const startedMs = performance.now();
    await act();
    expect(await atTill()).toBe(till);
    await until(isSo, { withinMs: 5_000, everyMs: 5, what: `${till} on screen and phone` });
    return performance.now() - startedMs;
  };
  const reconnect = async (): Promise<void> => {
    surfaces.close();
    surfaces = await connect(store, screenToken, cookie);
  };

  beforeAll(async () => {
    store = await startStore();
    screenToken = (await post('/v1/devices', { name: SCREEN, kind: 'screen' })).body['token']!;
    const { shopper, coupon } = await shopperWithCoupon(store);
    ({ code, campaign } = coupon as unknown as { code: string; campaign: string });
    cookie = await sessionOf(store, shopper.link);
    surfaces = await connect(store, screenToken, cookie);
    await until(() => offerOn(surfaces.content()) !== undefined, {
      withinMs: 5_000,
      what: 'an offer on the screen',
    });
  }, 90_000);
  afterAll(async () => {
    surfaces?.close();
    await store?.remove();
  });

  it('takes every offer off screens, phones and tills within a second, and brings the same ones back', async () => {
    const before = offerOn(surfaces.content());
    let id = '';
    const off = await everywhere(
      async () => {
        id = await stop();
      },
      () => offerOn(surfaces.content()) === undefined && couponState() === 'stopped',
      'CouponStopped',
    );
    const back = await everywhere(
      () => undo(id),
      () => offerOn(surfaces.content()) !== undefined && couponState() === 'good',
      'good',
    );
    expect(offerOn(surfaces.content())).toBe(before);
    expect(off).toBeLessThan(STOPPED_WITHIN_MS);
    expect(back).toBeLessThan(STOPPED_WITHIN_MS);
    keptPromise({
      promise: 'red button',
      what: 'stop all and undo, by real sockets to a screen, a phone and a till',
      figure: `off in ${Math.round(off)} ms, the same decision back in ${Math.round(back)} ms`,
      control: 'a stop of another campaign leaves the coupon good',
    });
  });

  it('stops one campaign and leaves the others', async () => {
    const shown = offerOn(surfaces.content());
    const id = await stop({ campaign });
    await until(() => couponState() === 'stopped', {
      withinMs: STOPPED_WITHIN_MS,
      what: 'the coupon stopped',
    });
    expect(await atTill()).toBe('CouponStopped');
    expect(offerOn(surfaces.content())).toBe(shown);
    expect((await undo(id)).status).toBe(200);
    await until(() => couponState() === 'good', { withinMs: STOPPED_WITHIN_MS, what: 'the coupon back' });
    expect(await atTill()).toBe('good');
  });

  it('takes the campaign of a screen off it and leaves the coupon of another good', async () => {
    const shown = offerOn(surfaces.content());
    const { data } = (await (await store.call(`/v1/journal/${shown}`)).json()) as {
      data: { campaign: string };
    };
    const id = await stop({ campaign: data.campaign });
    expect(id).toBeTypeOf('string');
    await until(() => offerOn(surfaces.content()) !== shown, {
      withinMs: STOPPED_WITHIN_MS,
      what: 'the offer gone',
    });
    expect([couponState(), await atTill()]).toEqual(['good', 'good']);
    expect((await undo(id)).status).toBe(200);
    await until(() => offerOn(surfaces.content()) === shown, {
      withinMs: STOPPED_WITHIN_MS,
      what: 'the offer back',
    });
  });

  it('holds through kill -9, and what it stopped comes back after it', async () => {
    const before = offerOn(surfaces.content());
    const id = await stop();
    await store.kill();
    store = await store.restart();
    await reconnect();
    expect(offerOn(surfaces.content())).toBeUndefined();
    expect(couponState()).toBe('stopped');
    expect(await atTill()).toBe('CouponStopped');
    expect((await undo(id)).status).toBe(200);
    await until(() => offerOn(surfaces.content()) !== undefined, { withinMs: 1_000, what: 'the offer back' });
    expect(offerOn(surfaces.content())).toBe(before);
    expect(await atTill()).toBe('good');
  }, 60_000);

  it('killed in the middle of a stop, is stopped or not, the same on every surface', async () => {
    for (const delayMs of [0, 3, 12]) {
      const asked = post('/v1/stop', { scope: 'all', reason: 'recall' }).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      await store.kill();
      const answered = await asked;
      store = await store.restart();
      await reconnect();
      const standing = (await (await store.call('/v1/stop')).json()) as { stops: { stopId: string }[] };
      const stopped = standing.stops.length > 0;
      if (answered?.status === 201) expect(stopped).toBe(true);
      expect(await atTill()).toBe(stopped ? 'CouponStopped' : 'good');
      expect(couponState()).toBe(stopped ? 'stopped' : 'good');
      expect(offerOn(surfaces.content()) === undefined).toBe(stopped);
      for (const { stopId } of standing.stops) await undo(stopId);
      await until(() => couponState() === 'good', { withinMs: 2_000, what: 'the coupon back' });
    }
  }, 90_000);

  it('is answered for, who and why, and how it was undone', async () => {
    const page = (await (await store.call('/v1/journal?type=audit.entry&q=stop')).json()) as {
      events: { data: { action: string; reason?: string; by: string; target: string } }[];
    };
    const actions = page.events.map(({ data }) => data.action);
    expect(actions.filter((action) => action === 'stop').length).toBeGreaterThanOrEqual(4);
    expect(actions).toContain('stop.undo');
    const [first] = page.events.filter(({ data }) => data.action === 'stop').slice(-1);
    expect(first?.data).toMatchObject({ reason: 'recall', target: 'all', by: 'local-commands' });
  });

  it('would notice: a screen that is not told keeps its offer', async () => {
    surfaces.screen.disconnect();
    const before = offerOn(surfaces.content());
    const id = await stop();
    await until(() => couponState() === 'stopped', { withinMs: STOPPED_WITHIN_MS, what: 'the phone' });
    expect(offerOn(surfaces.content())).toBe(before);
    await undo(id);
  });
});
