import { Component, type ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { hasTwelveHours } from '../shared/format.js';
import { languageFor, type Messages } from '../shared/messages/index.js';
import { Bands, ServerBand } from './bands.js';
import { Dated } from './desk/dated.js';
import { LazyTab } from './lazy-tab.js';
import { NowPage } from './now/now-page.js';
import { address } from './route.js';
import type { StaffState } from './state.js';
import { Tabs, TopBar } from './top-bar.js';

/** One broken part says so in its place; the rest of the page goes on. */
export class Guard extends Component<
  { messages: Messages; children: ComponentChildren },
  { broken: boolean }
> {
  override state = { broken: false };
  override componentDidCatch(): void {
    this.setState({ broken: true });
  }
  override render() {
    if (!this.state.broken) return this.props.children;
    const { common } = this.props.messages;
    return (
      <div class="card broken" role="alert">
        <p>{common.broken}</p>
        <button type="button" class="button" onClick={() => this.setState({ broken: false })}>
          {common.retry}
        </button>
      </div>
    );
  }
}

function Skeleton({ label }: { label: string }) {
  return (
    <div class="skeleton" role="status" aria-label={label}>
      <div class="card skeleton-plan" />
      <div class="card skeleton-feed" />
      <div class="card skeleton-stats" />
    </div>
  );
}

function Content({ state }: { state: StaffState }) {
  const messages = state.messages.value;
  const now = state.now.value;
  if (state.server.value.state === 'refused') {
    return (
      <div class="card no-session" role="alert">
        <h2>{messages.staff.noSession}</h2>
        <p>{messages.common.refused}</p>
      </div>
    );
  }
  if (now === undefined) return <Skeleton label={messages.common.connecting} />;
  return (
    <Guard messages={messages}>
      {address.value.tab === 'now' ? (
        <Dated atMs={Date.parse(now.at)}>
          <Bands now={now} state={state} />
          <NowPage now={now} state={state} />
        </Dated>
      ) : (
        <LazyTab key={address.value.tab} tab={address.value.tab} now={now} state={state} />
      )}
    </Guard>
  );
}

export function App({ state }: { state: StaffState }) {
  const { locale } = state.place.value;
  const store = state.now.value?.policy.store;
  useEffect(() => {
    document.documentElement.lang = languageFor(locale);
    // Columns of times are wider where hours go by AM and PM.
    document.documentElement.dataset['hours'] = hasTwelveHours(locale) ? '12' : '24';
    document.title = store?.name ?? 'Endcap';
  }, [locale, store?.name]);
  const old = state.server.value.state === 'gone' || state.server.value.state === 'stale';
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('content')?.focus()}>
        {state.messages.value.staff.skip}
      </button>
      {/* What stands in the bar is told as it happens; the clock beside it says of when. */}
      <div class="top-card" data-as-of={state.now.value?.at}>
        <TopBar state={state} />
        <Tabs state={state} />
      </div>
      <main id="content" class={old ? 'content content-old' : 'content'} tabIndex={-1}>
        <ServerBand state={state} />
        <Content state={state} />
      </main>
    </>
  );
}
