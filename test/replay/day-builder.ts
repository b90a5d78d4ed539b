import type { JournalledEvent, StoreEvent, TopicData, TopicName } from '../../edge/contracts/index.js';
import type { Core } from '../../edge/core/index.js';
import { eventOf } from '../core/support/store.js';
import { type Chance, createChance } from './chance.js';
import { planShopper } from './day-shopper.js';
import { DAY_CAMPAIGNS, DAY_POLICY, DAY_PRODUCTS } from './day-store.js';
import { planTrouble } from './day-trouble.js';

export interface DayOptions {
  readonly seed: number;
  readonly openMs: number;
  readonly hours: number;
  /** Shoppers with a tag and a phone; most of them consent. */
  readonly shoppers: number;
  /** Tags that nobody knows. */
  readonly strangers: number;
  /** Seconds between two sightings of one tag. */
  readonly heardEveryS: number;
  readonly tickEveryS: number;
  /** Each shopper comes this often. */
  readonly trips: number;
  readonly trouble: boolean;
  /** Shortest and longest stay in one zone (default: 8 to 40). */
  readonly stayS?: readonly [number, number];
  /** Pseudonym of the nth shopper; default: one that is the same in every day. */
  readonly sidOf?: (index: number) => string;
  /** Offset of the first event (default 1). */
  readonly firstOffset?: number;
  /** Outputs take offsets, as in the journal of a store; without it they stand in no journal. */
  readonly outputsTakeOffsets?: boolean;
}

/** What the parts of a day are planned with. */
export interface Agenda {
  readonly options: DayOptions;
  readonly chance: Chance;
  /** Do something `second` seconds after opening. */
  at(second: number, action: () => void): void;
  say<T extends TopicName>(type: T, data: TopicData<T>, extra?: SayExtra): void;
  /** Second that is running. */
  second(): number;
  /** RFC 3339 of a second of the day. */
  instant(second: number): string;
  onOutput(listener: (output: StoreEvent) => void): void;
  /** Shift of the store's clock in ms from now on; never back. */
  jump(ms: number): void;
  nextSequence(till: string): number;
}
export type SayExtra = Partial<Pick<StoreEvent, 'time' | 'late' | 'source'>>;

/**
 * A store day, made in a closed loop with a core: people act on the offers they get. What it returns are the
 * events from outside, as the journal would hold them, and what the core answered the first time.
 */
export function buildDay(
  core: Core,
  options: DayOptions,
): { events: JournalledEvent[]; outputs: StoreEvent[] } {
  const events: JournalledEvent[] = [];
  const outputs: StoreEvent[] = [];
  const seconds = playDay(core, options, (event, made) => {
    events.push(event);
    outputs.push(...made);
  });
  while (!seconds.next().done);
  return { events, outputs };
}

/** The same for who keeps the events elsewhere: `hear` gets each event with its outputs; yields after each second. */
export function* playDay(
  core: Pick<Core, 'step'>,
  options: DayOptions,
  hear: (journalled: JournalledEvent, outputs: readonly StoreEvent[]) => void,
): Generator<number> {
  let next = options.firstOffset ?? 1;
  const listeners: ((output: StoreEvent) => void)[] = [];
  const bySecond: (() => void)[][] = [];
  const sequences = new Map<string, number>();
  let second = 0;
  let inSecond = 0;
  let jumpedMs = 0;

  const agenda: Agenda = {
    options,
    chance: createChance(options.seed),
    at(when, action) {
      const slot = Math.max(Math.floor(when), second);
      bySecond[slot] ??= [];
      bySecond[slot].push(action);
    },
    say(type, data, extra = {}) {
      inSecond = Math.min(inSecond + 1, 999);
      const recordedMs = options.openMs + second * 1_000 + inSecond + jumpedMs;
      const offset = next;
      const stamp = { recordedtime: new Date(recordedMs).toISOString(), id: `in-${offset}` };
      const journalled = { offset, event: eventOf(type, data, { ...stamp, ...extra }) };
      const made = core.step(journalled).outputs;
      next += 1 + (options.outputsTakeOffsets === true ? made.length : 0);
      hear(journalled, made);
      for (const output of made) for (const listener of listeners) listener(output);
    },
    second: () => second,
    instant: (when) => new Date(options.openMs + when * 1_000 + jumpedMs).toISOString(),
    onOutput: (listener) => listeners.push(listener),
    jump(ms) {
      jumpedMs += ms;
    },
    nextSequence(till) {
      const next = (sequences.get(till) ?? 0) + 1;
      sequences.set(till, next);
      return next;
    },
  };

  configure(agenda);
  for (let index = 0; index < options.shoppers; index += 1) planShopper(agenda, { index, known: true });
  for (let index = 0; index < options.strangers; index += 1) planShopper(agenda, { index, known: false });
  planTicks(agenda);
  if (options.trouble) planTrouble(agenda);
  playScreens(agenda);
  const last = options.hours * 3_600;
  for (second = 0; second <= last; second += 1) {
    inSecond = 0;
    // An action may add to the very second that is running.
    for (let index = 0; index < (bySecond[second]?.length ?? 0); index += 1) bySecond[second]![index]!();
    bySecond[second] = [];
    yield second;
  }
}

function configure(agenda: Agenda): void {
  agenda.at(0, () => {
    agenda.say('hq.policy', DAY_POLICY);
    agenda.say('hq.catalog', { products: DAY_PRODUCTS });
    for (const campaign of DAY_CAMPAIGNS) agenda.say('hq.campaign', campaign);
  });
}

/** Ticks as a quiet store would have them. */
function planTicks(agenda: Agenda): void {
  for (let second = 5; second < agenda.options.hours * 3_600; second += agenda.options.tickEveryS) {
    agenda.at(second, () => agenda.say('tick', { at: agenda.instant(second) }));
  }
}

/** Players show what was decided for them a second later. */
function playScreens(agenda: Agenda): void {
  agenda.onOutput((output) => {
    if (output.type !== 'promo.decision') return;
    const { data } = output as StoreEvent<'promo.decision'>;
    if (data.screen === undefined || data.outcome !== 'offered') return;
    const { screen, decisionId, campaign = '', offer } = data;
    agenda.at(agenda.second() + 1, () =>
      agenda.say('media.play', {
        screen,
        decisionId,
        contentId: `offer-${decisionId}`,
        shownAt: agenda.instant(agenda.second()),
        campaign,
        sku: offer?.sku ?? '-',
      }),
    );
  });
}
