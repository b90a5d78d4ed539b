import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SignageContent, SignageIdentify } from '../../edge/contracts/index.js';
import { keptPromise } from '../support/promise.js';
import { until } from '../support/until.js';
import { joinOutcome, payloads, startTestStore, type TestStore } from './support.js';

let store: TestStore;
beforeAll(async () => {
  store = await startTestStore();
});
afterAll(() => store.remove());

interface Player {
  readonly cookie: string;
  readonly screen: string;
}
const begin = async () => (await store.call('/v1/pairing', { method: 'POST' })).body;
const collect = (ticket: string) => store.call('/v1/pairing/collect', { body: { ticket } });
const confirm = (body: object, token = store.token('associate')) =>
  store.call('/v1/pairing/confirm', { token, body });

async function pair(body: object): Promise<Player> {
  const { ticket, code } = await begin();
  expect((await collect(ticket)).status).toBe(202);
  const confirmed = await confirm({ code, ...body });
  expect(confirmed.body).toHaveProperty('screen');
  const collected = await collect(ticket);
  expect(collected.status).toBe(200);
  const cookie = collected.headers.get('set-cookie')!;
  expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
  return { cookie: cookie.split(';')[0]!, screen: collected.body.screen };
}
async function join({ cookie, screen }: Player): Promise<Socket> {
  const socket = store.socket('/signage', { screen }, { cookie });
  expect(await joinOutcome(socket)).toBe('connected');
  return socket;
}
const screenNow = async (screen: string) =>
  (await store.call('/v1/screens', { token: store.token('viewer') })).body.screens.find(
    (one: { screen: string }) => one.screen === screen,
  );

describe('a screen that is paired by its code', () => {
  it('plays, and its session works for that screen alone', async () => {
    const player = await pair({ screen: 'screen-2' });
    const socket = await join(player);
    expect((await screenNow('screen-2')).up).toBe(true);
    const other = store.socket('/signage', { screen: 'screen-3' }, { cookie: player.cookie });
    expect(await joinOutcome(other)).toBe('NotAllowed');
    socket.disconnect();
  });

  it('can be new to the store, in its zone and under its name, also after a restart', async () => {
    const made = { name: 'Door <b>left</b>', zone: 'entrance', orientation: 'portrait' };
    const player = await pair({ newScreen: made });
    expect(player.screen).toMatch(/^screen-\d+$/);
    const socket = await join(player);
    expect(await screenNow(player.screen)).toMatchObject({ name: made.name, zone: made.zone, up: true });
    store = await store.restart();
    expect(await screenNow(player.screen)).toMatchObject({ ...made, up: false });
    socket.disconnect();
    const again = store.socket('/signage', { screen: player.screen }, { cookie: player.cookie });
    const [content] = await payloads<SignageContent>(again, 'content');
    expect(content!.screenName).toBe(made.name);
    again.disconnect();
  });

  it('is a screen of its own where two are made at once', async () => {
    const pairing = Array.from({ length: 6 }, (_, place) =>
      pair({ newScreen: { name: `Left or right ${place}`, zone: 'entrance' } }),
    );
    const players = await Promise.all(pairing);
    expect(new Set(players.map(({ screen }) => screen)).size).toBe(6);
    for (const [place, { screen }] of players.entries()) {
      expect(await screenNow(screen)).toMatchObject({ name: `Left or right ${place}` });
    }
  });

  it('refuses in words what cannot be paired', async () => {
    const { code } = await begin();
    const { body } = await confirm({ code: 'AAAAAA', screen: 'screen-1' });
    expect([body.status, body.reason]).toEqual([404, 'PairingCodeUnknown']);
    expect((await confirm({ code, screen: 'nowhere' })).body.field).toBe('/screen');
    expect((await confirm({ code, newScreen: { name: 'x', zone: 'moon' } })).body.field).toBe(
      '/newScreen/zone',
    );
    expect((await confirm({ code })).body.reason).toBe('SchemaMismatch');
    // A right code was not used up by wrong screens.
    expect((await confirm({ code, screen: 'screen-1' })).status).toBe(200);
    expect((await confirm({ code, screen: 'screen-1' })).body.reason).toBe('PairingCodeUsed');
  });

  it('is for those who work on the floor, not for viewers, screens or shoppers', async () => {
    const { code } = await begin();
    for (const role of ['viewer', 'media-manager', 'screen', 'shopper', 'till', 'device'] as const) {
      expect((await confirm({ code, screen: 'screen-1' }, store.token(role))).status).toBe(403);
    }
    expect((await confirm({ code, screen: 'screen-1' }, '')).status).toBe(401);
  });

  it('answers 429 after ten wrong codes', async () => {
    const token = store.token('associate', 'guesser');
    const seen: number[] = [];
    for (let attempt = 0; attempt < 11; attempt += 1) {
      seen.push((await confirm({ code: 'CCCCCC', screen: 'screen-1' }, token)).status);
    }
    expect(seen).toEqual([...Array.from({ length: 10 }, () => 404), 429]);
  });

  it('takes the place of the player before it, which is cut', async () => {
    const before = await pair({ screen: 'screen-4' });
    const socket = await join(before);
    const gone = new Promise((done) => socket.once('disconnect', done));
    const after = await pair({ screen: 'screen-4' });
    await gone;
    expect((await screenNow('screen-4')).reason).toBe('another player took its place');
    const back = store.socket('/signage', {}, { cookie: before.cookie });
    expect(await joinOutcome(back)).toBe('NotAuthenticated');
    expect((await join(after)).connected).toBe(true);
  });
});

describe('two codes that are typed for one screen at once', () => {
  it('leave one player, and never two', async () => {
    const begun = [await begin(), await begin()];
    const confirmed = await Promise.all(begun.map(({ code }) => confirm({ code, screen: 'screen-5' })));
    expect(confirmed.map(({ status }) => status)).toEqual([200, 200]);
    const cookies: string[] = [];
    for (const { ticket } of begun) {
      cookies.push((await collect(ticket)).headers.get('set-cookie')!.split(';')[0]!);
    }
    const outcomes: string[] = [];
    for (const cookie of cookies) outcomes.push(await joinOutcome(store.socket('/signage', {}, { cookie })));
    expect(outcomes).toEqual(['NotAuthenticated', 'connected']);
  });
});

describe('the book of screens', () => {
  it('rules as it stands at a start, whatever was told before', async () => {
    const told = { name: 'Told at the desk', playlist: [{ show: 'house', headline: 'Told' }] };
    const token = store.token('media-manager');
    const programme = await store.call('/v1/screens/screen-6/programme', {
      method: 'PUT',
      token,
      body: told,
    });
    expect(programme.status).toBe(200);
    expect((await screenNow('screen-6')).name).toBe('Told at the desk');
    writeFileSync(resolve(store.config.dataDirectory, 'screens.json'), '{"screens":[]}');
    store = await store.restart();
    expect((await screenNow('screen-6')).name).toBe('Screen 6');
  });
});

describe('a screen that is sent away', () => {
  it('is told and cut within a second, and its credential is dead', async () => {
    const player = await pair({ screen: 'screen-5' });
    const socket = await join(player);
    const told = new Promise((done) => socket.once('unpaired', done));
    const gone = new Promise((done) => socket.once('disconnect', done));
    const asked = performance.now();
    const { status } = await store.call('/v1/screens/screen-5/player', {
      method: 'DELETE',
      token: store.token('store-manager'),
    });
    await Promise.all([told, gone]);
    const tookMs = performance.now() - asked;
    expect(status).toBe(204);
    expect(tookMs).toBeLessThan(1_000);
    const again = store.socket('/signage', {}, { cookie: player.cookie });
    expect(await joinOutcome(again)).toBe('NotAuthenticated');
    await until(async () => (await screenNow('screen-5')).up === false, { withinMs: 5_000, what: 'silence' });
    expect((await screenNow('screen-5')).reason).toBe('sent away');
    const { body } = await store.call('/v1/journal?q=screen.dismiss', {
      token: store.token('store-manager'),
    });
    expect(body.events[0].data).toMatchObject({ target: 'screen-5', by: 'a-store-manager' });
    keptPromise({
      promise: 'screens, sent away (store)',
      what: 'a screen that is revoked is cut and its session is dead',
      figure: `${Math.round(tookMs)} ms`,
      control: 'a screen that nobody sent away stays connected (next test)',
    });
  });

  it('leaves every other screen alone', async () => {
    const stays = await join(await pair({ screen: 'screen-6' }));
    await pair({ screen: 'screen-5' });
    await store.call('/v1/screens/screen-5/player', { method: 'DELETE', token: store.token('admin') });
    expect((await stays.timeout(2_000).emitWithAck('clock')) as number).toBeGreaterThan(0);
    expect(stays.connected).toBe(true);
    stays.disconnect();
  });
});

describe('screens on their wall', () => {
  it('say their names when staff ask, one or all of them', async () => {
    store = await store.restart();
    const names: string[] = [];
    const sockets = [
      await join(await pair({ screen: 'screen-1' })),
      await join(await pair({ screen: 'screen-2' })),
    ];
    for (const socket of sockets) {
      socket.on('identify', ({ name, seconds }: SignageIdentify) => names.push(`${name} ${seconds}`));
    }
    const token = store.token('associate');
    const one = await store.call('/v1/screens/screen-1/identify', { method: 'POST', token });
    expect(one.body).toEqual({ told: 1 });
    await until(() => names.length === 1, { withinMs: 2_000, what: 'one name' });
    expect((await store.call('/v1/screens/identify', { method: 'POST', token })).body).toEqual({ told: 2 });
    await until(() => names.length === 3, { withinMs: 2_000, what: 'all names' });
    const { name } = await screenNow('screen-1');
    expect(names[0]).toBe(`${name} 10`);
    const away = await store.call('/v1/screens/screen-7/identify', { method: 'POST', token });
    expect(away.body).toEqual({ told: 0 });
    for (const socket of sockets) socket.disconnect();
  });

  it('follow a change of their programme within a second, and keep it', async () => {
    const player = await pair({ screen: 'screen-1' });
    const socket = await join(player);
    const contents: SignageContent[] = [];
    socket.on('content', (content: SignageContent) => contents.push(content));
    const token = store.token('media-manager');
    const programme = {
      name: 'By the door',
      playlist: [
        { show: 'house', headline: 'Bread from seven', line: 'Baked here', seconds: 5 },
        { show: 'offer', seconds: 8 },
      ],
    };
    const asked = performance.now();
    const put = await store.call('/v1/screens/screen-1/programme', { method: 'PUT', token, body: programme });
    expect(put.status).toBe(200);
    await until(() => contents.at(-1)?.slides[0]?.headline === 'Bread from seven', {
      withinMs: 1_000,
      what: 'the new programme',
    });
    expect(performance.now() - asked).toBeLessThan(1_000);
    store = await store.restart();
    const kept = await store.call('/v1/screens/screen-1/programme', { token });
    expect(kept.body).toEqual(programme);
    const no = { playlist: [{ show: 'media', media: `${'a'.repeat(64)}.png` }] };
    const refused = await store.call('/v1/screens/screen-1/programme', { method: 'PUT', token, body: no });
    expect(refused.body.field).toBe('/playlist/0/media');
  });
});
