import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SignageContent } from '../../edge/contracts/index.js';
import { createPresenceOfScreens } from '../../edge/deliver/screens-up.js';
import type { Draft } from '../../edge/ports.js';
import { joinOutcome, payloads, startTestStore, type TestStore } from '../serve/support.js';
import { pngOf } from '../support/png.js';
import { keptPromise } from '../support/promise.js';
import { playsOf, setProgramme, uploadMedia } from '../support/screens.js';

let store: TestStore;
beforeAll(async () => {
  store = await startTestStore();
});
afterAll(() => store.remove());

async function player(screen: string) {
  const socket = store.socket('/signage', { token: store.token('screen', screen), screen });
  const [content] = await payloads<SignageContent>(socket, 'content');
  const tell = (more: object): Promise<{ ok: boolean; reason?: string }> => {
    const { contentId, decisionId } = content!.slides[0]!;
    const shown = { contentId, ...(decisionId === undefined ? {} : { decisionId }), ...more };
    return socket.timeout(5_000).emitWithAck('shown', shown);
  };
  return { socket, tell, content: content! };
}
const at = (ms: number): string => new Date(Date.parse('2026-11-23T10:00:00Z') + ms).toISOString();

describe('a proof of play', () => {
  it('is one for each turn, whoever tells it, however often, and through a restart of the store', async () => {
    const first = await player('screen-3');
    const second = await player('screen-3');
    const turn = { turnAt: at(0) };
    const answers = await Promise.all([
      first.tell({ ...turn, shownAt: at(20) }),
      second.tell({ ...turn, shownAt: at(35) }),
      first.tell({ ...turn, shownAt: at(4_000) }),
    ]);
    expect(answers).toEqual([{ ok: true }, { ok: true }, { ok: true }]);
    expect(await playsOf(store, 'screen-3')).toHaveLength(1);
    store = await store.restart();
    const again = await player('screen-3');
    expect(await again.tell({ ...turn, shownAt: at(5_000) })).toEqual({ ok: true });
    expect(await playsOf(store, 'screen-3')).toHaveLength(1);
    expect(await again.tell({ turnAt: at(10_000), shownAt: at(10_020) })).toEqual({ ok: true });
    expect(await playsOf(store, 'screen-3')).toHaveLength(2);
    // Control: without the turn the same three tellings are three plays.
    const before = (await playsOf(store, 'screen-3')).length;
    for (const ms of [20_020, 20_035, 24_000]) await again.tell({ shownAt: at(ms) });
    expect(await playsOf(store, 'screen-3')).toHaveLength(before + 3);
    keptPromise({
      promise: 'screens, one play a turn',
      what: 'proof of play: one for each turn through reloads, a second browser and a restart',
      figure: '4 tellings, 1 play',
      control: 'without the turn, 3 tellings are 3 plays',
    });
  });

  it('is none for a turn that lies hours away from the moment, or is no moment', async () => {
    const { tell, socket } = await player('screen-2');
    const no = { ok: false, reason: 'SchemaMismatch' };
    expect(await tell({ turnAt: at(-3 * 3_600_000), shownAt: at(0) })).toEqual(no);
    expect(await tell({ turnAt: 'today', shownAt: at(0) })).toEqual(no);
    expect(await tell({ turnAt: 7, shownAt: at(0) })).toEqual(no);
    expect(await playsOf(store, 'screen-2')).toEqual([]);
    socket.disconnect();
  });

  it('counts when it is told late, whatever the playlist says by then, and only for the screen that was given it', async () => {
    const media = await uploadMedia(store, pngOf(12, 8));
    const campaign = 'wexford-strawberries';
    const given: SignageContent[] = [];
    for (const item of [{ show: 'media', media }, { show: 'media', media, campaign }, { show: 'house' }]) {
      await setProgramme(store, 'screen-2', { playlist: [item] });
      const { content, socket } = await player('screen-2');
      given.push(content);
      socket.disconnect();
    }
    store = await store.restart();
    const { socket } = await player('screen-2');
    const { contentId } = given[0]!.slides[0]!;
    const tell = (more: object) => socket.timeout(5_000).emitWithAck('shown', { contentId, ...more });
    expect(await tell({ turnAt: at(1_000), shownAt: at(1_020), revision: given[0]!.revision })).toEqual({
      ok: true,
    });
    expect(await tell({ turnAt: at(2_000), shownAt: at(2_020), revision: given[1]!.revision })).toEqual({
      ok: true,
    });
    const named = { screen: 'screen-2', contentId, late: true };
    expect(await playsOf(store, 'screen-2')).toEqual([
      { ...named, shownAt: at(1_020) },
      { ...named, shownAt: at(2_020), campaign },
    ]);
    const { socket: elsewhere } = await player('screen-1');
    const stranger = { contentId, shownAt: at(3_000) };
    expect(await elsewhere.timeout(5_000).emitWithAck('shown', stranger)).toEqual({
      ok: false,
      reason: 'PlayUnknown',
    });
    expect(await playsOf(store, 'screen-1')).toEqual([]);
  });

  it('comes from a screen, and answers with the time of the store to whoever asks', async () => {
    const { socket } = await player('screen-1');
    const before = Date.now();
    const told = (await socket.timeout(2_000).emitWithAck('clock')) as number;
    expect(told).toBeGreaterThanOrEqual(before - 50);
    expect(told).toBeLessThanOrEqual(Date.now() + 50);
    socket.emit('clock', 'not a function');
    expect(await joinOutcome(store.socket('/signage', { token: store.token('till') }))).toBe('NotAllowed');
    expect(socket.connected).toBe(true);
  });
});

describe('what is known of silent screens', () => {
  function setUp(marks = new Map<string, string>()) {
    let nowMs = 1_000_000;
    const told: Draft[] = [];
    const presence = createPresenceOfScreens({
      gate: {
        admit: async (drafts) => {
          told.push(...drafts);
          return [];
        },
      },
      journal: {
        marks: () => marks,
        mark: async (name: string, value: string) => {
          marks.set(name, value);
        },
      } as never,
      clock: { nowMs: () => nowMs },
      onError: (error) => {
        throw error;
      },
      graceMs: 0,
    });
    return { presence, marks, told, pass: (ms: number) => (nowMs += ms) };
  }

  it('outlives a restart: since when, why, and the last play', async () => {
    const before = setUp();
    before.presence.arrive('a');
    before.presence.arrive('b');
    before.pass(60_000);
    before.presence.played('a', 1_050_000);
    before.presence.dismiss('b', 'sent away');
    await before.presence.close();
    const after = setUp(before.marks);
    expect(after.presence.of('a')).toEqual({
      up: false,
      sinceMs: 1_050_000,
      reason: 'did not come back',
      lastPlayMs: 1_050_000,
    });
    expect(after.presence.of('b')).toMatchObject({ up: false, sinceMs: 1_060_000, reason: 'sent away' });
    expect(after.presence.of('c')).not.toHaveProperty('reason');
    await after.presence.close();
  });

  it('never says that a play lies ahead, whatever a player tells of its clock', async () => {
    const { presence } = setUp();
    presence.played('a', 9_999_999_999_999);
    expect(presence.of('a').lastPlayMs).toBe(1_000_000);
    presence.played('a', 5);
    expect(presence.of('a').lastPlayMs).toBe(1_000_000);
    await presence.close();
  });
});
