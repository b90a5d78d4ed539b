import { connectAsync, type MqttClient } from 'mqtt';
import type { ShopperView } from '../../edge/contracts/index.js';
import { type Ear, listen, orderFor } from '../support/listeners.js';
import { enrol, sessionOf } from '../support/shopper.js';
import type { RunningStore } from '../support/store.js';
import { until } from '../support/until.js';

/** Screens beside those of the demo store, so that one reading of a shelf is heard of sixty times. */
export const WALL_SCREENS = 60;
const FLIPS_PER_SECOND = 6;
const SIGHTINGS_PER_SECOND = 500;
const TICK_MS = 2;
const SKU = 'DRK-1001';
const SHELF = 'drinks-soft';
const NODE = 'bakery-1';
/** So many readings put more between store and subscriber than the kernels hold. */
const FILL_FLIPS_MAX = 600;
/** Each time the product comes back, another number of it: a page says by it which time it shows. */
const PIECES = { least: 40, numbers: 100 };
/** The wall and screen-3 of the demo store show the product whenever it is there. */
const OFFERS_A_FLIP = WALL_SCREENS + 1;

/** Who is asked how long it took, ms. */
export type Measured = Ear | 'phone' | 'sender';
export const MEASURED: readonly Measured[] = ['subscriber', 'screen', 'stream', 'phone', 'sender'];
export type Latencies = Record<Measured, number[]>;

export type Crowd = Awaited<ReturnType<typeof createCrowd>>;
/** The good listeners and senders, all in this process. */
export async function createCrowd(store: RunningStore) {
  const shelf = await clientFor(store, SHELF);
  const node = await clientFor(store, NODE);
  let [flips, offMs] = [0, 0];
  const onMs: number[] = [];
  let latencies = nothing();
  const heard = { subscriber: 0, stream: 0 };
  const order = await orderFor(store, 'listener-good', 'screen-3');
  const phone = await sessionOf(await enrol(store));
  const hear = (ear: Ear, text: string): void => {
    const atMs = performance.now();
    if (ear === 'screen') {
      if (text.includes(SKU) && atMs > offMs && offMs > 0)
        latencies.screen.push(atMs - (onMs.at(-1) ?? atMs));
      return;
    }
    if (!text.includes('"outcome":"offered"') || onMs.length === 0) return;
    // The offers come in the order of the readings that made them.
    latencies[ear].push(atMs - (onMs[Math.floor(heard[ear] / OFFERS_A_FLIP)] ?? atMs));
    heard[ear] += 1;
  };
  let shown = 0;
  const see = ({ open }: ShopperView): void => {
    const pieces = open.find(({ sku }) => sku === SKU)?.piecesLeft ?? 0;
    if (pieces === shown || pieces < PIECES.least || onMs.length === 0) return;
    shown = pieces;
    latencies.phone.push(performance.now() - (onMs[timeOf(pieces, onMs.length)] ?? Number.NaN));
  };
  const good = await listen({ ...order, phone }, hear, see);
  const weigh = (count: number) =>
    shelf.publish(`endcap/v1/shelf/${SHELF}`, JSON.stringify({ sku: SKU, count }), { qos: 1 });
  const flip = (): void => {
    flips += 1;
    if (flips % 2 === 1) {
      offMs = performance.now();
      weigh(0);
    } else {
      weigh(PIECES.least + (onMs.length % PIECES.numbers));
      onMs.push(performance.now());
    }
  };
  const sight = (n: number): void => {
    const atMs = performance.now();
    const tag = `iBeacon:00000000-0000-4000-8000-00000000000b-1-${n % 50}`;
    node.publish(
      `espresense/devices/${tag}/${NODE}`,
      JSON.stringify({ id: tag, rssi: -80 }),
      { qos: 1 },
      () => latencies.sender.push(performance.now() - atMs),
    );
  };
  const complete = (): boolean =>
    [heard.subscriber, heard.stream].every((count) => count === onMs.length * OFFERS_A_FLIP);
  const allHeard = () => until(complete, { withinMs: 20_000, everyMs: 2, what: 'every offer at every ear' });
  return {
    async measure(seconds: number): Promise<Latencies> {
      latencies = nothing();
      await openLoop(seconds, { flip, sight });
      await allHeard();
      const measured = latencies;
      latencies = nothing();
      return measured;
    },
    /** Gives everybody as much to hear as the good listeners can take; answers how many flips that took. */
    async fill(full: (done: number) => Promise<boolean>): Promise<number> {
      let done = 0;
      for (; !(await full(done)); done++) {
        if (done > FILL_FLIPS_MAX) throw new Error('the store never had to hold anything');
        flip();
        flip();
        await allHeard();
      }
      return done;
    },
    close: () => Promise.all([good.close(), shelf.endAsync(true), node.endAsync(true)]),
  };
}

const nothing = (): Latencies => ({ subscriber: [], screen: [], stream: [], phone: [], sender: [] });

/** The last of `times` that had so many pieces. */
function timeOf(pieces: number, times: number): number {
  const last = times - 1;
  const ago = (((last - (pieces - PIECES.least)) % PIECES.numbers) + PIECES.numbers) % PIECES.numbers;
  return last - ago;
}

/** The share of the time in which the product is gone: a page looks ten times a second and must not miss its coming back. */
const GONE = 1 / 3;

/** What is late stays late and counts. Ends with the product on the shelf. */
async function openLoop(
  seconds: number,
  work: { flip: () => void; sight: (n: number) => void },
): Promise<void> {
  const startMs = performance.now();
  let [flips, sightings] = [0, 0];
  const flipsDue = Math.floor(seconds * FLIPS_PER_SECOND) * 2;
  await new Promise<void>((done) => {
    const timer = setInterval(() => {
      const passedS = (performance.now() - startMs) / 1_000;
      const rounds = passedS * FLIPS_PER_SECOND;
      const due = Math.floor(rounds) * 2 + (rounds % 1 < GONE ? 1 : 2);
      for (; flips < Math.min(flipsDue, due); flips++) work.flip();
      for (const due = passedS * SIGHTINGS_PER_SECOND; sightings < due; sightings++) work.sight(sightings);
      if (passedS < seconds || flips < flipsDue) return;
      clearInterval(timer);
      done();
    }, TICK_MS);
  });
}

async function clientFor(store: RunningStore, name: string): Promise<MqttClient> {
  const { device } = await orderFor(store, name, 'screen-1');
  return connectAsync(store.mqttUrl, { clientId: device.id, username: device.id, password: device.token });
}
