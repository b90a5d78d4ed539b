import { type Static, Type } from '@sinclair/typebox';
import { Id } from './events/common.js';
import type { Fact } from './told.js';

/** What a rule saw or needed: a code of the table below and its figures, in the order in which it takes them. */
export const Said = Type.Object({
  say: Id('what is said'),
  with: Type.Optional(
    Type.Array(Type.Union([Type.String({ maxLength: 100 }), Type.Number()]), { maxItems: 60 }),
  ),
});
export type Said = Static<typeof Said>;

/** Each in English, for those who read the event itself; pages have words of their own. */
export const SAID = {
  notStopped: () => 'not stopped',
  allOffers: () => 'all offers',
  thisCampaign: () => 'this campaign',
  notGiven: () => 'not given',
  locationAndProfile: () => 'location and profile',
  given: (day: Fact) => `given ${day}`,
  age: (band: Fact) => `${band}`,
  adult: () => '16 or older',
  noTime: () => 'nobody knows what time it is',
  sureClock: () => 'a clock that is sure',
  /** First and last instant or nothing, then each window of the day by its beginning and its end. */
  when: (from: Fact, until: Fact, ...hours: Fact[]) => {
    const windows = hours.flatMap((hour, at) => (at % 2 === 0 ? [`${hour} to ${hours[at + 1]}`] : []));
    if (from !== '') windows.push(`from ${from}`);
    if (until !== '') windows.push(`until ${until}`);
    return windows.join(', ').slice(0, 200);
  },
  seconds: (seconds: Fact) => `${seconds} s`,
  oneVisitor: (seconds: Fact) => `${seconds} s of one visitor`,
  noProduct: () => 'none',
  notCounted: () => 'not counted',
  left: (pieces: Fact) => `${pieces} left`,
  belowOpen: () => 'below the open offer',
  noOpen: () => 'no open offer',
  openToAll: () => 'a screen offers it to everybody',
  lowerPrice: () => 'a lower price than that',
  heldNow: () => 'held now',
  classHeld: () => 'another of its class is held',
  notHeld: () => 'not held',
  madeToday: (made: Fact, cap: Fact) => `${made} of ${cap} today`,
  made: (made: Fact, cap: Fact) => `${made} of ${cap} in all`,
  madeInStoreToday: (made: Fact, cap: Fact) => `${made} of ${cap} in the store today`,
  madeInStore: (made: Fact, cap: Fact) => `${made} of ${cap} in the store`,
  below: (cap: Fact) => `below ${cap}`,
  timesToday: (times: Fact) => `${times} today`,
  noComparison: () => 'none',
  orMore: (share: Fact) => `${share} or more`,
} satisfies Readonly<Record<string, (...figures: never[]) => string>>;
export type SaidCode = keyof typeof SAID;

/** A code with its figures. */
export function said<C extends SaidCode>(say: C, ...figures: Parameters<(typeof SAID)[C]>): Said {
  return figures.length === 0 ? { say } : { say, with: figures };
}

export function inEnglish({ say, with: figures = [] }: Said): string {
  const write = SAID[say as SaidCode] as (...figures: readonly Fact[]) => string;
  return write(...figures);
}
