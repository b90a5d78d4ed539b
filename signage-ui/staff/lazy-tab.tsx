import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Tab } from './route.js';
import type { TabProps } from './tab-props.js';

type Page = ComponentType<TabProps>;

/** Each tab is a file of its own, fetched when it is first opened, so that *Now* is there at once. */
const PAGES: Readonly<Record<Exclude<Tab, 'now'>, () => Promise<Page>>> = {
  offers: async () => (await import('./offers/offers-page.js')).OffersPage,
  stock: async () => (await import('./stock/stock-page.js')).StockPage,
  devices: async () => (await import('./devices/devices-page.js')).DevicesPage,
  journal: async () => (await import('./journal/journal-page.js')).JournalPage,
  people: async () => (await import('./people/people-page.js')).PeoplePage,
  password: async () => (await import('./who/password-page.js')).PasswordPage,
  audit: async () => (await import('./audit/audit-page.js')).AuditPage,
  health: async () => (await import('./health/health-page.js')).HealthPage,
};
const opened = new Map<Tab, Page>();

/** A tab that is fetched on its first visit; where the store does not hand it out, it says so and asks again. */
export function LazyTab({ tab, ...props }: TabProps & { tab: Exclude<Tab, 'now'> }) {
  const [page, setPage] = useState<{ readonly Page?: Page; readonly failed?: boolean }>({});
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let mine = true;
    setPage({});
    PAGES[tab]().then(
      (Page) => {
        opened.set(tab, Page);
        if (mine) setPage({ Page });
      },
      () => mine && setPage({ failed: true }),
    );
    return () => {
      mine = false;
    };
  }, [tab, turn]);
  const Shown = opened.get(tab) ?? page.Page;
  const { common, staff } = props.state.messages.value;
  if (Shown !== undefined) return <Shown {...props} />;
  if (page.failed === true) {
    return (
      <div class="card broken" role="alert">
        <p>{common.broken}</p>
        <button type="button" class="button" onClick={() => setTurn(turn + 1)}>
          {common.retry}
        </button>
      </div>
    );
  }
  return <div class="card tab-loading" role="status" aria-label={staff.tabLoading} />;
}
