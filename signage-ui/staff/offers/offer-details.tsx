import { useEffect, useRef, useState } from 'preact/hooks';
import type { OfferNow, OfferProduct } from '../../../edge/contracts/index.js';
import { artFor, ProductArt } from '../../shared/art/index.js';
import { clockTime, count, money } from '../../shared/format.js';
import { Icon } from '../../shared/icons.js';
import { lengthInWords } from '../../shared/messages/index.js';
import { type JournalEntry, searchJournal } from '../api.js';
import { AsOf } from '../desk/dated.js';
import { type DeskTelling, listInWords } from '../desk/telling.js';
import { eventLine } from '../journal/event-words.js';
import { reasonWords, screenName } from '../now/story-words.js';
import { hrefOf } from '../route.js';
import { ruleInWords } from './rule-words.js';

const DECISIONS = 6;
const REASONS = 5;

/** `26 pieces left, 4 min ago`: a level is worth no more than its age. */
function leftWords({ left, leftAt }: OfferProduct, telling: DeskTelling): string {
  const { offers, common } = telling.desk;
  if (left === undefined) return offers.notCounted;
  const pieces = offers.left(count(Math.max(0, left), telling.place.locale));
  if (leftAt === undefined) return pieces;
  const ageMs = telling.storeMs - Date.parse(leftAt);
  return `${pieces}, ${common.age(lengthInWords(ageMs, telling.messages))}`;
}

function Product({ product, telling }: { product: OfferProduct; telling: DeskTelling }) {
  const { offers } = telling.desk;
  return (
    <li class="offer-product">
      <ProductArt art={artFor(product.art, product.name)} class="offer-product-art" />
      <span class="desk-cell">
        <bdi class="desk-first">{product.name}</bdi>
        <span class="small">
          <b>{money(product.priceMinor, telling.place)}</b>{' '}
          <span class="muted">{offers.insteadOf(money(product.wasMinor, telling.place))}</span>
        </span>
        <a class="small" href={hrefOf('stock', product.sku)}>
          {leftWords(product, telling)}
        </a>
      </span>
    </li>
  );
}

function Rule({ offer, telling }: { offer: OfferNow; telling: DeskTelling }) {
  const { offers, common } = telling.desk;
  const screens = offer.screens.map((id) => screenName(telling, id));
  return (
    <section class="drawer-part">
      <h3>{offers.rule}</h3>
      <dl class="rule-list">
        {ruleInWords(offer.campaign, telling).map(({ label, text }) => (
          <div key={label} class="rule-line">
            <dt>{label}</dt>
            <dd>
              <bdi>{text}</bdi>
            </dd>
          </div>
        ))}
      </dl>
      {screens.length === 0 ? null : (
        <p class="offer-screens">
          <Icon name="screen" small /> {offers.shownOn(listInWords(screens, common.and))}
        </p>
      )}
    </section>
  );
}

/** The newest decisions that looked at this campaign, each with the way to its reasons. */
function useDecisions(campaign: string) {
  const [found, setFound] = useState<readonly JournalEntry[] | undefined>();
  useEffect(() => {
    let mine = true;
    setFound(undefined);
    searchJournal({ type: 'promo.decision', q: `"campaign":"${campaign}"`, limit: DECISIONS }).then(
      (page) => mine && setFound(page.events.slice(0, DECISIONS)),
      () => mine && setFound([]),
    );
    return () => {
      mine = false;
    };
  }, [campaign]);
  return found;
}

function Decisions({ offer, telling }: { offer: OfferNow; telling: DeskTelling }) {
  const { offers, common } = telling.desk;
  const found = useDecisions(offer.campaign.id);
  const { reasons } = offer.today;
  return (
    <section class="drawer-part">
      <h3>{offers.refusals}</h3>
      {reasons.length === 0 ? (
        <p class="muted">{offers.noRefusals}</p>
      ) : (
        <ul class="reason-list">
          {reasons.slice(0, REASONS).map(([reason, times]) => (
            <li key={reason}>
              <bdi>{reasonWords(reason, telling).split(':')[0]}</bdi>
              <b>{common.times(count(times, telling.place.locale))}</b>
            </li>
          ))}
        </ul>
      )}
      <h3 class="drawer-next">{offers.decisions}</h3>
      {found === undefined ? <p class="muted">{common.looking}</p> : null}
      {found?.length === 0 ? <p class="muted">{offers.noDecisions}</p> : null}
      <ul class="decision-list">
        {found?.map((event) => {
          const line = eventLine(event, telling);
          return (
            <li key={event.id}>
              <a href={hrefOf('journal', event.id)} title={offers.inJournal}>
                <time>{clockTime(event.recordedtime, telling.place)}</time>
                <span>
                  <b>{line.verb}</b> <bdi>{line.rest}</bdi>
                </span>
              </a>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/**
 * The details stand below the table, on a phone far below it: what was opened comes into view and has the focus, and
 * whoever closes it is where they were.
 */
function useOpened(campaign: string) {
  const drawer = useRef<HTMLElement>(null);
  useEffect(() => {
    const { current } = drawer;
    const before = document.activeElement;
    if ((current?.getBoundingClientRect().top ?? 0) > innerHeight / 2)
      current?.scrollIntoView({ block: 'start' });
    // Who followed an address to this page has chosen nothing yet.
    if (before !== document.body) current?.focus({ preventScroll: true });
    return () => {
      const { activeElement } = document;
      // Following an address takes the focus away from what has it.
      const lost = activeElement === document.body || current?.contains(activeElement) === true;
      if (lost && before instanceof HTMLElement) before.focus();
    };
  }, [campaign]);
  return drawer;
}

/** What one campaign is, in words and pictures, and what it did last. */
export function OfferDetails({ offer, telling }: { offer: OfferNow; telling: DeskTelling }) {
  const { offers } = telling.desk;
  const { campaign, products, productCount } = offer;
  const { locale } = telling.place;
  const rest = productCount - products.length;
  const drawer = useOpened(campaign.id);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') location.hash = hrefOf('offers');
  };
  return (
    <section
      ref={drawer}
      class="drawer card"
      tabIndex={-1}
      aria-label={offers.details(campaign.name)}
      onKeyDown={onKeyDown}
    >
      <header class="drawer-head">
        <h2>
          <bdi>{campaign.name}</bdi>
        </h2>
        <p class="muted">
          {offers.version(campaign.version)}, <code>{campaign.id}</code>
        </p>
        <AsOf telling={telling} />
        <a class="drawer-close" href={hrefOf('offers')} aria-label={telling.messages.common.close}>
          <Icon name="cross" />
        </a>
      </header>
      <div class="drawer-body">
        <Rule offer={offer} telling={telling} />
        <section class="drawer-part">
          <h3>{offers.products(count(productCount, locale))}</h3>
          <ul class="offer-products">
            {products.map((product) => (
              <Product key={product.sku} product={product} telling={telling} />
            ))}
          </ul>
          {rest > 0 ? <p class="muted small">{offers.moreProducts(count(rest, locale))}</p> : null}
        </section>
        <Decisions offer={offer} telling={telling} />
      </div>
    </section>
  );
}
