import { expect, it, onTestFinished } from 'vitest';
import { findCards, SHAPES } from '../ingest/support/cards.js';
import { bytesOnDisk } from '../ingest/support/disk.js';
import { sendCards } from '../support/card-senders.js';
import { type ControlSetting, controlWith } from '../support/control-store.js';
import { keptPromise, runSeed, sized } from '../support/promise.js';
import { startStore } from '../support/store.js';

const CARDS = sized({ q: 300, n: 5_000 });
const seed = runSeed('S12, logs');

/** The built store, as talkative as it can be made; which cards are in what it printed, and which on its disk. */
async function cardsPrinted(setting?: ControlSetting) {
  const parameters = ['--log-level', 'debug'];
  const store = await startStore(setting === undefined ? { parameters } : controlWith(setting));
  onTestFinished(() => store.remove());
  const sent = await sendCards(store, { seed, count: CARDS });
  await store.stop();
  return {
    lines: store.output().split('\n').length,
    printed: findCards(store.output(), sent),
    onDisk: findCards(bytesOnDisk(store.data), sent),
  };
}

it('S12: a store that logs all it can prints none of the card numbers that come in', {
  timeout: CARDS * 100 + 300_000,
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
