import type { Campaign } from '../../../edge/contracts/index.js';
import { count, dayMonth, hourMinute, money, percentOff, timeOfDay } from '../../shared/format.js';
import { lengthInWords } from '../../shared/messages/index.js';
import { type DeskTelling, listInWords, percentInWords } from '../desk/telling.js';
import { screenName, zoneName } from '../now/story-words.js';

export interface RuleLine {
  readonly label: string;
  readonly text: string;
}

type Daypart = NonNullable<NonNullable<Campaign['when']>['dayparts']>[number];

/** A campaign as sentences for people, in the order in which its rule is asked. */
export function ruleInWords(campaign: Campaign, telling: DeskTelling): readonly RuleLine[] {
  const { lines } = telling.desk.offers;
  return [
    { label: lines.what, text: whatWords(campaign, telling) },
    { label: lines.discount, text: discountWords(campaign, telling) },
    { label: lines.where, text: whereWords(campaign, telling) },
    { label: lines.when, text: whenWords(campaign.when, telling) },
    { label: lines.who, text: whoWords(campaign, telling) },
    { label: lines.stock, text: stockWords(campaign, telling) },
    ...(campaign.kind === 'display'
      ? []
      : [
          { label: lines.caps, text: capWords(campaign, telling) },
          { label: lines.compare, text: compareWords(campaign, telling) },
          ...validLine(campaign, telling),
        ]),
  ];
}

function whatWords({ products }: Campaign, telling: DeskTelling): string {
  const { rules } = telling.desk.offers;
  const { skus, category, choose } = products;
  const named = skus?.length === 1 ? telling.productOf(skus[0] ?? '') : undefined;
  if (named !== undefined) return named;
  const many =
    skus === undefined ? (category ?? '') : rules.products(count(skus.length, telling.place.locale));
  if (choose === 'favourite') return `${rules.favourite} ${many}`;
  if (choose === 'best-stocked') return `${rules.bestStocked} ${many}`;
  return `${choose === 'first' ? rules.first : rules.anyOf} ${many}`;
}

/** `−10 %`, `−€0.50`, `€2.50`: what stands on the tag. */
export function discountTag({ discount }: Campaign, { place }: DeskTelling): string {
  const { percent, amountMinor, priceMinor } = discount;
  if (priceMinor !== undefined) return money(priceMinor, place);
  if (amountMinor !== undefined) return `\u2212${money(amountMinor, place)}`;
  return percent === undefined ? '' : percentOff(percent, place.locale);
}

function discountWords(campaign: Campaign, telling: DeskTelling): string {
  const { rules } = telling.desk.offers;
  const { percent, amountMinor, priceMinor } = campaign.discount;
  if (priceMinor !== undefined) return rules.price(money(priceMinor, telling.place));
  if (amountMinor !== undefined) return rules.amount(money(amountMinor, telling.place));
  if (percent === undefined) return '';
  return rules.percent(percentInWords(percent / 100, telling.place.locale));
}

function whereWords({ where }: Campaign, telling: DeskTelling): string {
  const { rules } = telling.desk.offers;
  const { and } = telling.desk.common;
  const zones = where.zones?.map((id) => zoneName(telling, id)) ?? [];
  const screens = where.screens?.map((id) => screenName(telling, id)) ?? [];
  const parts = [
    ...(zones.length === 0 ? [] : [rules.zones(listInWords(zones, and))]),
    ...(screens.length === 0 ? [] : [rules.screens(listInWords(screens, and))]),
  ];
  return parts.length === 0 ? rules.everywhere : parts.join(', ');
}

/** Hours and dates, as a shop says them: `Mon to Fri 09:00 to 12:00`. */
export function whenWords(when: Campaign['when'], telling: DeskTelling): string {
  const { rules } = telling.desk.offers;
  const { place } = telling;
  const day = (instant: string): string => `${dayMonth(instant, place)} ${hourMinute(instant, place)}`;
  const parts = [
    ...(when?.dayparts ?? []).map((part) => daypartWords(part, telling)),
    ...(when?.from === undefined ? [] : [rules.starts(day(when.from))]),
    ...(when?.until === undefined ? [] : [rules.ends(day(when.until))]),
  ];
  return parts.length === 0 ? rules.always : parts.join(', ');
}

export function daypartWords({ from, until, days }: Daypart, { desk, place }: DeskTelling): string {
  const hour = (text: string): string => timeOfDay(text, place.locale);
  return `${daysInWords(days, desk.common)} ${desk.common.span(hour(from), hour(until))}`;
}

/** `[1,2,3,4,5]` is "Mon to Fri", `[1,3]` is "Mon, Wed". */
export function daysInWords(
  days: readonly number[] | undefined,
  words: DeskTelling['desk']['common'],
): string {
  if (days === undefined || days.length === 0 || new Set(days).size === 7) return words.everyDay;
  const sorted = [...new Set(days)].sort((left, right) => left - right);
  const name = (day: number): string => words.days[day - 1] ?? String(day);
  const runs: number[][] = [];
  for (const day of sorted) {
    const run = runs.at(-1);
    if (run !== undefined && run.at(-1) === day - 1) run.push(day);
    else runs.push([day]);
  }
  return runs
    .map((run) =>
      run.length < 3 ? run.map(name).join(', ') : words.span(name(run[0] ?? 1), name(run.at(-1) ?? 7)),
    )
    .join(', ');
}

function whoWords(campaign: Campaign, telling: DeskTelling): string {
  const { rules } = telling.desk.offers;
  if (campaign.kind === 'display') return rules.everybody;
  const dwellS = campaign.trigger?.dwellS ?? 0;
  return dwellS > 0 ? rules.dwell(lengthInWords(dwellS * 1_000, telling.messages)) : rules.consenting;
}

function capWords({ caps }: Campaign, telling: DeskTelling): string {
  const { rules } = telling.desk.offers;
  const write = (amount: number): string => count(amount, telling.place.locale);
  const parts = (['perShopperDay', 'perShopper', 'perStoreDay', 'perStore'] as const).flatMap((name) => {
    const cap = caps?.[name];
    return cap === undefined ? [] : [rules[name](write(cap))];
  });
  return parts.length === 0 ? rules.noCaps : parts.join(', ');
}

function stockWords({ inventory }: Campaign, telling: DeskTelling): string {
  const { rules } = telling.desk.offers;
  const least = inventory?.minStock ?? 0;
  const need = least > 1 ? rules.minStock(count(least, telling.place.locale)) : rules.anyStock;
  return inventory?.substitute === true ? `${need}, ${rules.substitute}` : need;
}

function compareWords({ experiment }: Campaign, telling: DeskTelling): string {
  const { rules } = telling.desk.offers;
  const share = experiment?.holdout ?? 0;
  return share > 0 ? rules.holdout(percentInWords(share, telling.place.locale)) : rules.noHoldout;
}

function validLine({ validMinutes }: Campaign, telling: DeskTelling): readonly RuleLine[] {
  if (validMinutes === undefined) return [];
  const text = lengthInWords(validMinutes * 60_000, telling.messages);
  return [{ label: telling.desk.offers.lines.valid, text }];
}
