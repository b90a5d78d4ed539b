/** What ends when, in one list: for the command, the doctor, the gauge and the alarm. */
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import type { Role } from '../../ports.js';
import { readPair } from './key-files.js';
import type { CertificateRow } from './ledger.js';
import { daysLeft, WARN_DAYS } from './validity.js';

export interface CertificateNow {
  /** `root`, `pages` and `broker` are the store's own; `retailer` is a file of theirs; `device` is a client. */
  readonly kind: 'root' | 'pages' | 'broker' | 'retailer' | 'device';
  readonly serial: string;
  /** Device id, or what the certificate is called. */
  readonly subject: string;
  readonly role?: Role;
  /** RFC 3339. */
  readonly notAfter: string;
  readonly daysLeft: number;
  readonly state: 'good' | 'ending' | 'ended' | 'revoked' | 'replaced';
  /** SHA-256; only of the store's own and the retailer's. */
  readonly fingerprint?: string;
  /** What to do, when something is to be done. */
  readonly cure?: string;
}

export interface Places {
  /** Folder of the authority and the server certificates. */
  readonly folder: string;
  /** PEM of the retailer's certificate. */
  readonly retailer?: string;
}

const FORGOTTEN_AFTER_DAYS = -30;
const CURES: Readonly<Record<CertificateNow['kind'], string>> = {
  root: 'Move keys/tls away, start the store again, install the new root on staff devices and issue every device a new certificate.',
  pages: 'The store should have made a new one: run `endcap cert renew` and look into its log.',
  broker: 'The store should have made a new one: run `endcap cert renew` and look into its log.',
  retailer:
    'Put the renewed certificate and its key in the place of the old files; the store takes them up by itself.',
  device: 'Let the device renew it while it is good, or run `endcap cert issue --device` for it.',
};

/** Reads what lies on disk; what was never made is left out. Throws for a file that is no certificate. */
export function certificatesNow(
  places: Places,
  issued: readonly CertificateRow[],
  nowMs: number,
): readonly CertificateNow[] {
  const own = (['root', 'pages', 'broker'] as const).flatMap((kind) => {
    const pair = readPair(join(places.folder, kind === 'root' ? 'authority' : kind));
    return pair === undefined ? [] : [describe(kind, pair.certificate, nowMs)];
  });
  return [
    ...own,
    ...(places.retailer === undefined ? [] : [describe('retailer', places.retailer, nowMs)]),
    ...deviceCertificates(issued, nowMs),
  ];
}

/** Those that somebody should look at, soonest first. */
export function endingSoon(all: readonly CertificateNow[]): readonly CertificateNow[] {
  return all
    .filter(({ state }) => state === 'ending' || state === 'ended')
    .sort((one, other) => one.daysLeft - other.daysLeft);
}

function describe(
  kind: 'root' | 'pages' | 'broker' | 'retailer',
  pem: string,
  nowMs: number,
): CertificateNow {
  const x509 = new X509Certificate(pem);
  const notAfterMs = Date.parse(x509.validTo);
  return {
    kind,
    serial: x509.serialNumber,
    subject: x509.subject.replaceAll('\n', ', '),
    ...stateOf(kind, notAfterMs, nowMs),
    fingerprint: x509.fingerprint256,
  };
}

function deviceCertificates(issued: readonly CertificateRow[], nowMs: number): readonly CertificateNow[] {
  const seen = new Set<string>();
  // The newest of a device counts; what it had before ends without harm.
  return issued
    .map((row): CertificateNow => {
      const { serial, subject, role } = row;
      const base = { kind: 'device' as const, serial, subject, role };
      const { cure, ...times } = stateOf('device', row.notAfterMs, nowMs);
      if (row.revokedMs !== null) return { ...base, ...times, state: 'revoked' };
      if (seen.has(subject)) return { ...base, ...times, state: 'replaced' };
      seen.add(subject);
      return { ...base, ...times, ...(cure === undefined ? {} : { cure }) };
    })
    .filter((row) => row.daysLeft >= FORGOTTEN_AFTER_DAYS);
}

function stateOf(kind: CertificateNow['kind'], notAfterMs: number, nowMs: number) {
  const left = daysLeft(notAfterMs, nowMs);
  const state = notAfterMs <= nowMs ? 'ended' : left <= WARN_DAYS ? 'ending' : 'good';
  return {
    notAfter: new Date(notAfterMs).toISOString(),
    daysLeft: left,
    state,
    ...(state === 'good' ? {} : { cure: CURES[kind] }),
  } as const;
}
