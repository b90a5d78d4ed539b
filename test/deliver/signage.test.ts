import { connectAsync, type MqttClient } from 'mqtt';
import type { Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SignageContent, SignageRevoke } from '../../edge/contracts/index.js';
import { createSystemTime } from '../../edge/ops/system-time.js';
import { joinOutcome, startTestStore, type TestStore } from '../serve/support.js';
import { until } from '../support/until.js';

let store: TestStore;
let screen: Socket;
let shelves: MqttClient;
const contents: SignageContent[] = [];
const revokes: SignageRevoke[] = [];
const heard: string[] = [];
const ELDERFLOWER = 'DRK-1001';
/** How far the clock of the store was put ahead, so that nobody waits for it. */
let aheadMs = 0;

const shows = (sku: string): boolean =>
  contents[contents.length - 1]?.slides.some((slide) => slide.offer?.sku === sku) ?? false;
const count = (pieces: number): Promise<unknown> =>
  shelves.publishAsync('endcap/v1/shelf/drinks-soft', JSON.stringify({ sku: ELDERFLOWER, count: pieces }), {
    qos: 1,
  });

beforeAll(async () => {
  const system = createSystemTime();
  store = await startTestStore(undefined, {
    system: {
      ...system,
      wallMs: () => system.wallMs() + aheadMs,
      monotonicMs: () => system.monotonicMs() + aheadMs,
    },
  });
  const { id, token } = store.app.auth.registerDevice({
    name: 'scales',
    kind: 'device',
    speaksFor: ['drinks-soft'],
  });
  shelves = await connectAsync(store.app.mqttUrl, { username: id, password: token, clientId: id });
  screen = store.socket('/signage', { token: store.token('screen', 'screen-3'), screen: 'screen-3' });
  screen.on('content', (content: SignageContent) => contents.push(content));
  screen.on('revoke', (revoke: SignageRevoke) => revokes.push(revoke));
  for (const event of ['content', 'revoke']) screen.on(event, () => heard.push(event));
  expect(await joinOutcome(screen)).toBe('connected');
  await until(() => shows(ELDERFLOWER), { withinMs: 10_000, what: 'the offer of the zone' });
});
afterAll(async () => {
  await store.remove();
});

const play = (
  contentId: string,
  shownAt = new Date().toISOString(),
): Promise<{ ok: boolean; reason?: string }> =>
  screen.timeout(5_000).emitWithAck('shown', { contentId, shownAt });

describe('the hand that holds the screens', () => {
  it('takes a sold-out product off within a second, and brings it back when there is stock again', async () => {
    const asked = performance.now();
    await count(0);
    await until(() => !shows(ELDERFLOWER), {
      withinMs: 5_000,
      what: 'the product to leave the screen',
      everyMs: 5,
    });
    expect(performance.now() - asked).toBeLessThan(1_000);
    await until(() => revokes.length > 0, { withinMs: 1_000, what: 'word of what has gone' });
    expect(revokes).toHaveLength(1);
    expect(revokes[0]!.contentIds).toHaveLength(1);
    // A screen that were told first what has gone would show something else until it hears what comes.
    expect(heard.slice(-2)).toEqual(['content', 'revoke']);
    expect(revokes[0]!.revision).toBe(contents.at(-1)!.revision);
    expect(contents[contents.length - 1]!.slides.some(({ kind }) => kind === 'house')).toBe(true);
    await count(40);
    await until(() => shows(ELDERFLOWER), { withinMs: 5_000, what: 'the product to come back' });
  });

  it('gives every change a higher revision', () => {
    const revisions = contents.map(({ revision }) => revision);
    expect(revisions).toEqual([...new Set(revisions)].sort((left, right) => left - right));
    expect(revisions.length).toBeGreaterThan(2);
  });

  it('records what was shown once, and only what it was given to show', async () => {
    const slide = contents[contents.length - 1]!.slides.find(({ kind }) => kind === 'offer')!;
    const shownAt = new Date().toISOString();
    const answers = await Promise.all([play(slide.contentId, shownAt), play(slide.contentId, shownAt)]);
    expect(answers).toEqual([{ ok: true }, { ok: true }]);
    expect(await play('offer-invented')).toEqual({ ok: false, reason: 'PlayUnknown' });
    expect(await play(slide.contentId, 'yesterday')).toEqual({ ok: false, reason: 'SchemaMismatch' });
    const { body } = await store.call('/v1/journal?type=media.play', { token: store.token('viewer') });
    expect(body.events.map(({ data }: { data: object }) => data)).toEqual([
      {
        screen: 'screen-3',
        contentId: slide.contentId,
        decisionId: slide.decisionId,
        campaign: slide.campaign,
        sku: ELDERFLOWER,
        shownAt,
      },
    ]);
  });

  it('follows the stop button, and undoing it after 9.9 s brings the same offer back', async () => {
    const token = store.token('associate');
    const before = contents[contents.length - 1]!.slides.find(({ kind }) => kind === 'offer')!;
    const stop = await store.call('/v1/stop', { token, body: { scope: 'all', reason: 'wrong price' } });
    expect(stop.status).toBe(201);
    await until(() => !shows(ELDERFLOWER), { withinMs: 1_000, what: 'the screen to follow' });
    aheadMs += 9_900;
    const undo = await store.call(`/v1/stop/${stop.body.id}`, { token, method: 'DELETE' });
    expect(undo.status).toBe(200);
    await until(() => shows(ELDERFLOWER), { withinMs: 1_000, what: 'the offer to be back' });
    const after = contents[contents.length - 1]!.slides.find(({ kind }) => kind === 'offer')!;
    expect(after).toEqual(before);
    const again = await store.call(`/v1/stop/${stop.body.id}`, { token, method: 'DELETE' });
    expect([again.status, again.body.reason, again.body.detail]).toEqual([
      404,
      'NotFound',
      `nothing is stopped under ${stop.body.id}`,
    ]);
  });

  it('lets staff look over its shoulder, and takes no proof of play from them', async () => {
    const watcher = store.socket('/signage', { token: store.token('viewer'), screen: 'screen-3' });
    const seen: SignageContent[] = [];
    watcher.on('content', (content: SignageContent) => seen.push(content));
    expect(await joinOutcome(watcher)).toBe('connected');
    await until(() => seen.length > 0, { withinMs: 5_000, what: 'content for the watcher' });
    const journal = () => store.call('/v1/journal?type=media.play', { token: store.token('viewer') });
    const before = (await journal()).body.events.length;
    const slide = seen[0]!.slides[0]!;
    await watcher
      .timeout(5_000)
      .emitWithAck('shown', { contentId: slide.contentId, shownAt: new Date().toISOString() });
    expect((await journal()).body.events).toHaveLength(before);
  });

  it('knows which screens are up, and says so in the journal', async () => {
    const token = store.token('viewer');
    const up = async (id: string): Promise<boolean> => {
      const { body } = await store.call('/v1/screens', { token });
      return body.screens.find((known: { screen: string }) => known.screen === id).up;
    };
    expect(await up('screen-3')).toBe(true);
    expect(await up('screen-1')).toBe(false);
    const other = store.socket('/signage', { token: store.token('screen', 'screen-1') });
    expect(await joinOutcome(other)).toBe('connected');
    expect(await up('screen-1')).toBe(true);
    other.disconnect();
    await until(async () => !(await up('screen-1')), { withinMs: 5_000, what: 'the screen to be gone' });
    const states = await until(
      async () => {
        const { body } = await store.call('/v1/journal?q=screen-1&limit=20', { token });
        const types = body.events
          .map(({ type }: { type: string }) => type)
          .filter((type: string) => type.startsWith('device.'));
        return types.length === 2 && types;
      },
      { withinMs: 5_000, what: 'both events' },
    );
    expect(states).toEqual(['device.offline', 'device.online']);
  });

  it('sends the whole content above every earlier revision after a restart', async () => {
    const highest = Math.max(...contents.map(({ revision }) => revision));
    const token = store.token('screen', 'screen-3');
    await shelves.endAsync();
    store = await store.restart();
    const again = store.socket('/signage', { token });
    const seen: SignageContent[] = [];
    again.on('content', (content: SignageContent) => seen.push(content));
    expect(await joinOutcome(again)).toBe('connected');
    await until(() => seen.length > 0, { withinMs: 5_000, what: 'the content' });
    expect(seen[0]!.revision).toBeGreaterThan(highest);
    expect(seen[0]!.slides.some((slide) => slide.offer?.sku === ELDERFLOWER)).toBe(true);
    screen = again;
    contents.push(...seen);
  });

  it('takes what a screen played while the store was away, once, and nothing of another screen', async () => {
    const token = store.token('viewer');
    const plays = async (): Promise<{ data: { decisionId: string; shownAt: string } }[]> =>
      (await store.call('/v1/journal?type=media.play', { token })).body.events;
    const report = (decisionId: string, shownAt = new Date().toISOString()) =>
      screen.timeout(5_000).emitWithAck('shown', { contentId: `offer-${decisionId}`, decisionId, shownAt });
    const before = await plays();
    const [known] = before.map(({ data }) => data);
    expect(await report(known!.decisionId, known!.shownAt)).toEqual({ ok: true });
    expect(await plays()).toHaveLength(before.length);
    const { body } = await store.call('/v1/journal?outcome=offered&limit=200', { token });
    const offers: { decisionId: string; screen: string }[] = body.events.map(
      ({ data }: { data: object }) => data,
    );
    // The oldest offer of this screen, which no content of this run contains.
    const old = offers.filter((offer) => offer.screen === 'screen-3').at(-1)!;
    const other = offers.find((offer) => offer.screen === 'screen-2')!;
    const now = contents[contents.length - 1]!.slides.map(({ decisionId }) => decisionId);
    expect(now).not.toContain(old.decisionId);
    expect(await report(old.decisionId)).toEqual({ ok: true });
    expect(await report(other.decisionId)).toEqual({ ok: false, reason: 'PlayUnknown' });
    expect(await plays()).toHaveLength(before.length + 1);
  });
});
