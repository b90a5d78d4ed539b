import { isType, type StoreEvent } from '../contracts/index.js';
import type { EventSeal } from '../store/types.js';
import { createChance } from './chance.js';
import { createDecisionSeal } from './decision-seal.js';
import { createPseudonyms, type PseudonymUse } from './pseudonyms.js';
import type { OpenVault } from './vault.js';

const NOBODY_BYTES = 16;

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
  const random = deps.random ?? createChance();
  const decisions = createDecisionSeal(random);
  const pseudonyms = createPseudonyms(deps.vault);
  /** A shopper without a key was erased a moment ago: a name that leads to nobody. */
  const nameOf = (sid: string, use: PseudonymUse, event: StoreEvent): string =>
    pseudonyms.of(sid, use, dayOf(event)) ?? random(NOBODY_BYTES).toString('base64url');

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
    return isType(named, 'promo.decision') ? decisions.seal(named, deps.vault.keyOf(sid)) : named;
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
    return isType(named, 'promo.decision') ? decisions.open(named, deps.vault.keyOf(sid)) : named;
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
