/**
 * Personal offers whose fate is open: the one ledger of what has not reached its person yet. Each ends once, as sent
 * or expired; a message that failed ends only that way to the phone, and the page may still show the offer.
 */
import { isType, type JournalledEvent, type Offer, RefusalError } from '../contracts/index.js';
import type { Clock, Draft, Gate } from '../ports.js';
import type { Place } from '../store/types.js';

export interface OpenOffer {
  readonly decisionId: string;
  readonly sid: string;
  readonly campaign: string;
  readonly offer: Offer;
  readonly deadlineMs: number;
  readonly offset: number;
  /** A message failed for good; that is in the journal. */
  readonly failed: boolean;
}

export interface PushOutcome {
  readonly outcome: 'sent' | 'failed';
  readonly reason?: string;
}

export interface OpenOffers {
  take(journalled: JournalledEvent): void;
  /** Offset of the oldest that is open; `last` when none is. */
  firstOffset(last: number): number;
  /** The page shows this offer; resolves after the fact is durable. */
  seen(sid: string, decisionId: string): Promise<{ ok: boolean }>;
  /** Ends those whose time is over. */
  expire(): Promise<void>;
  /** Oldest first. */
  list(): Iterable<OpenOffer>;
  /** Why no message has gone out yet; `undefined`: nobody waits for one. */
  note(decisionId: string, why: string | undefined): void;
  /** Runs `work`, which may end this offer, while nothing else can; not at all where it has ended meanwhile. */
  alone(decisionId: string, work: () => Promise<void>): Promise<void>;
  /** What came of a message; resolves after the fact is durable (at once for who was erased), rejects with RefusalError. */
  settle(offer: OpenOffer, result: PushOutcome): Promise<Place | undefined>;
}

export interface OpenOffersDeps {
  readonly gate: Pick<Gate, 'admit'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly onEffect?: (outcome: 'sent' | 'expired' | 'failed') => void;
}

type Sent = Draft<'push.sent'>;

const EXPIRE_AT_ONCE_MAX = 200;
/** The page stands in where no message could leave the store, and the outcome says so. */
const NO_WAY_OUT: ReadonlySet<string> = new Set(['PushUnreachable', 'PushAddressRefused', 'PushBusy']);

/** One that is being settled stays until that is durable; whoever else would end it waits, and then finds it ended. */
export function createOpenOffers(deps: OpenOffersDeps): OpenOffers {
  const open = new Map<string, OpenOffer>();
  const notes = new Map<string, string>();
  const busy = createBusy();
  const erased = new Set<string>();

  const close = (decisionId: string): void => {
    open.delete(decisionId);
    notes.delete(decisionId);
  };
  /** Nothing more is said of who was erased, not even that they missed an offer. */
  const closeAllOf = (sid: string): void => {
    erased.add(sid);
    for (const offer of open.values()) if (offer.sid === sid) close(offer.decisionId);
  };
  const admit = async (drafts: readonly Sent[]): Promise<readonly Place[]> => {
    const places = await deps.gate.admit(drafts);
    for (const { data } of drafts) {
      conclude(data);
      deps.onEffect?.(data.outcome);
    }
    return places;
  };
  const conclude = ({ decisionId, outcome }: Sent['data']): void => {
    const offer = open.get(decisionId);
    if (offer === undefined) return;
    if (outcome === 'failed') open.set(decisionId, { ...offer, failed: true });
    else close(decisionId);
  };

  return {
    take(journalled) {
      const { event } = journalled;
      if (isType(event, 'push.sent')) conclude(event.data);
      if (isType(event, 'erasure.done')) closeAllOf(event.data.sid);
      const offer = openOfferOf(journalled);
      if (offer !== undefined) open.set(offer.decisionId, offer);
    },
    firstOffset(last) {
      let first = last;
      for (const { offset } of open.values()) first = Math.min(first, offset);
      return first;
    },
    async seen(sid, decisionId) {
      const isTheirs = (): boolean => open.get(decisionId)?.sid === sid;
      // Confirmed before, or never theirs: nothing to record either way, and nothing to learn from the answer.
      if (!isTheirs()) return { ok: true };
      return busy.alone([decisionId], async () => {
        if (!isTheirs()) return { ok: true };
        const why = notes.get(decisionId);
        const reason = why !== undefined && NO_WAY_OUT.has(why) ? { reason: why } : {};
        const told = draft({ decisionId, sid, channel: 'socket', outcome: 'sent', ...reason });
        return admit([told]).then(() => ({ ok: true }), notOk);
      });
    },
    async expire() {
      const nowMs = deps.clock.nowMs();
      const late: Sent[] = [];
      for (const offer of open.values()) {
        const { decisionId, sid, deadlineMs, failed } = offer;
        if (deadlineMs > nowMs || busy.has(decisionId)) continue;
        // Its failure is told already; a second end would be one too many.
        if (failed) close(decisionId);
        else late.push(expired({ decisionId, sid }, notes.get(decisionId)));
        if (late.length === EXPIRE_AT_ONCE_MAX) break;
      }
      if (late.length === 0) return;
      const ids = late.map(({ data }) => data.decisionId);
      await busy.alone(ids, async () => void (await admit(late)));
    },
    alone: (decisionId, work) =>
      busy.alone([decisionId], async () => {
        if (open.has(decisionId)) await work();
      }),
    list: () => open.values(),
    note(decisionId, why) {
      if (why === undefined || !open.has(decisionId)) notes.delete(decisionId);
      else notes.set(decisionId, why);
    },
    async settle({ decisionId, sid }, { outcome, reason }) {
      if (erased.has(sid) || !open.has(decisionId)) return undefined;
      const why = reason === undefined ? {} : { reason };
      const [place] = await admit([draft({ decisionId, sid, channel: 'push', outcome, ...why })]);
      return place;
    },
  };
}

function notOk(error: unknown): { ok: false } {
  if (error instanceof RefusalError) return { ok: false };
  throw error;
}

/** One at a time for each offer, in the order of asking. */
function createBusy() {
  const last = new Map<string, Promise<unknown>>();
  return {
    has: (id: string): boolean => last.has(id),
    alone<T>(ids: readonly string[], work: () => Promise<T>): Promise<T> {
      const before = ids.flatMap((id) => last.get(id) ?? []);
      const mine = before.length === 0 ? work() : Promise.allSettled(before).then(work);
      const done = mine
        .catch(() => undefined)
        .then(() => {
          for (const id of ids) if (last.get(id) === done) last.delete(id);
        });
      for (const id of ids) last.set(id, done);
      return mine;
    },
  };
}

function openOfferOf({ offset, event }: JournalledEvent): OpenOffer | undefined {
  if (!isType(event, 'promo.decision')) return undefined;
  const { surface, outcome, sid, offer, decisionId, campaign = '' } = event.data;
  if (surface !== 'phone' || outcome !== 'offered' || sid === undefined || offer === undefined)
    return undefined;
  // A hint speaks of the moment and says it again with the next sighting: that it was missed is no news.
  if (offer.couponId === undefined) return undefined;
  const deadlineMs = Date.parse(offer.validUntil);
  return { decisionId, sid, campaign, offer, deadlineMs, offset, failed: false };
}

const expired = (whose: { decisionId: string; sid: string }, why: string | undefined): Sent =>
  draft({
    ...whose,
    channel: why === undefined ? 'socket' : 'push',
    outcome: 'expired',
    reason: why ?? 'DeadlinePassed',
  });

function draft(data: Sent['data']): Sent {
  const { decisionId, channel, outcome } = data;
  const id = `push/${decisionId}/${channel === 'push' && outcome !== 'expired' ? `push-${outcome}` : outcome}`;
  return { type: 'push.sent', device: 'phone', id, data };
}
