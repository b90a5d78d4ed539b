import { expect, test } from 'vitest';
import { CLASS_POLICY, DECISION_KEPT_MS, LANES, type Lane } from '../../edge/contracts/classes.js';
import type { StoreEvent } from '../../edge/contracts/index.js';
import { TOPIC_TABLE } from '../../edge/contracts/topic-table.js';
import { keptPromise, runSeed, sized } from '../support/promise.js';
import {
  anEvent,
  audit,
  createTestClock,
  DAY_MS,
  HOUR_MS,
  online,
  openJournal,
  stop,
  temporaryDirectory,
  tick,
  zone,
} from './journal-support.js';

const DAYS = 400;
const ROUND_MS = sized({ q: DAY_MS, n: HOUR_MS });
const GRACE_MS = HOUR_MS;
/** Days, from and to, in which HQ hears nothing: a long weekend, a fortnight, and longer than P1 waits. */
const OFFLINE: readonly (readonly [number, number])[] = [
  [60, 63],
  [120, 134],
  [200, 240],
];

const classOf = (type: StoreEvent['type']): Lane => TOPIC_TABLE[type].class as Lane;

/** How old an event may be: what HQ has goes by its class, what it has not waits at most as long as that allows. */
function limitMs({ type }: StoreEvent, waits: boolean): number {
  const policy = CLASS_POLICY[classOf(type)];
  const kept = type === 'promo.decision' || type === 'media.play' ? DECISION_KEPT_MS : policy.keptMs;
  return waits ? Math.max(kept, policy.unsentMs) : kept;
}

/** A store that runs for so many days of its own clock; whatever a reader still finds past its time. */
async function runDays(
  seed: string,
  days: number,
  maintains: boolean,
): Promise<{ late: string[]; events: number }> {
  const clock = createTestClock();
  const journal = await openJournal({
    directory: temporaryDirectory(),
    inProcess: true,
    nowMs: clock.nowMs,
    segmentBytesMax: 1_000_000,
    ballastBytes: 0,
  });
  const acknowledged = new Map<Lane, number>(LANES.map((lane) => [lane, 0]));
  const late: string[] = [];
  let events = 0;
  for (let round = 0; round * ROUND_MS < days * DAY_MS; round += 1) {
    const day = (round * ROUND_MS) / DAY_MS;
    const at = { recordedMs: clock.nowMs() };
    const inputs = [audit(seed, at), stop('p1', at), online('p2', at), tick(at), zone('p3', at)];
    const places = await journal.append(inputs);
    const last = places.at(-1)!.offset;
    const decision = anEvent('promo.decision', { decisionId: `d${round}` } as never, at);
    const made = await journal.step({
      cursor: last,
      outputs: [decision, online('out', at)],
      causes: [last, last],
    });
    events += inputs.length + made.length;
    clock.advance(ROUND_MS);
    if (!OFFLINE.some(([from, to]) => from <= day && day < to))
      for (const { lane, head } of journal.stats().lanes) {
        journal.sent(lane, head);
        acknowledged.set(lane, head);
      }
    if (!maintains) continue;
    await journal.saveCheckpoint({ offset: made.at(-1)!.offset, state: '{}' });
    await journal.saveCheckpoint({ offset: made.at(-1)!.offset, state: '{}' });
    await journal.maintain();
    if (round % 5 === 0) late.push(...pastTheirTime(journal.read({ after: 0, limit: 100_000 })));
  }
  if (!maintains) late.push(...pastTheirTime(journal.read({ after: 0, limit: 100_000 })));
  return { late, events };

  function pastTheirTime(found: ReturnType<typeof journal.read>): string[] {
    return found
      .filter(({ event, sequence }) => {
        const waits = sequence !== undefined && sequence > (acknowledged.get(classOf(event.type)) ?? 0);
        return Date.parse(event.recordedtime) < clock.nowMs() - limitMs(event, waits) - GRACE_MS;
      })
      .map(({ event }) => `${event.type} of ${event.recordedtime}`);
  }
}

test('S16 nothing is held past its time, in 400 days with HQ there and away', {
  timeout: 600_000,
}, async () => {
  const seed = runSeed('retention over a year');
  const { late, events } = await runDays(`${seed}`, DAYS, true);
  expect(late).toEqual([]);
  // The first of the same days without the rounds of retention.
  const control = await runDays(`${seed}`, DAYS / 4, false);
  expect(control.late.length).toBeGreaterThan(250);
  keptPromise({
    promise: 'S16',
    what: 'every class over 400 days of a clock that the test turns, three times without HQ',
    figure: `${events} events, 0 past the limit of their class`,
    control: `no rounds of retention: ${control.late.length} past it`,
    seed,
  });
});
