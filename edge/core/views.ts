import type { Purpose, Refusal, ShopperView, Story } from '../contracts/index.js';
import { PURPOSES } from '../contracts/index.js';
import type { CouponState, Views } from '../ports.js';
import { knownHash } from './baskets/known.js';
import { isStopped } from './campaign/campaigns.js';
import { consented } from './consent/consent.js';
import { couponOfCode } from './coupon/archive.js';
import type { Coupon } from './coupon/state.js';
import type { Derived } from './derived.js';
import { devicesHeard } from './devices/heard.js';
import { figuresAt } from './figures/figures.js';
import { hintsOf } from './hints/state.js';
import { offersNow } from './offers/view.js';
import { floorNow } from './presence/floor.js';
import { pushLeave } from './push/push.js';
import { offerSlides, pictureOf } from './screens/picture.js';
import type { CoreState } from './state.js';
import { stockNow } from './stock/view.js';
import { isoOf } from './time.js';

/** Read-only pictures of the state; nothing here changes it. */
export function createViews(state: CoreState, derived: Derived): Views {
  const couponView = (coupon: Coupon, atMs: number) => couponState(state, coupon, atMs);
  return {
    policy: () => state.setup.policy ?? undefined,
    consented: (sid, purpose, atMs) => consented(state.consent, sid, purpose, atMs),
    pushLeave: (sid, atMs) => pushLeave(state, derived, { sid, atMs }),
    knowsShopper: (sid) => state.consent.shoppers.has(sid),
    wasErased: (sid) => state.consent.erased.has(sid),
    transactionHash: (key) => knownHash(state.tills, key),
    couponByCode(code) {
      const couponId = couponOfCode(state.coupons, code);
      return couponId === undefined ? undefined : { couponId };
    },
    coupon(couponId) {
      const coupon = state.coupons.live.get(couponId);
      return coupon === undefined ? undefined : couponView(coupon, state.clock.nowMs);
    },
    signage: (screen, atMs) => pictureOf(state, derived, { screen, atMs }),
    shopper: (sid, atMs) => shopper(state, derived, { sid, atMs }),
    staff(atMs) {
      const policy = state.setup.policy;
      if (policy === null)
        throw new Error('no policy yet: the engine appends hq.policy before it serves pages');
      const local = derived.clock.at(atMs);
      return {
        at: isoOf(atMs),
        policy,
        ...floorNow(state, derived, atMs),
        figures: figuresAt(state.figures, {
          today: local.day,
          slot: Math.floor(local.minute / 30),
          atMs,
          opensAt: policy.store.opensAt,
          closesAt: policy.store.closesAt,
        }),
        day: local.day,
        stops: [...state.campaigns.stops.values()],
      };
    },
    stories: (options) => storiesPage(state, options),
    storyCursorProblem: (after) => storyCursorProblem(state, after),
    storyOfEvent: (eventId) =>
      [...state.stories.rows.values()].findLast(({ story }) =>
        story.steps.some((step) => step.eventId === eventId),
      )?.story,
    story: (id) => state.stories.rows.get(id)?.story,
    stops: () => [...state.campaigns.stops.values()],
    offers: (atMs) => offersNow(state, derived, atMs),
    stock: (atMs) => stockNow(state, derived, atMs),
    devices: () => devicesHeard(state),
    campaigns: () => state.campaigns.campaigns,
    clockSure: () => !state.clock.unsure,
    ignored: () => ({ ...state.presence.ignored }),
    quarantined: () =>
      [...state.setup.quarantined].map(([quarantineId, offset]) => ({ quarantineId, offset })),
  };
}

function couponState(state: CoreState, coupon: Coupon, atMs: number): CouponState {
  const { couponId, code, decisionId, campaign, sid, offer, discountMinor, used, takenAt } = coupon;
  const open = isStopped(state.campaigns, campaign) ? 'stopped' : 'good';
  const unused = atMs >= coupon.untilMs ? 'expired' : open;
  return {
    couponId,
    code,
    decisionId,
    campaign,
    sid,
    offer,
    discountMinor,
    state: used === undefined ? unused : 'taken',
    ...(takenAt === undefined ? {} : { takenAt }),
    ...(coupon.issuedMs === undefined ? {} : { receivedAt: isoOf(coupon.issuedMs) }),
    ...(used === undefined ? {} : { usedAt: used }),
  };
}

function shopper(
  state: CoreState,
  derived: Derived,
  who: { sid: string; atMs: number },
): ReturnType<Views['shopper']> {
  const { sid, atMs } = who;
  const policy = state.setup.policy;
  const visitor = consented(state.consent, sid, 'location', atMs)
    ? state.presence.visitors.get(`s:${sid}`)
    : undefined;
  const zone = visitor === undefined || visitor.zone === '' ? undefined : visitor.zone;
  const personal = consented(state.consent, sid, 'profile', atMs);
  const ids = personal ? [...(derived.couponsOf.get(sid) ?? [])] : [];
  const coupons = ids.flatMap((id) => state.coupons.live.get(id) ?? []);
  coupons.sort((left, right) => right.untilMs - left.untilMs || (left.couponId < right.couponId ? -1 : 1));
  const near = derived.screens.filter((screen) => zone === undefined || screen.zone === zone);
  return {
    at: isoOf(atMs),
    sid,
    storeName: policy?.store.name ?? policy?.store.id ?? '',
    locale: policy?.store.locale ?? 'en',
    timeZone: policy?.store.timeZone ?? 'UTC',
    currency: policy?.store.currency ?? 'EUR',
    ...(zone === undefined ? {} : { zone }),
    consents: consentsOf(state, sid, atMs),
    receipts: receiptsOf(state, sid),
    past: personal ? pastOf(state, sid) : [],
    coupons: coupons.map((coupon) => couponState(state, coupon, atMs)),
    hints: personal ? hintsNow(state, sid, atMs) : [],
    open: near.flatMap((screen) => offerSlides(state, screen.id, atMs).flatMap(({ offer }) => offer ?? [])),
  };
}

/** Newest first, as long as nobody stopped its campaign. */
function hintsNow(state: CoreState, sid: string, atMs: number): ShopperView['hints'] {
  return hintsOf(state.hints, sid, atMs)
    .filter(({ campaign }) => !isStopped(state.campaigns, campaign))
    .map(({ decisionId, offer }) => ({ decisionId, offer }))
    .reverse();
}

function consentsOf(state: CoreState, sid: string, atMs: number): ShopperView['consents'] {
  const given = state.consent.consents.get(sid);
  const word = (purpose: Purpose) => {
    const consent = given?.[purpose];
    if (consent === undefined) return 'unasked';
    if (!consent.granted) return 'refused';
    if (atMs >= consent.untilMs) return 'expired';
    // Under 16, or of unknown age: what they said has no effect, and the page must not say otherwise.
    return consented(state.consent, sid, purpose, atMs) ? 'granted' : 'refused';
  };
  return Object.fromEntries(PURPOSES.map((purpose) => [purpose, word(purpose)])) as ShopperView['consents'];
}

function receiptsOf(state: CoreState, sid: string): ShopperView['receipts'] {
  const said = state.consent.consents.get(sid) ?? {};
  return PURPOSES.flatMap((purpose) => {
    const consent = said[purpose];
    if (consent?.receiptId === undefined) return [];
    const { receiptId, granted, textVersion, givenMs, untilMs } = consent;
    const text = textVersion === undefined ? {} : { textVersion };
    const until = granted ? { until: isoOf(untilMs) } : {};
    return [{ receiptId, purpose, granted, ...text, at: isoOf(givenMs), ...until }];
  });
}

/** Newest first. */
function pastOf(state: CoreState, sid: string): ShopperView['past'] {
  const past = state.coupons.history.get(sid) ?? [];
  return past.map(({ receivedMs, ...offer }) => ({ ...offer, receivedAt: isoOf(receivedMs) })).reverse();
}

const CURSOR = /^s[0-9a-z]{1,10}$/;

/** Position behind a cursor; one that was not made here starts from the beginning. */
function cursorOf(text: string): number {
  return CURSOR.test(text) ? Number.parseInt(text.slice(1), 36) : 0;
}

function storyCursorProblem({ stories }: CoreState, after: string): Refusal | undefined {
  if (!CURSOR.test(after))
    return { reason: 'SchemaMismatch', detail: 'this is not a cursor of this store', field: '/after' };
  if (cursorOf(after) <= stories.seq.last) return undefined;
  return {
    reason: 'CursorGone',
    detail: 'the cursor is ahead of the stories, which were restored since',
    field: '/after',
  };
}

/**
 * Stories, the one that changed last first. Without `after` the latest `limit`; with it those that changed since,
 * in pages from the oldest change on. `next` is where to carry on.
 */
function storiesPage(
  state: CoreState,
  options: { after?: string; limit: number; state?: Story['state'] },
): ReturnType<Views['stories']> {
  const after = options.after === undefined ? undefined : cursorOf(options.after);
  const rows = [...state.stories.rows.values()]
    .filter((row) => after === undefined || row.seq > after)
    .filter((row) => options.state === undefined || row.story.state === options.state)
    .sort((left, right) => left.seq - right.seq);
  const page = after === undefined ? rows.slice(-options.limit) : rows.slice(0, options.limit);
  const last = page[page.length - 1]?.seq ?? after ?? state.stories.seq.last;
  return { stories: page.map(({ story }) => story).reverse(), next: `s${last.toString(36)}` };
}
