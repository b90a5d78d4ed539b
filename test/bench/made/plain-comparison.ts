import type { Campaign, JournalledEvent, StoreEvent } from '../../../edge/contracts/index.js';
import type { SideBySide } from '../../../edge/core/index.js';
import { newCore } from '../../core/support/core.js';

/**
 * What a what-if must say, worked out the long way: one core hears what was announced, the other one hears the changed
 * campaign in its place, and every decision is written down and laid side by side.
 */
export function plainComparison(
  events: readonly JournalledEvent[],
  changed: Campaign,
): Omit<SideBySide, 'shown'> {
  const [was, would] = [newCore(), newCore()];
  const [before, after] = [noTally(), noTally()];
  let differences = 0;
  for (const journalled of events) {
    const made = was.step(journalled).outputs;
    const makes = would.step(announcing(journalled, changed)).outputs;
    count(before, made);
    count(after, makes);
    differences += unlike(decisionsIn(made), decisionsIn(makes));
  }
  return { events: events.length, before, after, differences };
}

function announcing(journalled: JournalledEvent, changed: Campaign): JournalledEvent {
  const { event } = journalled;
  const isIt = event.type === 'hq.campaign' && (event.data as Campaign).id === changed.id;
  return isIt ? { ...journalled, event: { ...event, data: changed } } : journalled;
}

const noTally = (): SideBySide['before'] => ({
  offered: 0,
  withheld: 0,
  rejected: 0,
  redeemed: 0,
  discountMinor: 0,
});

function count(tally: SideBySide['before'], outputs: readonly StoreEvent[]): void {
  for (const { type, data } of outputs) {
    if (type === 'promo.decision') tally[(data as StoreEvent<'promo.decision'>['data']).outcome] += 1;
    if (type !== 'coupon.redeemed') continue;
    tally.redeemed += 1;
    tally.discountMinor += (data as StoreEvent<'coupon.redeemed'>['data']).discountMinor;
  }
}

/** Who is told what, by who is told. */
function decisionsIn(outputs: readonly StoreEvent[]): ReadonlyMap<string, string> {
  const decisions = outputs.filter((output) => output.type === 'promo.decision');
  return new Map(
    decisions.map(({ data }) => {
      const { surface, sid, zone, screen, outcome, reason, campaign, offer } =
        data as StoreEvent<'promo.decision'>['data'];
      const whom = [surface, sid, surface === 'phone' ? zone : screen].join(' ');
      return [whom, [outcome, reason, campaign, offer?.sku, offer?.priceMinor].join(' ')];
    }),
  );
}

function unlike(left: ReadonlyMap<string, string>, right: ReadonlyMap<string, string>): number {
  const everybody = new Set([...left.keys(), ...right.keys()]);
  return [...everybody].filter((whom) => left.get(whom) !== right.get(whom)).length;
}
