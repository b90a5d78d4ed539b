import type { OfferNow, OfferState } from '../../../edge/contracts/index.js';
import { count, dayMonth, hourMinute, money } from '../../shared/format.js';
import { Cell, State } from '../desk/pieces.js';
import { type DeskTelling, percentInWords } from '../desk/telling.js';
import { reasonWords } from '../now/story-words.js';
import { hrefOf } from '../route.js';
import { discountTag } from './rule-words.js';

const TONES: Readonly<Record<OfferState, 'good' | 'look' | 'act' | 'link' | 'calm'>> = {
  running: 'good',
  waiting: 'link',
  stopped: 'act',
  ended: 'calm',
  withdrawn: 'calm',
};

/** The hour where that is today, with the day before it where it is not. */
export function momentWords(instant: string, { place, storeMs }: DeskTelling): string {
  const time = hourMinute(instant, place);
  const day = dayMonth(instant, place);
  return day === dayMonth(storeMs, place) ? time : `${day} ${time}`;
}

function stateRest(offer: OfferNow, telling: DeskTelling): string | undefined {
  const { offers } = telling.desk;
  const [stop] = offer.stops;
  if (offer.state === 'stopped' && stop !== undefined) {
    const time = momentWords(stop.at, telling);
    return stop.scope === 'all' ? offers.stoppedAll(time) : offers.since(time);
  }
  if (offer.changesAt === undefined)
    return offer.state === 'running' ? telling.desk.common.openEnded : undefined;
  const time = momentWords(offer.changesAt, telling);
  if (offer.state === 'running') return offers.until(time);
  return offer.state === 'waiting' ? offers.from(time) : offers.since(time);
}

export interface RowActs {
  readonly mayStop: boolean;
  /** Id of the campaign whose button is at work. */
  readonly busy: string | undefined;
  stop(offer: OfferNow): void;
  bringBack(offer: OfferNow): void;
}

/** Its own stop can be undone here; what stopped everything is undone where that was done. */
export function ownStop(offer: OfferNow): string | undefined {
  return offer.stops.find(({ scope }) => scope !== 'all')?.stopId;
}

function Action({ offer, acts, telling }: { offer: OfferNow; acts: RowActs; telling: DeskTelling }) {
  const words = telling.desk.offers;
  const { name, id } = offer.campaign;
  const over = offer.state === 'ended' || offer.state === 'withdrawn';
  const stopped = ownStop(offer) !== undefined;
  if (!acts.mayStop || (over && !stopped)) return null;
  return (
    <button
      type="button"
      class={stopped ? 'button button-back' : 'button button-act'}
      disabled={acts.busy === id}
      onClick={() => (stopped ? acts.bringBack(offer) : acts.stop(offer))}
    >
      <span>
        {acts.busy === id ? words.stopping : stopped ? words.bringBack : words.stop}
        <span class="visually-hidden"> {name}</span>
      </span>
    </button>
  );
}

function Refused({ offer, telling }: { offer: OfferNow; telling: DeskTelling }) {
  const { refused, reasons } = offer.today;
  const [top] = reasons;
  if (top === undefined) return <Cell first={telling.desk.offers.noReason} />;
  const why = reasonWords(top[0], telling).split(':')[0];
  const times = telling.desk.common.times(count(refused, telling.place.locale));
  return <Cell first={times} second={<bdi>{why}</bdi>} />;
}

function Row(props: { offer: OfferNow; open: boolean; acts: RowActs; telling: DeskTelling }) {
  const { offer, open, telling } = props;
  const { campaign, today } = offer;
  const { offers: words } = telling.desk;
  const { locale } = telling.place;
  const isCoupon = campaign.kind === 'coupon';
  const isPersonal = campaign.kind !== 'display';
  const write = (amount: number): string => count(amount, locale);
  const cash = (minor: number): string => money(minor, telling.place);
  const name = (label: string) => ({ 'data-label': label });
  const tag = discountTag(campaign, telling);
  return (
    <tr class={open ? 'desk-row desk-row-open' : 'desk-row'}>
      <th scope="row" class="desk-lead">
        <a
          class="desk-link"
          href={open ? hrefOf('offers') : hrefOf('offers', campaign.id)}
          aria-expanded={open}
        >
          <Cell
            first={<bdi>{campaign.name}</bdi>}
            second={<bdi>{[tag, words.kinds[campaign.kind]].filter(Boolean).join(', ')}</bdi>}
          />
        </a>
      </th>
      <td {...name(words.columns.state)}>
        <State tone={TONES[offer.state]} word={words.states[offer.state]} rest={stateRest(offer, telling)} />
      </td>
      <td class="desk-number" {...name(words.columns.made)}>
        <Cell first={write(today.made)} />
      </td>
      <td class="desk-number" {...name(words.columns.taken)}>
        {isCoupon ? (
          <Cell
            first={write(today.taken)}
            second={
              today.made === 0 ? undefined : words.share(percentInWords(today.taken / today.made, locale))
            }
          />
        ) : null}
      </td>
      <td class="desk-number" {...name(words.columns.withheld)}>
        {isPersonal ? <Cell first={write(today.withheld)} /> : null}
      </td>
      <td {...name(words.columns.refused)}>
        <Refused offer={offer} telling={telling} />
      </td>
      <td class="desk-number" {...name(words.columns.turnover)}>
        {isCoupon ? <Cell first={cash(today.turnoverMinor)} /> : null}
      </td>
      <td class="desk-number" {...name(words.columns.given)}>
        {isCoupon ? <Cell first={cash(today.discountMinor)} /> : null}
      </td>
      <td class="desk-number" {...name(words.columns.out)}>
        {isCoupon ? (
          <Cell
            first={write(offer.couponsOut)}
            second={offer.couponsOut === 0 ? undefined : words.worth(cash(offer.couponsOutMinor))}
          />
        ) : null}
      </td>
      <td class="desk-action">
        <Action offer={offer} acts={props.acts} telling={telling} />
      </td>
    </tr>
  );
}

export function OfferTable(props: {
  offers: readonly OfferNow[];
  openId: string | undefined;
  acts: RowActs;
  telling: DeskTelling;
}) {
  const words = props.telling.desk.offers;
  const { columns } = words;
  const numbers = ['made', 'taken', 'withheld'] as const;
  const sums = ['turnover', 'given', 'out'] as const;
  return (
    <table class="desk-table">
      <caption class="visually-hidden">{words.title}</caption>
      <thead>
        <tr>
          <th scope="col">{columns.campaign}</th>
          <th scope="col">{columns.state}</th>
          {numbers.map((id) => (
            <th key={id} scope="col" class="desk-number">
              {columns[id]}
            </th>
          ))}
          <th scope="col">{columns.refused}</th>
          {sums.map((id) => (
            <th key={id} scope="col" class="desk-number">
              {columns[id]}
            </th>
          ))}
          <th scope="col">
            <span class="visually-hidden">{columns.action}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {props.offers.map((offer) => (
          <Row
            key={offer.campaign.id}
            offer={offer}
            open={offer.campaign.id === props.openId}
            acts={props.acts}
            telling={props.telling}
          />
        ))}
      </tbody>
    </table>
  );
}
