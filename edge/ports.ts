/**
 * What the rooms of the store need from one another. Only interfaces: each room implements its own,
 * `app.ts` wires them, nothing else knows who is behind one.
 */
import type { Socket } from 'node:net';
import type { TlsOptions, Server as TlsServer } from 'node:tls';
import type {
  Alarm,
  AlarmCode,
  AuditAction,
  AuditDetail,
  AuditOutcome,
  Campaign,
  ClockDoubt,
  CouponRequest,
  Facts,
  HeardDevice,
  JournalledEvent,
  LinkNow,
  Offer,
  OfferNow,
  Purpose,
  Refusal,
  ScreenNow,
  ShopperView,
  SignageContent,
  StaffNow,
  StockNow,
  StopNow,
  StoreEvent,
  StorePolicy,
  StoreStatus,
  Story,
  TopicData,
  TopicName,
} from './contracts/index.js';
import type { Place } from './store/types.js';

/** Time as an argument. `nowMs` is wall time of the persisted hybrid clock: it never goes back. */
export interface Clock {
  nowMs(): number;
  /** Milliseconds that only ever grow, for durations. */
  monotonicMs(): number;
  /** `undefined` while the clock can be trusted, else why not. */
  untrusted(): string | undefined;
  /** The same as a code. A clock that is always believed has none. */
  whyUntrusted?(): ClockDoubt | undefined;
}

/** A fact before the gate has stamped it. */
export interface Draft<T extends TopicName = TopicName> {
  readonly type: T;
  readonly data: TopicData<T>;
  /** Device or subsystem; becomes the last part of `source`. */
  readonly device: string;
  /** From the origin or its natural key; random when absent. */
  readonly id?: string;
  readonly time?: string;
  readonly devicetime?: string;
  readonly late?: boolean;
}

export interface Rejection {
  readonly refusal: Refusal;
  readonly channel: TopicData<'quarantine.event'>['channel'];
  /** Where it came in; device identities masked by the caller's adapter. */
  readonly topic: string;
  readonly device: string;
  readonly adapter?: string;
  /** The original, already masked. */
  readonly body: Buffer;
  /** Size of the original, where `body` is not all of it. */
  readonly bytes?: number;
  /** Keep no more of the body than this. */
  readonly keepBytes?: number;
  /** Set when this record stands for many that were counted and not stored. */
  readonly more?: TopicData<'quarantine.event'>['more'];
}

/** The one way into the journal from outside: validate, stamp, append, and only then say yes. */
export interface Gate {
  /** Resolves after the fsync; rejects with RefusalError. All drafts of a call stand next to one another. */
  admit(drafts: readonly Draft[]): Promise<readonly Place[]>;
  /** Set aside what could not be understood; resolves with the id of the record, after the fsync. */
  quarantine(rejection: Rejection): Promise<string>;
}

/** The decision loop as the rim sees it. */
export interface Engine {
  /** What the step of the event at `offset` put out, once that is durable. Rejects with Busy after `timeoutMs`. */
  outcomeOf(offset: number, timeoutMs: number): Promise<readonly StoreEvent[]>;
  /** Outputs and inputs after their step is durable, in order: for the hands (deliver) and live views. */
  onSettled(listener: (settled: readonly JournalledEvent[]) => void): () => void;
  readonly views: Views;
}

/** Read-only pictures of the current state. `atMs` is always the caller's clock. */
export interface Views {
  policy(): StorePolicy | undefined;
  consented(sid: string, purpose: Purpose, atMs: number): boolean;
  knowsShopper(sid: string): boolean;
  /** The core has forgotten this person for good. */
  wasErased(sid: string): boolean;
  /** May a message go to this person's phone now? */
  pushLeave(sid: string, atMs: number): PushLeave;
  /** `transactionHash` of a known transaction, by its `transactionKey` (both in contracts). */
  transactionHash(key: string): string | undefined;
  couponByCode(code: string): { couponId: string } | undefined;
  coupon(couponId: string): CouponState | undefined;
  signage(screen: string, atMs: number): Omit<SignageContent, 'revision' | 'anchor'>;
  shopper(
    sid: string,
    atMs: number,
  ): Omit<ShopperView, 'coupons' | 'textVersion' | 'askAgain'> & { coupons: readonly CouponState[] };
  staff(atMs: number): Omit<StaffNow, 'link' | 'screens' | 'toMend' | 'alarms' | 'simulated'>;
  stories(options: { after?: string; limit: number; state?: Story['state'] }): {
    stories: readonly Story[];
    next: string;
  };
  /** Why the `after` of stories cannot be read on from; `undefined` for a good one. */
  storyCursorProblem(after: string): Refusal | undefined;
  story(id: string): Story | undefined;
  /** The newest that has this event as a step. */
  storyOfEvent(eventId: string): Story | undefined;
  stops(): readonly StopNow[];
  /** Every campaign with what came of it today, those that run first. */
  offers(atMs: number): readonly OfferNow[];
  /** Every product of the catalogue with what is known of its pieces. */
  stock(atMs: number): readonly StockNow[];
  /** Every device that ever spoke and is still remembered. */
  devices(): readonly HeardDevice[];
  /** Every campaign that the core holds, withdrawn ones included, by id. */
  campaigns(): ReadonlyMap<string, Campaign>;
  /** What the core was told about the clock last. */
  clockSure(): boolean;
  /** Sightings that moved nobody, by why: repeated, late, unknownNode, weak, full. */
  ignored(): Readonly<Record<string, number>>;
  quarantined(): readonly { quarantineId: string; offset: number }[];
}

export interface CouponState {
  readonly couponId: string;
  readonly code: string;
  readonly decisionId: string;
  readonly campaign: string;
  readonly sid: string;
  readonly offer: Offer;
  readonly discountMinor: number;
  readonly state: 'good' | 'taken' | 'expired' | 'stopped';
  readonly takenAt?: string;
  readonly receivedAt?: string;
  readonly usedAt?: Pick<CouponRequest, 'till' | 'businessDay' | 'sequence'> & { readonly time: string };
}

/** What the rim takes about messages to phones. */
export interface PushDesk {
  /** What a browser subscribes with: uncompressed P-256 point, base64url. `undefined`: this store sends no messages. */
  publicKey(): string | undefined;
  /** Durable on return. */
  subscribe(sid: string, call: PushSubscriptionCall): { id: string } | Refusal;
  /** Nothing happens for one that is not theirs. */
  unsubscribe(sid: string, id: string): void;
  /** The offer was opened from the message; resolves after the fact is durable. Nothing is said of others' decisions. */
  clicked(sid: string, decisionId: string, action: TopicData<'push.clicked'>['action']): Promise<void>;
}
/** As a browser writes a `PushSubscription`, and the language of the page. */
export interface PushSubscriptionCall {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
  readonly locale: string;
}
export type PushStatus = NonNullable<StoreStatus['push']>;

/** `stayMs`: how much longer the person is likely to be where the offer is, a second at least. */
export type PushLeave =
  | { readonly ok: true; readonly stayMs: number }
  | {
      readonly ok: false;
      readonly reason: 'NoConsent' | 'AgeUnknown' | 'QuietHours' | 'DailyCap' | 'Left' | 'StayOver';
    };

/** Person-level secrets, apart from the journal: who a tag or loyalty id belongs to. */
export interface Vault {
  createShopper(): string;
  /** True for a sid that was made here and not erased. */
  knows(sid: string): boolean;
  /** Refuses with TagTaken when it belongs to somebody else. */
  linkTag(sid: string, tag: string): Refusal | undefined;
  linkLoyalty(sid: string, loyaltyId: string): Refusal | undefined;
  sidOfTag(tag: string): string | undefined;
  sidOfLoyalty(loyaltyId: string): string | undefined;
  /** Keyed hash of the day, key in memory only: `a:…`. */
  anonymous(tag: string): string;
}

export const ROLES = [
  'viewer',
  'associate',
  'store-manager',
  'media-manager',
  'admin',
  'device',
  'till',
  'screen',
  'shopper',
] as const;
export type Role = (typeof ROLES)[number];

/** Who is asking, after the token was checked. */
export interface Principal {
  readonly role: Role;
  /** Device, till or screen id; the sid of a shopper; the name of a member of staff. */
  readonly subject: string;
}

export interface Auth {
  /** `undefined` when the token is not (or no longer) good. */
  verify(token: string): Principal | undefined;
  issue(principal: Principal, options?: { expiresInS?: number; singleUse?: boolean }): string;
  /** All tokens of a device, till, screen or shopper; people of the staff with the same name keep theirs. */
  revoke(subject: string): void;
  registerDevice(device: { name: string; kind: Role }): { id: string; token: string };
  mayPublish(principal: Principal, topic: string): boolean;
  maySubscribe(principal: Principal, filter: string): boolean;
  /** False for a topic that no client at all may subscribe to. */
  mayBeHeard(topic: string): boolean;
}

/** TLS of one listener, and who its clients proved to be by their certificates. */
export interface ListenerTls {
  /** What `node:tls` and `node:https` make a server from. */
  readonly options: TlsOptions;
  /** Once for each server: keeps its certificate current and cuts clients whose certificate is not good. */
  attach(server: TlsServer): void;
  /** Whom the certificate of this connection speaks for; `undefined` when it showed none. */
  certified(socket: Socket): Principal | undefined;
  /** True for a host name that the retailer's own certificate serves. */
  isRetailers(name: string | undefined): boolean;
}

/** Ed25519 over the compact form of a coupon, for tills that are cut off. */
export interface CouponSigner {
  sign(coupon: CouponState): string;
  /** Coupon id of a token whose signature fits, else the refusal. */
  verify(token: string): { couponId: string } | Refusal;
  publicKeyJwk(): Record<string, unknown>;
}

/** Where screens stand, as the signage hand sees them. */
export interface ScreenStatus {
  screens(atMs: number): readonly ScreenNow[];
}
export interface LinkStatus {
  now(): LinkNow;
}
export interface Alarms {
  /** `text` in English; `facts` are the names and numbers in it. */
  raise(code: AlarmCode, text: string, facts?: Facts): void;
  clear(code: AlarmCode): void;
  list(): readonly Alarm[];
}

/** How far a what-if has come. */
export interface WhatIfProgress {
  /** Events that went through, those before the range too. */
  readonly events: number;
  /** RFC 3339: when the last of them was recorded. */
  readonly at: string;
  /** Of the time that the range and what lies before it span: 0 to 1. */
  readonly share: number;
}
export interface WhatIfWatch {
  onProgress(progress: WhatIfProgress): void;
  /** Who asked has gone. */
  readonly signal: AbortSignal;
}

/** Who answers for something, and why, in their own words. */
export interface Actor {
  readonly by: Principal;
  readonly reason?: string;
}

/** Something that somebody must answer for. */
export interface AuditNote extends Actor {
  /** Dotted words: `stop`, `stop.undo`, `user.disable`, `shopper.erase`. */
  readonly action: AuditAction;
  /** What it was done to: an id, a path, a role. Never a secret, never a name of a shopper. */
  readonly target?: string;
  readonly outcome: AuditOutcome;
  /** Kept with `; ` between them. */
  readonly detail?: AuditDetail | readonly AuditDetail[];
}

/** Who did what and why: entries of the journal (`audit.entry`), chained by hashes. */
export interface Audit {
  /** Resolves once the entry is durable; rejects with RefusalError when the journal takes nothing. */
  note(entry: AuditNote): Promise<void>;
  /**
   * For logging in and out alone, which must work while the journal takes nothing. Resolves in any case: what the
   * journal refuses is noted once it takes entries again.
   */
  noteSoon(entry: AuditNote): Promise<void>;
  /** The events of a deed and its entry in one append, the entry last; places of the events. */
  noteWith(entry: AuditNote, drafts: readonly Draft[]): Promise<readonly Place[]>;
}
