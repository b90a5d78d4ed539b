import type { ShopperCoupon, ShopperView } from '../../edge/contracts/index.js';
import { hourMinute, storeParts } from '../shared/format.js';
import { AskAgain } from './ask-again.js';
import { CouponCard, CouponRow, OpenOffer } from './coupon-card.js';
import { HistoryPage } from './history.js';
import { PrivacyPage } from './privacy.js';
import { couponNow, type ShopperState } from './state.js';
import { zoneWords } from './words.js';

interface TabProps {
  readonly view: ShopperView;
  readonly state: ShopperState;
  readonly nowMs: number;
}

const goodOnes = (view: ShopperView, nowMs: number): readonly ShopperCoupon[] =>
  view.coupons.filter((coupon) => couponNow(coupon, nowMs) === 'good');

/** How long the place and the screens around it may be told without a word from the store. */
const NEARBY_MS = 10 * 60_000;
/** What was near then is not near now; coupons are good all the same. */
function knowsNearby(state: ShopperState, nowMs: number): boolean {
  const { state: link, sinceMs } = state.server.value;
  return link !== 'gone' || nowMs - state.storeMs(sinceMs) < NEARBY_MS;
}

function LinkSign({ state, nowMs }: { state: ShopperState; nowMs: number }) {
  const live = state.server.value.state === 'live';
  const words = state.messages.value.shopper;
  const time = hourMinute(nowMs, state.place.value);
  return (
    <p class={live ? 'link-sign link-sign-live' : 'link-sign'} role="status">
      <span class="link-sign-dot" />
      {live ? time : words.offline}
      {live ? <span class="visually-hidden">{words.live(time)}</span> : null}
    </p>
  );
}

function NearPage({ view, state, nowMs }: TabProps) {
  const words = state.messages.value.shopper;
  const [best, ...rest] = goodOnes(view, nowMs);
  const { shop, street } = storeParts(view.storeName);
  const off = view.consents.location !== 'granted' || view.consents.profile !== 'granted';
  const nearby = knowsNearby(state, nowMs);
  const zone = view.zone === undefined || !nearby ? undefined : zoneWords(view.zone);
  const where = [zone, street ?? shop].filter(Boolean);
  return (
    <>
      <header class="tab-head">
        <div>
          <h1>{words.tabs.near}</h1>
          <p class="muted">
            <bdi>{where.join(', ')}</bdi>
          </p>
        </div>
        <LinkSign state={state} nowMs={nowMs} />
      </header>
      {best === undefined ? (
        <div class="card nothing">
          <h2>{off ? words.near.off : words.near.none}</h2>
          <p class="muted">{off ? words.near.offText : words.near.noneText}</p>
        </div>
      ) : (
        <CouponCard coupon={best} state={state} nowMs={nowMs} />
      )}
      <AskAgain view={view} state={state} />
      {rest.length === 0 ? null : (
        <>
          <h2 class="section-title">{words.near.also}</h2>
          <ul class="offer-list">
            {rest.map((coupon) => (
              <CouponRow key={coupon.couponId} coupon={coupon} state={state} nowMs={nowMs} />
            ))}
          </ul>
        </>
      )}
      {view.hints.length === 0 ? null : (
        <>
          <h2 class="section-title">{words.near.hints}</h2>
          <ul class="offer-list">
            {view.hints.map(({ decisionId, offer }) => (
              <OpenOffer key={decisionId} offer={offer} state={state} />
            ))}
          </ul>
        </>
      )}
      {view.open.length === 0 || !nearby ? null : (
        <>
          <h2 class="section-title">{words.near.everybody}</h2>
          <ul class="offer-list">
            {view.open.map((offer) => (
              <OpenOffer key={offer.sku} offer={offer} state={state} />
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function MinePage({ view, state, nowMs }: TabProps) {
  const words = state.messages.value.shopper.mine;
  const coupons = goodOnes(view, nowMs);
  return (
    <>
      <header class="tab-head">
        <h1>{words.title}</h1>
        <LinkSign state={state} nowMs={nowMs} />
      </header>
      {coupons.length === 0 ? (
        <p class="card nothing">{words.none}</p>
      ) : (
        <ul class="offer-list">
          {coupons.map((coupon) => (
            <CouponRow key={coupon.couponId} coupon={coupon} state={state} nowMs={nowMs} />
          ))}
        </ul>
      )}
    </>
  );
}

export function TabPage(props: TabProps) {
  switch (props.state.tab.value) {
    case 'near':
      return <NearPage {...props} />;
    case 'mine':
      return <MinePage {...props} />;
    case 'history':
      return <HistoryPage {...props} />;
    case 'privacy':
      return <PrivacyPage view={props.view} state={props.state} />;
  }
}
