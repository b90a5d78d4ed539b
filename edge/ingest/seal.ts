import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import {
  type Candidate,
  isType,
  type Offer,
  type PromoDecision,
  type StoreEvent,
} from '../contracts/index.js';
import type { EventSeal } from '../store/types.js';
import { createPseudonyms, type PseudonymUse } from './pseudonyms.js';
import type { OpenVault } from './vault.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** A decision is some KiB; what unpacks to more than this was not made here. */
const PLAIN_BYTES_MAX = 1024 * 1024;

/** Which name of the day stands for the shopper. What is not listed keeps its sid: consents, receipts, erasures. */
const SID_USE: Readonly<Partial<Record<StoreEvent['type'], PseudonymUse>>> = {
  'pos.transaction': 'till',
  'promo.decision': 'offer',
  'coupon.issued': 'offer',
  'coupon.redeemed': 'offer',
  'push.sent': 'offer',
  'push.clicked': 'offer',
};

export interface SealDeps {
  readonly vault: Pick<OpenVault, 'keyOf' | 'knows' | 'sids' | 'onCreated'>;
  readonly random?: (bytes: number) => Buffer;
}

/**
 * What ties an event to a person, between memory and disk: the sid becomes a name of the day, and what a decision
 * knew about the person is encrypted. Both hang on the shopper's key in the vault; once that is gone an event reads
 * as that of a guest. The table in ARCHITECTURE.md, "Persons", says which field of which topic.
 */
export function createSeal(deps: SealDeps): EventSeal {
  const random = deps.random ?? randomBytes;
  const pseudonyms = createPseudonyms(deps.vault);
  /** A shopper without a key was erased a moment ago: a name that leads to nobody. */
  const nameOf = (sid: string, use: PseudonymUse, event: StoreEvent): string =>
    pseudonyms.of(sid, use, dayOf(event)) ?? random(TAG_BYTES).toString('base64url');

  const seal = (event: StoreEvent): StoreEvent => {
    if (isType(event, 'presence.sighting')) {
      const { visitor } = event.data;
      if (!visitor.startsWith('s:')) return event;
      const guest = `a:${nameOf(visitor.slice(2), 'floor', event)}`;
      return { ...event, partitionkey: guest, data: { ...event.data, visitor: guest } };
    }
    if (isType(event, 'presence.zone')) {
      const { sid, ...rest } = event.data;
      if (sid === undefined) return event;
      const guest = `a:${nameOf(sid, 'floor', event)}`;
      return { ...event, partitionkey: guest, data: { ...rest, visitor: guest } };
    }
    const use = SID_USE[event.type];
    const sid = sidOf(event);
    if (use === undefined || sid === undefined) return event;
    const named = withSid(event, `s_${nameOf(sid, use, event)}`);
    return isType(named, 'promo.decision') ? sealDecision(named, deps.vault.keyOf(sid), random) : named;
  };

  const open = (event: StoreEvent): StoreEvent => {
    if (isType(event, 'presence.sighting') || isType(event, 'presence.zone')) {
      const { visitor } = event.data;
      if (!visitor.startsWith('a:')) return event;
      const sid = pseudonyms.whoIs(visitor.slice(2), dayOf(event));
      if (sid === undefined) return event;
      const known = { ...event, partitionkey: `s:${sid}` };
      const { visitor: _guest, ...rest } = event.data;
      return isType(event, 'presence.zone')
        ? { ...known, data: { visitor: `s:${sid}`, sid, ...rest } }
        : { ...known, data: { ...event.data, visitor: `s:${sid}` } };
    }
    const name = SID_USE[event.type] === undefined ? undefined : sidOf(event);
    const sid = name === undefined ? undefined : pseudonyms.whoIs(name.slice(2), dayOf(event));
    if (sid === undefined) return event;
    const named = withSid(event, sid);
    return isType(named, 'promo.decision') ? openDecision(named, deps.vault.keyOf(sid)) : named;
  };
  return { seal, open };
}

/** UTC day of receipt. */
const dayOf = (event: StoreEvent): string => event.recordedtime.slice(0, 10);

function sidOf(event: StoreEvent): string | undefined {
  const { sid } = event.data as { sid?: unknown };
  return typeof sid === 'string' ? sid : undefined;
}

function withSid<T extends StoreEvent>(event: T, sid: string): T {
  const before = sidOf(event);
  const partitionkey = event.partitionkey === before ? sid : event.partitionkey;
  return { ...event, partitionkey, data: { ...event.data, sid } };
}

type Decision = StoreEvent<'promo.decision'>;
type Personal = Partial<PromoDecision>;

/** What of a decision is about the store and not about the person; a field that is not named here is sealed. */
const OPEN_FIELDS = [
  ...(['decisionId', 'storyId', 'outcome', 'surface', 'zone', 'screen', 'sid'] as const),
  ...(['campaign', 'campaignVersion', 'reason'] as const),
] satisfies readonly (keyof PromoDecision)[];
export const OPEN_OFFER = [
  ...(['sku', 'name', 'headline', 'priceMinor', 'wasMinor', 'currency', 'percent', 'couponId'] as const),
  ...(['validUntil', 'art', 'piecesLeft', 'piecesOf', 'pieceName', 'size', 'smallPrint'] as const),
] satisfies readonly (keyof Offer)[];
const OPEN_CANDIDATE = [
  ...(['campaign', 'campaignVersion', 'name', 'outcome', 'reason'] as const),
] satisfies readonly (keyof Candidate)[];

/** Open: what was decided about which campaign, and why in one word. Sealed: everything it stood on. */
function sealDecision(event: Decision, key: Buffer | undefined, random: (bytes: number) => Buffer): Decision {
  const { sid: _name, ...personal } = event.data;
  const { offer, candidates } = event.data;
  const data = {
    ...pick(event.data, OPEN_FIELDS),
    ...(offer === undefined ? {} : { offer: pick(offer, OPEN_OFFER) }),
    candidates: candidates.map((one) => ({ ...pick(one, OPEN_CANDIDATE), checks: [] })),
    inputs: {},
    ...(key === undefined ? {} : { sealed: encrypt(event, { key, personal, nonce: random(NONCE_BYTES) }) }),
  };
  return { ...event, data };
}

/** The named members that are there, in the order of the object. */
export function pick<T extends object, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> {
  const entries = Object.entries(from).filter(([name]) => (names as readonly string[]).includes(name));
  return Object.fromEntries(entries) as Pick<T, K>;
}

function openDecision(event: Decision, key: Buffer | undefined): Decision {
  const { sealed, ...shown } = event.data;
  const personal = sealed === undefined || key === undefined ? undefined : decrypt(event, sealed, key);
  return personal === undefined ? event : { ...event, data: { ...shown, ...personal } };
}

/** Bound to the event it belongs to: a box moved to another event does not open. */
const bindingOf = (event: StoreEvent): Buffer => Buffer.from(`${event.type}\n${event.id}`);

/** One key for names, another for boxes. */
const cipherKey = (key: Buffer): Buffer => createHmac('sha256', key).update('seal').digest();

function encrypt(event: StoreEvent, what: { key: Buffer; personal: Personal; nonce: Buffer }): string {
  const cipher = createCipheriv('aes-256-gcm', cipherKey(what.key), what.nonce).setAAD(bindingOf(event));
  // Packed first, so that a sealed decision is no larger than an open one.
  const packed = deflateRawSync(JSON.stringify(what.personal), { level: 1 });
  const box = Buffer.concat([what.nonce, cipher.update(packed), cipher.final(), cipher.getAuthTag()]);
  return box.toString('base64url');
}

/** `undefined` when the box was damaged or is not of this key: the event then reads as that of a guest. */
function decrypt(event: StoreEvent, sealed: string, key: Buffer): Personal | undefined {
  const box = Buffer.from(sealed, 'base64url');
  try {
    const cipher = createDecipheriv('aes-256-gcm', cipherKey(key), box.subarray(0, NONCE_BYTES))
      .setAAD(bindingOf(event))
      .setAuthTag(box.subarray(-TAG_BYTES));
    const packed = Buffer.concat([cipher.update(box.subarray(NONCE_BYTES, -TAG_BYTES)), cipher.final()]);
    return JSON.parse(inflateRawSync(packed, { maxOutputLength: PLAIN_BYTES_MAX }).toString()) as Personal;
  } catch {
    return undefined;
  }
}
