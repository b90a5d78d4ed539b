import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TopicData } from '../../edge/contracts/index.js';
import { createChance } from '../replay/chance.js';
import { seeded } from './support/seed.js';
import {
  COLA_SCREEN,
  createStore,
  ofType,
  PRODUCTS,
  SODA_COUPON,
  START_MS,
  transactionOf,
} from './support/store.js';

/**
 * Promise D14: late, repeated and shuffled events settle to what an oracle says that never saw them in any order.
 * The oracle below is written from the rules alone: it shares no code with the core.
 */
type Fact =
  | { kind: 'sale'; atMs: number; data: TopicData<'pos.transaction'> }
  | { kind: 'reading'; atMs: number; sku: string; count: number }
  | { kind: 'traffic'; boot: string; in: number; out: number };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW_MS = START_MS;
const SODAS = ['cola', 'cola-zero', 'ginger'];
const PEOPLE = ['s_one00000000000', 's_two00000000000', 's_three000000000'];

/** Facts of four days; 5 % of the transactions are 72 h old or older when they come. */
function makeFacts(seed: number): Fact[] {
  const chance = createChance(seed);
  const facts: Fact[] = [];
  let sequence = 0;
  // Distinct instants: two things in one millisecond have no order that anybody could know.
  const instant = (index: number) => {
    const ageMs = chance.happens(0.05)
      ? 72 * HOUR_MS + chance.between(0, 20) * HOUR_MS
      : chance.between(1, 20) * HOUR_MS;
    return NOW_MS - ageMs - index * 7 - 13;
  };
  for (let index = 0; index < 60; index += 1) {
    sequence += 1;
    const atMs = instant(index);
    const time = new Date(atMs).toISOString();
    const lines = [{ sku: chance.pick(SODAS), quantity: chance.between(1, 3), unitMinor: 200 }];
    const place = { till: 'till-1', businessDay: time.slice(0, 10), sequence, time };
    const type = chance.pick(['sale', 'sale', 'sale', 'sale', 'training', 'cancelled'] as const);
    facts.push({
      kind: 'sale',
      atMs,
      data: transactionOf(lines, { ...place, type, sid: chance.pick(PEOPLE) }),
    });
    if (!chance.happens(0.2)) continue;
    const undone = { ...place, type: 'void' as const, voids: sequence, sequence: sequence + 10_000 };
    facts.push({ kind: 'sale', atMs: atMs + 1, data: transactionOf([], undone) });
  }
  for (let index = 0; index < 12; index += 1) {
    facts.push({
      kind: 'reading',
      atMs: instant(100 + index) + 3,
      sku: chance.pick(SODAS),
      count: chance.between(40, 200),
    });
  }
  for (const boot of ['b1', 'b2', 'b3']) {
    let totals = { in: 0, out: 0 };
    for (let index = 0; index < 8; index += 1) {
      totals = { in: totals.in + chance.between(0, 5), out: totals.out + chance.between(0, 2) };
      facts.push({ kind: 'traffic', boot, ...totals });
    }
  }
  return facts;
}

/** A fifth twice, a fifth somewhere else. */
function disturb(facts: readonly Fact[], seed: number): Fact[] {
  const chance = createChance(seed);
  const delivered = facts.flatMap((fact) => (chance.happens(0.2) ? [fact, fact] : [fact]));
  for (let index = 0; index < delivered.length; index += 1) {
    if (!chance.happens(0.2)) continue;
    const other = chance.between(0, delivered.length - 1);
    [delivered[index], delivered[other]] = [delivered[other]!, delivered[index]!];
  }
  return delivered;
}

function oracle(facts: readonly Fact[]) {
  const voided = new Set(
    facts.flatMap((fact) => (fact.kind === 'sale' && fact.data.type === 'void' ? [fact.data.voids] : [])),
  );
  const sales = facts.flatMap((fact) =>
    fact.kind === 'sale' && fact.data.type === 'sale' && !voided.has(fact.data.sequence) ? [fact] : [],
  );
  const turnover = new Map<string, number>();
  for (const { data } of sales)
    turnover.set(data.businessDay, (turnover.get(data.businessDay) ?? 0) + data.totalMinor);
  const stock = new Map(
    SODAS.map((sku) => {
      const readings = facts.flatMap((fact) => (fact.kind === 'reading' && fact.sku === sku ? [fact] : []));
      const newest = readings.sort((left, right) => right.atMs - left.atMs)[0];
      // Without a reading the feed of the moment of opening counts: everything here is older than that.
      if (newest === undefined)
        return [sku, PRODUCTS.find((product) => product.sku === sku)!.startStock!] as const;
      const gone = sales.filter(({ atMs, data }) => atMs > newest.atMs && data.lines[0]!.sku === sku);
      return [sku, newest.count - gone.reduce((sum, { data }) => sum + data.lines[0]!.quantity, 0)] as const;
    }),
  );
  const favourite = (sid: string) => {
    const liking = SODAS.map((sku) => {
      const bought = sales.filter(({ data }) => data.sid === sid && data.lines[0]!.sku === sku);
      return {
        sku,
        weight: bought.reduce((sum, { atMs }) => sum + 0.5 ** ((NOW_MS - atMs) / (45 * DAY_MS)), 0),
      };
    }).sort((left, right) => right.weight - left.weight);
    return liking[0]!.weight > 0 ? liking[0]!.sku : undefined;
  };
  const through = (what: 'in' | 'out') =>
    ['b1', 'b2', 'b3'].reduce((sum, boot) => {
      const totals = facts.flatMap((fact) =>
        fact.kind === 'traffic' && fact.boot === boot ? [fact[what]] : [],
      );
      return sum + Math.max(...totals);
    }, 0);
  return { turnover, stock, favourite, people: through('in') - through('out'), known: sales };
}

function settle(delivered: readonly Fact[], restartEvery: number) {
  const store = createStore();
  store.configure([SODA_COUPON]);
  for (const sid of PEOPLE) store.consent(sid);
  delivered.forEach((fact, index) => {
    if (restartEvery > 0 && index % restartEvery === 0) store.restart();
    if (fact.kind === 'sale') store.say('pos.transaction', fact.data, { late: NOW_MS - fact.atMs > HOUR_MS });
    else if (fact.kind === 'reading') {
      const reading = { shelf: 'shelf-1', sku: fact.sku, count: fact.count };
      store.say('shelf.reading', reading, { time: new Date(fact.atMs).toISOString() });
    } else store.say('presence.traffic', { zone: 'bakery', boot: fact.boot, in: fact.in, out: fact.out });
  });
  return store;
}

describe('late, repeated and shuffled events', () => {
  it('settle to the figures, stock, people and decisions of an oracle', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 1, max: 1e9 }), (seed, disorder) => {
        const facts = makeFacts(seed);
        const truth = oracle(facts);
        const store = settle(disturb(facts, disorder), disorder % 3 === 0 ? 17 : 0);
        const today = new Date(NOW_MS).toISOString().slice(0, 10);
        const { figures, zones } = store.views.staff(store.nowMs());
        expect(figures.find(({ id }) => id === 'sales')?.value).toBe(truth.turnover.get(today) ?? 0);
        expect(zones.find(({ zone }) => zone === 'bakery')?.people).toBe(truth.people);
        for (const [sku, count] of truth.stock) {
          const told = ofType(store.outputs, 'stock.level').filter(({ data }) => data.sku === sku);
          expect([sku, told[told.length - 1]?.data.count]).toEqual([sku, count]);
        }
        for (const sid of PEOPLE) {
          const [decision] = ofType(store.enter(`s:${sid}`), 'promo.decision');
          expect(decision?.data.offer?.sku).toBe(truth.favourite(sid) ?? 'cola');
        }
      }),
      seeded(60),
    );
  });

  it('move nobody when they are sightings: the floor and its decisions stay what they were', () => {
    const walk = (seed: number, repeats: boolean) => {
      const [chance, disorder] = [createChance(seed), createChance(seed + 1)];
      const store = createStore();
      store.configure([SODA_COUPON, COLA_SCREEN]);
      for (const sid of PEOPLE) store.consent(sid);
      const sent: { data: TopicData<'presence.sighting'>; time: string }[] = [];
      for (let second = 0; second < 240; second += 1) {
        store.wait(1);
        for (const sid of PEOPLE) {
          if (!chance.happens(0.6)) continue;
          const node = chance.pick(
            second % 120 < 60 ? ['node-1', 'node-1', 'node-2'] : ['node-2', 'node-2', 'node-1'],
          );
          const data = { visitor: `s:${sid}`, node, rssi: -60 + chance.between(-6, 6), seq: second };
          const time = new Date(store.nowMs() - 40).toISOString();
          store.say('presence.sighting', data, { time });
          sent.push({ data, time });
        }
        if (!repeats || sent.length === 0 || !disorder.happens(0.5)) continue;
        const again = disorder.pick(sent);
        store.say('presence.sighting', again.data, { time: again.time });
      }
      const told = store.outputs.filter(({ type }) => type === 'presence.zone' || type === 'promo.decision');
      const bare = (event: (typeof told)[number]) => ({
        ...event.data,
        decisionId: '',
        storyId: '',
        offer: {},
      });
      return told.map((event) => [event.type, event.recordedtime, bare(event)]);
    };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), (seed) => {
        expect(walk(seed, true)).toEqual(walk(seed, false));
      }),
      seeded(10),
    );
  });

  it('would be noticed if a repeat counted twice', () => {
    const facts = makeFacts(3);
    const renamed = facts.map((fact) =>
      fact.kind === 'sale' && fact.data.type === 'sale'
        ? { ...fact, data: { ...fact.data, sequence: fact.data.sequence + 500_000 } }
        : fact,
    );
    const store = settle([...facts, ...renamed], 0);
    const today = new Date(NOW_MS).toISOString().slice(0, 10);
    const sales = store.views.staff(store.nowMs()).figures.find(({ id }) => id === 'sales')?.value;
    expect(sales).not.toBe(oracle(facts).turnover.get(today) ?? 0);
  });
});
