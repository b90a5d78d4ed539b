/**
 * The hand that reaches the shopper's own page. The page gets the whole view whenever it changes; each personal
 * offer ends as `sent` (the page confirmed it) or `expired` (it did not in time). Nobody else ever sees it.
 */
import { isType, type JournalledEvent, RefusalError, type ShopperView } from '../contracts/index.js';
import type { Clock, Draft, Engine, Gate } from '../ports.js';
import { createProgress, type ProgressJournal } from './progress.js';

export interface PhoneHand {
  /** Sends the whole view at once; returns how to leave, or nothing for an unknown shopper. */
  attach(sid: string, show: (view: ShopperView) => void): (() => void) | undefined;
  /** The page shows this offer; resolves after the fact is durable. */
  seen(sid: string, decisionId: string): Promise<{ ok: boolean }>;
  close(): Promise<void>;
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

interface Pending {
  readonly sid: string;
  readonly deadlineMs: number;
  readonly offset: number;
}
interface Page {
  readonly shows: Set<(view: ShopperView) => void>;
  body: string;
}

const LOOK_MS = 1_000;
const REFRESH_MS = 100;
const WRITE_MS = 10_000;
const EXPIRE_AT_ONCE_MAX = 200;
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
  const waiting = createWaiting(deps);
  const pages = createPages(deps);
  let last = 0;
  const take = (journalled: JournalledEvent): void => {
    waiting.take(journalled);
    last = Math.max(last, journalled.offset);
  };
  for (const journalled of progress.unfinished(['promo.decision', 'push.sent'])) take(journalled);
  const stop = deps.engine.onSettled((settled) => {
    for (const journalled of settled) take(journalled);
    if (settled.some(({ event }) => !QUIET.has(event.type))) pages.refreshSoon();
  });
  const timer = setInterval(() => {
    waiting.expire().catch(deps.onError);
    progress.done(waiting.firstOffset(last) - 1);
    pages.refreshSoon();
  }, LOOK_MS);
  return {
    attach: pages.attach,
    seen: waiting.seen,
    async close() {
      stop();
      clearInterval(timer);
      pages.close();
      await progress.close();
    },
  };
}

/** Personal offers whose fate is open. One that is being settled stays until that is durable. */
function createWaiting(deps: Pick<PhoneDeps, 'gate' | 'clock' | 'onEffect'>) {
  const waiting = new Map<string, Pending>();
  const settling = new Set<string>();
  const settle = async (drafts: readonly Draft<'push.sent'>[]): Promise<void> => {
    for (const { data } of drafts) settling.add(data.decisionId);
    try {
      await deps.gate.admit(drafts);
      for (const { data } of drafts) {
        waiting.delete(data.decisionId);
        deps.onEffect?.(data.outcome);
      }
    } finally {
      for (const { data } of drafts) settling.delete(data.decisionId);
    }
  };
  return {
    take({ offset, event }: JournalledEvent): void {
      if (isType(event, 'push.sent')) waiting.delete(event.data.decisionId);
      if (!isType(event, 'promo.decision')) return;
      const { surface, outcome, sid, offer, decisionId } = event.data;
      if (surface !== 'phone' || outcome !== 'offered' || sid === undefined || offer === undefined) return;
      waiting.set(decisionId, { sid, offset, deadlineMs: Date.parse(offer.validUntil) });
    },
    /** Offset of the oldest that is open; `last` when none is. */
    firstOffset(last: number): number {
      let first = last;
      for (const { offset } of waiting.values()) first = Math.min(first, offset);
      return first;
    },
    async seen(sid: string, decisionId: string): Promise<{ ok: boolean }> {
      const pending = waiting.get(decisionId);
      // Confirmed before, or never theirs: nothing to record either way, and nothing to learn from the answer.
      if (pending?.sid !== sid || settling.has(decisionId)) return { ok: true };
      try {
        await settle([sentDraft(decisionId, sid, 'sent')]);
        return { ok: true };
      } catch (error) {
        if (error instanceof RefusalError) return { ok: false };
        throw error;
      }
    },
    async expire(): Promise<void> {
      const nowMs = deps.clock.nowMs();
      const late: Draft<'push.sent'>[] = [];
      for (const [decisionId, { sid, deadlineMs }] of waiting) {
        if (deadlineMs > nowMs || settling.has(decisionId)) continue;
        late.push(sentDraft(decisionId, sid, 'expired'));
        if (late.length === EXPIRE_AT_ONCE_MAX) break;
      }
      if (late.length > 0) await settle(late);
    },
  };
}

function sentDraft(decisionId: string, sid: string, outcome: 'sent' | 'expired'): Draft<'push.sent'> {
  const reason = outcome === 'expired' ? { reason: 'DeadlinePassed' } : {};
  return {
    type: 'push.sent',
    device: 'phone',
    id: `push/${decisionId}/${outcome}`,
    data: { decisionId, sid, channel: 'socket', outcome, ...reason },
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
    for (const show of page.shows) show(view);
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
    attach(sid: string, show: (view: ShopperView) => void): (() => void) | undefined {
      const view = deps.view(sid);
      if (view === undefined) return undefined;
      const page = pages.get(sid) ?? { shows: new Set<(view: ShopperView) => void>(), body: '' };
      pages.set(sid, page);
      page.shows.add(show);
      show(view);
      return () => {
        page.shows.delete(show);
        if (page.shows.size === 0) pages.delete(sid);
      };
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
