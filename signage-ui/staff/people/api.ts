import { call } from '../../shared/api.js';
import { because } from '../desk/reason.js';

export interface User {
  readonly name: string;
  readonly role: string;
  readonly state: string;
  readonly created: string;
}
export interface Invited extends User {
  readonly link: string;
}
export interface UserSession {
  readonly id: string;
  readonly since: string;
  readonly seen: string;
  readonly agent: string;
}
export const ROLES = ['viewer', 'associate', 'store-manager', 'media-manager', 'admin'] as const;

const pathOf = (name: string): string => `/v1/users/${encodeURIComponent(name)}`;

export const readUsers = (): Promise<{ readonly users: readonly User[] }> => call('GET', '/v1/users');
export const addUser = (name: string, role: string): Promise<Invited> =>
  call('POST', '/v1/users', { name, role });
export const changeUser = (
  name: string,
  change: { role?: string; disabled?: boolean; reason: string },
): Promise<User> => call('PUT', pathOf(name), change);
export const resetUser = (name: string): Promise<Invited> => call('POST', `${pathOf(name)}/reset`);
export const readSessions = (name: string): Promise<{ readonly sessions: readonly UserSession[] }> =>
  call('GET', `${pathOf(name)}/sessions`);
export const endSession = (name: string, id: string, reason: string): Promise<unknown> =>
  call('DELETE', `${pathOf(name)}/sessions/${encodeURIComponent(id)}${because(reason)}`);
