import { connectAsync } from 'mqtt';
import { cardNumber, SHAPES } from '../ingest/support/cards.js';
import { createRandom } from '../ingest/support/random.js';
import type { RunningStore } from './store.js';

/** Ways to put a card into what a device or a till says; some are understood, some are set aside, some are broken. */
const SHELF: readonly ((value: unknown) => string)[] = [
  (note) => JSON.stringify({ sku: 'DRK-1001', count: 1, note }),
  (sku) => JSON.stringify({ sku, count: 1 }),
  (count) => JSON.stringify({ sku: 'DRK-1001', count }),
  (note) => `{"sku":"DRK-1001","note":${JSON.stringify(note)}`,
  (value) => String(value),
];
const SALE: readonly ((value: unknown) => object)[] = [
  (operator) => ({ operator }),
  (value) => ({ till: String(value) }),
  (totalMinor) => ({ totalMinor }),
  (value) => ({ store: String(value) }),
  (value) => ({ loyaltyId: String(value) }),
  (value) => ({ couponCode: value, lines: [String(value)] }),
];

/** Sends each card in some shape by some way, over MQTT and HTTP; tells which shape each had. */
export async function sendCards(
  store: RunningStore,
  { seed, count }: { readonly seed: number; readonly count: number },
): Promise<Map<string, string>> {
  const random = createRandom(seed);
  const shapes = Object.keys(SHAPES);
  const sent = new Map(Array.from({ length: count }, () => [cardNumber(random), random.pick(shapes)]));
  const made = await store.call('/v1/devices', {
    method: 'POST',
    body: JSON.stringify({ name: 'drinks-soft', kind: 'device' }),
  });
  const { id, token } = (await made.json()) as { id: string; token: string };
  const client = await connectAsync(store.mqttUrl, { clientId: id, username: id, password: token });
  let sequence = 0;
  for (const [card, shape] of sent) {
    const value = SHAPES[shape]!(card);
    sequence += 1;
    if (random.below(2) === 0)
      await client.publishAsync(`endcap/v1/shelf/${id}`, random.pick(SHELF)(value), { qos: 1 });
    else {
      const body = { ...saleOf(sequence), ...random.pick(SALE)(value) };
      await (await store.call('/v1/pos/transactions', { method: 'POST', body: JSON.stringify(body) })).text();
    }
  }
  await client.endAsync();
  return sent;
}

const saleOf = (sequence: number): object => ({
  ...{
    store: 'store-014',
    till: 'till-1',
    businessDay: '2026-11-23',
    sequence,
    type: 'sale',
    currency: 'EUR',
  },
  lines: [{ line: 1, sku: 'DRK-1002', quantity: 1, unitMinor: 199, totalMinor: 199, kind: 'sale' }],
  tenders: [{ type: 'cash', amountMinor: 199 }],
  totalMinor: 199,
});
