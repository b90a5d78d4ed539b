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
  const changes = createChanges(asItWouldBe, options.campaigns);
  let differences = 0;
  let events = 0;
  const compareOne = (journalled: JournalledEvent): void => {
    events += 1;
    const was = asItWas.step(journalled).outputs;
    const would = changes.step(journalled);
    if (was.length === 0 && would.length === 0) return;
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
      changes.learn(journalled);
    },
    compare(journalled) {
      if (journalled.cause === undefined) compareOne(journalled);
    },
    result: () => ({ events, before, after, differences, shown }),
  };
}

/**
 * The changed campaigns on their way into a core: where the range itself announces them first, in that very place, so
 * that a campaign which changes nothing makes no difference; else before the first event that is no announcement.
 */
function createChanges(core: Core, campaigns: readonly Campaign[]) {
  const replaced = new Set(campaigns.map(({ id }) => id));
  const due = new Map(campaigns.map((campaign) => [campaign.id, campaign]));
  const ruling = new Map<string, Campaign>();
  const put = (first: JournalledEvent): readonly StoreEvent[] => {
    const changed = [...due.values()].filter((campaign) => !isSame(campaign, ruling.get(campaign.id)));
    due.clear();
    return changed.flatMap((campaign, index) => {
      const offset = first.offset - 1 + (index + 1) / (changed.length + 1);
      return core.step({ offset, event: announcementOf(campaign, first, index) }).outputs;
    });
  };
  return {
    /** An event before the range. */
    learn({ event }: JournalledEvent): void {
      if (isCampaign(event)) ruling.set(event.data.id, event.data);
    },
    step(journalled: JournalledEvent): readonly StoreEvent[] {
      const { event } = journalled;
      if (isCampaign(event) && replaced.has(event.data.id)) {
        const instead = due.get(event.data.id);
        due.delete(event.data.id);
        if (instead === undefined) return NOTHING;
        return core.step({ ...journalled, event: { ...event, data: raised(instead) } }).outputs;
      }
      const made = due.size === 0 || event.type.startsWith('hq.') ? NOTHING : put(journalled);
      const { outputs } = core.step(journalled);
      return made.length === 0 ? outputs : [...made, ...outputs];
    },
  };
}

const NOTHING: readonly StoreEvent[] = [];

const isCampaign = (event: StoreEvent): event is StoreEvent<'hq.campaign'> => event.type === 'hq.campaign';

/** A version above any that may have been used, so that the core takes it. */
const raised = (campaign: Campaign): Campaign => ({ ...campaign, version: campaign.version + VERSION_STEP });

/** Announced again it would look the screens over at once, and its new version would read as a new decision. */
function isSame(campaign: Campaign, ruling: Campaign | undefined): boolean {
  if (ruling === undefined) return false;
  return JSON.stringify({ ...campaign, version: 0 }) === JSON.stringify({ ...ruling, version: 0 });
}

function announcementOf(
  campaign: Campaign,
  first: JournalledEvent,
  index: number,
): StoreEvent<'hq.campaign'> {
  return {
    specversion: '1.0',
    id: `what-if-${index}`,
    source: '/what-if',
    type: 'hq.campaign',
    recordedtime: first.event.recordedtime,
    partitionkey: campaign.id,
    dataschema: dataschemaOf('hq.campaign'),
    data: raised(campaign),
  };
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
