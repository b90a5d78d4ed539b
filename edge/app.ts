import { mqttAddresses, pageAddresses } from './app/addresses.js';
import { startBrain } from './app/brain.js';
import { type FoundationOptions, layFoundation } from './app/foundation.js';
import { watchHealth } from './app/health.js';
import { createHealth } from './app/health-now.js';
import { type Identity, startIdentity } from './app/identity.js';
import { type HqClientOf, startLink } from './app/link.js';
import { buildRimIn } from './app/rim-in.js';
import { startRimOut } from './app/rim-out.js';
import { withScreenBook } from './app/screen-book.js';
import { noteStart } from './app/starts.js';
import { buildSurface } from './app/surface.js';
import { startRedirect, startTrust } from './app/trust.js';
import type { Masker } from './ingest/mask/masker.js';
import type { Tills } from './ingest/pos.js';
import type { ReplayClock } from './ops/clock.js';
import type { Audit, Engine, Gate } from './ports.js';
import { createCouponSigner } from './serve/auth/coupon-signer.js';
import type { Guards } from './serve/guards.js';
import type { Trust } from './serve/tls/trust.js';

export interface AppOptions extends FoundationOptions {
  readonly version: string;
  readonly simulated: boolean;
  /** The loop met an error that no retry mends. */
  readonly onFailure: (error: Error) => void;
  /** Speaks to HQ's brokers; the Kafka driver unless a suite puts another in its place. */
  readonly hqClientOf?: HqClientOf;
  /** An HQ that is being started beside this store: its brokers once it takes records. Overrides `hq.brokers`. */
  readonly hqStarting?: Promise<readonly string[]>;
  /** For the negative control of the TLS suite alone: nobody's certificate is looked at. */
  readonly verification?: 'off';
  /** For the negative control of the suite of card numbers alone, which lets everything pass. */
  readonly masker?: Masker;
  /** For the negative controls of the web suites alone: guards in the place of the usual ones. */
  readonly guards?: Partial<Guards>;
}

/** A running store. Closers run in reverse of how things were started. */
export interface App extends Identity {
  readonly url: string;
  readonly mqttUrl: string;
  /** The broker's second door, where one is configured. */
  readonly plainMqttUrl?: string;
  readonly redirectPort?: number;
  readonly trust: Trust;
  readonly engine: Engine & { idle(): Promise<void> };
  readonly tills: Tills;
  readonly gate: Gate;
  readonly audit: Audit;
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
    const base = withScreenBook(await layFoundation(options));
    closers.push(base.folder.release, () => base.journal.close());
    const identity = await startIdentity(base);
    const { auth, trail } = identity;
    closers.push(trail.close, auth.close);
    const trust = await startTrust(base, options.verification);
    closers.push(trust.close, auth.onRevoked(trust.revokeSubject));
    const signer = createCouponSigner({ folder: base.folder.keys, store: config.policy.store.id });
    const brain = await startBrain(base, { auth, trail }, options);
    closers.push(brain.engine.close);
    const rimIn = buildRimIn(base, brain, { auth, signer, tls: trust.broker });
    closers.push(rimIn.vault.close, rimIn.flood.close);
    const rimOut = startRimOut(base, brain, { in: rimIn, signer });
    closers.push(rimOut.close);
    rimIn.erasures.onErased(auth.revoke);
    rimIn.erasures.onErased(rimOut.push.forget);
    await rimIn.erasures.start();
    closers.push(rimIn.erasures.close);
    const link = startLink(base, { clientOf: options.hqClientOf, starting: options.hqStarting });
    closers.push(link.close);
    const starts = await noteStart(base, options.version);
    const health = createHealth(base, { version: options.version, starts });
    closers.push(starts.close, health.close);
    let pages = { url: '', shopperUrl: '' };
    const surface = buildSurface({
      ...options,
      base,
      brain,
      rimIn,
      rimOut,
      ...identity,
      signer,
      trust,
      link: link.status,
      health,
      baseUrl: () => pages.url,
      shopperUrl: () => pages.shopperUrl,
    });
    closers.push(surface.close, watchHealth(base, brain, link.status));
    // Before it listens: it is at work by the time that it finds its port taken, and would keep the process alive.
    closers.push(rimIn.broker.close);
    const mqtt = await rimIn.broker.listen({ ...config.mqtt, ...config.mqtt.tls });
    const port = await surface.http.listen(config.http.host, config.http.port);
    const redirect = await startRedirect(base, trust, port);
    if (redirect !== undefined) closers.push(redirect.close);
    pages = pageAddresses(base, trust, port);
    return {
      url: pages.url,
      ...mqttAddresses(trust, mqtt),
      ...(redirect === undefined ? {} : { redirectPort: redirect.port }),
      trust,
      engine: brain.engine,
      tills: rimIn.tills,
      gate: brain.gate,
      audit: brain.audit,
      ...identity,
      nowMs: base.clock.nowMs,
      ...(base.replayClock === undefined ? {} : { replayClock: base.replayClock }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
