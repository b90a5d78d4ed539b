import type { Offer, ShopperCoupon } from '../../edge/contracts/index.js';
import { ArtScene, artFor, ProductArt, paletteOf } from '../shared/art/index.js';
import { count, money } from '../shared/format.js';
import { Icon } from '../shared/icons.js';
import { lengthInWords } from '../shared/messages/index.js';
import { Qr } from './qr.js';
import type { ShopperState } from './state.js';
import { whyWords } from './why-words.js';
import { digitGroups, whenWords } from './words.js';

interface CouponProps {
  readonly coupon: ShopperCoupon;
  readonly state: ShopperState;
  readonly nowMs: number;
}

function Hero({ offer, state }: { offer: Offer; state: ShopperState }) {
  const place = { ...state.place.value, currency: offer.currency };
  const art = artFor(offer.art, offer.name);
  const { ground, ink } = paletteOf(art);
  return (
    <div class="hero" style={{ '--ground': ground, '--on-ground': ink }}>
      <ArtScene art={art} class="hero-art" />
      <h2 class="hero-name">
        <bdi>{offer.name}</bdi>
      </h2>
      {offer.size === undefined ? null : <p class="hero-size">{offer.size}</p>}
      <p class="hero-price">{money(offer.priceMinor, place)}</p>
      {offer.wasMinor > offer.priceMinor ? (
        <p>{state.messages.value.shopper.near.instead(money(offer.wasMinor, place))}</p>
      ) : null}
    </div>
  );
}

/** The offer in full: what it is, why it came, the code, and the way to the till. */
export function CouponCard({ coupon, state, nowMs }: CouponProps) {
  const { offer, code, token, couponId } = coupon;
  const words = state.messages.value.shopper.near;
  const left = lengthInWords(Date.parse(offer.validUntil) - nowMs, state.messages.value);
  return (
    <article class="card coupon">
      <Hero offer={offer} state={state} />
      {whyWords(offer, state.messages.value) === undefined ? null : (
        <p class="why">
          <Icon name="history" />
          <span>
            <b>{words.why}</b> <bdi>{whyWords(offer, state.messages.value)}</bdi>
          </span>
        </p>
      )}
      <div class="coupon-code">
        <Qr class="qr" text={token} label={state.messages.value.shopper.till.qr} />
        <div class="coupon-words">
          <p class="small code-word">{words.code}</p>
          <p class="code">{digitGroups(code)}</p>
          <p>{words.until(whenWords(offer.validUntil, nowMs, state.place.value))}</p>
          <p class="code-left">{words.left(left)}</p>
        </div>
        <button
          type="button"
          class="button button-primary button-big"
          onClick={() => {
            state.atTill.value = couponId;
          }}
        >
          {words.show}
        </button>
      </div>
    </article>
  );
}

/** One coupon as a row that opens it at the till. */
export function CouponRow({ coupon, state, nowMs }: CouponProps) {
  const { offer } = coupon;
  const words = state.messages.value.shopper.near;
  return (
    <li>
      <button
        type="button"
        class="card offer-row"
        onClick={() => {
          state.atTill.value = coupon.couponId;
        }}
      >
        <ProductArt art={artFor(offer.art, offer.name)} class="offer-art" />
        <span class="offer-words">
          <bdi class="offer-name">{offer.name}</bdi>
          <span class="muted">{words.until(whenWords(offer.validUntil, nowMs, state.place.value))}</span>
        </span>
        <b class="offer-price">
          {money(offer.priceMinor, { ...state.place.value, currency: offer.currency })}
        </b>
      </button>
    </li>
  );
}

/** What a screen nearby offers everybody: no code needed. */
export function OpenOffer({ offer, state }: { offer: Offer; state: ShopperState }) {
  const place = { ...state.place.value, currency: offer.currency };
  const words = state.messages.value.shopper.near;
  const was = offer.wasMinor > offer.priceMinor ? words.instead(money(offer.wasMinor, place)) : undefined;
  const pieces =
    offer.piecesLeft === undefined
      ? undefined
      : words.pieces(
          count(offer.piecesLeft, place.locale),
          offer.pieceName ?? state.messages.value.player.pieces,
        );
  return (
    <li class="card offer-row">
      <ProductArt art={artFor(offer.art, offer.name)} class="offer-art" />
      <span class="offer-words">
        <bdi class="offer-name">{[offer.name, offer.size].filter(Boolean).join(', ')}</bdi>
        <span class="muted">{[was, pieces].filter(Boolean).join(', ')}</span>
      </span>
      <b class="offer-price">{money(offer.priceMinor, place)}</b>
    </li>
  );
}
