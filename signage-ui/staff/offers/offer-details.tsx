import { useEffect, useState } from 'preact/hooks';
import type { OfferNow, OfferProduct } from '../../../edge/contracts/index.js';
import { artFor, ProductArt } from '../../shared/art/index.js';
import { clockTime, count, money } from '../../shared/format.js';
import { Icon } from '../../shared/icons.js';
import { type JournalEntry, searchJournal } from '../api.js';
import { type DeskTelling, listInWords } from '../desk/telling.js';
import { eventLine } from '../journal/event-words.js';
import { reasonWords, screenName } from '../now/story-words.js';
import { hrefOf } from '../route.js';
import { ruleInWords } from './rule-words.js';

const DECISIONS = 6;
const REASONS = 5;

function Product({ product, telling }: { product: OfferProduct; telling: DeskTelling }) {
  const { offers } = telling.desk;
  const left =
    product.left === undefined
      ? offers.notCounted
      : offers.left(count(Math.max(0, product.left), telling.place.locale));
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
          {left}
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

/** What one campaign is, in words and pictures, and what it did last. */
export function OfferDetails({ offer, telling }: { offer: OfferNow; telling: DeskTelling }) {
  const { offers } = telling.desk;
  const { campaign, products, productCount } = offer;
  const { locale } = telling.place;
  const rest = productCount - products.length;
  return (
    <section class="drawer card" aria-label={offers.details(campaign.name)}>
      <header class="drawer-head">
        <h2>
          <bdi>{campaign.name}</bdi>
        </h2>
        <p class="muted">
          {offers.version(campaign.version)}, <code>{campaign.id}</code>
        </p>
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
