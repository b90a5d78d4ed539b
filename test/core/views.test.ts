import { describe, expect, it } from 'vitest';
import { ANNA, COLA_SCREEN, createStore, ofType, SODA_COUPON } from './support/store.js';

function withStories(count: number) {
  const store = createStore();
  store.configure([{ ...SODA_COUPON, validMinutes: 1 }]);
  for (let index = 0; index < count; index += 1) {
    const sid = `s_story${String(index).padStart(10, '0')}`;
    store.consent(sid);
    store.enter(`s:${sid}`);
  }
  return store;
}

describe('stories', () => {
  it('come the latest change first, and go on from a cursor without missing one', () => {
    const store = withStories(7);
    const newest = store.views.stories({ limit: 3 });
    const updates = newest.stories.map(({ updatedAt }) => updatedAt);
    expect(updates).toEqual([...updates].sort().reverse());
    expect(store.views.stories({ limit: 3, after: newest.next }).stories).toEqual([]);
    const seen: string[] = [];
    let after = 's0';
    for (let page = store.views.stories({ limit: 3, after }); page.stories.length > 0; ) {
      seen.push(...page.stories.map(({ id }) => id));
      after = page.next;
      page = store.views.stories({ limit: 3, after });
    }
    expect(new Set(seen).size).toBe(7);
    expect(seen).toHaveLength(7);
    const { decisionId, sid } = ofType(store.outputs, 'promo.decision')[0]!.data;
    store.say('push.sent', { decisionId, sid: sid!, channel: 'socket', outcome: 'sent' });
    const changed = store.views.stories({ limit: 3, after });
    expect(changed.stories.map(({ id }) => id)).toEqual([decisionId]);
    expect(store.views.stories({ limit: 9, after: 'not a cursor' }).stories).toHaveLength(7);
  });

  it('are held in a bounded number, the oldest goes first', () => {
    const store = createStore();
    store.configure([COLA_SCREEN]);
    const stop = { stopId: 's', scope: 'all' as const, reason: 'r', by: 'staff' };
    for (let index = 0; index < 1_100; index += 1) {
      store.say('promo.stop', { ...stop, active: true });
      // Another price is another offer; the same one would come back with its own story.
      store.say('hq.campaign', {
        ...COLA_SCREEN,
        version: index + 2,
        discount: { amountMinor: 1 + (index % 2) },
      });
      store.say('promo.stop', { ...stop, active: false });
    }
    const { stories } = store.views.stories({ limit: 9_999 });
    expect(stories).toHaveLength(2_000);
    expect(stories[0]?.state).toBe('on-screen');
    expect(store.views.story(ofType(store.outputs, 'promo.decision')[0]!.data.storyId)).toBeUndefined();
  });

  it('tell when a coupon was sent, missed, or ran out', () => {
    const store = withStories(1);
    const { decisionId, sid } = ofType(store.outputs, 'promo.decision')[0]!.data;
    const sent = { decisionId, sid: sid!, channel: 'socket' as const };
    store.say('push.sent', { ...sent, outcome: 'failed', reason: 'Offline' });
    store.say('push.sent', { ...sent, outcome: 'sent' });
    store.wait(61);
    const story = store.views.story(decisionId);
    expect(story?.state).toBe('expired');
    expect(story?.steps.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual([
      'entered entered',
      'decided offered',
      'sent failed',
      'sent sent',
    ]);
  });

  it('of a screen go on when it is shown and when somebody buys it', () => {
    const store = createStore();
    store.configure([COLA_SCREEN]);
    const { decisionId } = ofType(store.outputs, 'promo.decision')[0]!.data;
    const play = { screen: 'screen-1', decisionId, shownAt: '2026-11-23T13:00:01Z' };
    for (const repeat of [1, 2, 3]) store.say('media.play', { ...play, contentId: `x${repeat}` });
    store.sell([{ sku: 'rye' }]);
    store.sell([{ sku: 'cola' }]);
    store.sell([{ sku: 'cola' }]);
    const story = store.views.story(decisionId);
    expect(story?.steps.map(({ step }) => step)).toEqual(['decided', 'shown', 'sold']);
    expect(JSON.stringify(story)).not.toContain('"s_');
  });
});

describe('what people see', () => {
  it('is the same after a restart', () => {
    const store = withStories(3);
    store.consent(ANNA);
    store.sell([{ sku: 'cola' }]);
    const see = () => [
      store.views.staff(store.nowMs()),
      store.views.stories({ limit: 50 }),
      store.views.shopper('s_story0000000000', store.nowMs()),
      store.views.signage('screen-1', store.nowMs()),
    ];
    const before = JSON.stringify(see());
    store.restart();
    expect(JSON.stringify(see())).toBe(before);
  });

  it('keeps what was set aside until it is settled', () => {
    const store = createStore();
    store.configure([]);
    const where = { channel: 'mqtt', topic: 't', device: 'd' } as const;
    const kept = { body: '{', encoding: 'utf8', cut: false, bytes: 1 } as const;
    const record = { quarantineId: 'q1', reason: 'MalformedJson', detail: 'x', ...where, ...kept };
    store.say('quarantine.event', record);
    expect(store.views.quarantined()).toEqual([{ quarantineId: 'q1', offset: 3 }]);
    const settles = { quarantineId: 'q1', as: 'mended' as const, by: 'staff' };
    store.say('quarantine.event', { ...record, quarantineId: 'q2', settles });
    expect(store.views.quarantined()).toEqual([]);
  });
});
