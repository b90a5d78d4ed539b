import { describe, expect, it } from 'vitest';
import { createPlayerMemory, keepPairedScreen, pairedScreen } from '../../signage-ui/player/memory.js';
import {
  anchorOf,
  EMPTY_PLAYLIST,
  playable,
  reconnected,
  withContent,
  withRevoke,
} from '../../signage-ui/player/playlist.js';
import { elderflower, iso, signage, slide, strawberries } from './support/samples.js';

const NOW = Date.parse('2026-06-18T13:03:00Z');
const TWO = [slide(elderflower(NOW)), slide(strawberries(NOW))];
const ids = (slides: readonly { contentId: string }[]) => slides.map(({ contentId }) => contentId);
const revoke = (revision: number, more: object) => ({ revision, reason: 'NoLongerOffered', ...more });

describe('what a screen may show', () => {
  it('never shows an older content over a newer', () => {
    const newer = withContent(EMPTY_PLAYLIST, signage(8, TWO));
    expect(withContent(newer, signage(7, []))).toBe(newer);
    expect(withContent(newer, signage(9, [])).content?.slides).toEqual([]);
  });

  it('takes a content that was on its way before a revoke as the older one that it is', () => {
    const revoked = withRevoke(
      withContent(EMPTY_PLAYLIST, signage(7, TWO)),
      revoke(8, { skus: ['DRK-1001'] }),
    );
    expect(ids(playable(withContent(revoked, signage(7, TWO)), NOW))).toEqual(['offer-PRO-2001']);
  });

  it('drops what is revoked by sku, by content, or all of it, and keeps the house', () => {
    const house = slide(elderflower(NOW), { contentId: 'house', kind: 'house' });
    const full = withContent(EMPTY_PLAYLIST, signage(1, [...TWO, house]));
    expect(ids(playable(withRevoke(full, revoke(2, { skus: ['PRO-2001'] })), NOW))).toEqual([
      'offer-DRK-1001',
      'house',
    ]);
    expect(ids(playable(withRevoke(full, revoke(2, { contentIds: ['offer-DRK-1001'] })), NOW))).toEqual([
      'offer-PRO-2001',
      'house',
    ]);
    expect(ids(playable(withRevoke(full, revoke(2, { all: true })), NOW))).toEqual(['house']);
  });

  it('takes the present truth of a store that counts anew after a reconnect', () => {
    const before = withContent(EMPTY_PLAYLIST, signage(900, TWO));
    expect(withContent(before, signage(3, []))).toBe(before);
    expect(withContent(reconnected(before), signage(3, [])).content?.revision).toBe(3);
  });

  it('leaves out what is sold out or past its time', () => {
    const soldOut = slide(elderflower(NOW, { piecesLeft: 0 }));
    const over = slide(strawberries(NOW, { validUntil: iso(NOW) }));
    expect(playable(withContent(EMPTY_PLAYLIST, signage(1, [soldOut, over])), NOW)).toEqual([]);
    expect(playable(withContent(EMPTY_PLAYLIST, signage(1, [soldOut, over])), NOW - 1)).toHaveLength(1);
  });
});

describe('where the count of turns begins', () => {
  const first = { slides: TWO, anchor: { atMs: NOW, slide: 0 }, contentId: 'offer-DRK-1001', startMs: NOW };

  it('is the word of the store', () => {
    const content = signage(2, TWO, { anchor: { at: iso(NOW - 5_000), slide: 1 } });
    expect(anchorOf(content, first, NOW)).toEqual({ atMs: NOW - 5_000, slide: 1 });
  });

  it('is, without one, what is on already, and the next one where it was taken away', () => {
    expect(anchorOf(signage(2, TWO), undefined, NOW)).toEqual({ atMs: NOW, slide: 0 });
    expect(anchorOf(signage(2, TWO), first, NOW + 4_000)).toBe(first.anchor);
    expect(anchorOf(signage(2, [...TWO].reverse()), first, NOW + 4_000)).toEqual({ atMs: NOW, slide: 1 });
    expect(anchorOf(signage(2, TWO.slice(1)), first, NOW + 4_000)).toEqual({ atMs: NOW + 4_000, slide: 0 });
    expect(anchorOf(signage(2, []), first, NOW + 4_000)).toEqual({ atMs: NOW + 4_000, slide: 0 });
  });

  it('is not the place that the store named once a revoke has shifted the places', () => {
    const content = signage(2, TWO, { anchor: { at: iso(NOW), slide: 1 } });
    const revoked = withRevoke(withContent(EMPTY_PLAYLIST, content), revoke(3, { skus: ['DRK-1001'] }));
    expect(revoked.content).not.toHaveProperty('anchor');
    const untouched = withRevoke(withContent(EMPTY_PLAYLIST, content), revoke(3, { skus: ['none'] }));
    expect(untouched.content).toBe(content);
  });
});

describe('what a screen keeps', () => {
  const storageOf = (entries: Record<string, string>, full = false): Storage =>
    ({
      getItem: (key: string) => entries[key] ?? null,
      setItem: (key: string, value: string) => {
        if (full) throw new Error('QuotaExceededError');
        entries[key] = value;
      },
      removeItem: (key: string) => {
        delete entries[key];
      },
    }) as unknown as Storage;

  it('is the last content, across reloads, screen by screen', () => {
    const entries = {};
    createPlayerMemory(storageOf(entries), 'screen-3').keepContent(signage(4, TWO));
    expect(createPlayerMemory(storageOf(entries), 'screen-3').lastContent()?.revision).toBe(4);
    expect(createPlayerMemory(storageOf(entries), 'screen-4').lastContent()).toBeUndefined();
  });

  it('is nothing where the storage is damaged, forbidden or full', () => {
    const damaged = storageOf({ 'endcap.content.s': '{"slides":', 'endcap.offset.s': '"7"' });
    expect(createPlayerMemory(damaged, 's').lastContent()).toBeUndefined();
    expect(createPlayerMemory(damaged, 's').lastOffsetMs()).toBe(0);
    expect(createPlayerMemory(undefined, 's').lastContent()).toBeUndefined();
    const full = createPlayerMemory(storageOf({}, true), 's');
    full.keepContent(signage(1, TWO));
    expect(full.lastContent()).toBeUndefined();
  });

  it('is nothing of the store once this browser is no screen any more', () => {
    const entries = {};
    const storage = storageOf(entries);
    keepPairedScreen(storage, 's');
    createPlayerMemory(storage, 's').keepContent(signage(1, TWO));
    expect(pairedScreen(storage)).toBe('s');
    createPlayerMemory(storage, 's').forget();
    expect(entries).toEqual({});
  });
});
