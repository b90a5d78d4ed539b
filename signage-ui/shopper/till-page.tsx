import { useEffect } from 'preact/hooks';
import type { ShopperCoupon } from '../../edge/contracts/index.js';
import { artFor, ProductArt } from '../shared/art/index.js';
import { hourMinute, money } from '../shared/format.js';
import { Icon } from '../shared/icons.js';
import { lengthInWords } from '../shared/messages/index.js';
import { Qr } from './qr.js';
import { couponNow, type ShopperState } from './state.js';
import { digitGroups, whenWords } from './words.js';

/** Keeps the screen from going dark in the queue, where the browser can. */
function useAwake(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | undefined;
    let left = false;
    navigator.wakeLock?.request('screen').then(
      (held) => {
        lock = held;
        if (left) void held.release();
      },
      () => undefined,
    );
    return () => {
      left = true;
      void lock?.release();
    };
  }, []);
}

function TimeBar({ coupon, state, nowMs }: { coupon: ShopperCoupon; state: ShopperState; nowMs: number }) {
  const words = state.messages.value.shopper.near;
  const endMs = Date.parse(coupon.offer.validUntil);
  const startMs = state.cache.firstSeenMs(coupon.couponId, nowMs);
  const share = Math.max(0, Math.min(1, (endMs - nowMs) / Math.max(1, endMs - startMs)));
  return (
    <div class="time-left">
      <div class="time-bar">
        <div class="time-bar-fill" style={{ width: `${share * 100}%` }} />
      </div>
      <p class="time-words">
        <b>{words.left(lengthInWords(endMs - nowMs, state.messages.value))}</b>
        <span>{words.until(whenWords(coupon.offer.validUntil, nowMs, state.place.value))}</span>
      </p>
    </div>
  );
}

function Settled({ coupon, state, nowMs }: { coupon: ShopperCoupon; state: ShopperState; nowMs: number }) {
  const words = state.messages.value.shopper.till;
  const now = couponNow(coupon, nowMs);
  const text =
    now === 'taken'
      ? words.taken(coupon.takenAt === undefined ? '' : hourMinute(coupon.takenAt, state.place.value))
      : now === 'stopped'
        ? words.stopped
        : words.expired;
  return (
    <p class={now === 'taken' ? 'settled settled-good' : 'settled'} role="status">
      <Icon name={now === 'taken' ? 'check' : 'clock'} />
      {text}
    </p>
  );
}

/** The whole screen for the scanner: pure white, the code as large as it gets, the digits under it. */
export function TillPage({
  coupon,
  state,
  nowMs,
}: {
  coupon: ShopperCoupon;
  state: ShopperState;
  nowMs: number;
}) {
  useAwake();
  const messages = state.messages.value;
  const words = messages.shopper.till;
  const { offer } = coupon;
  const place = { ...state.place.value, currency: offer.currency };
  const saved = offer.wasMinor - offer.priceMinor;
  return (
    <main class="till">
      <header class="till-head">
        <button
          type="button"
          class="till-back"
          aria-label={words.close}
          onClick={() => {
            state.atTill.value = undefined;
          }}
        >
          <Icon name="left" />
        </button>
        <h1>{words.title}</h1>
      </header>
      <div class="till-offer">
        <ProductArt art={artFor(offer.art, offer.name)} class="till-art" />
        <div class="till-words">
          <bdi class="till-name">{offer.name}</bdi>
          {offer.size === undefined ? null : <p>{offer.size}</p>}
          {saved > 0 ? <p>{messages.shopper.near.save(money(saved, place))}</p> : null}
        </div>
        <b class="till-price">{money(offer.priceMinor, place)}</b>
      </div>
      {couponNow(coupon, nowMs) === 'good' ? (
        <>
          <Qr class="qr-big" text={coupon.token} label={words.qr} />
          <p class="till-code">{digitGroups(coupon.code)}</p>
          <p class="till-or">{words.digits}</p>
          <TimeBar coupon={coupon} state={state} nowMs={nowMs} />
        </>
      ) : (
        <Settled coupon={coupon} state={state} nowMs={nowMs} />
      )}
      <p class="till-works">
        <Icon name="check" />
        <span>
          <b>{words.works}</b> {words.worksText}
        </span>
      </p>
      <p class="till-once">{words.once}</p>
    </main>
  );
}
