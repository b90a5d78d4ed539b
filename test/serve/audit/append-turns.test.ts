import { describe, expect, it } from 'vitest';
import type { StoreEvent } from '../../../edge/contracts/index.js';
import { createTurns } from '../../../edge/serve/audit/append-turns.js';
import type { Place } from '../../../edge/store/types.js';

const event = (id: string): StoreEvent => ({ id }) as StoreEvent;

/** A journal whose appends end when they are told to. */
function journal() {
  const appends: { ids: string[]; end(error?: Error): void }[] = [];
  let offset = 0;
  const append = (events: readonly StoreEvent[]): Promise<readonly Place[]> =>
    new Promise((resolve, reject) => {
      const place = (): Place => {
        offset += 1;
        return { offset } as Place;
      };
      const end = (error?: Error): void => (error === undefined ? resolve(events.map(place)) : reject(error));
      appends.push({ ids: events.map(({ id }) => id), end });
    });
  return { appends, append };
}
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const offsets = (places: readonly Place[]): number[] => places.map(({ offset }) => offset);

describe('appends that need the one before', () => {
  it('go one after the other, who waits together, each with its own places', async () => {
    const { appends, append } = journal();
    const turns = createTurns(append, (events) => events.map(({ id }) => event(`${id} again`)));
    const asked = [['a'], ['b', 'c'], ['d']].map((ids) => turns.append(ids.map(event)));
    await settled();
    expect(appends.map(({ ids }) => ids)).toEqual([['a']]);
    appends[0]!.end();
    await settled();
    expect(appends[1]!.ids).toEqual(['b again', 'c again', 'd again']);
    appends[1]!.end();
    expect((await Promise.all(asked)).map(offsets)).toEqual([[1], [2, 3], [4]]);
    await turns.idle();
    expect(appends).toHaveLength(2);
  });

  it('tell those of one append that it failed, and go on', async () => {
    const { appends, append } = journal();
    const turns = createTurns(append, (events) => events);
    const asked = ['a', 'b', 'c'].map((id) => turns.append([event(id)]));
    await settled();
    appends[0]!.end();
    await settled();
    appends[1]!.end(new Error('no room'));
    expect((await Promise.allSettled(asked)).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
    ]);
    const next = turns.append([event('d')]);
    await settled();
    appends[2]!.end();
    expect(offsets(await next)).toEqual([2]);
    await turns.idle();
  });
});
