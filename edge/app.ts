import { startBrain } from './app/brain.js';
import { type FoundationOptions, layFoundation } from './app/foundation.js';
import { watchHealth } from './app/health.js';
import { type HqClientOf, startLink } from './app/link.js';
import { buildRimIn } from './app/rim-in.js';
import { startRimOut } from './app/rim-out.js';
import { buildSurface } from './app/surface.js';
import type { Tills } from './ingest/pos.js';
import type { ReplayClock } from './ops/clock.js';
import type { Engine, Gate } from './ports.js';
import { createAuth, type StoreAuth } from './serve/auth/auth.js';
import { createCouponSigner } from './serve/auth/coupon-signer.js';

export interface AppOptions extends FoundationOptions {
  readonly version: string;
  readonly simulated: boolean;
  /** The loop met an error that no retry mends. */
  readonly onFailure: (error: Error) => void;
  /** Speaks to HQ's brokers; the Kafka driver unless a suite puts another in its place. */
  readonly hqClientOf?: HqClientOf;
}

/** A running store. Closers run in reverse of how things were started. */
export interface App {
  readonly url: string;
  readonly mqttUrl: string;
  readonly auth: StoreAuth;
  readonly engine: Engine & { idle(): Promise<void> };
  readonly tills: Tills;
  readonly gate: Gate;
  /** The store's time, epoch ms. */
  nowMs(): number;
  readonly replayClock?: ReplayClock;
  close(): Promise<void>;
}

/** The composition root: every object of the store is made here, by hand, in the order data flows. */
export async function createApp(options: AppOptions): Promise<App> {
  const closers: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const { config } = options;
    const base = await layFoundation(options);
    closers.push(base.folder.release, () => base.journal.close());
    const auth = createAuth({
      ...base,
      folder: base.folder.keys,
      mode: config.auth,
      listeners: [config.http.host, config.mqtt.host],
    });
    closers.push(auth.close);
    const signer = createCouponSigner({ folder: base.folder.keys, store: config.policy.store.id });
    const brain = await startBrain(base, options.onFailure);
    closers.push(brain.engine.close);
    const rimIn = buildRimIn(base, brain, { auth, signer });
    closers.push(rimIn.vault.close, rimIn.flood.close);
    const rimOut = startRimOut(base, brain, { in: rimIn, signer });
    closers.push(rimOut.close);
    const link = startLink(base, options.hqClientOf);
    closers.push(link.close);
    let url = '';
    const surface = buildSurface({
      ...options,
      base,
      brain,
      rimIn,
      rimOut,
      auth,
      signer,
      link: link.status,
      baseUrl: () => url,
    });
    closers.push(surface.close, watchHealth(base, link.status));
    const mqtt = await rimIn.broker.listen(config.mqtt);
    closers.push(rimIn.broker.close);
    url = `http://${inUrl(config.http.host)}:${await surface.http.listen(config.http.host, config.http.port)}`;
    return {
      url,
      mqttUrl: `mqtt://${inUrl(mqtt.host)}:${mqtt.port}`,
      auth,
      engine: brain.engine,
      tills: rimIn.tills,
      gate: brain.gate,
      nowMs: base.clock.nowMs,
      ...(base.replayClock === undefined ? {} : { replayClock: base.replayClock }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** An address that a browser or device on this machine can open. */
function inUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
