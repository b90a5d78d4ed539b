import type { Candidate, Offer, PromoDecision, StoreEvent } from '../contracts/index.js';
import { createBoxes } from './sealed-box.js';

type Decision = StoreEvent<'promo.decision'>;

/** What of a decision is about the store and not about the person; a field that is not named here is sealed. */
const OPEN_FIELDS: ReadonlySet<string> = new Set([
  ...(['decisionId', 'storyId', 'outcome', 'surface', 'zone', 'screen', 'sid'] as const),
  ...(['campaign', 'campaignVersion', 'reason'] as const),
] satisfies readonly (keyof PromoDecision)[]);
const OPEN_OFFER: ReadonlySet<string> = new Set([
  ...(['sku', 'name', 'headline', 'priceMinor', 'wasMinor', 'currency', 'percent', 'couponId'] as const),
  ...(['validUntil', 'art', 'piecesLeft', 'piecesOf', 'pieceName', 'size', 'smallPrint'] as const),
] satisfies readonly (keyof Offer)[]);
const OPEN_CANDIDATE: ReadonlySet<string> = new Set([
  ...(['campaign', 'campaignVersion', 'name', 'outcome', 'reason'] as const),
] satisfies readonly (keyof Candidate)[]);

/** What is sealed of a decision, beside what stands open in the event. */
interface Personal {
  readonly rest: Fields;
  readonly offer?: Fields;
  readonly candidates: readonly Fields[];
}
type Fields = Readonly<Record<string, unknown>>;

/** Open: what was decided about which campaign, and why in one word. Sealed: everything it stood on. */
export function createDecisionSeal(random: (bytes: number) => Buffer) {
  const boxes = createBoxes(random);
  return {
    seal(event: Decision, key: Buffer | undefined): Decision {
      const { offer, candidates, ...fields } = event.data;
      const parted = part(fields, OPEN_FIELDS);
      const offered = offer === undefined ? undefined : part(offer, OPEN_OFFER);
      const looked = candidates.map((one) => part(one, OPEN_CANDIDATE));
      const personal: Personal = {
        rest: parted.personal,
        ...(offered === undefined ? {} : { offer: offered.personal }),
        candidates: looked.map((one) => one.personal),
      };
      const data = {
        ...parted.open,
        ...(offered === undefined ? {} : { offer: offered.open }),
        candidates: looked.map(({ open }) => ({ ...open, checks: [] })),
        inputs: {},
        ...(key === undefined ? {} : { sealed: boxes.seal(bindingOf(event), key, JSON.stringify(personal)) }),
      };
      return { ...event, data: data as unknown as PromoDecision };
    },
    /** As it is, where the box was damaged or is not of this key: the event then reads as that of a guest. */
    open(event: Decision, key: Buffer | undefined): Decision {
      const { sealed, ...shown } = event.data;
      const text =
        sealed === undefined || key === undefined ? undefined : boxes.open(bindingOf(event), key, sealed);
      return text === undefined ? event : { ...event, data: joined(shown, JSON.parse(text) as Fields) };
    },
  };
}

/** Bound to the event it belongs to: a box moved to another event does not open. */
const bindingOf = (event: StoreEvent): string => `${event.type}\n${event.id}`;

function joined(shown: PromoDecision, personal: Fields): PromoDecision {
  // A box of the first form holds the whole decision but its sid.
  if (!('rest' in personal)) return { ...shown, ...personal };
  const { rest, offer, candidates } = personal as unknown as Personal;
  return {
    ...shown,
    ...rest,
    ...(shown.offer === undefined ? {} : { offer: { ...shown.offer, ...offer } }),
    candidates: shown.candidates.map((one, at) => ({ ...one, ...candidates[at] })),
  };
}

/** What may stand open and what may not; in plain loops, since a busy store decides thousands of times a second. */
function part(from: object, names: ReadonlySet<string>): { open: Fields; personal: Fields } {
  const open: Record<string, unknown> = {};
  const personal: Record<string, unknown> = {};
  for (const name in from) {
    if (!Object.hasOwn(from, name)) continue;
    (names.has(name) ? open : personal)[name] = (from as Fields)[name];
  }
  return { open, personal };
}

/** What of an offer stands open, wherever it is kept. */
export const openOffer = (offer: Offer): Partial<Offer> => part(offer, OPEN_OFFER).open as Partial<Offer>;
