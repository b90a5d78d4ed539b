import { signal } from '@preact/signals';
import { ApiFailure, call } from '../../shared/api.js';

export interface Me {
  readonly role: string;
  readonly subject: string;
}

/** Who uses this page; `undefined` until the store has said it. */
export const me = signal<Me | undefined>(undefined);

/** Asks who one is; whoever is nobody any more is led to the log-in, and back here afterwards. */
export async function readMe(): Promise<void> {
  try {
    me.value = await call<Me>('GET', '/v1/session');
  } catch (failure) {
    if (failure instanceof ApiFailure && failure.status === 401) {
      location.replace(`/login#${new URLSearchParams({ from: location.hash.replace(/^#/, '') })}`);
    }
  }
}

export async function logOut(): Promise<void> {
  await call('DELETE', '/v1/session').catch(() => undefined);
  location.replace('/login');
}

/** A link that the console printed: nobody's account. */
export const isGuest = ({ subject }: Me): boolean => subject === 'staff' || subject === 'open';
