import type { HealthNow, OfferNow, ScreenNow, StockNow } from '../../../edge/contracts/index.js';
import { call } from '../../shared/api.js';
import { because } from './reason.js';

/** Every call of the tabs that are fetched when they are opened. */

const part = encodeURIComponent;

export interface OffersAnswer {
  readonly at: string;
  readonly offers: readonly OfferNow[];
}
export const readOffers = (): Promise<OffersAnswer> => call('GET', '/v1/offers');
export const stopCampaign = (campaign: string): Promise<{ readonly id: string }> =>
  call('POST', '/v1/stop', { scope: { campaign } });

export interface StockQuery {
  readonly q: string;
  readonly only: string;
  readonly sort: string;
  readonly skip: number;
  readonly limit: number;
}
export interface StockAnswer {
  readonly at: string;
  readonly total: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly products: readonly StockNow[];
}
export function readStock(query: StockQuery): Promise<StockAnswer> {
  const words = new URLSearchParams({ limit: String(query.limit), sort: query.sort });
  if (query.skip > 0) words.set('skip', String(query.skip));
  if (query.q.trim() !== '') words.set('q', query.q.trim());
  if (query.only !== 'all') words.set('only', query.only);
  return call('GET', `/v1/stock?${words}`);
}
export interface CountAnswer {
  readonly id: string;
  readonly shelf: string;
  readonly count: number;
  readonly before?: number;
}
export const sendCount = (
  sku: string,
  body: {
    readonly count: number;
    readonly shelf?: string;
    readonly undoes?: string;
    readonly reason?: string;
  },
): Promise<CountAnswer> => call('POST', `/v1/stock/${part(sku)}/count`, body);

export interface DeviceRow {
  readonly id: string;
  readonly name: string;
  readonly kind: 'gateway' | 'shelf' | 'till' | 'counter' | 'device';
  readonly zone?: string;
  readonly planned: boolean;
  readonly registered: boolean;
  readonly revoked: boolean;
  readonly heardAt?: string;
  readonly up?: boolean;
  readonly upSince?: string;
  readonly batteryPercent?: number;
  readonly rssi?: number;
}
/** A screen may say more of itself than every store knows. */
export type ScreenRow = ScreenNow & {
  readonly lastPlay?: string;
  readonly player?: string;
};
export interface EquipmentAnswer {
  readonly at: string;
  readonly screens: readonly ScreenRow[];
  readonly devices: readonly DeviceRow[];
}
export const readEquipment = (): Promise<EquipmentAnswer> => call('GET', '/v1/equipment');
export const addDevice = (body: {
  readonly name: string;
  readonly kind: string;
  readonly reason?: string;
}): Promise<{ readonly id: string; readonly token: string }> => call('POST', '/v1/devices', body);
export const revokeDevice = (id: string, reason: string): Promise<unknown> =>
  call('DELETE', `/v1/devices/${part(id)}${because(reason)}`);

export const readHealth = (): Promise<HealthNow> => call('GET', '/v1/health');
export interface CertificateRow {
  readonly kind: string;
  readonly serial: string;
  readonly subject: string;
  readonly notAfter: string;
  readonly state: 'good' | 'ending' | 'ended' | 'revoked' | 'replaced';
  readonly cure?: string;
}
export const readCertificates = (): Promise<{ readonly certificates: readonly CertificateRow[] }> =>
  call('GET', '/v1/certificates');

/** Copying a large journal takes its time. */
const BACKUP_MS = 300_000;
export const makeBackup = (): Promise<{ readonly folder: string }> =>
  call('POST', '/v1/backups', undefined, BACKUP_MS);

export const readSession = (): Promise<{ readonly role: string; readonly subject: string }> =>
  call('GET', '/v1/session');
