import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Campaign, JournalledEvent, StoreEvent } from '../../edge/contracts/index.js';
import { replayWith, startComparison } from '../../edge/core/index.js';
import { newCore } from '../core/support/core.js';
import { buildDay } from './day-builder.js';
import { DAY_CAMPAIGNS } from './day-store.js';
import { DAYS_FOLDER, firstDifference, fromLines, hashOf, LARGE_DAY } from './days.js';

type Day = ReturnType<typeof buildDay>;

/** Step all events through a fresh core; `restarts` are places where it is put away and taken up again. */
function replay(events: readonly JournalledEvent[], restarts: readonly number[] = []): StoreEvent[] {
  let core = newCore();
  return events.flatMap((event, index) => {
    if (restarts.includes(index)) core = newCore(core.serialise());
    return core.step(event).outputs;
  });
}

describe('a recorded store day', () => {
  let day: Day;
  beforeAll(() => {
    day = buildDay(newCore(), LARGE_DAY);
  }, 120_000);

  it('holds at least 100,000 events and 1,000 decisions of each outcome', () => {
    const outcomes = { offered: 0, withheld: 0, rejected: 0 };
    for (const output of day.outputs) {
      if (output.type === 'promo.decision')
        outcomes[(output as StoreEvent<'promo.decision'>).data.outcome] += 1;
    }
    expect(day.events.length).toBeGreaterThanOrEqual(100_000);
    expect(Math.min(...Object.values(outcomes))).toBeGreaterThanOrEqual(1_000);
  });

  it('replays to the same bytes, and to the committed hash', () => {
    const expected = JSON.parse(readFileSync(new URL('large/expected.json', DAYS_FOLDER), 'utf8'));
    const again = replay(day.events);
    expect(firstDifference(day.outputs, again)).toBe('none');
    expect({ events: day.events.length, outputs: again.length, sha256: hashOf(again) }).toEqual(expected);
  }, 120_000);

  it('replays to the same bytes when the core is restarted in the middle', () => {
    const restarts = [100, 20_000, Math.floor(day.events.length / 2), day.events.length - 1];
    expect(firstDifference(day.outputs, replay(day.events, restarts))).toBe('none');
  }, 120_000);

  it('differs as soon as one campaign gives another percentage', () => {
    const changed = day.events.map((journalled): JournalledEvent => {
      const { event } = journalled;
      const campaign = event.data as (typeof DAY_CAMPAIGNS)[number];
      if (event.type !== 'hq.campaign' || campaign.id !== 'favourite-bakery') return journalled;
      return { ...journalled, event: { ...event, data: { ...campaign, discount: { percent: 11 } } } };
    });
    expect(hashOf(replay(changed))).not.toBe(hashOf(day.outputs));
  }, 120_000);

  it('shows the same day under another rule side by side', () => {
    const campaign = DAY_CAMPAIGNS.find(({ id }) => id === 'favourite-bakery')!;
    const events = day.events.slice(0, 40_000);
    const tried = { ...campaign, experiment: { holdout: 0, seed: 'none' } };
    const sides = replayWith({ events, createCore: newCore, campaigns: [tried], limit: 5 });
    expect(sides.events).toBe(40_000);
    expect(sides.after.offered).toBeGreaterThan(sides.before.offered);
    expect(sides.after.withheld).toBeLessThan(sides.before.withheld);
    expect(sides.shown[0]?.before?.outcome).toBe('withheld');
    expect(sides.shown[0]?.after).toMatchObject({ outcome: 'offered', campaign: 'favourite-bakery' });
    const same = replayWith({ events: events.slice(0, 10_000), createCore: newCore, campaigns: [] });
    expect(same.differences).toBe(0);
  }, 120_000);
});

describe('a day under the same campaigns', () => {
  const trips = { hours: 2, shoppers: 40, strangers: 30, trips: 1 };
  const { events } = buildDay(newCore(), { ...LARGE_DAY, ...trips });
  const differences = (campaign: Campaign, before: number): number => {
    const comparison = startComparison({ createCore: newCore, campaigns: [campaign] });
    for (const event of events.slice(0, before)) comparison.warm(event);
    for (const event of events.slice(before)) comparison.compare(event);
    return comparison.result().differences;
  };

  it.each(DAY_CAMPAIGNS.map((campaign) => [campaign.id, campaign] as const))(
    'is the same day with %s, from its first event and from the middle',
    (_id, campaign) => {
      expect(differences(campaign, 0)).toBe(0);
      expect(differences(campaign, Math.floor(events.length / 2))).toBe(0);
    },
  );

  it('is another one as soon as a screen gives another price', () => {
    const campaign = DAY_CAMPAIGNS.find(({ id }) => id === 'screen-first-bakery')!;
    const dearer = { ...campaign, discount: { percent: 5 } };
    expect(differences(dearer, 0)).toBeGreaterThan(0);
    expect(differences(dearer, Math.floor(events.length / 2))).toBeGreaterThan(0);
  });
});

describe('a small day', () => {
  const read = (name: string) => readFileSync(new URL(`small/${name}`, DAYS_FOLDER), 'utf8');

  it('gives exactly what its file says', () => {
    const events = fromLines<JournalledEvent>(read('input.ndjson'));
    const expected = fromLines<StoreEvent>(read('expected.ndjson'));
    expect(events.length).toBeLessThanOrEqual(300);
    expect(firstDifference(expected, replay(events))).toBe('none');
  });

  it('gives the same when it stops and starts before every single event', () => {
    const events = fromLines<JournalledEvent>(read('input.ndjson'));
    const everywhere = events.map((_event, index) => index);
    expect(firstDifference(fromLines(read('expected.ndjson')), replay(events, everywhere))).toBe('none');
  });
});
