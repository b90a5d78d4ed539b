import { computed, effect, type Signal, signal } from '@preact/signals';
import type {
  AgeBand,
  Purpose,
  ShopperCoupon,
  ShopperErased,
  ShopperView,
} from '../../edge/contracts/index.js';
import { call } from '../shared/api.js';
import type { Place } from '../shared/format.js';
import { messagesFor } from '../shared/messages/index.js';
import { openServerLink, type ServerLink } from '../shared/socket.js';
import { createShopperCache } from './cache.js';

export type Tab = 'near' | 'mine' | 'history' | 'privacy';

/** The store seals its state anew before it answers. */
const ERASE_WITHIN_MS = 60_000;

/** A coupon is only as good as its time, also when the store cannot say so. */
export function couponNow(coupon: ShopperCoupon, nowMs: number): ShopperCoupon['state'] {
  const over = Date.parse(coupon.offer.validUntil) <= nowMs;
  return coupon.state === 'good' && over ? 'expired' : coupon.state;
}

/** The shop hears once of each offer that this phone shows; a page in the background shows nothing to anybody. */
function tellSeen(server: ServerLink, view: Signal<ShopperView | undefined>): void {
  const told = new Set<string>();
  const visible = signal(!document.hidden);
  document.addEventListener('visibilitychange', () => {
    visible.value = !document.hidden;
  });
  effect(() => {
    if (server.link.value.state !== 'live' || !visible.value) return;
    for (const { decisionId, state } of view.value?.coupons ?? []) {
      if (state !== 'good' || told.has(decisionId)) continue;
      told.add(decisionId);
      server.socket.emit('seen', { decisionId }, ({ ok }: { ok: boolean }) => {
        if (!ok) told.delete(decisionId);
      });
    }
  });
}

/** Everything the shopper page knows: the view of the store, or the last one this phone kept. */
export function createShopperState(storage: Storage | undefined) {
  const cache = createShopperCache(storage);
  const server = openServerLink('/shopper');
  const view = signal<ShopperView | undefined>(cache.view());
  const language = signal<string | undefined>(cache.language());
  const tab = signal<Tab>('near');
  const atTill = signal<string | undefined>(undefined);
  const erased = signal<ShopperErased | undefined>(cache.erased());
  const dataOpen = signal(false);
  const askingAgain = signal(false);
  const skewMs = signal(0);

  /** Nothing of the person stays on this phone but the number that proves it. */
  const forget = (last: ShopperErased | undefined): void => {
    cache.clear();
    if (last !== undefined) cache.keepErased(last);
    erased.value = last;
    view.value = undefined;
    dataOpen.value = false;
    atTill.value = undefined;
  };
  server.socket.on('erased', forget);
  server.socket.on('connect_error', (error: { data?: { reason?: string } }) => {
    // Not theirs, or not theirs any more: what this phone kept of it goes, too.
    if (error.data?.reason === 'NotAuthenticated' && view.value !== undefined) forget(erased.value);
  });
  server.socket.on('view', (next: ShopperView) => {
    // A page that was just deleted may still hear the last word about before.
    if (erased.value !== undefined && next.sid === view.value?.sid) return;
    erased.value = undefined;
    cache.keepErased(undefined);
    view.value = next;
    cache.keepView(next);
    const at = Date.parse(next.at);
    if (!Number.isNaN(at)) skewMs.value = at - Date.now();
  });
  tellSeen(server, view);

  const consent = (purpose: Purpose, granted: boolean, ageBand: AgeBand): Promise<unknown> => {
    cache.keepAgeBand(ageBand);
    const { sid, textVersion } = view.value ?? {};
    return call('POST', '/v1/consents', { sid, purpose, granted, textVersion, ageBand });
  };
  const place = computed<Place>(() => ({
    locale: language.value ?? view.value?.locale ?? navigator.language,
    timeZone: view.value?.timeZone ?? 'UTC',
    currency: view.value?.currency ?? 'EUR',
  }));
  return {
    server: server.link,
    nextTry: server.nextTry,
    view,
    tab,
    atTill,
    place,
    messages: computed(() => messagesFor(place.value.locale)),
    cache,
    erased,
    dataOpen,
    askingAgain,
    clearErased: () => forget(undefined),
    /** Rejects with ApiFailure; nothing is kept here once the store has answered. */
    async erase(): Promise<void> {
      const sid = encodeURIComponent(view.value?.sid ?? '');
      forget(await call<ShopperErased>('POST', `/v1/shoppers/${sid}/erasure`, {}, ERASE_WITHIN_MS));
    },
    storeMs: (deviceMs: number): number => deviceMs + skewMs.value,
    speak(code: string): void {
      language.value = code;
      cache.keepLanguage(code);
    },
    consent,
    withdraw: (purpose: Purpose): Promise<unknown> =>
      call('DELETE', `/v1/consents/${encodeURIComponent(view.value?.sid ?? '')}/${purpose}`),
  };
}
export type ShopperState = ReturnType<typeof createShopperState>;
