import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/load.js';
import { type CertificateNow, certificatesNow } from '../serve/tls/expiry.js';
import { readLedger } from '../serve/tls/ledger.js';
import type { Finding } from './finding.js';
import { inTheClear } from './in-the-clear.js';

const NAMES: Readonly<Record<CertificateNow['kind'], string>> = {
  root: "the store's authority",
  pages: 'server of the pages',
  broker: 'server of the broker',
  retailer: "the retailer's, for shoppers",
  device: 'device',
};

/** What expires when and what to do, read from the files: also while the store does not run. */
export function certificateFindings(config: Config, nowMs: number): Finding[] {
  const keys = join(config.dataDirectory, 'keys');
  const folder = join(keys, 'tls');
  const retailer = config.http.tls?.retailer?.certificate;
  const all = certificatesNow(
    { folder, ...(retailer === undefined ? {} : { retailer: readFileSync(retailer, 'utf8') }) },
    readLedger(join(keys, 'auth.db')),
    nowMs,
  ).filter(({ state }) => state !== 'revoked' && state !== 'replaced');
  const devices = all.filter(({ kind, state }) => kind === 'device' && state === 'good');
  return [
    ...clearFindings(config),
    ...openKeys(folder),
    ...all.filter((now) => now.kind !== 'device' || now.state !== 'good').map(finding),
    ...(devices.length === 0 ? [] : [goodDevices(devices)]),
  ];
}

function finding({ kind, subject, notAfter, daysLeft, cure }: CertificateNow): Finding {
  const what = kind === 'device' ? `${NAMES.device} ${subject}` : NAMES[kind];
  const ends = `${what}: ${daysLeft < 0 ? 'ended' : 'ends'} ${notAfter.slice(0, 10)}, ${Math.abs(daysLeft)} days ${daysLeft < 0 ? 'ago' : 'left'}`;
  return { what: 'Certificate', seen: ends, ...(cure === undefined ? {} : { cure }) };
}

function goodDevices(devices: readonly CertificateNow[]): Finding {
  const first = devices.reduce((soonest, now) => (now.daysLeft < soonest.daysLeft ? now : soonest));
  const seen = `${devices.length} of devices are good; ${first.subject} is the first to end, on ${first.notAfter.slice(0, 10)}`;
  return { what: 'Certificate', seen };
}

function clearFindings(config: Config): Finding[] {
  const found = inTheClear(config);
  if (found.length === 0)
    return [{ what: 'TLS', seen: 'nothing is spoken in the clear beyond this machine' }];
  return found.map(({ what, address, cure }) => ({
    what: 'TLS',
    seen: `${what} on ${address} speaks without TLS: others on that network can read tokens`,
    cure,
  }));
}

function openKeys(folder: string): Finding[] {
  return ['authority.key', 'pages.key', 'broker.key']
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path) && (statSync(path).mode & 0o077) !== 0)
    .map((path) => ({ what: 'Certificate', seen: `others can read ${path}`, cure: `chmod 600 ${path}` }));
}
