import { expect, it } from 'vitest';
import { createClock, type SystemTime } from '../../edge/ops/clock.js';
import type { Clock } from '../../edge/ports.js';
import {
  audit,
  DAY_MS,
  HOUR_MS,
  openJournal,
  START_MS,
  temporaryDirectory,
  zone,
} from '../store/journal-support.js';
import { keptPromise } from '../support/promise.js';

/** How long the store keeps where anybody was. */
const KEPT_MS = 72 * HOUR_MS;
/** So small that segments of readings are rolled however few there are. */
const SMALL = { segmentBytesMax: 1_000_000, ballastBytes: 0, inProcess: true };

const TURNS = [
  { name: 'a day back', ms: -DAY_MS },
  { name: 'a day ahead', ms: DAY_MS },
  { name: 'to 1970', ms: -START_MS },
  { name: 'to 2099', ms: Date.UTC(2099, 0, 1) - START_MS },
] as const;

type ClockOf = (system: SystemTime) => Pick<Clock, 'nowMs'>;
const hybrid: ClockOf = (system) => createClock(system, 0);
/** The setting that the control changes. */
const rawWall: ClockOf = (system) => ({ nowMs: system.wallMs });

/** What was heard of a visitor, and a wall clock that is turned an hour later: what retention did wrong. */
async function broken(turnMs: number, clockOf: ClockOf): Promise<string[]> {
  let monotonicMs = 0;
  let offsetMs = START_MS;
  const clock = clockOf({
    wallMs: () => offsetMs + monotonicMs,
    monotonicMs: () => monotonicMs,
    synchronised: () => false,
  });
  const directory = temporaryDirectory();
  const open = () => openJournal({ directory, nowMs: clock.nowMs, ...SMALL });
  let journal = await open();
  await journal.append([zone('p3', { recordedMs: clock.nowMs() })]);

  /** Live until so long after the start, an hour at a time; is the old reading still there after opening again? */
  const heldAfter = async (ms: number): Promise<boolean> => {
    while (monotonicMs < ms) {
      monotonicMs += HOUR_MS;
      if (monotonicMs === HOUR_MS) offsetMs += turnMs;
      const [young] = await journal.append([audit('young', { recordedMs: clock.nowMs() })]);
      await journal.saveCheckpoint({ offset: young!.offset - 1, state: '{}' });
      await journal.saveCheckpoint({ offset: young!.offset, state: '{}' });
      await journal.maintain();
      await journal.maintain();
    }
    await journal.close();
    journal = await open();
    return journal.read({ after: 0, limit: 1_000 }).some(({ event }) => event.type === 'presence.zone');
  };
  const wrong: string[] = [];
  if (!(await heldAfter(KEPT_MS - HOUR_MS))) wrong.push('let go early');
  if (await heldAfter(KEPT_MS + 2 * HOUR_MS)) wrong.push('kept too long');
  await journal.close();
  return wrong;
}

it.each(TURNS)(
  'D15: with the wall clock turned $name, readings are kept as long as they may be',
  async ({ ms }) => {
    expect(await broken(ms, hybrid)).toEqual([]);
  },
);

it('D15 control: by the raw wall clock they are let go early or kept too long', async () => {
  const seen = await Promise.all(TURNS.map(({ ms }) => broken(ms, rawWall)));
  expect(seen).toEqual([['kept too long'], ['let go early'], ['kept too long'], ['let go early']]);
  keptPromise({
    promise: 'D15 (retention)',
    what: 'wall clock turned ±1 d, to 1970 and to 2099 under a journal of three days',
    figure: 'readings held at 71 h and gone at 74 h, each time',
    control: 'by the raw wall clock 4 of 4 turns keep them too long or let them go early',
  });
});
