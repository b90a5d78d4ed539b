import { describe, expect, it } from 'vitest';
import { createPlayerMemory } from '../../signage-ui/player/memory.js';
import {
  EMPTY_PLAYLIST,
  firstTurn,
  nextTurn,
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

describe('turns', () => {
  it('go round, count every showing, and go on where a slide was taken away', () => {
    let turn = firstTurn(TWO);
    expect(turn).toMatchObject({ contentId: 'offer-DRK-1001', number: 0 });
    turn = nextTurn(turn, TWO);
    expect(turn).toMatchObject({ contentId: 'offer-PRO-2001', number: 1 });
    expect(nextTurn(turn, TWO)).toMatchObject({ contentId: 'offer-DRK-1001', number: 2 });
    expect(nextTurn(turn, TWO.slice(0, 1))).toMatchObject({ contentId: 'offer-DRK-1001' });
    expect(nextTurn(turn, [])).toMatchObject({ contentId: '' });
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
    const damaged = storageOf({ 'endcap.content.s': '{"slides":', 'endcap.plays.s': '7' });
    expect(createPlayerMemory(damaged, 's').lastContent()).toBeUndefined();
    expect(createPlayerMemory(damaged, 's').plays()).toEqual([]);
    expect(createPlayerMemory(undefined, 's').plays()).toEqual([]);
    const full = createPlayerMemory(storageOf({}, true), 's');
    full.keepContent(signage(1, TWO));
    expect(full.lastContent()).toBeUndefined();
  });

  it('gives up the oldest plays beyond five hundred', () => {
    const memory = createPlayerMemory(storageOf({}), 's');
    memory.keepPlays(Array.from({ length: 600 }, (_, n) => ({ contentId: `c-${n}`, shownAt: iso(NOW) })));
    expect(memory.plays()).toHaveLength(500);
    expect(memory.plays()[0]?.contentId).toBe('c-100');
  });
});
