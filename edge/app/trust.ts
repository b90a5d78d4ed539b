import { mkdirSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Facts } from '../contracts/index.js';
import { createSystemTime } from '../ops/system-time.js';
import { endingSoon } from '../serve/tls/expiry.js';
import { createRedirect } from '../serve/tls/redirect.js';
import { createTrust, type Trust } from '../serve/tls/trust.js';
import { createTrustPage, type TrustPage } from '../serve/tls/trust-page.js';
import type { Foundation } from './foundation.js';

/** Certificates of a running store. */
export interface StoreTrust extends Trust {
  /** Where devices of staff get the root; absent without TLS. */
  readonly page?: TrustPage;
}

const REPORT_EVERY_MS = 60_000;
const ENDING = 'CertificateEnding';
const UNREADABLE = 'CertificateFile';

/** Joins the certificates to the store's clock, alarms and gauges. Throws an Error in words for files that cannot be used. */
export async function startTrust(base: Foundation, verification?: 'off'): Promise<StoreTrust> {
  const { http, mqtt, policy } = base.config;
  const folder = join(base.folder.keys, 'tls');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const system = createSystemTime();
  let changed: () => void = () => undefined;
  const trust = await createTrust({
    onChange: () => changed(),
    folder,
    ledgerFile: join(base.folder.keys, 'auth.db'),
    storeId: policy.store.id,
    // The file of a replay is the clock of its events, not of the handshakes of today.
    nowMs: base.replayClock === undefined ? base.clock.nowMs : system.wallMs,
    names: [http.host, mqtt.host, ...(http.tls?.names ?? [])],
    ...(http.tls === undefined
      ? {}
      : { pages: http.tls.retailer === undefined ? {} : { retailer: http.tls.retailer } }),
    ...(mqtt.tls === undefined ? {} : { broker: mqtt.tls }),
    onCut: (reason) => base.metrics.refusals.inc({ reason, channel: 'tls' }),
    onError: (error, where) => base.log.error({ err: error, where }, 'certificates could not be looked at'),
    ...(verification === undefined ? {} : { verification }),
  });
  const { look, stop } = report(base, trust);
  changed = look;
  const page =
    http.tls === undefined
      ? undefined
      : createTrustPage({
          ...policy.store,
          storeName: policy.store.name ?? policy.store.id,
          root: (await trust.authority()).root,
        });
  return {
    ...trust,
    ...(page === undefined ? {} : { page }),
    close() {
      stop();
      trust.close();
    },
  };
}

/** Days left as a gauge, and an alarm a fortnight before somebody would be locked out. */
function report(base: Foundation, trust: Trust): { look(): void; stop(): void } {
  const look = (): void => {
    try {
      say(base, trust);
    } catch (error) {
      base.log.error({ err: error }, 'the certificates on disk could not be read');
    }
  };
  look();
  const timer = setInterval(look, REPORT_EVERY_MS);
  timer.unref();
  return { look, stop: () => clearInterval(timer) };
}

function say(base: Foundation, trust: Trust): void {
  const all = trust.list();
  const shortest = new Map<string, number>();
  for (const { kind, state, daysLeft } of all) {
    if (state === 'revoked' || state === 'replaced') continue;
    shortest.set(kind, Math.min(daysLeft, shortest.get(kind) ?? Number.POSITIVE_INFINITY));
  }
  base.metrics.certificateDays.reset();
  for (const [kind, days] of shortest) base.metrics.certificateDays.set({ kind }, days);
  const [next, ...more] = endingSoon(all);
  if (next === undefined) base.alarms.clear(ENDING);
  else base.alarms.raise(ENDING, inWords(next, more.length), factsOf(next, more.length));
  const trouble = trust.retailerTrouble();
  if (trouble === undefined) base.alarms.clear(UNREADABLE);
  else
    base.alarms.raise(
      UNREADABLE,
      `The new certificate for shoppers cannot be used, the old one stays: ${trouble}`,
    );
}

const factsOf = (
  { kind, subject, notAfter, state }: ReturnType<Trust['list']>[number],
  more: number,
): Facts => ({ kind, subject, notAfter, state, more });

function inWords(next: ReturnType<Trust['list']>[number], others: number): string {
  const day = next.notAfter.slice(0, 10);
  const what = next.kind === 'device' ? `of device ${next.subject}` : `“${next.kind}” of this store`;
  const more = others === 0 ? '' : ` ${others} more end soon: see \`endcap cert list\`.`;
  return `The certificate ${what} ${next.state === 'ended' ? 'ended' : 'ends'} on ${day}. ${next.cure ?? ''}${more}`;
}

/** The plain port that sends browsers on; resolves once it listens. */
export async function startRedirect(
  base: Foundation,
  trust: StoreTrust,
  securePort: number,
): Promise<{ readonly port: number; close(): Promise<void> } | undefined> {
  const { host, tls } = base.config.http;
  if (tls?.redirectPort === undefined || trust.page === undefined) return undefined;
  const server: Server = createRedirect({
    hostNames: hostNamesOf(base, trust),
    trustPage: trust.page,
    securePort: () => securePort,
    onCut: (reason) => base.metrics.refusals.inc({ reason, channel: 'http' }),
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port: tls.redirectPort }, () => resolve());
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Names, besides addresses, under which browsers may ask for this store. */
export function hostNamesOf(base: Foundation, trust: Trust): readonly string[] {
  const { host, tls } = base.config.http;
  return [host, ...(tls?.names ?? []), ...trust.retailerHosts()];
}
