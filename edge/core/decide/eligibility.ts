import type { Campaign, Reason, RuleCheck, Surface } from '../../contracts/index.js';
import { priceUnder } from '../campaign/pricing.js';
import { clockText, describeWhen, runsAt } from '../campaign/schedule.js';
import { SECOND_MS } from '../time.js';
import type { CampaignFacts, Contender, DecisionInputs, ProductFacts } from './inputs.js';

/** What a rule saw. `reason` is set when it says no. */
export interface RuleResult {
  readonly ok: boolean;
  readonly value?: string;
  readonly needs?: string;
  readonly reason?: Reason;
}

interface Rule {
  readonly name: string;
  readonly on: readonly Surface[];
  /** `undefined`: the rule has nothing to say about this campaign. */
  check(contender: Contender, inputs: DecisionInputs): RuleResult | undefined;
}

const yes = (value?: string, needs?: string): RuleResult => seen({ ok: true }, value, needs);
const no = (reason: Reason, value?: string, needs?: string): RuleResult => {
  const result: RuleResult = seen({ ok: false }, value, needs);
  return { ...result, reason };
};

/** Member by member: eleven of these are made for each candidate. */
function seen(
  result: { ok: boolean; value?: string; needs?: string },
  value?: string,
  needs?: string,
): RuleResult {
  if (value !== undefined) result.value = value;
  if (needs !== undefined && needs !== '') result.needs = needs;
  return result;
}

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
        ? no('Stopped', stopped === true ? 'all offers' : 'this campaign')
        : yes('not stopped');
    },
  },
  {
    name: 'consent',
    on: PHONE,
    check(_contender, { consent }) {
      if (consent === undefined) return no('NoConsent', 'not given', 'location and profile');
      const adult = consent.ageBand === '16-17' || consent.ageBand === '18+';
      return adult ? yes(`given ${consent.givenDay}`) : no('AgeUnknown', consent.ageBand, '16 or older');
    },
  },
  {
    name: 'time',
    on: BOTH,
    check({ campaign }, inputs) {
      const now = clockText(inputs);
      const needs = describeWhen(campaign.when);
      if (inputs.clockUnsure === true && needsTheHour(campaign, inputs))
        return no('ClockUntrusted', 'nobody knows what time it is', 'a clock that is sure');
      return runsAt(campaign.when, inputs.atMs, inputs) ? yes(now, needs) : no('OutsideTime', now, needs);
    },
  },
  {
    name: 'zone',
    on: BOTH,
    check({ campaign }, inputs) {
      const needs = [...(campaign.where.zones ?? []), ...(campaign.where.screens ?? [])].join(', ');
      const place = inputs.screen === undefined ? inputs.zone : `${inputs.zone}, ${inputs.screen}`;
      return isInPlace(campaign, inputs) ? yes(place) : no('OutsideZone', place, needs.slice(0, 200));
    },
  },
  {
    name: 'dwell',
    on: BOTH,
    check({ campaign }, { dwellMs, surface }) {
      const needed = campaign.trigger?.dwellS ?? 0;
      if (surface === 'screen')
        return needed > 0 ? no('SinglePerson', `${needed} s of one visitor`) : undefined;
      const stayed = `${Math.floor(dwellMs / SECOND_MS)} s`;
      return dwellMs >= needed * SECOND_MS
        ? yes(stayed, needed > 0 ? `${needed} s` : undefined)
        : no('DwellTooShort', stayed, `${needed} s`);
    },
  },
  { name: 'stock', on: BOTH, check: ({ campaign, facts }) => checkStock(campaign, facts) },
  { name: 'better', on: PHONE, check: ({ campaign, facts }) => checkBetter(campaign, facts) },
  { name: 'caps', on: PHONE, check: ({ campaign, facts }) => checkCaps(campaign, facts) },
  {
    name: 'held',
    on: PHONE,
    check({ facts }) {
      if (facts.held) return no('AlreadyHeld', 'held now');
      return facts.classHeld ? no('ExclusivityTaken', 'another of its class is held') : yes('not held');
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
  if (first === undefined) return no('NoProduct', 'none');
  const needs = `${neededStock(campaign)}`;
  const picked = facts.products.find((product) => hasStock(campaign, product));
  if (picked !== undefined) return yes(picked.stock === null ? 'not counted' : `${picked.stock} left`, needs);
  const left = `${first.stock ?? 0} left`;
  return (first.stock ?? 0) <= 0 ? no('SoldOut', left, needs) : no('StockTooLow', left, needs);
}

function checkBetter(campaign: Campaign, facts: CampaignFacts): RuleResult {
  const picked = pickProduct(campaign, facts);
  if (picked?.openMinor !== undefined) return yes('below the open offer');
  if (picked !== undefined) return yes('no open offer');
  return no('OpenOfferBetter', 'a screen offers it to everybody', 'a lower price than that');
}

function checkCaps(campaign: Campaign, facts: CampaignFacts): RuleResult {
  const [shopperDay, shopper, storeDay, store] = facts.made;
  const caps = campaign.caps ?? {};
  const rows: readonly [number, number | undefined, string, Reason][] = [
    [shopperDay, caps.perShopperDay, 'today', 'FrequencyCapped'],
    [shopper, caps.perShopper, 'in all', 'FrequencyCapped'],
    [storeDay, caps.perStoreDay, 'in the store today', 'CampaignLimitReached'],
    [store, caps.perStore, 'in the store', 'CampaignLimitReached'],
  ];
  let shown: RuleResult | undefined;
  for (const [made, cap, words, reason] of rows) {
    if (cap === undefined) continue;
    if (made >= cap) return no(reason, `${made} of ${cap} ${words}`, `below ${cap}`);
    // The shopper's own count is the one that people ask for.
    shown ??= yes(`${made} of ${cap} ${words}`, `below ${cap}`);
  }
  return shown ?? yes(`${shopperDay} today`);
}

/** All rules up to the first no. */
export function checkRules(contender: Contender, inputs: DecisionInputs) {
  const checks: RuleCheck[] = [];
  for (const rule of RULES) {
    if (!rule.on.includes(inputs.surface)) continue;
    const result = rule.check(contender, inputs);
    if (result === undefined) continue;
    const { ok, value, needs, reason } = result;
    const check: Writable<RuleCheck> = { rule: rule.name, ok };
    if (value !== undefined) check.value = value;
    if (needs !== undefined) check.needs = needs;
    checks.push(check);
    if (reason !== undefined) return { checks, reason };
  }
  return { checks, reason: undefined };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
