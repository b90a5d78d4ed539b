import { connectAsync, type MqttClient } from 'mqtt';
import { describe, expect, it } from 'vitest';
import { EARS, type Ear, listen, listenElsewhere, orderFor } from '../support/listeners.js';
import { figuresOf } from '../support/metrics.js';
import { keptPromise } from '../support/promise.js';
import { type RunningStore, startStore } from '../support/store.js';
import { until } from '../support/until.js';

const CUT_WITHIN_MS = 10_000;
/** On a quiet machine these are a few milliseconds; here it is only the absence of a wait for who is frozen. */
const HEARD_WITHIN_MS = 3_000;
/** So many screens hear of one product at once that some megabytes of decisions are a matter of seconds. */
const WALL_SCREENS = 60;
const SHELF = 'drinks-soft';
const SKU = 'DRK-1001';
/** Rarely enough that what waits for a frozen subscriber in ten seconds stays below the bound of bytes, which cuts it whatever its patience. */
const KEEP_HEARING_EVERY_MS = 1_500;
const FLIPS_MAX = 400;

const wallOf = (yaml: string): string =>
  yaml.replace(
    'screens:\n',
    `screens:\n${Array.from({ length: WALL_SCREENS }, (_, n) => `  - { id: wall-${n}, zone: beverages }\n`).join('')}`,
  );

interface Seen {
  /** Ears of the frozen process that were cut, and how long after it was frozen or bytes first waited for it, ms. */
  readonly cut: Partial<Record<Ear, number>>;
  readonly slowestMs: number;
}

// Side by side, each with a store of its own: what they wait for is a patience to end.
describe.concurrent('D20: a frozen listener is nobody else’s problem', () => {
  /** Which ears of the frozen process are gone by now. */
  async function gone(running: RunningStore): Promise<Record<Ear, boolean>> {
    const figure = await figuresOf(running);
    return {
      subscriber: ['Frozen', 'PendingTooLarge'].some(
        (reason) => figure(`endcap_refusals_total{reason="${reason}",channel="mqtt"}`) > 0,
      ),
      screen: figure('endcap_sockets{namespace="/signage"}') === 1,
      stream: figure('endcap_refusals_total{reason="SlowConsumer",channel="http"}') > 0,
    };
  }

  /** The good listeners, and a shelf whose product comes and goes so that they have something to hear. */
  async function flipper(running: RunningStore, closers: (() => unknown)[]) {
    const heard: Record<Ear, number> = { subscriber: 0, screen: 0, stream: 0 };
    const order = await orderFor(running, 'listener-good', 'screen-3');
    const good = await listen(order, (ear, text) => {
      if (text.includes('"outcome":"offered"') || (ear === 'screen' && text.includes(SKU))) heard[ear] += 1;
    });
    const shelf = await orderFor(running, SHELF, 'screen-1');
    const { id, token } = shelf.device;
    const client: MqttClient = await connectAsync(running.mqttUrl, {
      clientId: id,
      username: id,
      password: token,
    });
    closers.push(good.close, () => client.endAsync(true));
    const weigh = (count: number) =>
      client.publishAsync(`endcap/v1/shelf/${id}`, JSON.stringify({ sku: SKU, count }), { qos: 1 });
    /** Sold out and back again; how long until every good listener knew, ms. */
    return async (): Promise<number> => {
      await weigh(0);
      const before = { ...heard };
      const from = performance.now();
      await weigh(40);
      await until(
        () =>
          heard.subscriber - before.subscriber >= WALL_SCREENS &&
          heard.stream - before.stream >= WALL_SCREENS &&
          heard.screen > before.screen,
        { withinMs: HEARD_WITHIN_MS, everyMs: 2, what: 'the good listeners to hear of it' },
      );
      return performance.now() - from;
    };
  }

  /** Freeze a process with one listener of each kind and see who is cut when, while the others go on. */
  async function freeze(patience: string): Promise<Seen> {
    const running = await startStore({ change: (yaml) => wallOf(yaml).replace('limits: {}', patience) });
    const closers: (() => unknown)[] = [];
    try {
      return await frozenBeside(running, closers);
    } finally {
      for (const close of closers) await close();
      await running.remove();
    }
  }

  async function frozenBeside(running: RunningStore, closers: (() => unknown)[]): Promise<Seen> {
    const flip = await flipper(running, closers);
    await flip();
    const frozen = await listenElsewhere(await orderFor(running, 'listener-frozen', 'screen-4'));
    closers.unshift(() => frozen.kill('SIGKILL'));
    frozen.kill('SIGSTOP');
    const frozenAt = performance.now();
    let slowestMs = 0;
    const heldAt: Partial<Record<Ear, number>> = { screen: frozenAt };
    const cut: Partial<Record<Ear, number>> = {};
    const look = async (): Promise<void> => {
      slowestMs = Math.max(slowestMs, await flip());
      const figure = await figuresOf(running);
      // The good ones have heard everything by now: whoever is waited for is frozen.
      if (figure('endcap_slow_listeners{channel="mqtt"}') === 1) heldAt.subscriber ??= performance.now();
      if (figure('endcap_slow_listeners{channel="stream"}') === 1) heldAt.stream ??= performance.now();
      const now = await gone(running);
      for (const ear of EARS) if (now[ear]) cut[ear] ??= performance.now() - (heldAt[ear] ?? frozenAt);
    };
    // The kernels between them take megabytes before the store has to hold anything.
    for (let flips = 0; EARS.some((ear) => heldAt[ear] === undefined); flips++) {
      if (flips > FLIPS_MAX) throw new Error('the store never had to hold anything for the frozen listeners');
      await look();
    }
    const allHeldAt = performance.now();
    const over = async (): Promise<boolean> => {
      await look();
      return EARS.every((ear) => cut[ear] !== undefined) || performance.now() - allHeldAt > CUT_WITHIN_MS;
    };
    await until(over, { withinMs: 4 * CUT_WITHIN_MS, everyMs: KEEP_HEARING_EVERY_MS, what: 'ten seconds' });
    return { cut, slowestMs };
  }

  it('subscriber, screen and stream of a stopped process are cut within 10 s, and the others hear on', {
    timeout: 120_000,
  }, async () => {
    const { cut, slowestMs } = await freeze('limits: {}');
    for (const ear of EARS)
      expect({ ear, ms: cut[ear] ?? Infinity }).toEqual({ ear, ms: expect.any(Number) });
    for (const ear of EARS) expect(cut[ear]).toBeLessThan(CUT_WITHIN_MS);
    const after = EARS.map((ear) => `${ear} ${((cut[ear] ?? 0) / 1000).toFixed(1)} s`).join(', ');
    console.log(`D20: cut after ${after}; the others heard within ${slowestMs.toFixed(0)} ms`);
    keptPromise({
      promise: 'D20 (store)',
      what: 'subscriber, screen and event stream of a process under SIGSTOP, megabytes waiting for them',
      figure: `cut after ${after}; the others heard everything, each time within ${slowestMs.toFixed(0)} ms`,
      control: 'with limits.patienceS: 3600 none of the three is cut within 10 s',
    });
  });

  it('control: with a patience of an hour, and nothing else changed, none of them is cut', {
    timeout: 120_000,
  }, async () => {
    const { cut } = await freeze('limits: { patienceS: 3600 }');
    expect(cut).toEqual({});
  });
});
