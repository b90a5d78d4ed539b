import type { ShopperCoupon, ShopperPast, ShopperView } from '../../edge/contracts/index.js';
import { artFor, ProductArt } from '../shared/art/index.js';
import { money } from '../shared/format.js';
import { couponNow, type ShopperState } from './state.js';
import { whyWords } from './why-words.js';
import { whenWords } from './words.js';

interface Entry {
  readonly id: string;
  readonly name: string;
  readonly art?: string;
  readonly why?: string;
  readonly price: string;
  readonly received?: string;
  readonly outcome: string;
  readonly taken: boolean;
}

/** Every offer that came, newest first: what it was, when, why, and what became of it. */
export function HistoryPage({
  view,
  state,
  nowMs,
}: {
  view: ShopperView;
  state: ShopperState;
  nowMs: number;
}) {
  const words = state.messages.value.shopper.history;
  const entries = [
    ...view.coupons
      .map((coupon) => entryOfCoupon(coupon, { state, nowMs, at: view.at }))
      .sort((left, right) => (right.received ?? '').localeCompare(left.received ?? '')),
    ...view.past.map((past) => entryOfPast(past, state, nowMs)),
  ];
  return (
    <>
      <header class="tab-head">
        <h1>{words.title}</h1>
      </header>
      {entries.length === 0 ? (
        <p class="card nothing">{words.none}</p>
      ) : (
        <ul class="offer-list">
          {entries.map((entry) => (
            <EntryRow key={entry.id} entry={entry} state={state} nowMs={nowMs} />
          ))}
        </ul>
      )}
    </>
  );
}

function EntryRow({ entry, state, nowMs }: { entry: Entry; state: ShopperState; nowMs: number }) {
  const words = state.messages.value.rights.history;
  const place = state.place.value;
  return (
    <li class="card offer-row history-row">
      <ProductArt art={artFor(entry.art, entry.name)} class="offer-art" />
      <span class="offer-words">
        <bdi class="offer-name">{entry.name}</bdi>
        {entry.received === undefined ? null : (
          <span class="muted">{words.received(whenWords(entry.received, nowMs, place))}</span>
        )}
        <span class={entry.taken ? 'outcome-taken' : 'muted'}>{entry.outcome}</span>
        {entry.why === undefined ? null : (
          <span class="history-why">
            <b>{words.why}</b> <bdi>{entry.why}</bdi>
          </span>
        )}
      </span>
      <b class="offer-price">{entry.price}</b>
    </li>
  );
}

function entryOfCoupon(
  coupon: ShopperCoupon,
  { state, nowMs, at }: { state: ShopperState; nowMs: number; at: string },
): Entry {
  const { offer, receivedAt } = coupon;
  const words = state.messages.value.shopper.history;
  const place = state.place.value;
  const now = couponNow(coupon, nowMs);
  const outcome = {
    good: state.messages.value.rights.history.good,
    taken: words.taken(whenWords(coupon.takenAt ?? at, nowMs, place)),
    stopped: words.stopped,
    expired: words.expired(whenWords(offer.validUntil, nowMs, place)),
  }[now];
  return {
    ...{ id: coupon.couponId, name: offer.name, outcome, taken: now === 'taken' },
    price: money(offer.priceMinor, { ...place, currency: offer.currency }),
    ...(offer.art === undefined ? {} : { art: offer.art }),
    ...whyOf(offer, state),
    ...(receivedAt === undefined ? {} : { received: receivedAt }),
  };
}

function whyOf(offer: Parameters<typeof whyWords>[0], state: ShopperState): Pick<Entry, 'why'> {
  const why = whyWords(offer, state.messages.value);
  return why === undefined ? {} : { why };
}

function entryOfPast(past: ShopperPast, state: ShopperState, nowMs: number): Entry {
  const place = state.place.value;
  const { takenAt } = past;
  return {
    ...{ id: past.decisionId, name: past.name, received: past.receivedAt, taken: takenAt !== undefined },
    outcome:
      takenAt === undefined
        ? state.messages.value.rights.history.over
        : state.messages.value.shopper.history.taken(whenWords(takenAt, nowMs, place)),
    price: money(past.priceMinor, { ...place, currency: past.currency }),
    ...(past.art === undefined ? {} : { art: past.art }),
    ...whyOf(past, state),
  };
}
