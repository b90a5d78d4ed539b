import { connectAsync } from 'mqtt';
import { expect, it, onTestFinished } from 'vitest';
import { cardNumber, findCards, SHAPES } from '../ingest/support/cards.js';
import { bytesOnDisk } from '../ingest/support/disk.js';
import { createRandom } from '../ingest/support/random.js';
import { type ControlSetting, controlWith } from '../support/control-store.js';
import { keptPromise, runSeed, sized } from '../support/promise.js';
import { startStore } from '../support/store.js';

const CARDS = sized({ q: 300, n: 5_000 });
const seed = runSeed('S12, logs');

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

/** The built store, as talkative as it can be made; which cards are in what it printed, and which on its disk. */
async function cardsPrinted(setting?: ControlSetting) {
  const parameters = ['--log-level', 'debug'];
  const store = await startStore(setting === undefined ? { parameters } : controlWith(setting));
  onTestFinished(() => store.remove());
  const random = createRandom(seed);
  const shapes = Object.keys(SHAPES);
  const sent = new Map(Array.from({ length: CARDS }, () => [cardNumber(random), random.pick(shapes)]));
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
  await store.stop();
  return {
    lines: store.output().split('\n').length,
    printed: findCards(store.output(), sent),
    onDisk: findCards(bytesOnDisk(store.data), sent),
  };
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

it('S12: a store that logs all it can prints none of the card numbers that come in', {
  timeout: 300_000,
}, async () => {
  const seen = await cardsPrinted();
  expect(seen.printed).toEqual([]);
  expect(seen.onDisk).toEqual([]);
  const control = await cardsPrinted('print-incoming');
  expect(control.printed.length).toBeGreaterThan(CARDS / 10);
  console.log(`S12, logs: ${seen.lines} lines, control ${control.printed.length}`);
  keptPromise({
    promise: 'S12, logs',
    what: `${CARDS} card numbers in ${Object.keys(SHAPES).length} shapes to the built store, over MQTT and HTTP, log level debug`,
    figure: `0 in the ${seen.lines} lines that it printed, 0 on its disk`,
    control: `what comes in over MQTT is printed as it came: ${control.printed.length} of ${CARDS} found`,
    seed,
  });
});
