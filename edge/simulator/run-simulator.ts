import type { Action } from './actions.js';
import { type Credentials, obtainCredentials } from './credentials.js';
import { countErrors, createEars, createHands } from './hands.js';
import { PARAMETERS } from './parameters.js';
import { createPhones } from './phones.js';
import { connectRim } from './rim.js';
import { readScene, type Scene } from './scene.js';
import { createScreens } from './screens.js';
import { createStoreApi, type Fetch, type StoreApi } from './store-api.js';
import { createTills } from './tills.js';
import { createWorld, firstHouseholds } from './world.js';

export interface SimulatorOptions {
  readonly mqttUrl: string;
  readonly httpUrl: string;
  /** PEM of the store's authority, and a fetch that knows it; absent where the system knows the store's certificate. */
  readonly ca?: string;
  readonly fetch?: Fetch;
  /**
   * Token of role admin or store-manager: registers devices and enrols shoppers, as staff would. Asked for each
   * time, since a store that was started again has another.
   */
  readonly adminToken: () => string;
  /** store.yaml of the shop. */
  readonly config: string;
  readonly seed?: string;
  /** The simulated day runs this many times as fast as the clock. */
  readonly speed?: number;
  /** Wall seconds until it ends by itself; absent: until it is told to. */
  readonly durationS?: number;
  /** People in the shop at a time, at most. */
  readonly shoppers?: number;
  /** Where device tokens are kept between runs on the same store. */
  readonly credentialsFile?: string;
  /** Screens that have no player of their own get one without a picture; default all of the plan. */
  readonly screens?: readonly string[];
}

export interface SimulatorIo {
  readonly nowMs: () => number;
  readonly monotonicMs: () => number;
  readonly write: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface SimulatorReport {
  readonly seed: string;
  readonly sent: Readonly<Record<Action['kind'], number>>;
  readonly receipts: number;
  readonly couponsTaken: number;
  readonly couponsRefused: number;
  readonly offersSeen: number;
  readonly errors: number;
}

const TICK_MS = 100;
const NUMBERED_FROM_MS = Date.UTC(2026, 0, 1);
const DEFAULT_SHOPPERS = 22;

/**
 * A shop full of people, as a client of the store like any other: MQTT and HTTP, with credentials of its own. Ends
 * when told to or when its time is over; the store does not notice beyond the silence.
 * @throws Error when the store cannot be reached at first, or the token may not register devices
 */
export async function runSimulator(options: SimulatorOptions, io: SimulatorIo): Promise<SimulatorReport> {
  const scene = readScene(options.config);
  const api = createStoreApi(options.httpUrl, sleep, options.fetch);
  const credentials = await obtainCredentials(api, {
    adminToken: options.adminToken(),
    scene,
    screens: options.screens ?? scene.screens.map(({ id }) => id),
    ...(options.credentialsFile === undefined ? {} : { file: options.credentialsFile }),
  });
  const session = await openSession(options, io, { scene, api, credentials });
  io.write(`simulating ${scene.store.name ?? scene.store.id}, seed ${session.seed}`);
  const startedMs = io.monotonicMs();
  const lastsMs = (options.durationS ?? Number.POSITIVE_INFINITY) * 1000;
  try {
    while (!io.signal.aborted && io.monotonicMs() - startedMs < lastsMs) {
      session.tick();
      await sleep(TICK_MS);
    }
  } finally {
    await session.close();
  }
  return session.report();
}

interface Parts {
  readonly scene: Scene;
  readonly api: StoreApi;
  readonly credentials: Credentials;
}

async function openSession(options: SimulatorOptions, io: SimulatorIo, parts: Parts) {
  const { scene, api, credentials } = parts;
  const openedMs = io.nowMs();
  const runId = openedMs.toString(36);
  const seed = options.seed ?? runId;
  const businessDay = businessDayIn(scene.store.timeZone);
  // Tenths of a second: whenever the simulator starts again, it numbers on from higher up.
  const sequenceFrom = Math.floor((openedMs - NUMBERED_FROM_MS) / 100);
  const errors = countErrors(io);
  const ears = createEars();

  const tills = createTills({
    api,
    tills: credentials.tills,
    businessDay,
    priceOf: (sku) => scene.products.find((product) => product.sku === sku)?.priceMinor ?? 100,
    store: scene.store,
    historyFrom: sequenceFrom,
  });
  const speed = options.speed ?? 1;
  const known = options.ca === undefined ? {} : { ca: options.ca };
  const phones = createPhones({
    ...known,
    api,
    httpUrl: options.httpUrl,
    adminToken: options.adminToken,
    onOffer: ears.offer,
    onEnrolled: (household) => tills.importHistory(household, io.nowMs()),
  });
  const rim = await connectRim({
    ...known,
    mqttUrl: options.mqttUrl,
    gateway: credentials.gateway,
    boot: runId,
    rssiAt1m: PARAMETERS.radio.rssiAt1m,
    onDisplay: ears.display,
    onError: errors.count,
  });
  const screens = createScreens({
    ...known,
    httpUrl: options.httpUrl,
    screens: credentials.screens,
    nowMs: io.nowMs,
    onOffer: (screen, offer) => {
      const zone = scene.screens.find(({ id }) => id === screen)?.zone;
      ears.display(screen, offer && zone ? { ...offer, zone } : undefined);
    },
  });
  const first = firstHouseholds({ scene, parameters: PARAMETERS, seed, runId });
  await Promise.all(first.map((household) => phones.enrol(household)));
  const startMs = io.nowMs();
  const wallOf = (ms: number): number => Math.round(startMs + (ms - startMs) / speed);
  const world = createWorld({
    ...{ scene, seed, runId, startMs, wallOf, businessDay, sequenceFrom },
    parameters: PARAMETERS,
    shoppers: options.shoppers ?? DEFAULT_SHOPPERS,
    sellOut: true,
  });
  ears.listenFor(world);
  const hands = createHands({ rim, phones, tills, wallOf, run: errors.run });
  const monotonicStart = io.monotonicMs();
  return {
    seed,
    tick(): void {
      const ms = startMs + (io.monotonicMs() - monotonicStart) * speed;
      for (const action of world.advance(ms)) hands.act(action);
    },
    async close(): Promise<void> {
      phones.close();
      screens.close();
      await rim.close();
    },
    report: (): SimulatorReport => ({
      seed,
      sent: hands.sent,
      ...tills.figures,
      offersSeen: ears.offersSeen(),
      errors: errors.total(),
    }),
  };
}

function businessDayIn(timeZone: string): (ms: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
  return (ms) => format.format(ms);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
