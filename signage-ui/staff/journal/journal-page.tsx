import './journal.css';
import { useEffect, useState } from 'preact/hooks';
import type { StaffNow } from '../../../edge/contracts/index.js';
import type { Telling } from '../now/story-words.js';
import { address } from '../route.js';
import type { StaffState } from '../state.js';
import { EventCard } from './event-card.js';
import { EventList } from './event-list.js';
import { FilterRow } from './filter-row.js';
import { createJournalList, type Filters, NO_FILTERS } from './journal-state.js';

const TYPING_MS = 250;
const PEEK_MS = 10_000;

export function JournalPage({ now, state }: { now: StaffNow; state: StaffState }) {
  const [list] = useState(createJournalList);
  const [filters, setFilters] = useState<Filters>(NO_FILTERS);
  const telling: Telling = {
    messages: state.messages.value,
    place: state.place.value,
    policy: now.policy,
    productOf: state.products.nameOf,
  };
  useEffect(() => {
    const timer = setTimeout(() => void list.look(filters), TYPING_MS);
    return () => clearTimeout(timer);
  }, [filters]);
  useEffect(() => {
    const timer = setInterval(() => void list.peek(), PEEK_MS);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => void state.products.look(), []);
  const { id } = address.value;
  return (
    <>
      <FilterRow filters={filters} messages={telling.messages} onChange={setFilters} />
      <div class="journal-row">
        <EventList list={list} openId={id} telling={telling} />
        <div class="journal-open">
          <EventCard id={id} listed={list.events.value} toMend={now.toMend} telling={telling} />
        </div>
      </div>
    </>
  );
}
