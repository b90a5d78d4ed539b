import type { AgeBand, Purpose, StoreEvent } from '../../contracts/index.js';
import { DAY_MS, NEVER_MS } from '../time.js';

export interface Consent {
  readonly granted: boolean;
  readonly ageBand: AgeBand;
  readonly givenMs: number;
  /** Never extended by anything but a new receipt. */
  readonly untilMs: number;
  /** Number of the receipt, or of the withdrawal; absent where it was given before numbers were kept. */
  readonly receiptId?: string;
  readonly textVersion?: string;
}
export interface ConsentState {
  /** Known shoppers → first heard of, epoch ms. */
  shoppers: Map<string, number>;
  consents: Map<string, Partial<Record<Purpose, Consent>>>;
  /** Receipts and withdrawals that were handled: a repeat of an old yes must not undo a later no. */
  handled: Map<string, number>;
  /** Earliest end of a consent that is granted. */
  dueMs: number;
  /** Shoppers who were erased → when: what still comes about them is nobody's. */
  erased: Map<string, number>;
}
/** A purpose that ended just now, with whose it was. */
export interface ConsentEnd {
  readonly sid: string;
  readonly purpose: Purpose;
}

const HANDLED_KEPT_MS = 400 * DAY_MS;

export function createConsentState(): ConsentState {
  return { shoppers: new Map(), consents: new Map(), handled: new Map(), dueMs: NEVER_MS, erased: new Map() };
}

export function consented(state: ConsentState, sid: string, purpose: Purpose, atMs: number): boolean {
  const consent = state.consents.get(sid)?.[purpose];
  return consent?.granted === true && atMs < consent.untilMs && mayBePersonal(consent.ageBand);
}

/** What a personal decision may stand on, or `undefined` when there must be none. */
export interface PersonalConsent {
  readonly givenMs: number;
  readonly untilMs: number;
  readonly ageBand: AgeBand;
}

/** Location and profile, both given, neither over, and an age at which offers may be personal. */
export function personalConsent(state: ConsentState, sid: string, atMs: number): PersonalConsent | undefined {
  const consents = state.consents.get(sid);
  const location = consents?.location;
  const profile = consents?.profile;
  if (location?.granted !== true || profile?.granted !== true) return undefined;
  const untilMs = Math.min(location.untilMs, profile.untilMs);
  if (atMs >= untilMs || !mayBePersonal(location.ageBand) || !mayBePersonal(profile.ageBand))
    return undefined;
  return { givenMs: Math.max(location.givenMs, profile.givenMs), untilMs, ageBand: profile.ageBand };
}

/** Who is under 16, or does not say, is nobody to this store: a yes of theirs is kept and has no effect. */
export function mayBePersonal(ageBand: AgeBand): boolean {
  return ageBand === '16-17' || ageBand === '18+';
}

export function noteShopper(state: ConsentState, sid: string, nowMs: number): void {
  if (!state.shoppers.has(sid) && !state.erased.has(sid)) state.shoppers.set(sid, nowMs);
}

/** Take in one receipt; a refusal or a repeat of a purpose that was granted ends what was there. */
export function takeReceipt(
  state: ConsentState,
  event: StoreEvent<'consent.receipt'>,
  times: { nowMs: number; maxMs: number },
): ConsentEnd | undefined {
  const { sid, purpose, granted, ageBand, validMs, receiptId, textVersion } = event.data;
  if (state.erased.has(sid)) return undefined;
  if (!firstTime(state, `r|${sid}|${purpose}|${receiptId}`, times.nowMs)) return undefined;
  noteShopper(state, sid, times.nowMs);
  const untilMs = times.nowMs + Math.min(validMs, times.maxMs);
  setConsent(state, sid, purpose, {
    granted,
    ageBand,
    givenMs: times.nowMs,
    untilMs,
    receiptId,
    textVersion,
  });
  if (!granted || !mayBePersonal(ageBand)) return { sid, purpose };
  state.dueMs = Math.min(state.dueMs, untilMs);
  return undefined;
}

export function takeWithdrawal(
  state: ConsentState,
  event: StoreEvent<'consent.withdrawn'>,
  nowMs: number,
): ConsentEnd | undefined {
  const { sid, purpose, receiptId } = event.data;
  if (state.erased.has(sid)) return undefined;
  if (!firstTime(state, `w|${event.source}|${event.id}`, nowMs)) return undefined;
  const before = state.consents.get(sid)?.[purpose];
  const ageBand = before?.ageBand ?? 'unknown';
  const text = before?.textVersion === undefined ? {} : { textVersion: before.textVersion };
  const withdrawn = { granted: false, ageBand, givenMs: nowMs, untilMs: nowMs, receiptId, ...text };
  setConsent(state, sid, purpose, withdrawn);
  return { sid, purpose };
}

function setConsent(state: ConsentState, sid: string, purpose: Purpose, consent: Consent): void {
  state.consents.set(sid, { ...state.consents.get(sid), [purpose]: consent });
}

function firstTime(state: ConsentState, key: string, nowMs: number): boolean {
  if (state.handled.has(key)) return false;
  state.handled.set(key, nowMs);
  return true;
}

/** Consents that ended by time since the last call; the entry stays, so that the page can say "expired". */
export function expireConsents(state: ConsentState, nowMs: number): readonly ConsentEnd[] {
  if (nowMs < state.dueMs) return [];
  const ended: ConsentEnd[] = [];
  let nextMs = NEVER_MS;
  for (const [sid, consents] of state.consents) {
    for (const [purpose, consent] of Object.entries(consents) as [Purpose, Consent][]) {
      if (!consent.granted) continue;
      if (consent.untilMs > nowMs) nextMs = Math.min(nextMs, consent.untilMs);
      else if (consent.untilMs >= state.dueMs) ended.push({ sid, purpose });
    }
  }
  state.dueMs = nextMs;
  return ended;
}

/** Forget receipts that no sender can still repeat. Called once a day. */
export function pruneConsents(state: ConsentState, nowMs: number): void {
  for (const [key, handledMs] of state.handled) {
    if (handledMs + HANDLED_KEPT_MS < nowMs) state.handled.delete(key);
  }
}
