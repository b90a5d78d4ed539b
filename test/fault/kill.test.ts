import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { controlWith } from '../support/control-store.js';
import { keptPromise, runSeed, sized } from '../support/promise.js';
import { type RunningStore, type StoreSetup, startStore } from '../support/store.js';
import { type Acknowledged, heldNumbers, registerDevices, startLoad } from './support/acknowledged-load.js';
import { seeded } from './support/chance.js';

const KILLS = sized({ q: 50, n: 1_000 });
const CONTROL_KILLS = 6;
/** The gap between an early yes and the commit is short: six kills may all miss it. */
const CONTROL_ROUNDS = 5;
const PER_SECOND = 2_000;
const LOAD_MS = { least: 100, most: 500 };

interface Outcome {
  readonly acknowledged: number;
  readonly lost: number;
  readonly twice: number;
}

describe('D1: an acknowledged event survives kill -9', () => {
  let store: RunningStore | undefined;
  afterEach(async () => {
    await store?.kill().catch(() => undefined);
    await store?.remove();
    store = undefined;
  });

  async function killAgainAndAgain(setup: StoreSetup, kills: number, seed: number): Promise<Outcome> {
    const random = seeded(seed);
    store = await startStore(setup);
    const devices = await registerDevices(store);
    const acknowledged: Acknowledged = { shelf: new Set(), till: new Set() };
    let number = 0;
    for (let kill = 0; kill < kills; kill++) {
      const load = await startLoad({
        store,
        devices,
        perSecond: PER_SECOND,
        acknowledged,
        nextNumber: () => ++number,
      });
      await pause(LOAD_MS.least + random() * (LOAD_MS.most - LOAD_MS.least));
      await store.kill();
      await load.stop();
      store = await store.restart();
    }
    const shelf = await heldNumbers(store, 'shelf.reading', (data) => Number(data['probe']));
    const till = await heldNumbers(store, 'pos.transaction', (data) => Number(data['sequence']));
    const lost =
      [...acknowledged.shelf].filter((n) => !shelf.has(n)).length +
      [...acknowledged.till].filter((n) => !till.has(n)).length;
    const twice = [...shelf.values(), ...till.values()].filter((times) => times > 1).length;
    return { acknowledged: acknowledged.shelf.size + acknowledged.till.size, lost, twice };
  }

  it(`loses none of what it acknowledged over ${KILLS} kills at ${PER_SECOND} events a second`, {
    timeout: KILLS * 10_000 + 60_000,
  }, async () => {
    const seed = runSeed('D1');
    const outcome = await killAgainAndAgain({}, KILLS, seed);
    expect(outcome.acknowledged).toBeGreaterThan(KILLS * 100);
    expect(outcome).toMatchObject({ lost: 0, twice: 0 });
    keptPromise({
      promise: 'D1 (store)',
      what: `${KILLS} kill -9 of the built program under ${PER_SECOND} events/s over MQTT QoS 1 and HTTP`,
      figure: `0 of ${outcome.acknowledged} acknowledged lost, 0 twice`,
      control: 'acknowledging before the commit loses some',
      seed,
    });
  });

  it('would notice: acknowledging before the commit loses some', {
    timeout: CONTROL_ROUNDS * (CONTROL_KILLS * 10_000 + 60_000),
  }, async () => {
    const seed = runSeed('D1 control');
    let lost = 0;
    for (let round = 0; round < CONTROL_ROUNDS && lost === 0; round += 1) {
      lost = (await killAgainAndAgain(controlWith('acknowledge-early'), CONTROL_KILLS, seed + round)).lost;
      await store?.remove();
    }
    expect(lost).toBeGreaterThan(0);
  });
});
