import type { StoreEvent, TopicData, TopicName } from '../../../edge/contracts/index.js';
import {
  ANNA,
  BERT,
  COLA_SCREEN,
  eventOf,
  POLICY,
  PRODUCTS,
  SODA_COUPON,
  START_MS,
  transactionOf,
} from '../../core/support/store.js';

/** Makes one event after another out of chance alone: people, tills, shelves, coupons asked for twice, stops. */
export function createRandomDay(random: () => number) {
  let nowMs = START_MS;
  let count = 0;
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;
  const make = <T extends TopicName>(type: T, data: TopicData<T>): StoreEvent<T> => {
    count += 1;
    return eventOf(type, data, { recordedtime: new Date(nowMs).toISOString(), id: `e${count}` });
  };
  const consent = (): StoreEvent => {
    const sid = pick([ANNA, BERT]);
    const purpose = pick(['location', 'profile'] as const);
    if (random() < 0.15) return make('consent.withdrawn', { receiptId: `w${count}`, sid, purpose });
    return make('consent.receipt', {
      receiptId: `r${count}`,
      sid,
      purpose,
      granted: true,
      textVersion: '1',
      ageBand: '18+',
      validMs: 86_400_000,
    });
  };
  const hear = (): StoreEvent => {
    const visitor = pick([`s:${ANNA}`, `s:${BERT}`, 'a:aaaaaaaaaa', 'a:bbbbbbbbbb']);
    return make('presence.sighting', {
      visitor,
      node: pick(['node-1', 'node-1', 'node-2']),
      rssi: -45 - Math.floor(random() * 40),
    });
  };
  const ask = (known: () => readonly string[]): StoreEvent => {
    const coupons = known();
    if (coupons.length === 0) return hear();
    const place = {
      till: `till-${Math.floor(random() * 3)}`,
      businessDay: '2026-11-23',
      sequence: Math.floor(random() * 4),
    };
    const action = pick(['verify', 'redeem', 'redeem'] as const);
    return make('coupon.request', { requestId: `q${count}`, action, couponId: pick(coupons), ...place });
  };
  return {
    nowMs: () => nowMs,
    opening: (): StoreEvent[] => [
      make('hq.policy', POLICY),
      make('hq.catalog', { products: PRODUCTS }),
      make('hq.campaign', {
        ...SODA_COUPON,
        experiment: { holdout: 0.2, seed: 'simulation' },
        caps: { perStore: 3 },
      }),
      make('hq.campaign', COLA_SCREEN),
      ...[ANNA, BERT].flatMap((sid) =>
        (['location', 'profile'] as const).map((purpose) =>
          make('consent.receipt', {
            receiptId: `r${count}`,
            sid,
            purpose,
            granted: true,
            textVersion: '1',
            ageBand: '18+',
            validMs: 86_400_000,
          }),
        ),
      ),
    ],
    /** `coupons` tells those that exist by now. */
    next(coupons: () => readonly string[]): StoreEvent {
      nowMs += Math.floor(random() * 3_000);
      const chance = random();
      if (chance < 0.62) return hear();
      if (chance < 0.74) return ask(coupons);
      if (chance < 0.86)
        return make(
          'pos.transaction',
          transactionOf([{ sku: pick(['cola', 'ginger', 'rye']), quantity: 1 + Math.floor(random() * 5) }], {
            sequence: count,
          }),
        );
      if (chance < 0.93)
        return make('shelf.reading', {
          shelf: 'shelf-1',
          sku: pick(['cola', 'cola-zero']),
          count: Math.floor(random() * 20),
        });
      if (chance < 0.97) return consent();
      return make('promo.stop', {
        stopId: 'stop-1',
        scope: 'all',
        reason: 'simulation',
        active: random() < 0.5,
        by: 'seed',
      });
    },
  };
}
