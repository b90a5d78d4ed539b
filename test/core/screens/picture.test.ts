import { describe, expect, it } from 'vitest';
import type { Campaign, PlaylistItem, Screen, StorePolicy } from '../../../edge/contracts/index.js';
import { COLA_SCREEN, createStore, ofType } from '../support/store.js';

const MEDIA = `${'a'.repeat(64)}.png`;
const change = (changes: Partial<Campaign>): Campaign => ({ ...COLA_SCREEN, ...changes });
const GINGER = change({ id: 'ginger-screen', name: 'Ginger', products: { skus: ['ginger'] } });

type Store = ReturnType<typeof createStore>;
const programme = (store: Store, more: Partial<Screen>, id = 'screen-1'): void => {
  const policy = store.views.policy() as StorePolicy;
  const screens = policy.screens.map((screen) => (screen.id === id ? { ...screen, ...more } : screen));
  store.say('hq.policy', { ...policy, screens });
};
const slides = (store: Store, id = 'screen-1') => store.views.signage(id, store.nowMs()).slides;
const shown = (store: Store): string[] =>
  slides(store).map(
    ({ kind, offer, headline, media }) =>
      offer?.sku ?? (media === undefined ? `${kind} ${headline}` : 'media'),
  );
const stop = (store: Store, campaign: string, active: boolean) =>
  store.say('promo.stop', {
    stopId: `stop-${campaign}`,
    scope: { campaign },
    reason: 'x',
    by: 'staff',
    active,
  });

const MIXED: PlaylistItem[] = [
  { show: 'offer', seconds: 8 },
  { show: 'house', headline: 'Bread from seven', line: 'Baked here', seconds: 5 },
  { show: 'media', media: MEDIA, headline: 'Autumn', seconds: 12 },
];

describe('the playlist of a screen', () => {
  it('mixes the offer that the store decides with its own words and its pictures, in order, each with its time', () => {
    const store = createStore();
    store.configure([COLA_SCREEN]);
    programme(store, { playlist: MIXED });
    expect(shown(store)).toEqual(['cola', 'house Bread from seven', 'media']);
    expect(slides(store).map(({ seconds }) => seconds)).toEqual([8, 5, 12]);
    expect(slides(store)[2]!.contentId).toBe(`media-${'a'.repeat(64)}`);
  });

  it('leaves out a place that it cannot fill, and is never empty', () => {
    const store = createStore();
    store.configure([]);
    programme(store, { playlist: MIXED });
    expect(shown(store)).toEqual(['house Bread from seven', 'media']);
    programme(store, { playlist: [{ show: 'offer' }] });
    expect(slides(store).map(({ kind }) => kind)).toEqual(['house']);
  });

  it('keeps every place in a group, where the others wait for it', () => {
    const store = createStore();
    store.configure([]);
    programme(store, { playlist: MIXED, group: 'front' });
    expect(slides(store).map(({ seconds }) => seconds)).toEqual([8, 5, 12]);
    expect(slides(store).map(({ kind }) => kind)).toEqual(['house', 'house', 'media']);
  });

  it('shows different offers where it has several places for them, and never one twice', () => {
    const store = createStore();
    store.configure([COLA_SCREEN, GINGER]);
    programme(store, { playlist: [{ show: 'offer' }, { show: 'house' }, { show: 'offer' }] });
    const skus = slides(store).flatMap(({ offer }) => offer?.sku ?? []);
    expect([...skus].sort()).toEqual(['cola', 'ginger']);
    store.say('shelf.reading', { shelf: 'shelf-1', sku: skus[0]!, count: 0 });
    expect(slides(store).flatMap(({ offer }) => offer?.sku ?? [])).toEqual([skus[1]]);
    store.say('shelf.reading', { shelf: 'shelf-1', sku: skus[0]!, count: 9 });
    expect(slides(store).flatMap(({ offer }) => offer?.sku ?? [])).toHaveLength(2);
    programme(store, { playlist: [{ show: 'offer' }] });
    expect(slides(store)).toHaveLength(1);
    // A screen with one place more than there are offers shows those that there are.
    programme(store, { playlist: [{ show: 'offer' }, { show: 'offer' }, { show: 'offer' }] });
    expect(slides(store)).toHaveLength(2);
  });

  it('decides no offer for a screen that has no place for one', () => {
    const store = createStore();
    store.configure([]);
    programme(store, { playlist: [{ show: 'house' }] });
    const events = store.say('hq.campaign', COLA_SCREEN);
    const decided = ofType(events, 'promo.decision').filter(({ data }) => data.screen === 'screen-1');
    expect(decided).toEqual([]);
    expect(slides(store).some(({ offer }) => offer !== undefined)).toBe(false);
  });

  it('plays the creative of a campaign only while the campaign runs, here, and nobody stopped it', () => {
    const store = createStore();
    const creative: PlaylistItem = { show: 'media', media: MEDIA, campaign: 'cola-screen' };
    store.configure([COLA_SCREEN]);
    programme(store, { playlist: [creative] });
    expect(slides(store)[0]).toMatchObject({ media: MEDIA, campaign: 'cola-screen' });
    stop(store, 'cola-screen', true);
    expect(slides(store)[0]!.kind).toBe('house');
    stop(store, 'cola-screen', false);
    expect(slides(store)[0]!.kind).toBe('media');
    store.say('hq.campaign', change({ version: 2, where: { zones: ['bakery'] } }));
    expect(slides(store)[0]!.kind).toBe('house');
    store.say('hq.campaign', change({ version: 3, when: { until: '2000-01-01T00:00:00Z' } }));
    expect(slides(store)[0]!.kind).toBe('house');
    store.say('hq.campaign', change({ version: 4, withdrawn: true }));
    expect(slides(store)[0]!.kind).toBe('house');
  });

  it('hands hours on to the player, its own before those of the campaign', () => {
    const store = createStore();
    const morning = [{ from: '07:00', until: '11:00' }];
    const evening = [{ from: '17:00', until: '21:00' }];
    store.configure([change({ when: { dayparts: evening } })]);
    const creative: PlaylistItem = { show: 'media', media: MEDIA, campaign: 'cola-screen' };
    programme(store, { playlist: [creative, { show: 'house', dayparts: morning }] });
    expect(slides(store).map(({ dayparts }) => dayparts)).toEqual([evening, morning]);
    // Both at once, and the campaign's are not now: the store leaves it out by itself.
    programme(store, { playlist: [{ ...creative, dayparts: morning }] });
    expect(slides(store)[0]!.kind).toBe('house');
  });
});

describe('the hours of a screen', () => {
  it('are told to the player, and no offer is decided while it sleeps', () => {
    const store = createStore();
    store.configure([COLA_SCREEN]);
    // The store of these tests stands at 14:05.
    programme(store, { awake: [{ from: '07:00', until: '14:15' }] });
    expect(store.views.signage('screen-1', store.nowMs())).not.toHaveProperty('asleep');
    expect(shown(store)).toEqual(['cola']);
    const events = store.wait(15 * 60);
    expect(store.views.signage('screen-1', store.nowMs()).asleep).toBe(true);
    expect(store.views.signage('screen-1', store.nowMs()).awake).toHaveLength(1);
    expect(slides(store)[0]!.kind).toBe('house');
    const offered = ofType(events, 'promo.decision').filter(({ data }) => data.outcome === 'offered');
    expect(offered.filter(({ data }) => data.screen === 'screen-1')).toEqual([]);
    store.wait(17 * 3_600);
    expect(shown(store)).toEqual(['cola']);
  });
});
