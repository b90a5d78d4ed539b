import { describe, expect, it } from 'vitest';
import type { StoreEvent } from '../../../edge/contracts/index.js';
import { createChance } from '../../replay/chance.js';
import { createStore, ofType } from '../support/store.js';

const GUEST = 'a:guest-000001';
const told = (events: readonly StoreEvent[]) =>
  ofType(events, 'presence.zone').map(({ data }) => `${data.change} ${data.zone}`);

function opened(policy = {}) {
  const store = createStore({ policy });
  store.configure([]);
  return store;
}

describe('presence', () => {
  it('takes a visitor as there once a zone has led long enough', () => {
    const store = opened();
    expect(told(store.hear(GUEST))).toEqual([]);
    expect(told([...store.wait(1), ...store.hear(GUEST)])).toEqual([]);
    const [entered] = ofType([...store.wait(1), ...store.hear(GUEST)], 'presence.zone');
    expect(entered?.data).toMatchObject({
      change: 'enter',
      zone: 'beverages',
      dwellMs: 2_000,
      nodes: ['node-1'],
    });
    expect(told(store.wait(9))).toEqual(['dwell beverages']);
  });

  it('forgets a silent visitor after the forget window, with the stay until it was last heard', () => {
    const store = opened();
    store.enter(GUEST);
    expect(told(store.wait(44.9))).not.toContain('exit beverages');
    const [left] = ofType(store.wait(0.2), 'presence.zone');
    expect(left?.data).toMatchObject({ change: 'exit', dwellMs: 8_000 });
    expect(store.views.staff(store.nowMs()).zones[0]?.people).toBe(0);
  });

  it('goes with the visitor to a louder zone within five seconds, and not to one that is hardly louder', () => {
    const store = opened();
    store.enter(GUEST);
    const nearly = [1, 2, 3, 4, 5, 6].flatMap(() => [
      ...store.wait(1),
      ...store.hear(GUEST, 'node-1', -60),
      ...store.hear(GUEST, 'node-2', -58),
    ]);
    expect(told(nearly)).not.toContain('enter bakery');
    const walked = [1, 2, 3, 4, 5].flatMap(() => [
      ...store.wait(1),
      ...store.hear(GUEST, 'node-1', -85),
      ...store.hear(GUEST, 'node-2', -50),
    ]);
    expect(told(walked).filter((change) => !change.startsWith('dwell'))).toEqual([
      'exit beverages',
      'enter bakery',
    ]);
  });

  it('keeps a beacon that does not move where it is: at most one flap in an hour of noise', () => {
    const chance = createChance(11);
    const noise = () =>
      Array.from({ length: 6 }, () => chance.next() - 0.5).reduce((sum, part) => sum + part * 8, 0);
    const store = opened();
    const changes = Array.from({ length: 3_600 }, () => [
      ...store.wait(1),
      ...store.hear(GUEST, 'node-1', -66 + noise()),
      ...store.hear(GUEST, 'node-2', -74 + noise()),
    ]).flat();
    expect(told(changes).filter((change) => change.startsWith('enter')).length).toBeLessThanOrEqual(2);
    // Negative control: without hysteresis and confirmation the same noise flaps.
    const bare = opened({
      presence: { confirmS: 0, forgetS: 45, hysteresisDb: 0, smoothingS: 0.1, minRssi: -95 },
    });
    const flaps = Array.from({ length: 3_600 }, () => [
      ...bare.wait(1),
      ...bare.hear(GUEST, 'node-1', -66 + noise()),
      ...bare.hear(GUEST, 'node-2', -74 + noise()),
    ]).flat();
    expect(told(flaps).filter((change) => change.startsWith('enter')).length).toBeGreaterThan(20);
  });

  it('follows a walk from zone to zone within five seconds, nineteen times in twenty', () => {
    const chance = createChance(29);
    const noise = () =>
      Array.from({ length: 6 }, () => chance.next() - 0.5).reduce((sum, part) => sum + part * 7, 0);
    const delays = Array.from({ length: 200 }, (_, walk) => {
      const store = opened();
      const hear = (one: number, two: number) => [
        ...store.wait(1),
        ...store.hear(`a:walker-${walk}00`, 'node-1', one + noise()),
        ...store.hear(`a:walker-${walk}00`, 'node-2', two + noise()),
      ];
      for (let second = 0; second < 20; second += 1) hear(-60, -80);
      for (let second = 1; second <= 30; second += 1) {
        if (told(hear(-80, -60)).includes('enter bakery')) return second;
      }
      return 31;
    }).sort((left, right) => left - right);
    expect(delays[Math.floor(delays.length * 0.95)]).toBeLessThanOrEqual(5);
  });

  it('is moved by nothing that is a repeat, too old, too weak or from an unknown node', () => {
    const store = opened();
    const say = (data: Partial<{ node: string; rssi: number; seq: number }>, extra = {}) =>
      store.say('presence.sighting', { visitor: GUEST, node: 'node-1', rssi: -50, ...data }, extra);
    say({ seq: 5 });
    store.wait(3);
    expect(told(say({ seq: 5 }))).toEqual([]);
    const hourAgo = new Date(store.nowMs() - 3_600_000).toISOString();
    say({ node: 'node-2', rssi: -30, seq: 1 }, { time: hourAgo });
    say({ node: 'node-2', rssi: -96 });
    say({ node: 'nobody', rssi: -20 });
    say({ node: 'node-2', rssi: -30 }, { late: true });
    expect(told(store.wait(30))).not.toContain('enter bakery');
    expect(told(store.outputs)).toContain('enter beverages');
  });

  it('is not moved by one loud echo, nor by that echo told again and again', () => {
    const store = opened();
    const say = (data: { node: string; rssi: number; seq: number }) =>
      store.say('presence.sighting', { visitor: GUEST, ...data });
    store.enter(GUEST);
    say({ node: 'node-2', rssi: -85, seq: 9 });
    const echoes = Array.from({ length: 20 }, (_, second) => [
      ...store.wait(1),
      ...say({ node: 'node-1', rssi: -50, seq: second }),
      ...say({ node: 'node-2', rssi: -30, seq: second % 2 === 0 ? 9 : 3 }),
    ]).flat();
    expect(told([...echoes, ...store.wait(20)])).not.toContain('enter bakery');
    say({ node: 'node-2', rssi: -30, seq: 10 });
    expect(told(store.wait(20))).not.toContain('enter bakery');
  });

  it('counts everybody by the minute, once, with the time they stayed in it', () => {
    const store = opened();
    store.wait(60 - 8);
    store.enter(GUEST);
    store.enter('a:guest-000002');
    store.wait(120);
    // The first came at 13:00:52 and was last heard at 13:01:00, the second stayed from then on for eight seconds.
    expect(ofType(store.outputs, 'presence.minute').map(({ data }) => data)).toEqual([
      { zone: 'beverages', minute: '2026-11-23T13:00Z', visitors: 1, entered: 1, dwellMs: 8_000 },
      { zone: 'beverages', minute: '2026-11-23T13:01Z', visitors: 2, entered: 1, dwellMs: 8_000 },
    ]);
  });

  it('is one visitor per tag, however often the core is put away and taken up', () => {
    const store = opened();
    store.enter(GUEST);
    store.restart();
    expect(told([...store.wait(1), ...store.hear(GUEST)])).not.toContain('enter beverages');
    expect(store.views.staff(store.nowMs()).zones[0]).toMatchObject({ zone: 'beverages', people: 1 });
  });
});

describe('a people counter', () => {
  const report = (store: ReturnType<typeof createStore>, boot: string, entered: number, left: number) =>
    store.say('presence.traffic', { zone: 'beverages', boot, in: entered, out: left });
  const people = (store: ReturnType<typeof createStore>) => store.views.staff(store.nowMs()).zones[0]?.people;

  it('counts what is new since its last report, over restarts, repeats and reports out of order', () => {
    const store = opened();
    report(store, 'b1', 5, 1);
    report(store, 'b1', 5, 1);
    report(store, 'b1', 9, 2);
    report(store, 'b1', 7, 1);
    expect(people(store)).toBe(7);
    report(store, 'b2', 1, 0);
    report(store, 'b1', 9, 3);
    report(store, 'b2', 4, 0);
    expect(people(store)).toBe(10);
  });

  it('reaches the minute that travels to HQ', () => {
    const store = opened();
    report(store, 'b1', 3, 0);
    expect(ofType(store.wait(61), 'presence.minute')[0]?.data).toMatchObject({ visitors: 3, entered: 3 });
  });
});

describe('the floor on the staff page', () => {
  it('shows dots inside their zone that stay where they are and tell nobody apart', () => {
    const polygon: [number, number][] = [
      [0, 0],
      [4, 0],
      [4, 3],
      [0, 3],
    ];
    const store = createStore({ policy: { zones: [{ id: 'beverages', name: 'Beverages', polygon }] } });
    store.configure([]);
    for (let index = 0; index < 20; index += 1) store.enter(`a:guest-${index}00000`);
    const { dots } = store.views.staff(store.nowMs());
    expect(dots.length).toBeGreaterThan(3);
    for (const { x, y } of dots) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(4);
      expect(y).toBeLessThanOrEqual(3);
    }
    expect(store.views.staff(store.nowMs()).dots).toEqual(dots);
    expect(Object.keys(dots[0]!)).toEqual(['x', 'y']);
  });
});
