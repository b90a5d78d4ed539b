import { type Campaign, dataschemaOf, type JournalledEvent, type StoreEvent } from '../contracts/index.js';
import type { Core } from './types.js';

export interface SideBySideOptions {
  /** A fresh core in the state that ruled before the first event. */
  readonly createCore: () => Core;
  /** Take the place of those with the same id from the first compared event on; others are added. */
  readonly campaigns: readonly Campaign[];
  /** Differences told one by one; the counts cover all. */
  readonly limit?: number;
}

export interface ReplayWithOptions extends SideBySideOptions {
  /** In journal order; outputs of earlier steps may stand among them and are left out. */
  readonly events: Iterable<JournalledEvent>;
}

/** Two cores fed with the same events, one of them under other campaigns. */
export interface Comparison {
  /** An event before the range: both cores learn from it, nothing is compared. */
  warm(journalled: JournalledEvent): void;
  compare(journalled: JournalledEvent): void;
  result(): SideBySide;
}

export interface DecisionShort {
  readonly outcome: string;
  readonly reason?: string;
  readonly campaign?: string;
  readonly sku?: string;
  readonly priceMinor?: number;
}
export interface Difference {
  readonly at: string;
  /** Offset of the event that led to the decision. */
  readonly offset: number;
  readonly surface: string;
  readonly zone?: string;
  readonly screen?: string;
  readonly before?: DecisionShort;
  readonly after?: DecisionShort;
}
/** Only what the core decides changes: a coupon that nobody was given in the other run is redeemed in none. */
export interface Tally {
  offered: number;
  withheld: number;
  rejected: number;
  redeemed: number;
  discountMinor: number;
}
export interface SideBySide {
  readonly events: number;
  readonly before: Tally;
  readonly after: Tally;
  readonly differences: number;
  readonly shown: readonly Difference[];
}

const SHOWN_DEFAULT = 100;
const VERSION_STEP = 1_000_000;

/** The same events under other campaigns, side by side. Nobody is shown or sent anything: a core has no hands. */
export function replayWith(options: ReplayWithOptions): SideBySide {
  const comparison = startComparison(options);
  for (const journalled of options.events) comparison.compare(journalled);
  return comparison.result();
}

/** The same for callers that feed the events themselves, a slice at a time. */
export function startComparison(options: SideBySideOptions): Comparison {
  const [asItWas, asItWouldBe] = [options.createCore(), options.createCore()];
  const before = emptyTally();
  const after = emptyTally();
  const shown: Difference[] = [];
  const limit = options.limit ?? SHOWN_DEFAULT;
  const replaced = new Set(options.campaigns.map(({ id }) => id));
  let differences = 0;
  let events = 0;
  let put = false;
  const compareOne = (journalled: JournalledEvent): void => {
    events += 1;
    const was = asItWas.step(journalled).outputs;
    let would: readonly StoreEvent[] = [];
    if (!put && !journalled.event.type.startsWith('hq.')) {
      put = true;
      would = putCampaigns(asItWouldBe, options.campaigns, journalled);
    }
    if (!isReplaced(journalled.event, replaced)) {
      would = [...would, ...asItWouldBe.step(journalled).outputs];
    }
    addUp(before, was);
    addUp(after, would);
    for (const difference of compare(journalled, was, would)) {
      differences += 1;
      if (shown.length < limit) shown.push(difference);
    }
  };
  return {
    warm(journalled) {
      asItWas.step(journalled);
      asItWouldBe.step(journalled);
    },
    compare(journalled) {
      if (journalled.cause === undefined) compareOne(journalled);
    },
    result: () => ({ events, before, after, differences, shown }),
  };
}

function isReplaced(event: StoreEvent, replaced: ReadonlySet<string>): boolean {
  return event.type === 'hq.campaign' && replaced.has((event as StoreEvent<'hq.campaign'>).data.id);
}

/** Just before `first`, with versions above any that may have been used, so that the core takes them. */
function putCampaigns(core: Core, campaigns: readonly Campaign[], first: JournalledEvent): StoreEvent[] {
  return campaigns.flatMap((campaign, index) => {
    const event: StoreEvent<'hq.campaign'> = {
      specversion: '1.0',
      id: `what-if-${index}`,
      source: '/what-if',
      type: 'hq.campaign',
      recordedtime: first.event.recordedtime,
      partitionkey: campaign.id,
      dataschema: dataschemaOf('hq.campaign'),
      data: { ...campaign, version: campaign.version + VERSION_STEP },
    };
    const offset = first.offset - 1 + (index + 1) / (campaigns.length + 1);
    return [...core.step({ offset, event }).outputs];
  });
}

function emptyTally(): Tally {
  return { offered: 0, withheld: 0, rejected: 0, redeemed: 0, discountMinor: 0 };
}

function addUp(tally: Tally, outputs: readonly StoreEvent[]): void {
  for (const output of outputs) {
    if (output.type === 'promo.decision') tally[(output as StoreEvent<'promo.decision'>).data.outcome] += 1;
    if (output.type !== 'coupon.redeemed') continue;
    tally.redeemed += 1;
    tally.discountMinor += (output as StoreEvent<'coupon.redeemed'>).data.discountMinor;
  }
}

/** Decisions are the same decision when the same event led to them, for the same person or screen. */
function compare(
  cause: JournalledEvent,
  was: readonly StoreEvent[],
  would: readonly StoreEvent[],
): Difference[] {
  const [left, right] = [decisionsOf(was), decisionsOf(would)];
  const keys = new Set([...left.keys(), ...right.keys()]);
  return [...keys].flatMap((key) => {
    const [before, after] = [left.get(key), right.get(key)];
    const told = { before: short(before), after: short(after) };
    if (JSON.stringify(told.before) === JSON.stringify(told.after)) return [];
    const either = before ?? after;
    return [
      {
        at: cause.event.recordedtime,
        offset: cause.offset,
        surface: either?.surface ?? '',
        ...(either?.zone === undefined ? {} : { zone: either.zone }),
        ...(either?.screen === undefined ? {} : { screen: either.screen }),
        ...(told.before === undefined ? {} : { before: told.before }),
        ...(told.after === undefined ? {} : { after: told.after }),
      },
    ];
  });
}

type Decision = StoreEvent<'promo.decision'>['data'];

function decisionsOf(outputs: readonly StoreEvent[]): Map<string, Decision> {
  const found = new Map<string, Decision>();
  for (const output of outputs) {
    if (output.type !== 'promo.decision') continue;
    const { data } = output as StoreEvent<'promo.decision'>;
    found.set(data.screen === undefined ? `phone ${data.sid} ${data.zone}` : `screen ${data.screen}`, data);
  }
  return found;
}

function short(decision: Decision | undefined): DecisionShort | undefined {
  if (decision === undefined) return undefined;
  const { outcome, reason, campaign, offer } = decision;
  return {
    outcome,
    ...(reason === undefined ? {} : { reason }),
    ...(campaign === undefined ? {} : { campaign }),
    ...(offer === undefined ? {} : { sku: offer.sku, priceMinor: offer.priceMinor }),
  };
}
