import { describe, expect, test } from 'vitest';
import type { StoreJournal } from '../../../edge/store/journal.js';
import type { JournalOptions } from '../../../edge/store/options.js';
import { openJournal, temporaryDirectory } from '../../store/journal-support.js';
import { keptPromise, runSeed, sized } from '../../support/promise.js';
import { startAppender } from './child.js';
import { createRandom } from './damage-support.js';
import { idsIn } from './ids.js';

const SEED = runSeed('D1, the journal alone');
/** The quick fifty of the promise are those of the whole store, in test/fault/kill.test.ts. */
const KILLS = sized({ q: 20, n: 1_000 });

/** D1, the journal's half: what was acknowledged survives kill -9. */
describe(`kill -9 of the process that writes (seed ${SEED})`, () => {
  test(
    `${KILLS} kills at random points of one journal: no acknowledged event is lost, nothing is damaged`,
    async () => {
      const outcome = await killAgainAndAgain(KILLS, {});
      console.log(
        `D1 journal half: ${KILLS} kills, ${outcome.acknowledged} acknowledged, ${outcome.lost} lost`,
      );
      expect(outcome.lost).toBe(0);
      expect(outcome.alarms).toEqual([]);
      expect(outcome.acknowledged).toBeGreaterThan(KILLS * 50);
      keptPromise({
        promise: 'D1, the journal alone',
        what: `${KILLS} kill -9 of a process that appends without pause`,
        figure: `0 of ${outcome.acknowledged} acknowledged events lost`,
        control: 'acknowledged before the commit: some are lost',
        seed: SEED,
      });
    },
    KILLS * 10_000 + 60_000,
  );

  test('control: acknowledged before the commit, the same kills lose events', async () => {
    const outcome = await killAgainAndAgain(8, { faults: { acknowledgeEarly: true } });
    console.log(`D1 control: ${outcome.acknowledged} acknowledged, ${outcome.lost} lost`);
    expect(outcome.lost).toBeGreaterThan(0);
  });

  test.each(['before-commit', 'between-families', 'after-commit'] as const)(
    'killed %s, the journal opens whole, with dense lanes',
    async (point) => {
      const directory = temporaryDirectory();
      const child = startAppender(directory, { faults: { at: { point, action: 'kill', nth: 40 } } });
      await child.reached(1_000_000).catch(() => undefined);
      const journal = await openJournal({ directory, inProcess: true });
      expect(missing(journal, child.acknowledged)).toEqual([]);
      for (const { lane, head } of journal.stats().lanes) {
        expect(journal.readLane(lane, 0, 100_000, 1e9).map((one) => one.sequence)).toEqual(
          Array.from({ length: head }, (_, index) => index + 1),
        );
      }
      expect(journal.stats().alarms).toEqual([]);
    },
  );
});

async function killAgainAndAgain(kills: number, options: Partial<JournalOptions>) {
  const random = createRandom(SEED);
  const directory = temporaryDirectory();
  let acknowledged = 0;
  let lost = 0;
  let known = 0;
  const alarms: string[] = [];
  for (let run = 0; run < kills; run += 1) {
    const child = startAppender(directory, { run, ...options });
    await child.reached(60 + random.below(600));
    await child.kill();
    const journal = await openJournal({ directory, inProcess: true });
    acknowledged += child.acknowledged.length;
    lost += missing(journal, child.acknowledged, known).length;
    known = journal.stats().lastOffset;
    alarms.push(...journal.stats().alarms.map((alarm) => alarm.code));
    await journal.close();
  }
  return { acknowledged, lost, alarms };
}

/** Acknowledged ids that the journal does not have. */
function missing(journal: StoreJournal, acknowledged: readonly string[], from = 0): string[] {
  const held = idsIn(journal, from);
  return acknowledged.filter((id) => !held.has(id));
}
