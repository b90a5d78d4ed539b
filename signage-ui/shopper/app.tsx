import { useEffect } from 'preact/hooks';
import type { ShopperView } from '../../edge/contracts/index.js';
import { hourMinute } from '../shared/format.js';
import { Icon, type IconName, LeafMark } from '../shared/icons.js';
import { languageFor } from '../shared/messages/index.js';
import { useNow } from '../shared/ticking.js';
import { TryAgain } from '../shared/try-again.js';
import { ConsentPage } from './consent.js';
import { ErasedPage } from './erase.js';
import { MyDataPage } from './my-data.js';
import { couponNow, type ShopperState, type Tab } from './state.js';
import { TabPage } from './tabs.js';
import { TillPage } from './till-page.js';

const TABS: readonly (readonly [Tab, IconName])[] = [
  ['near', 'pin'],
  ['mine', 'tag'],
  ['history', 'history'],
  ['privacy', 'lock'],
];

function Nav({ view, state, nowMs }: { view: ShopperView; state: ShopperState; nowMs: number }) {
  const words = state.messages.value.shopper;
  const held = view.coupons.filter((coupon) => couponNow(coupon, nowMs) === 'good').length;
  return (
    <nav class="nav" aria-label={words.title}>
      {TABS.map(([tab, icon]) => (
        <button
          key={tab}
          type="button"
          class="nav-tab"
          aria-current={state.tab.value === tab ? 'page' : undefined}
          onClick={() => {
            state.tab.value = tab;
            scrollTo(0, 0);
          }}
        >
          <Icon name={icon} />
          {tab === 'mine' && held > 0 ? words.mineCount(held) : words.tabs[tab]}
        </button>
      ))}
    </nav>
  );
}

/** Before the first answer, and when the page was opened without a link. */
function Waiting({ state }: { state: ShopperState }) {
  const messages = state.messages.value;
  const refused = state.server.value.state === 'refused';
  return (
    <main class="shopper-page waiting-page">
      <LeafMark class="waiting-leaf" />
      <h1>{refused ? messages.shopper.noSession : messages.common.connecting}</h1>
      {refused ? <p class="muted">{messages.shopper.noSessionText}</p> : null}
    </main>
  );
}

function OfflineNote({ state }: { state: ShopperState }) {
  const { state: link, sinceMs } = state.server.value;
  if (link !== 'gone') return null;
  return (
    <div class="note note-look note-offline">
      <p role="status">
        {state.messages.value.shopper.offlineLong(hourMinute(state.storeMs(sinceMs), state.place.value))}
      </p>
      <TryAgain nextTry={state.nextTry} messages={state.messages.value} />
    </div>
  );
}

export function App({ state }: { state: ShopperState }) {
  const nowMs = state.storeMs(useNow(5_000));
  const view = state.view.value;
  const { locale } = state.place.value;
  useEffect(() => {
    document.documentElement.lang = languageFor(locale);
    document.title = state.messages.value.shopper.title;
  }, [locale]);
  const erased = state.erased.value;
  if (erased !== undefined) return <ErasedPage erased={erased} state={state} />;
  if (view === undefined) return <Waiting state={state} />;
  const shown = view.coupons.find((coupon) => coupon.couponId === state.atTill.value);
  if (shown !== undefined) return <TillPage coupon={shown} state={state} nowMs={nowMs} />;
  if (state.dataOpen.value) return <MyDataPage state={state} />;
  const unasked = Object.values(view.consents).every((said) => said === 'unasked');
  if (unasked || state.askingAgain.value) return <ConsentPage state={state} />;
  return (
    <>
      <main class="shopper-page tab-page">
        <OfflineNote state={state} />
        <TabPage view={view} state={state} nowMs={nowMs} />
      </main>
      <Nav view={view} state={state} nowMs={nowMs} />
    </>
  );
}
