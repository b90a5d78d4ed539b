import { expect, test } from 'vitest';
import type { UplinkDeps } from '../../../cloud-bridge/uplink/uplink.js';
import { createUplink } from '../../../cloud-bridge/uplink/uplink.js';
import type { Lane } from '../../../edge/contracts/index.js';
import { audit, openJournal, stop, temporaryDirectory } from '../../store/journal-support.js';
import { runSeed, sized } from '../../support/promise.js';
import { judgedByLibrary } from '../kafka/support/judged.js';
import { seededRandom } from '../kafka/support/nasty-stream.js';
import { createSimulatedHq, createSimulatedTime, type SimulatedFaults } from './simulated-hq.js';

const SEEDS = sized({ q: 25, n: 2_000 });
const TIMEOUT_MS = sized({ q: 120_000, n: 3_600_000 });
const LANES: readonly Lane[] = ['P0', 'P1'];
const UNKIND: SimulatedFaults = { ambiguous: 0.15, lost: 0.15, late: 0.1, lying: 0 };
const QUIET = { info: () => undefined, warn: () => undefined };

/** A store's life with a broker that comes and goes and an edge that is killed now and then. */
async function live(seed: number, faults: SimulatedFaults) {
  const random = seededRandom(seed);
  const time = createSimulatedTime();
  const hq = createSimulatedHq(time, random, faults);
  const journal = await openJournal({
    directory: temporaryDirectory(),
    inProcess: true,
    ballastBytes: 4_096,
    nowMs: time.clock.nowMs,
  });
  const begin = () => {
    // A killed process runs no more code, but what it had on its way may still arrive.
    let dead = false;
    const guarded: UplinkDeps['journal'] = {
      ...journal,
      jid: journal.jid,
      mark: (name, value) => (dead ? new Promise(() => undefined) : journal.mark(name, value)),
    };
    const uplink = createUplink({
      journal: guarded,
      client: hq.client(),
      storeId: 'store',
      ...{ epoch: 1, partition: 0, lanes: LANES, clock: time.clock, log: QUIET, random },
      after: (ms, work) => time.after(ms, () => dead || work()),
    });
    uplink.start();
    return { uplink, kill: () => (dead = true) };
  };
  let edge = begin();
  for (let round = 0; round < 25; round += 1) {
    const count = 1 + Math.floor(random() * 30);
    const events = Array.from({ length: count }, (_, at) =>
      random() < 0.6 ? audit(`a${round}-${at}`) : stop(`s${round}-${at}`),
    );
    await journal.append(events);
    await time.runFor(random() * 300);
    if (random() < 0.2) hq.setUp(random() < 0.5);
    if (random() < 0.3) {
      edge.kill();
      edge = begin();
    }
  }
  hq.setUp(true);
  await time.runFor(120_000);
  const heads = new Map(journal.stats().lanes.map(({ lane, head }) => [lane, head]));
  const link = edge.uplink.now();
  edge.kill();
  await journal.close();
  const output = judgedByLibrary(
    hq.stored.map((record) => ({ headers: { ...record.headers, ce_type: 'pos.transaction' } })),
  );
  const sequences = (lane: Lane) =>
    (output.clean[`store/${lane}`] ?? []).map((name) => Number(BigInt(name.split(' ')[1] ?? 0) % 2n ** 40n));
  const wanted = (lane: Lane) => Array.from({ length: heads.get(lane) ?? 0 }, (_, index) => index + 1);
  return {
    link,
    stored: hq.stored.length,
    clean: LANES.map(sequences),
    wanted: LANES.map(wanted),
    holes: Object.values(output.holes).flat(),
  };
}

test(`${SEEDS} lives with lost, ambiguous and late sends: each record once and in order`, {
  timeout: TIMEOUT_MS,
}, async () => {
  const first = runSeed('uplink simulation');
  let repeated = 0;
  for (let seed = first; seed < first + SEEDS; seed += 1) {
    const life = await live(seed, UNKIND);
    expect(life.clean, `seed ${seed}`).toEqual(life.wanted);
    expect(life.holes, `seed ${seed}`).toEqual([]);
    expect(life.link, `seed ${seed}`).toMatchObject({ state: 'in-step', waiting: 0 });
    repeated += life.stored - life.wanted.flat().length;
  }
  // Negative control, gate off: what arrived was not once each.
  expect(repeated).toBeGreaterThan(0);
});

test('control: a broker that says yes and forgets is found out', async () => {
  const first = runSeed('uplink simulation, control');
  let broken = 0;
  for (let seed = first; seed < first + 5; seed += 1) {
    const life = await live(seed, { ...UNKIND, lying: 0.2 });
    if (life.holes.length > 0 || life.clean.flat().length < life.wanted.flat().length) broken += 1;
  }
  expect(broken).toBeGreaterThan(0);
});
