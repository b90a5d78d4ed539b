import { computed, effect, signal } from '@preact/signals';
import type { AgeBand, Purpose, ShopperCoupon, ShopperView } from '../../edge/contracts/index.js';
import { call } from '../shared/api.js';
import type { Place } from '../shared/format.js';
import { messagesFor } from '../shared/messages/index.js';
import { openServerLink } from '../shared/socket.js';
import { createShopperCache } from './cache.js';

export type Tab = 'near' | 'mine' | 'history' | 'privacy';

/** A coupon is only as good as its time, also when the store cannot say so. */
export function couponNow(coupon: ShopperCoupon, nowMs: number): ShopperCoupon['state'] {
  const over = Date.parse(coupon.offer.validUntil) <= nowMs;
  return coupon.state === 'good' && over ? 'expired' : coupon.state;
}

/** Everything the shopper page knows: the view of the store, or the last one this phone kept. */
export function createShopperState(storage: Storage | undefined) {
  const cache = createShopperCache(storage);
  const server = openServerLink('/shopper');
  const view = signal<ShopperView | undefined>(cache.view());
  const language = signal<string | undefined>(cache.language());
  const tab = signal<Tab>('near');
  const atTill = signal<string | undefined>(undefined);
  const skewMs = signal(0);
  const told = new Set<string>();

  server.socket.on('view', (next: ShopperView) => {
    view.value = next;
    cache.keepView(next);
    const at = Date.parse(next.at);
    if (!Number.isNaN(at)) skewMs.value = at - Date.now();
  });
  effect(() => {
    if (server.link.value.state !== 'live') return;
    for (const { decisionId, state } of view.value?.coupons ?? []) {
      if (state !== 'good' || told.has(decisionId)) continue;
      told.add(decisionId);
      server.socket.emit('seen', { decisionId }, ({ ok }: { ok: boolean }) => {
        if (!ok) told.delete(decisionId);
      });
    }
  });

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
    view,
    tab,
    atTill,
    place,
    messages: computed(() => messagesFor(place.value.locale)),
    cache,
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
