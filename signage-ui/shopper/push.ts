/**
 * Messages to this phone, the page's half: may the browser, does the person want it, does the store know. Permission
 * is asked for by a tap and by nothing else.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import { ApiFailure, call } from '../shared/api.js';

export type PushPhase =
  | 'looking'
  /** Not loaded over TLS. */
  | 'insecure'
  /** The browser has no messages; on an iPhone it has once the page is on the home screen. */
  | 'unsupported'
  | 'install'
  | 'denied'
  /** The store sends none. */
  | 'none'
  | 'off'
  | 'working'
  | 'on';

export interface PushState {
  readonly phase: ReadonlySignal<PushPhase>;
  /** Why the last tap did not work, as the store or the browser said it. */
  /** Code of what the store refused; empty where the browser would not. */
  readonly problem: ReadonlySignal<string | undefined>;
  /** Looks again; also tells the store about a subscription that it may not know. */
  look(): Promise<void>;
  turnOn(): Promise<void>;
  turnOff(): Promise<void>;
}

export interface PushPerson {
  readonly sid: string;
  readonly locale: string;
}

export function createPushState(person: () => PushPerson | undefined): PushState {
  const phase = signal<PushPhase>('looking');
  const problem = signal<string | undefined>(undefined);

  const tell = async (subscription: PushSubscription): Promise<void> => {
    const who = person();
    if (who === undefined) return;
    const { endpoint, keys } = subscription.toJSON();
    await call('POST', '/v1/push/subscriptions', { ...who, subscription: { endpoint, keys } });
  };
  const look = async (): Promise<void> => {
    const missing = whatIsMissing();
    if (missing !== undefined) {
      phase.value = missing;
      return;
    }
    const subscription = await current();
    if (subscription === null || Notification.permission !== 'granted') {
      phase.value = 'off';
      return;
    }
    // The store may have been set up anew, or have forgotten this phone.
    const known = await tell(subscription).then(
      () => true,
      (failure: unknown) => !(failure instanceof ApiFailure) || failure.status === 0 || failure.status >= 500,
    );
    phase.value = known ? 'on' : 'off';
  };
  const attempt = async (work: () => Promise<PushPhase>): Promise<void> => {
    phase.value = 'working';
    problem.value = undefined;
    try {
      phase.value = await work();
    } catch (failure) {
      if (failure instanceof ApiFailure && failure.reason === 'PushOff') phase.value = 'none';
      else {
        problem.value = failure instanceof ApiFailure ? failure.reason : '';
        phase.value = 'off';
      }
    }
  };
  return {
    phase,
    problem,
    look,
    turnOn: () =>
      attempt(async () => {
        if ((await Notification.requestPermission()) !== 'granted') return whatIsMissing() ?? 'off';
        const subscription = await subscribe();
        try {
          await tell(subscription);
        } catch (failure) {
          // What the store does not take leads nowhere: the browser need not keep it.
          await subscription.unsubscribe();
          throw failure;
        }
        return 'on';
      }),
    turnOff: () =>
      attempt(async () => {
        const subscription = await current();
        const who = person();
        if (subscription !== null) {
          await subscription.unsubscribe();
          const id = await idOf(subscription.endpoint);
          if (who !== undefined)
            await call('DELETE', `/v1/push/subscriptions/${encodeURIComponent(who.sid)}/${id}`);
        }
        return 'off';
      }),
  };
}

/** Who took the consent back, or was forgotten, leaves nothing in the browser that could be sent to. */
export async function giveUpSubscription(): Promise<void> {
  if (!('serviceWorker' in navigator) || !('PushManager' in window)) return;
  const registration = await navigator.serviceWorker.getRegistration();
  const subscription = await registration?.pushManager.getSubscription();
  await subscription?.unsubscribe();
}

function whatIsMissing(): PushPhase | undefined {
  if (!isSecureContext) return 'insecure';
  const able = 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;
  if (!able) return /iPhone|iPad/.test(navigator.userAgent) ? 'install' : 'unsupported';
  return Notification.permission === 'denied' ? 'denied' : undefined;
}

async function current(): Promise<PushSubscription | null> {
  return (await navigator.serviceWorker.ready).pushManager.getSubscription();
}

/** A subscription made with another key (the store was set up anew) is given up first. */
async function subscribe(): Promise<PushSubscription> {
  const { publicKey } = await call<{ publicKey: string }>('GET', '/v1/push/key');
  const key = bytesOf(publicKey);
  const held = await current();
  const heldKey = held?.options.applicationServerKey;
  if (held !== null && heldKey instanceof ArrayBuffer && !sameBytes(new Uint8Array(heldKey), key))
    await held.unsubscribe();
  const { pushManager } = await navigator.serviceWorker.ready;
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

/** As the store names it: the first half of the SHA-256, base64url. */
async function idOf(endpoint: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(endpoint)));
  const text = btoa(String.fromCharCode(...digest.subarray(0, 16)));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

const sameBytes = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && left.every((byte, index) => byte === right[index]);
