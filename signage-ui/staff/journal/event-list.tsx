import { count, exactParts } from '../../shared/format.js';
import { Icon } from '../../shared/icons.js';
import type { JournalEntry } from '../api.js';
import { AsOf } from '../desk/dated.js';
import { whyOf } from '../desk/why.js';
import type { Telling } from '../now/story-words.js';
import { hrefOf } from '../route.js';
import { eventLine, kindOf } from './event-words.js';
import type { JournalList } from './journal-state.js';

function Row({ event, open, telling }: { event: JournalEntry; open: boolean; telling: Telling }) {
  const line = eventLine(event, telling);
  const [until, thousandths, rest] = exactParts(event.recordedtime, telling.place);
  return (
    <li>
      <a
        class={open ? 'event event-open' : 'event'}
        href={hrefOf('journal', event.id)}
        aria-current={open ? 'true' : undefined}
      >
        <time class="event-time">
          {until}
          <span class="event-ms">{thousandths}</span>
          {rest}
        </time>
        <span class={`event-icon tone-text-${line.tone ?? 'calm'}`}>
          <Icon name={line.icon} />
        </span>
        <span class="event-text">
          <b>{line.verb}</b> <bdi>{line.rest}</bdi>
        </span>
        <span class="event-kind">{kindOf(event, telling)}</span>
      </a>
    </li>
  );
}

function foundWords(list: JournalList, { messages, place }: Telling): string {
  const shown = count(list.events.value.length, place.locale);
  const total = list.total.value;
  return total === undefined
    ? messages.journal.found(shown)
    : messages.journal.foundOf(shown, count(total, place.locale));
}

/** The events found, newest first; what came since waits above until it is asked for. */
export function EventList({
  list,
  openId,
  telling,
}: {
  list: JournalList;
  openId: string | undefined;
  telling: Telling;
}) {
  const words = telling.messages.journal;
  const events = list.events.value;
  return (
    <section class="card events" aria-label={words.list} aria-busy={list.busy.value}>
      <header class="events-head muted small">
        <span aria-live="polite">{list.busy.value ? words.looking : foundWords(list, telling)}</span>
        {list.fresh.value > 0 ? (
          <button type="button" class="events-new" onClick={() => list.refresh()}>
            <Icon name="up" small />
            {words.fresh(count(list.fresh.value, telling.place.locale))}
          </button>
        ) : (
          <span>{words.newest}</span>
        )}
        <AsOf telling={telling} />
      </header>
      {list.failure.value === undefined ? null : (
        <p class="events-note tone-look" role="alert">
          {words.failed(whyOf(list.failure.value, telling))}
        </p>
      )}
      {events.length === 0 && !list.busy.value && list.failure.value === undefined ? (
        <p class="empty">{words.none}</p>
      ) : null}
      <ol>
        {events.map((event) => (
          <Row key={event.offset} event={event} open={event.id === openId} telling={telling} />
        ))}
      </ol>
      {list.next.value === undefined ? null : (
        <button
          type="button"
          class="events-older link"
          disabled={list.busy.value}
          onClick={() => list.older()}
        >
          {list.busy.value ? words.looking : words.older}
        </button>
      )}
    </section>
  );
}
