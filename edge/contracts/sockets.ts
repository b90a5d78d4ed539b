import type { StorePolicy } from './config.js';
import type { Because, Offer, Outcome, Surface } from './events/decision.js';
import type { Purpose } from './events/person.js';
import type { Daypart } from './playlist.js';
import type { AlarmCode, Facts, LinkCode } from './told.js';

/** socket.io namespaces of the store. Auth: `{ token }` in the handshake; 64 KiB a message. */
export const NAMESPACES = { signage: '/signage', staff: '/staff', shopper: '/shopper' } as const;

// ── /signage ─────────────────────────────────────────────────────────────────────────────────

/**
 * One thing a screen can show. `house` is the store's own content, always there, never about a person; `media` is an
 * uploaded picture or film.
 */
export interface Slide {
  readonly contentId: string;
  readonly kind: 'offer' | 'house' | 'media';
  readonly decisionId?: string;
  readonly campaign?: string;
  readonly seconds: number;
  readonly offer?: Offer;
  readonly headline?: string;
  readonly line?: string;
  /** File below `/v1/media/`; its name is the SHA-256 of its bytes. */
  readonly media?: string;
  /** Only in these hours of the store's wall clock; the player keeps to them without the store, too. */
  readonly dayparts?: readonly Daypart[];
  /** RFC 3339; not shown from then on. */
  readonly until?: string;
}
export interface SignageContent {
  readonly screen: string;
  readonly screenName: string;
  readonly storeName: string;
  readonly locale: string;
  readonly timeZone: string;
  /** Increases with every change; an older one is never shown over a newer. */
  readonly revision: number;
  /**
   * Slide number `slide` began a turn at `at` (RFC 3339, the store's clock). What is on at any moment follows from it
   * and the seconds of each slide, so that all screens with the same places show the same one. Absent: from now on.
   */
  readonly anchor?: { readonly at: string; readonly slide: number };
  /** Hours in which the screen is lit; always when absent. Outside them it is dark on purpose. */
  readonly awake?: readonly Daypart[];
  /** The store's own word on whether it is outside them now. */
  readonly asleep?: boolean;
  readonly slides: readonly Slide[];
}
/** Take these off the screen now. */
export interface SignageRevoke {
  readonly revision: number;
  readonly skus?: readonly string[];
  readonly contentIds?: readonly string[];
  readonly all?: boolean;
  readonly reason: string;
}
export interface SignageShown {
  readonly contentId: string;
  readonly decisionId?: string;
  /** RFC 3339, by the player's clock corrected to the server's. */
  readonly shownAt: string;
  /** RFC 3339: when this turn began by the anchor. One turn is one play, however often it is told. */
  readonly turnAt?: string;
  /** Of the content that held it, so that a play told later counts as what it was. */
  readonly revision?: number;
}
/** Say which screen you are: staff stand before it and look. */
export interface SignageIdentify {
  readonly name: string;
  readonly seconds: number;
}
export interface SignageServerEvents {
  content: (content: SignageContent) => void;
  revoke: (revoke: SignageRevoke) => void;
  time: (serverTime: string) => void;
  identify: (identify: SignageIdentify) => void;
  /** This player is no screen of the store any more; the connection ends with it. */
  unpaired: (told: { reason: string }) => void;
}
export interface SignageClientEvents {
  shown: (shown: SignageShown, done: (answer: { ok: boolean; reason?: string }) => void) => void;
  /** Epoch ms of the store, fractions included, for an estimate of the clocks' distance. */
  clock: (done: (serverMs: number) => void) => void;
}

// ── /staff ───────────────────────────────────────────────────────────────────────────────────

export type StepName = 'entered' | 'decided' | 'shown' | 'sent' | 'redeemed' | 'sold';
export interface StoryStep {
  readonly step: StepName;
  /** RFC 3339 */
  readonly at: string;
  readonly eventId: string;
  readonly outcome: string;
  readonly reason?: string;
  /** Facts for the sentence that the page writes: zone, screen, till, price …, already bounded in length. */
  readonly facts?: Readonly<Record<string, string | number>>;
}
export type StoryState = 'taken' | 'open' | 'withheld' | 'refused' | 'on-screen' | 'expired' | 'fraud';
export interface Story {
  readonly id: string;
  readonly state: StoryState;
  readonly surface: Surface;
  readonly outcome: Outcome;
  readonly campaign?: string;
  readonly title: string;
  readonly percent?: number;
  readonly priceMinor?: number;
  readonly zone?: string;
  readonly screen?: string;
  readonly reason?: string;
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly steps: readonly StoryStep[];
}

export interface ZoneNow {
  readonly zone: string;
  readonly people: number;
  /** Median stay of the people in it now and of the last 15 minutes, in minutes. */
  readonly stayMinutes: number;
  /** RFC 3339: since then nothing that counts here has been heard. */
  readonly silentSince?: string;
}
/** An anonymous dot: where, never who; the position is jittered inside its zone. */
export interface Dot {
  readonly x: number;
  readonly y: number;
}
export interface ScreenNow {
  readonly screen: string;
  readonly name: string;
  readonly zone: string;
  readonly up: boolean;
  /** RFC 3339 of the last change of `up`. */
  readonly since: string;
  readonly showing?: string;
  /** Why it is silent, or dark: in words of the store's log. */
  readonly reason?: string;
  /** RFC 3339 of the last play it proved. */
  readonly lastPlayAt?: string;
  /** True outside its hours: dark on purpose. */
  readonly asleep?: boolean;
  readonly orientation?: 'landscape' | 'portrait';
  readonly group?: string;
}
export interface LinkNow {
  /** `none`: no HQ is configured. `starting`: one is being started beside this store. */
  readonly state: 'none' | 'starting' | 'in-step' | 'catching-up' | 'offline';
  readonly since: string;
  readonly waiting: number;
  readonly oldestWaitingS: number;
  readonly drainPerS: number;
  readonly etaS?: number;
  /** RFC 3339: while it is offline, when HQ is asked again. */
  readonly nextTryAt?: string;
  readonly code?: LinkCode;
  /** In English, and as the client library says it. */
  readonly detail?: string;
}
/** One figure of the day with its half-hours so far and those of a usual same weekday (absent: no history yet). */
export interface Figure {
  readonly id:
    | 'offers'
    | 'taken'
    | 'withheld'
    | 'turnover'
    | 'out-of-stock'
    | 'screens-up'
    | 'sales'
    | 'receipts';
  readonly value: number;
  readonly of?: number;
  readonly unit: 'offers' | 'products' | 'screens' | 'minor' | 'receipts';
  readonly halfHours: readonly number[];
  readonly usual?: readonly number[];
  readonly updatedAt: string;
}
export interface StaffNow {
  readonly at: string;
  readonly policy: StorePolicy;
  readonly zones: readonly ZoneNow[];
  readonly dots: readonly Dot[];
  readonly screens: readonly ScreenNow[];
  readonly link: LinkNow;
  readonly figures: readonly Figure[];
  readonly day: string;
  readonly toMend: number;
  readonly stops: readonly StopNow[];
  readonly alarms: readonly Alarm[];
  readonly simulated: boolean;
}
export interface StopNow {
  readonly stopId: string;
  readonly scope: 'all' | { readonly campaign: string };
  readonly reason: string;
  readonly at: string;
}
export interface Alarm {
  readonly code: AlarmCode;
  /** In English; pages word the code and the facts themselves. */
  readonly text: string;
  readonly facts?: Facts;
  readonly since: string;
}
export interface StaffServerEvents {
  /** Whole picture, at most twice a second. */
  now: (now: StaffNow) => void;
  /** A story began or got a step; the whole story each time. */
  story: (story: Story) => void;
  link: (link: LinkNow) => void;
  /** Somebody was erased, and their stories with them: ask for the stories anew. */
  forgotten: (nothing: Record<string, never>) => void;
}
export interface StaffClientEvents {
  stories: (request: { limit: number }, done: (stories: readonly Story[]) => void) => void;
}

// ── /shopper ─────────────────────────────────────────────────────────────────────────────────

export interface ShopperCoupon {
  readonly couponId: string;
  readonly decisionId: string;
  /** 13 digits, for typing and for a linear barcode. */
  readonly code: string;
  /** Signed compact token, for the QR code; a till can check it offline. */
  readonly token: string;
  readonly offer: Offer;
  readonly state: 'good' | 'taken' | 'expired' | 'stopped';
  readonly takenAt?: string;
  /** RFC 3339 */
  readonly receivedAt?: string;
}
/** A product worth a look where the person is, told to them alone: no code, and no price of its own. */
export interface ShopperHint {
  readonly decisionId: string;
  readonly offer: Offer;
}
/** An offer whose time is well over. */
export interface ShopperPast {
  readonly decisionId: string;
  readonly name: string;
  readonly art?: string;
  readonly why?: string;
  readonly because?: Because;
  readonly priceMinor: number;
  readonly wasMinor: number;
  readonly currency: string;
  readonly receivedAt: string;
  readonly takenAt?: string;
}
/** What the person said last about one purpose: the number to quote, the text they read, and how long it holds. */
export interface ShopperReceipt {
  readonly receiptId: string;
  readonly purpose: Purpose;
  readonly granted: boolean;
  readonly textVersion?: string;
  readonly at: string;
  /** End of a yes. */
  readonly until?: string;
}
/** Nothing of the person is left; the number proves it. */
export interface ShopperErased {
  readonly receiptId: string;
  readonly at: string;
}
export interface ShopperView {
  readonly at: string;
  readonly sid: string;
  readonly storeName: string;
  readonly locale: string;
  readonly timeZone: string;
  readonly currency: string;
  readonly zone?: string;
  readonly consents: Readonly<Record<Purpose, 'granted' | 'refused' | 'unasked' | 'expired'>>;
  readonly textVersion: string;
  readonly receipts: readonly ShopperReceipt[];
  /** A yes that was given to another text than the present one. */
  readonly askAgain: readonly Purpose[];
  readonly coupons: readonly ShopperCoupon[];
  readonly past: readonly ShopperPast[];
  /** What to look at here and now: nothing to redeem. */
  readonly hints: readonly ShopperHint[];
  /** What the screens nearby offer everybody. */
  readonly open: readonly Offer[];
}
export interface ShopperServerEvents {
  view: (view: ShopperView) => void;
  /** The last thing this page hears. */
  erased: (erased: ShopperErased) => void;
}
export interface ShopperClientEvents {
  seen: (seen: { decisionId: string }, done: (answer: { ok: boolean }) => void) => void;
}

/** `GET /v1/status` and `endcap status --json`. */
export interface StoreStatus {
  readonly store: string;
  readonly version: string;
  readonly upS: number;
  readonly ready: boolean;
  readonly journal: {
    readonly jid: string;
    readonly bytes: number;
    readonly quotaBytes: number;
    readonly segments: number;
    readonly lastOffset: number;
    /** Readings dropped before their time because space was short, by class, since the journal began. */
    readonly shed: Readonly<Record<string, number>>;
    readonly trouble?: string;
  };
  readonly decisions: Readonly<Record<Outcome, number>>;
  /** Messages to phones whose page is closed. */
  readonly push?: {
    readonly on: boolean;
    readonly phones: number;
    /** Offers whose message has not gone out yet. */
    readonly waiting: number;
    /** RFC 3339 */
    readonly lastSentAt?: string;
    readonly unreachableSince?: string;
  };
  readonly link: LinkNow;
  readonly toMend: number;
  readonly alarms: readonly Alarm[];
}
