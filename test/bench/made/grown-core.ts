import type { TopicData, TopicName } from '../../../edge/contracts/index.js';
import { newCore } from '../../core/support/core.js';
import { eventOf, transactionOf } from '../../core/support/store.js';
import { createChance } from '../../replay/chance.js';
import { DAY_CAMPAIGNS, DAY_POLICY, DAY_PRODUCTS } from '../../replay/day-store.js';

const DAY_MS = 86_400_000;
const DAYS = 365;
const SALES_A_DAY = 300;
/** Of ten sales, to shoppers who are known. */
const KNOWN_IN_TEN = 4;

/** The core of a store that has sold for a year: receipts, purchases of its shoppers, figures of its days. */
export function grownCore(sids: readonly string[], untilMs: number): ReturnType<typeof newCore> {
  const core = newCore();
  const chance = createChance(365);
  let offset = 0;
  const say = <T extends TopicName>(atMs: number, type: T, data: TopicData<T>): void => {
    offset += 1;
    const stamp = { recordedtime: new Date(atMs).toISOString(), id: `year-${offset}` };
    core.step({ offset, event: eventOf(type, data, stamp) });
  };
  const fromMs = untilMs - DAYS * DAY_MS;
  say(fromMs, 'hq.policy', DAY_POLICY);
  say(fromMs, 'hq.catalog', { products: DAY_PRODUCTS });
  for (const campaign of DAY_CAMPAIGNS) say(fromMs, 'hq.campaign', campaign);
  for (const sid of sids) say(fromMs, 'loyalty.profile', { sid, change: 'created' });
  for (let sale = 0; sale < DAYS * SALES_A_DAY; sale += 1) {
    const atMs = fromMs + (sale / SALES_A_DAY) * DAY_MS;
    const lines = Array.from({ length: chance.between(1, 6) }, () => {
      const { sku, priceMinor } = chance.pick(DAY_PRODUCTS);
      return { sku, unitMinor: priceMinor };
    });
    const place = { store: 'day-store', till: `till-${chance.between(1, 4)}`, sequence: sale };
    const sid = chance.between(1, 10) <= KNOWN_IN_TEN ? { sid: chance.pick(sids) } : {};
    const businessDay = new Date(atMs).toISOString().slice(0, 10);
    say(atMs, 'pos.transaction', transactionOf(lines, { ...place, businessDay, ...sid }));
  }
  return core;
}
