/**
 * How long what is good. Every span is counted from `issuedFrom`, never from a raw clock: a box without a battery
 * says 1970 at its first start, and a certificate that ended in April 1970 would have to be replaced by hand.
 */
const DAY_MS = 86_400_000;

/** No box can live before this program was made. */
const BUILT_MS = Date.UTC(2026, 10, 1);

const ROOT_DAYS = 20 * 365;
const SERVER_DAYS = 90;
const DEVICE_DAYS = 365;
/** A new one is made when a third of the time is left. */
const SERVER_RENEW_DAYS = SERVER_DAYS / 3;
/** Tablets with a clock that is a year behind still work. More would cost iPads: Apple takes no server certificate of over 825 days. */
const PAGES_BACK_DAYS = 400;

/** From when on staff are told that something ends. */
export const WARN_DAYS = 14;

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/**
 * `root`, `broker` (server of the broker) and `device` (a client) are good from 1970 on: a sensor checks the broker
 * before a time server has told it the date, and the box checks sensors before one has told it. `pages` is what
 * browsers see, and reaches back as far as all of them allow.
 */
export type CertificateKind = 'root' | 'pages' | 'broker' | 'device';

const DAYS: Readonly<Record<CertificateKind, number>> = {
  root: ROOT_DAYS,
  pages: SERVER_DAYS,
  broker: SERVER_DAYS,
  device: DEVICE_DAYS,
};

export function validityOf(kind: CertificateKind, nowMs: number): Validity {
  const from = Math.max(nowMs, BUILT_MS);
  return {
    notBefore: new Date(kind === 'pages' ? from - PAGES_BACK_DAYS * DAY_MS : 0),
    notAfter: new Date(from + DAYS[kind] * DAY_MS),
  };
}

export const daysLeft = (notAfterMs: number, nowMs: number): number =>
  Math.floor((notAfterMs - nowMs) / DAY_MS);

/** True when a server certificate is in the last third of its time. */
export const isDue = (notAfterMs: number, nowMs: number): boolean =>
  notAfterMs - nowMs <= SERVER_RENEW_DAYS * DAY_MS;
