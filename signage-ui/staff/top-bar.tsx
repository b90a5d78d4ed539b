import { useEffect, useRef } from 'preact/hooks';
import type { LinkNow, StorePolicy } from '../../edge/contracts/index.js';
import { clockTime, count, dayLabel, hourMinute, type Place, timeOfDay } from '../shared/format.js';
import { Icon } from '../shared/icons.js';
import { lengthInWords, type Messages } from '../shared/messages/index.js';
import { linkDetail } from '../shared/messages/told.js';
import { useNow } from '../shared/ticking.js';
import { hoursNow } from './hours.js';
import { address, hrefOf, TABS } from './route.js';
import type { StaffState } from './state.js';
import { StopButton } from './stop-button.js';
import { Who, whyNoStop } from './who/who.js';

/** The `E` of Endcap, drawn as three shelves. */
function Brand() {
  return (
    <svg class="brand" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" class="brand-ground" />
      <path d="M10 8h13v4H14.5v2.6H22v3.8h-7.5V20H23v4H10z" class="brand-letter" />
    </svg>
  );
}

interface LinkWords {
  readonly tone: 'good' | 'look' | 'link' | 'calm';
  readonly state: string;
  readonly rest: string;
}

/** The link to HQ in words: what it is, and what it means. */
export function linkWords(
  link: LinkNow,
  storeMs: number,
  options: { messages: Messages; locale: string },
): LinkWords {
  const { messages, locale } = options;
  const words = messages.staff.link;
  const waiting = words.waiting(count(link.waiting, locale));
  const eta = link.etaS === undefined ? undefined : lengthInWords(link.etaS * 1_000, messages);
  const backlog = eta === undefined ? waiting : words.eta(count(link.waiting, locale), eta);
  switch (link.state) {
    case 'none':
      return { tone: 'calm', state: words.none, rest: words.noneRest };
    case 'starting':
      return { tone: 'link', state: words.starting, rest: waiting };
    case 'in-step':
      return { tone: 'good', state: words.inStep, rest: waiting };
    case 'catching-up':
      return { tone: 'link', state: words.catchingUp, rest: backlog };
    case 'offline':
      return {
        tone: 'look',
        state: words.offline(lengthInWords(storeMs - Date.parse(link.since), messages)),
        rest: backlog,
      };
  }
}

/** Without the store nobody knows the link any more: what was, in grey, and when. */
function asItWas(words: LinkWords, state: StaffState): LinkWords {
  const { state: server, sinceMs } = state.server.value;
  if (server !== 'gone' && server !== 'stale') return words;
  const time = hourMinute(state.storeMs(sinceMs), state.place.value);
  return { ...words, tone: 'calm', rest: state.messages.value.staff.link.asOf(time) };
}

function LinkPill({ link, state, storeMs }: { link: LinkNow; state: StaffState; storeMs: number }) {
  const messages = state.messages.value;
  const known = linkWords(link, storeMs, { messages, locale: state.place.value.locale });
  const words = asItWas(known, state);
  return (
    <p class={`link-pill tone-${words.tone}`} title={linkDetail(link, state.place.value)}>
      {words.tone === 'look' ? <Icon name="offline" /> : <span class="link-dot" />}
      <span aria-live="polite">
        <b>{words.state}</b> <span class="link-rest">{words.rest}</span>
      </span>
    </p>
  );
}

/** Open or not, and until when, as the place writes hours. */
function openingWords(store: StorePolicy['store'], storeMs: number, place: Place) {
  const hours = hoursNow(store, hourMinute(storeMs, { ...place, locale: 'en-GB' }));
  return hours === undefined ? undefined : { ...hours, until: timeOfDay(hours.until, place.locale) };
}

function Clock({ state, storeMs }: { state: StaffState; storeMs: number }) {
  const place = state.place.value;
  return (
    <p class="clock">
      <time class="clock-time as-of">{clockTime(storeMs, place)}</time>
      <span class="muted small">{dayLabel(storeMs, place)}</span>
    </p>
  );
}

export function TopBar({ state }: { state: StaffState }) {
  const storeMs = state.storeMs(useNow(1_000));
  const now = state.now.value;
  const messages = state.messages.value;
  const store = now?.policy.store;
  return (
    <header class="top">
      <Brand />
      <div class="top-store">
        <h1 class="top-name">
          <bdi>{store?.name ?? store?.id ?? messages.staff.title}</bdi>
        </h1>
        <p class="muted small">
          <span class="top-open">
            {store === undefined
              ? messages.common.connecting
              : messages.staff.store(
                  store.id.replace(/^store-/, ''),
                  openingWords(store, storeMs, state.place.value),
                )}
          </span>
          {now?.simulated === true ? <span class="simulated">{messages.staff.simulated}</span> : null}
        </p>
      </div>
      {now === undefined ? null : <LinkPill link={now.link} state={state} storeMs={storeMs} />}
      {now === undefined ? null : <Clock state={state} storeMs={storeMs} />}
      <Who state={state} />
      <StopButton now={now} messages={messages} why={whyNoStop(state)} />
    </header>
  );
}

export function Tabs({ state }: { state: StaffState }) {
  const messages = state.messages.value;
  const toMend = state.now.value?.toMend ?? 0;
  const open = address.value.tab;
  const bar = useRef<HTMLElement>(null);
  // On a phone the bar is wider than the page: the open tab is to be seen.
  useEffect(() => {
    bar.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [open, toMend > 0]);
  return (
    <nav class="tabs" ref={bar} aria-label={messages.staff.title}>
      {TABS.map((tab) => (
        <a key={tab} class="tab" href={hrefOf(tab)} aria-current={open === tab ? 'page' : undefined}>
          {/* The address names these words, so that following it leads to something on the page; a link would be focused. */}
          <span id={tab} class="tab-words">
            {messages.staff.tabs[tab]}
          </span>
          {tab === 'journal' && toMend > 0 ? (
            <span class="to-mend">{messages.staff.toMend(count(toMend, state.place.value.locale))}</span>
          ) : null}
        </a>
      ))}
    </nav>
  );
}
