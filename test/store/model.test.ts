import { cpSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LANES, type Lane, type StoreEvent } from '../../edge/contracts/index.js';
import { createJournal, type StoreJournal } from '../../edge/store/journal.js';
import {
  audit,
  createTestClock,
  DAY_MS,
  HOUR_MS,
  online,
  stop,
  temporaryDirectory,
  tick,
  zone,
} from './journal-support.js';

const SEED = Number(process.env['ENDCAP_SEED'] ?? 20_261_123);
const RUNS = Number(process.env['ENDCAP_MODEL_RUNS'] ?? 25);

/** What the journal should hold, as simply as it can be said. */
interface Model {
  readonly events: Map<
    number,
    { text: string; lane: Lane; sequence: number | undefined; recordedMs: number }
  >;
  readonly heads: Record<Lane, number>;
  readonly buried: Set<string>;
  readonly marks: Map<string, string>;
  cursor: number;
  last: number;
}

interface Real {
  journal: StoreJournal;
  directory: string;
  readonly clock: ReturnType<typeof createTestClock>;
  readonly alarms: string[];
}

type Command = fc.AsyncCommand<Model, Real>;

const KINDS: readonly {
  lane: Lane;
  make(name: string, recordedMs: number): StoreEvent;
  mirrored: boolean;
}[] = [
  { lane: 'P0', make: (name, recordedMs) => audit(name, { recordedMs }), mirrored: true },
  { lane: 'P1', make: (name, recordedMs) => stop(name, { recordedMs }), mirrored: true },
  { lane: 'P2', make: (name, recordedMs) => online(name, { recordedMs }), mirrored: true },
  { lane: 'P3', make: (name, recordedMs) => zone(name, { recordedMs }), mirrored: true },
  { lane: 'P3', make: (_name, recordedMs) => tick({ recordedMs }), mirrored: false },
];

const open = ({ directory, clock }: Pick<Real, 'directory' | 'clock'>): Promise<StoreJournal> =>
  createJournal({
    directory,
    inProcess: true,
    nowMs: clock.nowMs,
    quotaBytes: 64_000_000,
    segmentBytesMax: 80_000,
    ballastBytes: 0,
  });

/** Every event handed over is where the journal said, in lane order, and the journal says so in all its ways. */
function remember(
  model: Model,
  kinds: readonly number[],
  given: {
    events: readonly StoreEvent[];
    places: readonly { offset: number; sequence?: number }[];
    nowMs: number;
  },
): void {
  given.events.forEach((event, index) => {
    const kind = KINDS[kinds[index] as number]!;
    const place = given.places[index]!;
    expect(place.offset).toBeGreaterThan(model.last);
    model.last = place.offset;
    if (kind.mirrored) model.heads[kind.lane] += 1;
    expect(place.sequence).toBe(kind.mirrored ? model.heads[kind.lane] : undefined);
    model.events.set(place.offset, {
      text: JSON.stringify(event),
      lane: kind.lane,
      sequence: place.sequence,
      recordedMs: given.nowMs,
    });
  });
}

const kindsArbitrary = fc.array(fc.nat({ max: KINDS.length - 1 }), { minLength: 1, maxLength: 12 });

const appendCommand = (kinds: readonly number[], size: number): Command => ({
  check: () => true,
  async run(model, real) {
    const nowMs = real.clock.nowMs();
    const events = kinds.map((kind) => KINDS[kind]!.make('x'.repeat(size), nowMs));
    remember(model, kinds, { events, places: await real.journal.append(events), nowMs });
  },
  toString: () => `append(${kinds.join()}, ${size})`,
});

const stepCommand = (kinds: readonly number[]): Command => ({
  check: (model) => model.last > 0,
  async run(model, real) {
    const nowMs = real.clock.nowMs();
    const outputs = kinds.map((kind) => KINDS[kind]!.make('out', nowMs));
    const cursor = model.last;
    const places = await real.journal.step({ cursor, outputs, causes: outputs.map(() => cursor) });
    remember(model, kinds, { events: outputs, places, nowMs });
    model.cursor = cursor;
    expect(real.journal.cursor()).toBe(cursor);
  },
  toString: () => `step(${kinds.join()})`,
});

const markCommand = (name: string, value: string): Command => ({
  check: () => true,
  async run(model, real) {
    await real.journal.mark(name, value);
    model.marks.set(name, value);
  },
  toString: () => `mark(${name})`,
});

const buryCommand = (lane: Lane, pick: number): Command => ({
  check: (model) => model.heads[lane] > 0,
  async run(model, real) {
    const sequence = 1 + (pick % model.heads[lane]);
    const known = model.buried.has(`${lane}/${sequence}`);
    await real.journal.bury(lane, sequence, 'refused');
    model.buried.add(`${lane}/${sequence}`);
    if (known) return;
    const record = real.journal.read({ after: model.last, limit: 5 })[0]!;
    expect(record.event.type).toBe('quarantine.event');
    model.heads.P0 += 1;
    model.last = record.offset;
    model.events.set(record.offset, {
      text: JSON.stringify(record.event),
      lane: 'P0',
      sequence: model.heads.P0,
      recordedMs: real.clock.nowMs(),
    });
  },
  toString: () => `bury(${lane}, ${pick})`,
});

/** The process dies: what lies on the disk at this moment, logs and all, is opened by the next one. */
const crashCommand = (): Command => ({
  check: () => true,
  async run(model, real) {
    const copy = temporaryDirectory();
    cpSync(real.directory, copy, { recursive: true });
    await real.journal.close();
    real.directory = copy;
    real.journal = await open(real);
    real.alarms.push(...real.journal.stats().alarms.map((alarm) => alarm.code));
    compare(model, real);
  },
  toString: () => 'crash',
});

const timeCommand = (ms: number): Command => ({
  check: () => true,
  async run(_model, real) {
    real.clock.advance(ms);
    await real.journal.maintain();
  },
  toString: () => `time(${ms})`,
});

const readCommand = (after: number, limit: number): Command => ({
  check: () => true,
  async run(model, real) {
    const from = model.last === 0 ? 0 : after % (model.last + 1);
    const expected = [...model.events].filter(([offset]) => offset > from).slice(0, limit);
    const read = real.journal.read({ after: from, limit });
    expect(read.map((one) => [one.offset, JSON.stringify(one.event)])).toEqual(
      expected.map(([offset, one]) => [offset, one.text]),
    );
    compare(model, real);
  },
  toString: () => `read(${after}, ${limit})`,
});

function compare(model: Model, { journal }: Real): void {
  expect(journal.cursor()).toBe(model.cursor);
  expect([...journal.marks()].sort()).toEqual([...model.marks].sort());
  for (const lane of LANES) {
    const records = journal.readLane(lane, 0, 10_000, 1e9);
    const expected = [...model.events.values()].filter(
      (one) => one.lane === lane && one.sequence !== undefined,
    );
    expect(records.map((record) => record.sequence)).toEqual(expected.map((one) => one.sequence));
    expect(records.map((record) => record.prevCrc)).toEqual(
      [0, ...records.map((record) => record.crc)].slice(0, records.length),
    );
    records.forEach((record, index) => {
      const buried = model.buried.has(`${lane}/${record.sequence}`);
      expect(record.kind).toBe(buried ? 'placeholder' : 'event');
      if (!buried) expect(record.payload.toString()).toBe(expected[index]!.text);
    });
  }
  for (const [offset, one] of model.events) {
    expect(JSON.stringify(journal.readOffset(offset)?.event)).toBe(one.text);
    expect(journal.readId((JSON.parse(one.text) as { id: string }).id)?.offset).toBe(offset);
  }
}

test(`any order of calls, crashes and time agrees with a plain model (seed ${SEED})`, async () => {
  const commands = fc.commands(
    [
      fc.tuple(kindsArbitrary, fc.nat({ max: 6_000 })).map(([kinds, size]) => appendCommand(kinds, size)),
      kindsArbitrary.map(stepCommand),
      fc.tuple(fc.constantFrom('a', 'b'), fc.string()).map(([name, value]) => markCommand(name, value)),
      fc.tuple(fc.constantFrom<Lane>(...LANES), fc.nat()).map(([lane, pick]) => buryCommand(lane, pick)),
      fc.constant(crashCommand()),
      // Without two checkpoints retention must let everything stand, however much time goes by.
      fc.constantFrom(HOUR_MS / 2, 2 * HOUR_MS, DAY_MS, 40 * DAY_MS).map(timeCommand),
      fc.tuple(fc.nat(), fc.integer({ min: 1, max: 50 })).map(([after, limit]) => readCommand(after, limit)),
    ],
    { maxCommands: 40, size: '+1' },
  );
  await fc.assert(
    fc.asyncProperty(commands, async (plan) => {
      const real: Real = {
        clock: createTestClock(),
        directory: temporaryDirectory(),
        alarms: [],
      } as unknown as Real;
      real.journal = await open(real);
      const model: Model = {
        events: new Map(),
        heads: { P0: 0, P1: 0, P2: 0, P3: 0 },
        buried: new Set(),
        marks: new Map(),
        cursor: 0,
        last: 0,
      };
      try {
        await fc.asyncModelRun(() => ({ model, real }), plan);
        compare(model, real);
        expect(real.alarms).toEqual([]);
      } finally {
        await real.journal.close();
      }
    }),
    { seed: SEED, numRuns: RUNS, endOnFailure: false, verbose: 1 },
  );
}, 120_000);
