import { describe, expect, it } from 'vitest';
import type { PlaylistItem } from '../../edge/contracts/index.js';
import { ListChanged, moved, removed, replaced } from '../../signage-ui/staff/screens-media/places.js';

const offer: PlaylistItem = { show: 'offer', seconds: 8 };
const bread: PlaylistItem = { show: 'house', headline: 'Bread from seven' };
const squash: PlaylistItem = { show: 'house', headline: 'Squash', seconds: 5 };
const LIST = [offer, bread, squash];

describe('a playlist that somebody changes', () => {
  it('has its places in another order', () => {
    expect(moved(LIST, 2, { seen: squash, by: -1 })).toEqual([offer, squash, bread]);
    expect(moved(LIST, 0, { seen: offer, by: 1 })).toEqual([bread, offer, squash]);
  });

  it('has a place replaced, or gone', () => {
    expect(replaced(LIST, 1, { seen: bread, next: { ...bread, seconds: 4 } })).toEqual([
      offer,
      { ...bread, seconds: 4 },
      squash,
    ]);
    expect(removed(LIST, 1, bread)).toEqual([offer, squash]);
  });

  it('is left alone where somebody else was quicker, or where there is no way further', () => {
    expect(() => moved(LIST, 1, { seen: squash, by: 1 })).toThrow(ListChanged);
    expect(() => moved(LIST, 2, { seen: squash, by: 1 })).toThrow(ListChanged);
    expect(() => replaced(LIST, 3, { seen: bread, next: bread })).toThrow(ListChanged);
    expect(() => removed(LIST, 1, { ...bread, seconds: 9 })).toThrow(ListChanged);
  });

  it('takes the same place for the same whatever order its fields came in', () => {
    expect(removed([{ seconds: 5, headline: 'Squash', show: 'house' }], 0, squash)).toEqual([]);
  });
});
