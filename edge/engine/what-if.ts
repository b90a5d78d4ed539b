import type { Campaign, JournalledEvent, PromoDecision, StoreEvent } from '../contracts/index.js';
import { isType } from '../contracts/index.js';
import type { Journal } from '../store/types.js';
import type { DecisionCore } from './recovery.js';

export interface WhatIfOptions {
  /** Replace or add these; the rest stays as it was. */
  readonly campaigns: readonly Campaign[];
  /** Epoch ms, inclusive. */
  readonly fromMs: number;
  /** Epoch ms, exclusive. */
  readonly untilMs: number;
}

type Outcomes = Record<PromoDecision['outcome'], number>;
interface Side {
  readonly outcome: PromoDecision['outcome'];
  readonly campaign?: string;
  readonly sku?: string;
  readonly priceMinor?: number;
  readonly reason?: string;
}

export interface WhatIf {
  readonly events: number;
  readonly was: Outcomes;
  readonly wouldBe: Outcomes;
  readonly differentCount: number;
  /** The first of them, side by side; `null` where one side decided nothing. */
  readonly different: readonly {
    readonly at: string;
    readonly place: string;
    readonly was: Side | null;
    readonly wouldBe: Side | null;
  }[];
  /** Older events are gone: state before this instant was rebuilt from what is held. */
  readonly heldFrom: string | null;
}

const PAGE_EVENTS = 500;
const DIFFERENT_MAX = 100;

/**
 * The journal once more under changed campaigns, beside what was decided. Nothing is shown or sent: the core has
 * no hands. Runs in slices, so that the store goes on deciding meanwhile.
 */
export async function whatIf(
  deps: { journal: Journal; createCore: () => DecisionCore; pause: () => Promise<void> },
  options: WhatIfOptions,
): Promise<WhatIf> {
  const core = deps.createCore();
  const tally = createTally();
  let applied = options.campaigns.length === 0;
  let events = 0;
  let heldFrom: string | null = null;
  for (let after = 0; ; ) {
    const page = deps.journal.read({ after, limit: PAGE_EVENTS });
    for (const journalled of page) {
      heldFrom ??= journalled.event.recordedtime;
      const recordedMs = Date.parse(journalled.event.recordedtime);
      if (recordedMs >= options.untilMs) return tally.result(events, heldFrom);
      const inRange = recordedMs >= options.fromMs;
      if (!applied && inRange) {
        apply(core, options.campaigns, journalled);
        applied = true;
      }
      if (journalled.cause !== undefined) {
        if (inRange) tally.was(journalled.event, journalled.cause);
        continue;
      }
      if (inRange) events += 1;
      for (const output of core.step(journalled).outputs)
        if (inRange) tally.wouldBe(output, journalled.offset);
    }
    if (page.length < PAGE_EVENTS) return tally.result(events, heldFrom);
    after = page[page.length - 1]!.offset;
    await deps.pause();
  }
}

/** The changed campaigns, as if they had been announced just before the range began. */
function apply(core: DecisionCore, campaigns: readonly Campaign[], before: JournalledEvent): void {
  campaigns.forEach((campaign, n) => {
    const event: StoreEvent<'hq.campaign'> = {
      specversion: '1.0',
      id: `what-if-${n}`,
      source: before.event.source,
      type: 'hq.campaign',
      recordedtime: before.event.recordedtime,
      partitionkey: campaign.id,
      dataschema: 'hq.campaign/1',
      // Above every version the store has seen, so that it takes the place of the one that ruled.
      data: { ...campaign, version: 1_000_000 + campaign.version },
    };
    core.step({ offset: before.offset - 1 + (n + 1) / (campaigns.length + 1), event });
  });
}

function createTally() {
  const was: Outcomes = { offered: 0, withheld: 0, rejected: 0 };
  const wouldBe: Outcomes = { offered: 0, withheld: 0, rejected: 0 };
  const sides = new Map<string, { at: string; was: Side | null; wouldBe: Side | null }>();
  const note = (side: 'was' | 'wouldBe', counts: Outcomes) => (event: StoreEvent, cause: number) => {
    if (!isType(event, 'promo.decision')) return;
    counts[event.data.outcome] += 1;
    const place = `${cause} ${placeOf(event.data)}`;
    const pair = sides.get(place) ?? { at: event.recordedtime, was: null, wouldBe: null };
    pair[side] = sideOf(event.data);
    sides.set(place, pair);
  };
  return {
    was: note('was', was),
    wouldBe: note('wouldBe', wouldBe),
    result(events: number, heldFrom: string | null): WhatIf {
      const different = [...sides]
        .filter(([, pair]) => JSON.stringify(pair.was) !== JSON.stringify(pair.wouldBe))
        .map(([place, pair]) => ({ place: place.slice(place.indexOf(' ') + 1), ...pair }));
      return {
        events,
        was,
        wouldBe,
        differentCount: different.length,
        different: different.slice(0, DIFFERENT_MAX),
        heldFrom,
      };
    },
  };
}

const placeOf = (decision: PromoDecision): string =>
  `${decision.surface} ${decision.screen ?? decision.sid ?? decision.zone ?? ''}`;

function sideOf(decision: PromoDecision): Side {
  const { outcome, campaign, reason, offer } = decision;
  return {
    outcome,
    ...(campaign === undefined ? {} : { campaign }),
    ...(offer === undefined ? {} : { sku: offer.sku, priceMinor: offer.priceMinor }),
    ...(reason === undefined ? {} : { reason }),
  };
}
