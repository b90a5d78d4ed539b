import './journal.css';
import '../desk/desk.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { StaffNow } from '../../../edge/contracts/index.js';
import { useNow } from '../../shared/ticking.js';
import { Dated } from '../desk/dated.js';
import { useMay } from '../desk/role.js';
import { deskTelling } from '../desk/telling.js';
import { address, hrefOf } from '../route.js';
import type { StaffState } from '../state.js';
import { EventCard } from './event-card.js';
import { EventList } from './event-list.js';
import { ExportButton } from './export-button.js';
import { FilterRow } from './filter-row.js';
import { createJournalList, type Filters, NO_FILTERS, queryOf } from './journal-state.js';
import { TimeChip } from './time-chip.js';
import { ANY_TIME, boundsOf, type TimeRange } from './time-range.js';

const TYPING_MS = 250;
const PEEK_MS = 10_000;
const CLOCK_MS = 60_000;

export function JournalPage({ now, state }: { now: StaffNow; state: StaffState }) {
  const [list] = useState(createJournalList);
  const [filters, setFilters] = useState<Filters>(NO_FILTERS);
  const [range, setRange] = useState<TimeRange>(ANY_TIME);
  const telling = deskTelling(now, state, state.storeMs(useNow(CLOCK_MS)));
  const may = useMay();
  const { timeZone } = telling.place;
  const bounds = boundsOf(range, telling.storeMs, timeZone);
  const { wrong, ...within } = bounds;
  const wish: Filters = { ...filters, ...within };
  useEffect(() => {
    if (wrong === true) return;
    const timer = setTimeout(() => void list.look(wish), TYPING_MS);
    return () => clearTimeout(timer);
    // The last hour moves on by itself; the list is looked at anew only when somebody chooses.
  }, [filters, range]);
  useEffect(() => {
    const timer = setInterval(() => void list.peek(), PEEK_MS);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => void state.products.look(), []);
  const { id } = address.value;
  const card = useCardInView(id);
  const readMs = list.readMs.value;
  return (
    <Dated atMs={readMs === 0 ? undefined : telling.toStoreMs(readMs)}>
      <FilterRow
        filters={filters}
        messages={telling.messages}
        onChange={setFilters}
        time={
          <TimeChip
            range={range}
            wrong={wrong === true}
            storeMs={telling.storeMs}
            timeZone={timeZone}
            words={telling.desk.file}
            onChange={setRange}
          />
        }
      >
        {may('export') ? <ExportButton query={queryOf(wish)} telling={telling} /> : null}
      </FilterRow>
      <div class="journal-row">
        <EventList list={list} openId={id} telling={telling} />
        <div class="journal-open" ref={card}>
          {id === undefined ? null : (
            <a class="journal-back" href={hrefOf('journal')} onClick={() => scrollTo({ top: 0 })}>
              {telling.messages.journal.back}
            </a>
          )}
          <EventCard id={id} listed={list.events.value} toMend={now.toMend} telling={telling} />
        </div>
      </div>
    </Dated>
  );
}

/** Where list and card stand one below the other, what was opened comes into view: else a tap would seem to do nothing. */
function useCardInView(id: string | undefined) {
  const card = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const top = card.current?.getBoundingClientRect().top ?? 0;
    if (id !== undefined && top > innerHeight / 2) card.current?.scrollIntoView({ block: 'start' });
  }, [id]);
  return card;
}
