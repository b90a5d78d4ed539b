import {
  isType,
  type JournalledEvent,
  type ShopperView,
  type StoreEvent,
  type TopicName,
} from '../contracts/index.js';
import type { Clock } from '../ports.js';
import type { Journal } from '../store/types.js';
import type { OpenVault } from './vault.js';

const PAGE_EVENTS = 1_000;
/** A year of daily visits is a tenth of this; what is beyond is counted, never silently left out. */
const EVENTS_MAX = 200_000;

/** Topics in which a person can be named, or a coupon of theirs. */
const TOPICS: readonly TopicName[] = [
  ...(['loyalty.profile', 'consent.receipt', 'consent.withdrawn', 'audit.entry'] as const),
  ...(['presence.sighting', 'presence.zone', 'pos.transaction'] as const),
  ...(['promo.decision', 'push.sent', 'push.clicked', 'coupon.issued'] as const),
  ...(['coupon.request', 'coupon.answered', 'coupon.redeemed', 'fraud.verdict'] as const),
];

/** Everything that is held about one person, for themselves: `endcap.person/1`. */
export interface PersonExport {
  readonly format: 'endcap.person/1';
  readonly madeAt: string;
  readonly sid: string;
  /** How many tags and loyalty ids lead to them, whose values nobody here holds, and phones that get messages. */
  readonly linked: { readonly tags: number; readonly loyaltyIds: number; readonly phones: number };
  /** What the page shows: consents with their receipts, coupons, where they are now. */
  readonly now: ShopperView;
  /** Every event that names them or a coupon of theirs, oldest first, as CloudEvents. */
  readonly events: readonly StoreEvent[];
  /** Events beyond the most that one document holds. */
  readonly left: number;
}

export interface PersonExportDeps {
  readonly journal: Pick<Journal, 'read'>;
  readonly vault: Pick<OpenVault, 'linksOf'>;
  readonly phonesOf: (sid: string) => number;
  readonly view: (sid: string) => ShopperView | undefined;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** Lets others work between two pages of the journal. */
  readonly pause: () => Promise<void>;
}

/** Reads the whole journal in slices; `undefined` for who is not known here. */
export async function exportPerson(deps: PersonExportDeps, sid: string): Promise<PersonExport | undefined> {
  const now = deps.view(sid);
  if (now === undefined) return undefined;
  const coupons = new Set<string>();
  const events: StoreEvent[] = [];
  let left = 0;
  for await (const event of everything(deps)) {
    if (!isAbout(event, sid, coupons)) continue;
    if (events.length < EVENTS_MAX) events.push(event);
    else left += 1;
  }
  const madeAt = new Date(deps.clock.nowMs()).toISOString();
  const linked = { ...deps.vault.linksOf(sid), phones: deps.phonesOf(sid) };
  return { format: 'endcap.person/1', madeAt, sid, linked, now, events, left };
}

async function* everything(deps: PersonExportDeps): AsyncGenerator<StoreEvent> {
  for (let after = 0; ; ) {
    const page: readonly JournalledEvent[] = deps.journal.read({ after, limit: PAGE_EVENTS, types: TOPICS });
    for (const { event } of page) yield event;
    if (page.length < PAGE_EVENTS) return;
    after = page.at(-1)?.offset ?? after;
    await deps.pause();
  }
}

/** A coupon is issued before anybody asks for it, so that one reading finds what was done with it. */
function isAbout(event: StoreEvent, sid: string, coupons: Set<string>): boolean {
  const data = event.data as { sid?: unknown; visitor?: unknown; couponId?: unknown; target?: unknown };
  if (isType(event, 'coupon.issued') && data.sid === sid) coupons.add(event.data.couponId);
  if (isType(event, 'audit.entry')) return data.target === sid;
  return (
    data.sid === sid ||
    data.visitor === `s:${sid}` ||
    (typeof data.couponId === 'string' && coupons.has(data.couponId))
  );
}
