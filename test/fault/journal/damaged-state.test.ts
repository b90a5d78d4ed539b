import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Checkpoints, createCheckpoints } from '../../../edge/store/checkpoints.js';
import { temporaryDirectory } from '../../store/journal-support.js';
import { keptPromise, runSeed, sized } from '../../support/promise.js';
import { createRandomDay } from '../support/random-day.js';
import { openSimulatedStore, type SimulatedStore } from '../support/simulated-store.js';
import { checkpointsOf, createRandom, HARMS, harmFile } from './damage-support.js';

const SEED = runSeed('D12, the state');
const ROUNDS = sized({ q: 2, n: 34 });
const EVENTS = 40;

/** Which of the two checkpoints are damaged, and what is left to start from. */
const GENERATIONS = [
  { which: 'the newest', damaged: [0], found: 1 },
  { which: 'the older one', damaged: [1], found: 0 },
  { which: 'both', damaged: [0, 1], found: 2 },
] as const;
const CASES = GENERATIONS.flatMap((generation) => HARMS.map((kind) => ({ ...generation, kind })));

/** D12: damage is contained, that of the sealed state too. */
describe(`a damaged state (seed ${SEED})`, () => {
  test(`${ROUNDS * CASES.length} crashes with checkpoints damaged: the store starts from what is whole, with the same state`, {
    timeout: ROUNDS * 60_000,
  }, async () => {
    const random = createRandom(SEED);
    const day = createRandomDay(random.next);
    const store = await openSimulatedStore(day.nowMs);
    try {
      for (const event of day.opening()) await store.append(event);
      for (let round = 0; round < ROUNDS; round += 1)
        for (const one of CASES) {
          await live(store, day);
          const before = store.state();
          const done: string[] = [];
          await store.crash(undefined, (directory) => {
            const files = checkpointsOf(directory);
            for (const at of one.damaged) done.push(harmFile(files[at]!, random, one.kind));
          });
          expect(store.alarms(), done.join()).toEqual(Array(one.found).fill('CheckpointDamaged'));
          await store.decide();
          expect(store.state() === before, `another state after ${done.join()}`).toBe(true);
        }
      keptPromise({
        promise: 'D12, the state',
        what: `${ROUNDS * CASES.length} crashes with the newest checkpoint, the older one or both flipped, zeroed or truncated`,
        figure: 'every one found that was needed; the state the same from the older one or the journal alone',
        control: 'see the checksum of a checkpoint',
        seed: SEED,
      });
    } finally {
      await store.close();
    }
  });

  test('each single bit of each generation: a damaged checkpoint is never taken for a whole one', async () => {
    const directory = temporaryDirectory();
    const old = { offset: 1_204, state: JSON.stringify({ visits: 7, caps: { anna: 1 } }) };
    const newest = { offset: 1_377, state: JSON.stringify({ visits: 9, caps: { anna: 2 } }) };
    const checkpoints = createCheckpoints(directory);
    await checkpoints.save(old);
    await checkpoints.save(newest);
    const found = { bits: 0, unnoticed: 0 };
    for (const [generation, path] of checkpointsOf(directory).entries()) {
      const whole = readFileSync(path);
      for (let bit = 0; bit < whole.length * 8; bit += 1) {
        const content = Buffer.from(whole);
        content[bit >> 3] = content[bit >> 3]! ^ (1 << (bit & 7));
        writeFileSync(path, content);
        found.bits += 1;
        if (isState(content)) found.unnoticed += 1;
        await checkSingle(createCheckpoints(directory), { directory, generation, bit, whole: [newest, old] });
        rmSync(`${path}.damaged`, { force: true });
        writeFileSync(path, whole);
      }
    }
    // Control: a state that is read without its checksum.
    expect(found.unnoticed).toBeGreaterThan(found.bits / 10);
    keptPromise({
      promise: 'D12, the checksum of a checkpoint',
      what: `${found.bits} single bits flipped, one after the other, of both generations`,
      figure: 'all found, by the start or by a backup',
      control: `without the checksum ${found.unnoticed} of ${found.bits} are good JSON with another content`,
    });
  });
});

/** Some of a day, with both generations of the state sealed on the way and something behind the newest. */
async function live(store: SimulatedStore, day: ReturnType<typeof createRandomDay>): Promise<void> {
  for (const last of [false, false, true]) {
    for (let count = 0; count < EVENTS; count += 1) await store.append(day.next(() => []));
    await store.decide();
    if (!last) await store.checkpoint();
  }
}

/** The newest is passed over at the start; the older one, which no start needs, is found by a backup. */
async function checkSingle(
  checkpoints: Checkpoints,
  one: { directory: string; generation: number; bit: number; whole: readonly unknown[] },
): Promise<void> {
  const what = `bit ${one.bit} of generation ${one.generation}`;
  if (one.generation > 0) {
    const target = join(one.directory, 'copy');
    mkdirSync(target);
    expect(await checkpoints.copyTo(target), what).toEqual({ found: 2, usable: 1 });
    rmSync(target, { recursive: true });
  }
  const bad: string[] = [];
  const loaded = checkpoints.load((path) => bad.push(path));
  expect(loaded, what).toEqual(one.whole[one.generation === 0 ? 1 : 0]);
  expect(bad, what).toHaveLength(one.generation === 0 ? 1 : 0);
}

/** Whether somebody who trusts the file takes its second line for a state. */
function isState(content: Buffer): boolean {
  try {
    return typeof JSON.parse(content.toString('utf8').split('\n')[1] ?? '') === 'object';
  } catch {
    return false;
  }
}
