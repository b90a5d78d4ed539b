import '../desk/desk.css';
import { useEffect, useState } from 'preact/hooks';
import type { OfferNow } from '../../../edge/contracts/index.js';
import { count, money } from '../../shared/format.js';
import { useNow } from '../../shared/ticking.js';
import { undoStop } from '../api.js';
import { readOffers, stopCampaign } from '../desk/api.js';
import { AsOf, Read } from '../desk/dated.js';
import { Notice, useNotice } from '../desk/notice.js';
import { FilterChips, Trouble, Waiting } from '../desk/pieces.js';
import { usePolled, useSteadyOrder } from '../desk/poll.js';
import { useMay } from '../desk/role.js';
import { type DeskTelling, deskTelling } from '../desk/telling.js';
import { whyOf } from '../desk/why.js';
import { address } from '../route.js';
import type { TabProps } from '../tab-props.js';
import { OfferDetails } from './offer-details.js';
import { OfferTable, ownStop, type RowActs } from './offer-table.js';

const LOOK_MS = 4_000;
const AGES_MS = 10_000;

const FILTERS = {
  all: () => true,
  running: ({ state }: OfferNow) => state === 'running',
  stopped: ({ state }: OfferNow) => state === 'stopped',
  waiting: ({ state }: OfferNow) => state === 'waiting',
  over: ({ state }: OfferNow) => state === 'ended' || state === 'withdrawn',
} as const;
type Filter = keyof typeof FILTERS;

/** Stop and bring back, each said at the foot of the page with its way back. */
function useActs(telling: DeskTelling, refresh: () => Promise<void>) {
  const words = telling.desk.offers;
  const notice = useNotice(words.failedUndo, telling);
  const [busy, setBusy] = useState<string | undefined>();
  const bring = async (stopId: string, name: string): Promise<string> => {
    await undoStop(stopId);
    await refresh();
    return words.back(name);
  };
  const run = (offer: OfferNow, work: () => Promise<void>, failed: (why: string) => string): void => {
    setBusy(offer.campaign.id);
    work()
      .catch((error: unknown) => notice.say({ text: failed(whyOf(error, telling)), tone: 'look' }))
      .finally(() => setBusy(undefined));
  };
  const stop = (offer: OfferNow): void =>
    run(
      offer,
      async () => {
        const { id, name } = offer.campaign;
        const made = await stopCampaign(id);
        const why = { stopId: made.id, kind: 'stop' } as const;
        notice.say({ text: words.stopped(name), tone: 'good', undo: () => bring(made.id, name), why });
        await refresh();
      },
      words.failedStop,
    );
  const bringBack = (offer: OfferNow): void =>
    run(
      offer,
      async () => {
        const stopId = ownStop(offer);
        if (stopId === undefined) return;
        const why = { stopId, kind: 'undo' } as const;
        notice.say({ text: await bring(stopId, offer.campaign.name), tone: 'good', why });
      },
      words.failedUndo,
    );
  return { notice, acts: { busy, stop, bringBack } satisfies Omit<RowActs, 'mayStop'> };
}

function Sums({ offers, telling }: { offers: readonly OfferNow[]; telling: DeskTelling }) {
  const sum = (of: (offer: OfferNow) => number): string =>
    money(
      offers.reduce((total, offer) => total + of(offer), 0),
      telling.place,
    );
  return (
    <p class="muted desk-sums">
      {telling.desk.offers.sums(
        sum(({ today }) => today.turnoverMinor),
        sum(({ today }) => today.discountMinor),
      )}
    </p>
  );
}

export function OffersPage({ now, state }: TabProps) {
  const telling = deskTelling(now, state, state.storeMs(useNow(AGES_MS)));
  const words = telling.desk.offers;
  const [filter, setFilter] = useState<Filter>('all');
  const may = useMay();
  // A stop anywhere in the shop shows here at once.
  const polled = usePolled(readOffers, LOOK_MS, now.stops.map(({ stopId }) => stopId).join());
  const { notice, acts } = useActs(telling, polled.refresh);
  useEffect(() => void state.products.look(), []);
  const all = polled.value?.offers ?? [];
  const rows = useSteadyOrder(all, ({ campaign }) => campaign.id, 'offers').filter(FILTERS[filter]);
  const open = all.find(({ campaign }) => campaign.id === address.value.id);
  const chips = (Object.keys(FILTERS) as Filter[]).map((id) => ({
    id,
    word: words.filters[id],
    amount: words.amount(count(all.filter(FILTERS[id]).length, telling.place.locale)),
  }));
  return (
    <Read polled={polled} telling={telling}>
      <div class="desk-bar">
        <FilterChips
          label={words.title}
          chosen={filter}
          chips={chips}
          onChoose={(id: Filter) => setFilter(id)}
        />
        <Sums offers={all} telling={telling} />
        <AsOf telling={telling} />
      </div>
      <Trouble polled={polled} telling={telling} />
      {polled.value === undefined && polled.failure === undefined ? (
        <Waiting word={telling.desk.common.looking} />
      ) : null}
      {polled.value === undefined ? null : (
        <div class="card desk-card">
          {rows.length === 0 ? (
            <p class="empty">{all.length === 0 ? words.none : words.noneOf}</p>
          ) : (
            <OfferTable
              offers={rows}
              openId={open?.campaign.id}
              acts={{ ...acts, mayStop: may('stop') }}
              telling={telling}
            />
          )}
        </div>
      )}
      {open === undefined ? null : <OfferDetails offer={open} telling={telling} />}
      <Notice notice={notice} telling={telling} />
    </Read>
  );
}
