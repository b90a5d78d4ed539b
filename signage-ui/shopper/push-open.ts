/** From a notification to the offer it was about, in a page that opens and in one that is open already. */
import { effect } from '@preact/signals';
import { giveUpSubscription } from './push.js';
import { couponNow, type ShopperState } from './state.js';

/** `#offer=<decision>` leads to the offer, `&show=code` to its code for the till. */
export function followNotifications(state: ShopperState): void {
  let wanted: { decisionId: string; code: boolean } | undefined;
  const follow = (): void => {
    wanted = wantedIn(location.hash) ?? wanted;
    lead();
  };
  const lead = (): void => {
    const coupon = state.view.value?.coupons.find(({ decisionId }) => decisionId === wanted?.decisionId);
    if (wanted === undefined || coupon === undefined) return;
    const good = couponNow(coupon, state.storeMs(Date.now())) === 'good';
    state.tab.value = good ? 'near' : 'history';
    state.atTill.value = good && wanted.code ? coupon.couponId : undefined;
    wanted = undefined;
    history.replaceState(null, '', location.pathname);
  };
  addEventListener('hashchange', follow);
  follow();
  // The offer may come with the next word of the store.
  effect(() => {
    if (state.view.value !== undefined) lead();
  });
  if ('serviceWorker' in navigator) listen(state);
  effect(() => {
    const said = state.view.value?.consents.push;
    const unwanted = state.erased.value !== undefined || (said !== undefined && said !== 'granted');
    if (unwanted) void giveUpSubscription().catch(() => undefined);
  });
}

function listen(state: ShopperState): void {
  const { serviceWorker } = navigator;
  serviceWorker.addEventListener('message', ({ data, ports }: MessageEvent) => {
    const said = data as { endcap?: unknown; place?: unknown; decisionId?: unknown } | null;
    if (said?.endcap === 'open' && typeof said.place === 'string') {
      location.hash = new URL(said.place, location.origin).hash;
    }
    if (said?.endcap === 'shows') {
      const live = state.server.value.state === 'live';
      const shows = state.view.value?.coupons.some(({ decisionId }) => decisionId === said.decisionId);
      ports[0]?.postMessage(live && shows === true);
    }
  });
  void serviceWorker.ready.then(({ active }) => active?.postMessage({ endcap: 'wake' }));
}

function wantedIn(hash: string): { decisionId: string; code: boolean } | undefined {
  const words = new URLSearchParams(hash.slice(1));
  const decisionId = words.get('offer');
  return decisionId === null ? undefined : { decisionId, code: words.get('show') === 'code' };
}
