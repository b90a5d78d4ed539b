import type { Campaign, Reason, RuleCheck, Said, Surface } from '../../contracts/index.js';
import { inEnglish, said } from '../../contracts/index.js';
import { priceUnder } from '../campaign/pricing.js';
import { clockText, hoursOf, runsAt } from '../campaign/schedule.js';
import { SECOND_MS } from '../time.js';
import type { CampaignFacts, Contender, DecisionInputs, ProductFacts } from './inputs.js';

/** What a rule saw. `reason` is set when it says no. */
export interface RuleResult {
  readonly ok: boolean;
  readonly saw?: Seen;
  readonly wants?: Seen;
  readonly reason?: Reason;
}
/** A plain value, or what has words of its own in every language. */
type Seen = string | Said;

interface Rule {
  readonly name: string;
  readonly on: readonly Surface[];
  /** `undefined`: the rule has nothing to say about this campaign. */
  check(contender: Contender, inputs: DecisionInputs): RuleResult | undefined;
}

const yes = (saw: Seen, wants?: Seen): RuleResult =>
  wants === undefined ? { ok: true, saw } : { ok: true, saw, wants };
const no = (reason: Reason, saw: Seen, wants?: Seen): RuleResult =>
  wants === undefined ? { ok: false, saw, reason } : { ok: false, saw, wants, reason };

/** Those without figures are made once: eleven are said about each candidate. */
const NOT_STOPPED = said('notStopped');
const NOT_HELD = said('notHeld');
const NO_OPEN = said('noOpen');
const NOT_COUNTED = said('notCounted');

const BOTH: readonly Surface[] = ['phone', 'screen'];
const PHONE: readonly Surface[] = ['phone'];

/** In the order in which they are asked; the first no ends a campaign's way. */
export const RULES: readonly Rule[] = [
  {
    name: 'stop',
    on: BOTH,
    check({ campaign }, { stopped }) {
      const isStopped = stopped === true || stopped.includes(campaign.id);
      return isStopped
        ? no('Stopped', said(stopped === true ? 'allOffers' : 'thisCampaign'))
        : yes(NOT_STOPPED);
    },
  },
  {
    name: 'consent',
    on: PHONE,
    check(_contender, { consent }) {
      if (consent === undefined) return no('NoConsent', said('notGiven'), said('locationAndProfile'));
      const adult = consent.ageBand === '16-17' || consent.ageBand === '18+';
      return adult
        ? yes(said('given', consent.givenDay))
        : no('AgeUnknown', said('age', consent.ageBand), said('adult'));
    },
  },
  {
    name: 'time',
    on: BOTH,
    check({ campaign }, inputs) {
      const now = clockText(inputs);
      const needs = hoursOf(campaign.when);
      if (inputs.clockUnsure === true && needsTheHour(campaign, inputs))
        return no('ClockUntrusted', said('noTime'), said('sureClock'));
      return runsAt(campaign.when, inputs.atMs, inputs) ? yes(now, needs) : no('OutsideTime', now, needs);
    },
  },
  {
    name: 'zone',
    on: BOTH,
    check({ campaign }, inputs) {
      const needs = [...(campaign.where.zones ?? []), ...(campaign.where.screens ?? [])].join(', ');
      const place = inputs.screen === undefined ? inputs.zone : `${inputs.zone}, ${inputs.screen}`;
      return isInPlace(campaign, inputs)
        ? yes(place)
        : no('OutsideZone', place, needs === '' ? undefined : needs.slice(0, 200));
    },
  },
  {
    name: 'dwell',
    on: BOTH,
    check({ campaign }, { dwellMs, surface }) {
      const needed = campaign.trigger?.dwellS ?? 0;
      if (surface === 'screen')
        return needed > 0 ? no('SinglePerson', said('oneVisitor', needed)) : undefined;
      const stayed = said('seconds', Math.floor(dwellMs / SECOND_MS));
      return dwellMs >= needed * SECOND_MS
        ? yes(stayed, needed > 0 ? said('seconds', needed) : undefined)
        : no('DwellTooShort', stayed, said('seconds', needed));
    },
  },
  { name: 'stock', on: BOTH, check: ({ campaign, facts }) => checkStock(campaign, facts) },
  { name: 'better', on: PHONE, check: ({ campaign, facts }) => checkBetter(campaign, facts) },
  { name: 'caps', on: PHONE, check: ({ campaign, facts }) => checkCaps(campaign, facts) },
  {
    name: 'held',
    on: PHONE,
    check({ facts }) {
      if (facts.held) return no('AlreadyHeld', said('heldNow'));
      return facts.classHeld ? no('ExclusivityTaken', said('classHeld')) : yes(NOT_HELD);
    },
  },
];

/** A coupon is good until an hour; what a screen shows depends on it where the campaign runs at times. */
const needsTheHour = (campaign: Campaign, { surface }: DecisionInputs): boolean =>
  surface === 'phone' || campaign.when !== undefined;

/** A campaign that names screens is for those; one that names zones for every phone and screen in them. */
export function isInPlace(campaign: Campaign, place: { zone: string; screen?: string }): boolean {
  const { zones, screens } = campaign.where;
  if (place.screen !== undefined && screens !== undefined) return screens.includes(place.screen);
  return zones === undefined || zones.includes(place.zone);
}

/** First product with enough pieces that nobody can have for less, in the campaign's own order. */
export function pickProduct(campaign: Campaign, facts: CampaignFacts): ProductFacts | undefined {
  return facts.products.find((product) => hasStock(campaign, product) && beatsOpenOffer(campaign, product));
}

const hasStock = (campaign: Campaign, { stock }: ProductFacts): boolean =>
  stock === null || stock >= neededStock(campaign);

/** An offer made to one person is worth nothing where everybody is offered the same for as little. */
export function beatsOpenOffer(
  { discount }: Campaign,
  { priceMinor, openMinor }: Pick<ProductFacts, 'priceMinor' | 'openMinor'>,
): boolean {
  return openMinor === undefined || priceUnder(discount, priceMinor).priceMinor < openMinor;
}

export function neededStock(campaign: Campaign): number {
  return Math.max(1, campaign.inventory?.minStock ?? 1);
}

function checkStock(campaign: Campaign, facts: CampaignFacts): RuleResult {
  const first = facts.products[0];
  if (first === undefined) return no('NoProduct', said('noProduct'));
  const needs = `${neededStock(campaign)}`;
  const picked = facts.products.find((product) => hasStock(campaign, product));
  if (picked !== undefined)
    return yes(picked.stock === null ? NOT_COUNTED : said('left', picked.stock), needs);
  const left = said('left', first.stock ?? 0);
  return (first.stock ?? 0) <= 0 ? no('SoldOut', left, needs) : no('StockTooLow', left, needs);
}

function checkBetter(campaign: Campaign, facts: CampaignFacts): RuleResult {
  const picked = pickProduct(campaign, facts);
  if (picked?.openMinor !== undefined) return yes(said('belowOpen'));
  if (picked !== undefined) return yes(NO_OPEN);
  return no('OpenOfferBetter', said('openToAll'), said('lowerPrice'));
}

function checkCaps(campaign: Campaign, facts: CampaignFacts): RuleResult {
  const [shopperDay, shopper, storeDay, store] = facts.made;
  const caps = campaign.caps ?? {};
  const rows: readonly [number, number | undefined, MadeCode, Reason][] = [
    [shopperDay, caps.perShopperDay, 'madeToday', 'FrequencyCapped'],
    [shopper, caps.perShopper, 'made', 'FrequencyCapped'],
    [storeDay, caps.perStoreDay, 'madeInStoreToday', 'CampaignLimitReached'],
    [store, caps.perStore, 'madeInStore', 'CampaignLimitReached'],
  ];
  let shown: RuleResult | undefined;
  for (const [made, cap, say, reason] of rows) {
    if (cap === undefined) continue;
    if (made >= cap) return no(reason, said(say, made, cap), said('below', cap));
    // The shopper's own count is the one that people ask for.
    shown ??= yes(said(say, made, cap), said('below', cap));
  }
  return shown ?? yes(said('timesToday', shopperDay));
}

type MadeCode = 'madeToday' | 'made' | 'madeInStoreToday' | 'madeInStore';

/** All rules up to the first no. */
export function checkRules(contender: Contender, inputs: DecisionInputs) {
  const checks: RuleCheck[] = [];
  for (const rule of RULES) {
    if (!rule.on.includes(inputs.surface)) continue;
    const result = rule.check(contender, inputs);
    if (result === undefined) continue;
    const { ok, saw, wants, reason } = result;
    checks.push(checkOf(rule.name, { ok, saw, wants }));
    if (reason !== undefined) return { checks, reason };
  }
  return { checks, reason: undefined };
}

/** Member by member, in English and as a code. */
export function checkOf(
  rule: string,
  { ok, saw, wants }: { ok: boolean; saw?: Seen | undefined; wants?: Seen | undefined },
): RuleCheck {
  const check: Writable<RuleCheck> = { rule, ok };
  if (saw !== undefined) check.value = typeof saw === 'string' ? saw : inEnglish(saw);
  if (wants !== undefined) check.needs = typeof wants === 'string' ? wants : inEnglish(wants);
  if (typeof saw === 'object') check.saw = saw;
  if (typeof wants === 'object') check.wants = wants;
  return check;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
