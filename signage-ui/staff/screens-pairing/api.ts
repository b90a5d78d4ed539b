import { call } from '../../shared/api.js';
import { because } from '../desk/reason.js';

export interface Wanted {
  readonly code: string;
  readonly screen?: string;
  readonly reason?: string;
  readonly newScreen?: {
    readonly name: string;
    readonly zone: string;
    readonly orientation: 'landscape' | 'portrait';
  };
}

const part = encodeURIComponent;

export const confirmCode = (wanted: Wanted): Promise<{ readonly screen: string }> =>
  call('POST', '/v1/pairing/confirm', wanted);
export const showAllNames = (): Promise<{ readonly told: number }> => call('POST', '/v1/screens/identify');
export const showName = (screen: string): Promise<{ readonly told: number }> =>
  call('POST', `/v1/screens/${part(screen)}/identify`);
export const sendAway = (screen: string, reason: string): Promise<unknown> =>
  call('DELETE', `/v1/screens/${part(screen)}/player${because(reason)}`);
