import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { onTestFinished } from 'vitest';
import type { Product, StorePolicy } from '../../../edge/contracts/index.js';
import { startEngine } from '../../../edge/engine/loop.js';
import { createBroker } from '../../../edge/ingest/broker.js';
import { createCoupons } from '../../../edge/ingest/coupons.js';
import { createExternalBroker } from '../../../edge/ingest/external-broker.js';
import { createFlood } from '../../../edge/ingest/flood.js';
import { createGate } from '../../../edge/ingest/gate.js';
import { createIntake } from '../../../edge/ingest/intake.js';
import { createMasker, type Masker } from '../../../edge/ingest/mask/masker.js';
import type { MqttLimits } from '../../../edge/ingest/mqtt/limits.js';
import { createPeople } from '../../../edge/ingest/people.js';
import { createTills } from '../../../edge/ingest/pos.js';
import { createFingerprint } from '../../../edge/ingest/repeats.js';
import { createSetAside } from '../../../edge/ingest/set-aside.js';
import {
  createSetAsideBudget,
  type SetAsideLimits,
  setAsideLimitsOf,
} from '../../../edge/ingest/set-aside-budget.js';
import { createVault } from '../../../edge/ingest/vault.js';
import { createVisitors } from '../../../edge/ingest/visitors.js';
import { createAlarms } from '../../../edge/ops/alarms.js';
import type { Auth, Clock, ListenerTls, Role } from '../../../edge/ports.js';
import { createAuth } from '../../../edge/serve/auth/auth.js';
import { createCouponSigner } from '../../../edge/serve/auth/coupon-signer.js';
import { createJournal } from '../../../edge/store/journal.js';
import type { JournalOptions } from '../../../edge/store/options.js';
import type { Journal } from '../../../edge/store/types.js';
import { newCore } from '../../core/support/core.js';

export const STORE = 'harbour-street';
export const PRODUCTS: readonly Product[] = [
  { sku: 'DRK-0417', gtin: '4006381333931', name: 'Elderflower', category: 'drinks', priceMinor: 279 },
];
export const POLICY: StorePolicy = {
  store: { id: STORE, timeZone: 'Europe/Berlin', currency: 'EUR', locale: 'en' },
  zones: [
    { id: 'beverages', name: 'Beverages' },
    { id: 'snacks', name: 'Snacks' },
  ],
  nodes: [
    { id: 'node-1', zone: 'beverages' },
    { id: 'node-2', zone: 'snacks' },
  ],
  screens: [],
  shelves: [{ id: 'shelf-1', zone: 'beverages' }],
  presence: { confirmS: 2, forgetS: 45, hysteresisDb: 4, smoothingS: 3, minRssi: -95 },
  consentDays: 365,
  offline: { maxValueMinor: 500 },
};

export interface RimOptions {
  /** An existing folder, to open a store again. */
  readonly folder?: string;
  readonly clock?: Clock;
  readonly journal?: Partial<JournalOptions>;
  /** Put something between the rim and the real journal, for example one that holds commits. */
  readonly between?: (journal: Journal) => Journal;
  readonly mqttLimits?: Partial<MqttLimits>;
  readonly mqttTls?: ListenerTls;
  readonly auth?: (auth: Auth) => Auth;
  /** Negative control: put something else in the place of the masker. */
  readonly masker?: (masker: Masker) => Masker;
  /** Another broker in the place of the embedded one. */
  readonly brokerUrl?: string;
  readonly setAside?: Partial<SetAsideLimits>;
  readonly isProduct?: (code: string) => boolean;
}

/** The machine's own clock. */
export const wallClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  untrusted: () => undefined,
};

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'endcap-rim-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export type TestRim = Awaited<ReturnType<typeof openRim>>;

/** The rim as the store runs it: real broker, real journal with its thread, real engine, real tokens. */
export async function openRim(options: RimOptions = {}) {
  const folder = options.folder ?? temporaryFolder();
  const clock = options.clock ?? wallClock;
  const real = await createJournal({
    directory: join(folder, 'journal'),
    nowMs: clock.nowMs,
    maintainEveryMs: 0,
    ...options.journal,
  });
  const journal = options.between?.(real) ?? real;
  const newId = (): string => randomUUID();
  const registered = new Set<string>();
  const realMasker = createMasker({
    isProduct:
      options.isProduct ?? ((code) => PRODUCTS.some(({ sku, gtin }) => sku === code || gtin === code)),
    isOwnDevice: (id) => registered.has(id),
  });
  const masker = options.masker?.(realMasker) ?? realMasker;
  const gate = createGate({ journal, clock, newId, storeId: STORE, masker });
  const failures: Error[] = [];
  const alarms = createAlarms({ clock, onRaise: () => undefined });
  const engine = await startEngine({
    journal,
    clock,
    createCore: newCore,
    alarms,
    setAside: async () => undefined,
    onFailure: (error) => failures.push(error),
  });
  const { views } = engine;
  const vault = createVault({ folder: join(folder, 'vault'), clock });
  const visitors = createVisitors({ vault, views, clock });
  const tills = createTills({ gate, views, visitors, masker, storeId: STORE, currency: 'EUR' });
  const counts = new Map<string, number>();
  const count = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
  const observer = {
    handled: (what: { outcome: string }) => count(what.outcome),
    unacknowledged: () => count('qos0'),
    counted: (reason: string) => count(`counted ${reason}`),
    cut: (reason: string) => count(`cut ${reason}`),
    slow: (slow: number) => void counts.set('slow', slow),
    clients: (clients: number) => void counts.set('clients', clients),
  };
  const flood = createFlood({ gate, clock, alarms, onCounted: observer.counted });
  const budget = createSetAsideBudget({ ...setAsideLimitsOf(8e9), ...options.setAside });
  const setAside = createSetAside({ gate, masker, budget, flood });
  const intake = createIntake({
    ...{ gate, tills, visitors, setAside, journal, newId, observer, storeId: STORE },
    fingerprint: createFingerprint(vault.messageKey),
    payloadBytesMax: 256 * 1024,
  });
  const realAuth = createAuth({
    folder: join(folder, 'keys'),
    clock,
    mode: 'required',
    listeners: ['127.0.0.1'],
  });
  const auth = options.auth?.(realAuth) ?? realAuth;
  const signer = createCouponSigner({ folder: join(folder, 'keys'), store: STORE });
  const broker =
    options.brokerUrl === undefined
      ? createBroker({
          ...{ auth, intake, clock, observer },
          ...(options.mqttLimits === undefined ? {} : { limits: options.mqttLimits }),
          ...(options.mqttTls === undefined ? {} : { tls: options.mqttTls }),
        })
      : createExternalBroker({ url: options.brokerUrl, storeId: STORE, intake, observer, alarms });
  const { port } = await broker.listen({ host: '127.0.0.1', port: 0 });
  const clients = new Set<MqttClient>();
  const tokens = new Map<string, string>();

  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= (async () => {
      await Promise.all([...clients].map((client) => client.endAsync(true)));
      await broker.close();
      await flood.close();
      await engine.close();
      await real.close();
      vault.close();
      realAuth.close();
    })();
    return closed;
  };
  onTestFinished(close);

  /** Registers at first use; the id is the name. */
  const tokenOf = (name: string, kind: Role = 'device'): string => {
    const token = tokens.get(name) ?? realAuth.registerDevice({ name, kind }).token;
    tokens.set(name, token);
    return token;
  };
  const connect = async (
    name: string,
    kind: Role = 'device',
    extra: IClientOptions = {},
  ): Promise<MqttClient> => {
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`, {
      username: name,
      password: tokenOf(name, kind),
      clientId: name,
      reconnectPeriod: 0,
      ...extra,
    });
    client.on('error', () => undefined);
    clients.add(client);
    return client;
  };
  return {
    ...{
      folder,
      journal: real,
      gate,
      engine,
      vault,
      visitors,
      tills,
      intake,
      masker,
      flood,
      broker,
      auth: realAuth,
      alarms,
    },
    ...{ port, counts, failures, registered, tokenOf, connect, close },
    signer,
    people: createPeople({ gate, vault, visitors, engine, newId }),
    coupons: createCoupons({ gate, engine, signer, clock, newId }),
    /** Everything in the journal, oldest first. */
    events: () => real.read({ after: 0, limit: 1_000_000 }),
  };
}
