import type { PromoDecision } from '../../contracts/index.js';
import type { Step } from '../step.js';
import { addDays } from '../time.js';
import type { CampaignDay, OfferTallies } from './state.js';

const DAYS_KEPT = 8;

/** A JSON list is the key: no id can be made to look like two. */
const keyOf = (day: string, campaign: string): string => JSON.stringify([day, campaign]);

export function tallyOf(tallies: OfferTallies, day: string, campaign: string): CampaignDay | undefined {
  return tallies.days.get(keyOf(day, campaign));
}

function rowOf(step: Step, day: string, campaign: string): CampaignDay {
  const { days } = step.state.offers;
  const key = keyOf(day, campaign);
  let row = days.get(key);
  if (row === undefined) {
    row = { made: 0, taken: 0, withheld: 0, refused: 0, reasons: {}, turnoverMinor: 0, discountMinor: 0 };
    days.set(key, row);
  }
  return row;
}

const today = (step: Step): string => step.derived.clock.at(step.nowMs).day;

/** What one decision meant for each campaign that was looked at. */
export function tallyDecision(step: Step, decision: PromoDecision): void {
  const day = today(step);
  for (const { campaign, outcome, reason } of decision.candidates) {
    const row = rowOf(step, day, campaign);
    if (outcome === 'offered') row.made += 1;
    else if (outcome === 'withheld') row.withheld += 1;
    else {
      row.refused += 1;
      const why = reason ?? 'Outbid';
      row.reasons[why] = (row.reasons[why] ?? 0) + 1;
    }
  }
}

/** A coupon was taken, and what it took off. */
export function tallyTaken(step: Step, campaign: string, discountMinor: number): void {
  const row = rowOf(step, today(step), campaign);
  row.taken += 1;
  row.discountMinor += discountMinor;
}

/** Paid for goods with a coupon; negative when a void takes it back. */
export function tallyTurnover(step: Step, what: { day: string; campaign: string; minor: number }): void {
  rowOf(step, what.day, what.campaign).turnoverMinor += what.minor;
}

export function pruneTallies(tallies: OfferTallies, day: string): void {
  const oldest = addDays(day, -DAYS_KEPT);
  for (const key of tallies.days.keys()) {
    const [of] = JSON.parse(key) as [string];
    if (of < oldest) tallies.days.delete(key);
  }
}
