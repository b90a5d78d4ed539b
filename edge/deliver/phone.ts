/**
 * The hand that reaches the shopper's own page. The page gets the whole view whenever it changes; each personal
 * offer ends as `sent` (the page confirmed it) or `expired` (it did not in time). Nobody else ever sees it.
 */
import {
  isType,
  type JournalledEvent,
  type ShopperErased,
  type ShopperView,
  type StoreEvent,
} from '../contracts/index.js';
import type { Clock, Engine, Gate } from '../ports.js';
import { createOpenOffers, type OpenOffers } from './open-offers.js';
import { createProgress, type ProgressJournal } from './progress.js';

export interface PhoneHand {
  /** Sends the whole view at once; returns how to leave, or nothing for an unknown shopper. */
  attach(sid: string, page: PhonePage): (() => void) | undefined;
  /** The page shows this offer; resolves after the fact is durable. */
  seen(sid: string, decisionId: string): Promise<{ ok: boolean }>;
  /** A page of this person is connected. */
  isOpen(sid: string): boolean;
  /** Personal offers whose fate is open, for those who reach a phone in another way. */
  readonly offers: Pick<OpenOffers, 'list' | 'note' | 'settle' | 'alone'>;
  close(): Promise<void>;
}

/** How an open page is spoken to. */
export interface PhonePage {
  view(view: ShopperView): void;
  /** The shopper was erased: the last word. */
  erased(erased: ShopperErased): void;
}

export interface PhoneDeps {
  readonly engine: Pick<Engine, 'onSettled'>;
  readonly gate: Pick<Gate, 'admit'>;
  readonly journal: ProgressJournal;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly view: (sid: string) => ShopperView | undefined;
  readonly onEffect?: (outcome: 'sent' | 'expired' | 'failed') => void;
  readonly onError: (error: Error) => void;
}

interface Page {
  readonly shows: Set<PhonePage>;
  body: string;
}

const LOOK_MS = 1_000;
const REFRESH_MS = 100;
const WRITE_MS = 10_000;
/** What cannot change a shopper's view by itself. */
const QUIET: ReadonlySet<string> = new Set([
  'presence.sighting',
  'presence.traffic',
  'presence.minute',
  'shelf.reading',
  'audit.entry',
  'quarantine.event',
]);

export function startPhone(deps: PhoneDeps): PhoneHand {
  const progress = createProgress({ ...deps, name: 'phone', writeMs: WRITE_MS });
  const offers = createOpenOffers(deps);
  const pages = createPages(deps);
  let last = 0;
  const take = (journalled: JournalledEvent): void => {
    offers.take(journalled);
    last = Math.max(last, journalled.offset);
  };
  for (const journalled of progress.unfinished(['promo.decision', 'push.sent', 'erasure.done']))
    take(journalled);
  const stop = deps.engine.onSettled((settled) => {
    for (const journalled of settled) take(journalled);
    for (const { event } of settled) if (isType(event, 'erasure.done')) pages.erased(event);
    if (settled.some(({ event }) => !QUIET.has(event.type))) pages.refreshSoon();
  });
  const timer = setInterval(() => {
    offers.expire().catch(deps.onError);
    progress.done(offers.firstOffset(last) - 1);
    pages.refreshSoon();
  }, LOOK_MS);
  return {
    attach: pages.attach,
    seen: offers.seen,
    isOpen: pages.isOpen,
    offers,
    async close() {
      stop();
      clearInterval(timer);
      pages.close();
      await progress.close();
    },
  };
}

/** Open shopper pages, each kept at the current view. */
function createPages(deps: Pick<PhoneDeps, 'view' | 'onError'>) {
  const pages = new Map<string, Page>();
  let soon: NodeJS.Timeout | undefined;
  const refresh = (sid: string, page: Page): void => {
    const view = deps.view(sid);
    if (view === undefined) return;
    const { at: _at, ...rest } = view;
    const body = JSON.stringify(rest);
    if (body === page.body) return;
    page.body = body;
    for (const { view: show } of page.shows) show(view);
  };
  const refreshAll = (): void => {
    soon = undefined;
    try {
      for (const [sid, page] of pages) refresh(sid, page);
    } catch (error) {
      deps.onError(error as Error);
    }
  };
  return {
    attach(sid: string, one: PhonePage): (() => void) | undefined {
      const view = deps.view(sid);
      if (view === undefined) return undefined;
      const page = pages.get(sid) ?? { shows: new Set<PhonePage>(), body: '' };
      pages.set(sid, page);
      page.shows.add(one);
      one.view(view);
      return () => {
        page.shows.delete(one);
        if (page.shows.size === 0) pages.delete(sid);
      };
    },
    isOpen: (sid: string): boolean => pages.has(sid),
    erased({ data, recordedtime }: StoreEvent<'erasure.done'>): void {
      const last = { receiptId: data.receiptId, at: recordedtime };
      for (const page of pages.get(data.sid)?.shows ?? []) page.erased(last);
      pages.delete(data.sid);
    },
    refreshSoon(): void {
      if (pages.size > 0) soon ??= setTimeout(refreshAll, REFRESH_MS);
    },
    close(): void {
      clearTimeout(soon);
      pages.clear();
    },
  };
}
