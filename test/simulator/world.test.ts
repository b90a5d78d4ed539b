import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { misfit, PosTransaction } from '../../edge/contracts/index.js';
import type { Action } from '../../edge/simulator/actions.js';
import { ASSUMED } from '../../edge/simulator/assumptions.js';
import { applyCoupon } from '../../edge/simulator/checkout.js';
import { PARAMETERS } from '../../edge/simulator/parameters.js';
import { createRandom } from '../../edge/simulator/random.js';
import { readScene, zoneAt } from '../../edge/simulator/scene.js';
import { createWorld, type WorldOptions } from '../../edge/simulator/world.js';

const scene = readScene(fileURLToPath(new URL('../../deploy/demo/store.yaml', import.meta.url)));
const START_MS = Date.parse('2026-06-18T14:00:00Z');
const MINUTE_MS = 60_000;
/** Some simulate hours; a machine busy with other tests takes its time. */
const LONG_MS = 120_000;

const world = (more: Partial<WorldOptions> = {}) =>
  createWorld({
    scene,
    parameters: PARAMETERS,
    seed: 'seed 1',
    runId: 'test',
    startMs: START_MS,
    wallOf: (ms) => ms,
    businessDay: (ms) => new Date(ms).toISOString().slice(0, 10),
    sequenceFrom: 1000,
    shoppers: 14,
    sellOut: false,
    ...more,
  });
const of = <K extends Action['kind']>(actions: readonly Action[], kind: K) =>
  actions.filter((action): action is Extract<Action, { kind: K }> => action.kind === kind);

describe('simulated shop', () => {
  it('does the same for the same seed, in any rhythm, and something else for another seed', () => {
    const inOneGo = world().advance(START_MS + 5 * MINUTE_MS);
    const other = world();
    const bySeconds = Array.from({ length: 300 }, (_, second) =>
      other.advance(START_MS + (second + 1) * 1000),
    );
    expect(bySeconds.flat()).toEqual(inOneGo);
    expect(world({ seed: 'seed 2' }).advance(START_MS + 5 * MINUTE_MS)).not.toEqual(inOneGo);
  });

  it('does the same for the same seed and the same offers', () => {
    const run = () => {
      const shop = world();
      const actions = [...shop.advance(START_MS + 8_000)];
      const { household } = of(actions, 'arrive')[0]!;
      const sku = household.favourites['drinks']!;
      shop.offer(household.id, { couponId: 'c1', token: 't', code: '9800000000009', sku, discountMinor: 20 });
      shop.display('screen-2', { zone: 'produce', sku: 'PRO-2001', priceMinor: 250, campaign: 'berries' });
      return [...actions, ...shop.advance(START_MS + 4 * MINUTE_MS)];
    };
    expect(run()).toEqual(run());
  });

  it('keeps the first shoppers waiting for their offer and has it taken within half a minute', () => {
    const shop = world();
    const arrived = of(shop.advance(START_MS + 12_000), 'arrive').slice(0, 3);
    expect(arrived).toHaveLength(3);
    const household = arrived[0]!.household;
    const sku = household.favourites['drinks']!;
    expect(scene.shelfOf.get(sku)?.id).toBe('drinks-soft');
    shop.offer(household.id, { couponId: 'c1', token: 't', code: '9800000000009', sku, discountMinor: 20 });
    const checkouts = of(shop.advance(START_MS + 26_000), 'checkout');
    const first = checkouts.find(({ transaction }) => transaction.loyaltyId === household.loyaltyId)!;
    expect(first.coupons.map((coupon) => coupon.couponId)).toEqual(['c1']);
    const paid = applyCoupon(first.transaction, first.coupons[0]!, 20);
    expect(paid.totalMinor).toBe(first.transaction.totalMinor - 20);
    expect(paid.lines[0]).toMatchObject({ sku, couponCode: '9800000000009', discountMinor: 20 });
  });

  it('writes receipts that fit the contract, numbered once, never more than stands on the shelf', () => {
    const shop = world();
    shop.display('screen-2', { zone: 'produce', sku: 'PRO-2001', priceMinor: 250, campaign: 'berries' });
    const actions = shop.advance(START_MS + 30 * MINUTE_MS);
    const receipts = of(actions, 'checkout').map(({ transaction }) => transaction);
    expect(receipts.length).toBeGreaterThan(80);
    for (const receipt of receipts) expect(misfit(PosTransaction, receipt)).toBeUndefined();
    expect(new Set(receipts.map(({ sequence }) => sequence)).size).toBe(receipts.length);
    expect(Math.min(...of(actions, 'shelf').map(({ count }) => count))).toBeGreaterThanOrEqual(0);
    const berries = receipts.flatMap(({ lines }) => lines).filter(({ sku }) => sku === 'PRO-2001');
    for (const line of berries) expect(line.totalMinor).toBe(250 * line.quantity);
  });

  it('sells out what the party buyer wants, and fills the shelf again', () => {
    const shop = world({ sellOut: true });
    shop.display('screen-2', { zone: 'produce', sku: 'PRO-2001', priceMinor: 250, campaign: 'berries' });
    const counts = of(shop.advance(START_MS + 10 * MINUTE_MS), 'shelf')
      .filter(({ sku }) => sku === 'PRO-2001')
      .map(({ count, ms }) => ({ count, ms }));
    const empty = counts.find(({ count }) => count === 0)!;
    expect(empty.ms - START_MS).toBeLessThan(2 * MINUTE_MS);
    expect(counts.find(({ count, ms }) => ms > empty.ms && count === 14)?.ms).toBe(
      empty.ms + ASSUMED.refillMs,
    );
  });

  it('counts everybody in and out of every zone', () => {
    const shop = world();
    const actions = shop.advance(START_MS + 20 * MINUTE_MS);
    const inside = (zone: string) => {
      const last = of(actions, 'traffic')
        .filter((each) => each.zone === zone)
        .at(-1)!;
      return last.in - last.out;
    };
    const counted = scene.zones.reduce((sum, { id }) => sum + inside(id), 0);
    // Counters report every five seconds; a few may have moved since.
    expect(Math.abs(counted - shop.people())).toBeLessThanOrEqual(4);
  });

  it('is heard loudest by listeners of the zone one is in', () => {
    const shop = world();
    const first = shop.advance(START_MS + 12_000);
    const sightings = of(first, 'sighting');
    const tag = of(first, 'arrive')[0]!.household.tag;
    const loudest = new Map<string, number>();
    for (const { node, rssi } of sightings.filter((each) => each.tag === tag && each.ms > START_MS + 5000)) {
      loudest.set(node, Math.max(rssi, loudest.get(node) ?? -200));
    }
    const [node] = [...loudest].sort((a, b) => b[1] - a[1])[0]!;
    expect(scene.nodes.find(({ id }) => id === node)?.zone).toBe('beverages');
  });
});

describe('what was fitted', () => {
  it('is in the range of what can be', () => {
    const { baskets, quantity, repeat, priceExponent, displayRatio, couponUse, radio } = PARAMETERS;
    expect(quantity.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 3);
    for (const { share, items } of Object.values(baskets)) {
      expect(share).toBeGreaterThan(0);
      expect(share).toBeLessThan(1);
      expect(items).toBeGreaterThanOrEqual(1);
    }
    for (const share of [...Object.values(repeat), couponUse]) {
      expect(share).toBeGreaterThan(0);
      expect(share).toBeLessThan(1);
    }
    expect(priceExponent).toBeLessThan(0);
    expect(displayRatio).toBeGreaterThan(1);
    expect(radio.pathLossExponent).toBeGreaterThan(1);
    expect(radio.pathLossExponent).toBeLessThan(4);
    expect(radio.rssiAt1m).toBeLessThan(-40);
  });

  it(
    'gives shares of baskets that the shop then shows',
    () => {
      const receipts = of(world({ shoppers: 60 }).advance(START_MS + 75 * MINUTE_MS), 'checkout');
      const strangers = receipts.filter(({ transaction }) => transaction.loyaltyId === undefined);
      const category = new Map(scene.products.map((product) => [product.sku, product.category]));
      const share = (wanted: string) =>
        strangers.filter(({ transaction }) =>
          transaction.lines.some(({ sku }) => category.get(sku) === wanted),
        ).length / strangers.length;
      // Baskets are drawn again when empty, which raises every share by the same factor.
      const empty = Object.values(PARAMETERS.baskets).reduce((none, each) => none * (1 - each.share), 1);
      expect(strangers.length).toBeGreaterThan(400);
      expect(share('drinks')).toBeCloseTo(PARAMETERS.baskets['drinks']!.share / (1 - empty), 1);
      expect(share('sweets')).toBeCloseTo(PARAMETERS.baskets['sweets']!.share / (1 - empty), 1);
    },
    LONG_MS,
  );
});

describe('repeat purchase', () => {
  /** Distinct products a household buys beyond its favourites, for each line of them. */
  function variety(share: number): number {
    const repeat = Object.fromEntries(Object.keys(PARAMETERS.repeat).map((category) => [category, share]));
    const shop = world({ parameters: { ...PARAMETERS, repeat }, shoppers: 60, seed: 'repeat' });
    const favourites = new Map(
      shop.households.map((each) => [each.loyaltyId, Object.values(each.favourites)]),
    );
    const bought = of(shop.advance(START_MS + 30 * MINUTE_MS), 'checkout').flatMap(({ transaction }) => {
      const id = transaction.loyaltyId;
      if (id === undefined) return [];
      const others = transaction.lines.filter(({ sku }) => !favourites.get(id)?.includes(sku));
      return others.map(({ sku }) => `${id} ${sku}`);
    });
    expect(bought.length).toBeGreaterThan(60);
    return new Set(bought).size / bought.length;
  }

  it(
    'brings households back to what they bought before',
    () => {
      const [never, fitted, always] = [variety(0), variety(0.25), variety(1)];
      expect(fitted).toBeLessThan(never);
      expect(always).toBeLessThan(fitted);
    },
    LONG_MS,
  );
});

describe('known lift', () => {
  /** Offers every second visitor their favourites and measures what that changed. */
  function measure(offerNothing: boolean, minutes: number) {
    // Shelves that never run dry: somebody who finds nothing left has not decided against it.
    const products = scene.products.map((product) => ({ ...product, startStock: 1_000_000 }));
    const shop = world({ scene: { ...scene, products }, shoppers: 80, seed: 'lift' });
    const coin = createRandom('coin');
    let made = 0;
    for (let second = 1; second <= minutes * 60; second += 1) {
      for (const { household } of of(shop.advance(START_MS + second * 1000), 'arrive')) {
        if (!coin.chance(0.5) || offerNothing) continue;
        for (const sku of Object.values(household.favourites)) {
          made += 1;
          const couponId = `c${made}`;
          shop.offer(household.id, { couponId, token: couponId, code: couponId, sku, discountMinor: 10 });
        }
      }
    }
    // The first shoppers of the day are scripted.
    const choices = shop.choices().slice(6);
    const rate = (offered: boolean) => {
      const group = choices.filter((choice) => choice.offered === offered);
      return { n: group.length, p: group.filter((choice) => choice.bought).length / group.length };
    };
    return { with: rate(true), without: rate(false) };
  }

  it(
    'is recovered from the log within its 99 % interval',
    () => {
      const measured = measure(false, 60);
      const lift = measured.with.p - measured.without.p;
      const variance = [measured.with, measured.without].reduce(
        (sum, { n, p }) => sum + (p * (1 - p)) / n,
        0,
      );
      const margin = 2.576 * Math.sqrt(variance);
      console.log(
        `seed lift: ${lift.toFixed(3)} ± ${margin.toFixed(3)}, n ${measured.with.n}/${measured.without.n}`,
      );
      expect(Math.abs(lift - ASSUMED.favouriteLift)).toBeLessThan(margin);
      expect(margin).toBeLessThan(0.12);
    },
    LONG_MS,
  );

  it(
    'is absent where nothing was offered',
    () => {
      const { without, with: offered } = measure(true, 20);
      expect(offered.n).toBe(0);
      expect(Math.abs(without.p - ASSUMED.favouriteBase)).toBeLessThan(0.1);
    },
    LONG_MS,
  );
});

it('finds the zone of a place', () => {
  expect(zoneAt(scene, [1, 1])).toBe('produce');
  expect(zoneAt(scene, [20, 13])).toBe('beverages');
  expect(zoneAt(scene, [20, 15])).toBe('checkout');
  expect(zoneAt(scene, [50, 15])).toBeUndefined();
});
