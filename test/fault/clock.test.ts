import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type App, type AppOptions, createApp } from '../../edge/app.js';
import { loadConfig } from '../../edge/config/load.js';
import type { SystemTime } from '../../edge/ops/clock.js';
import { keptPromise } from '../support/promise.js';

const START = Date.UTC(2026, 10, 23, 10);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const BATCH = 40;
const CONSENT_MS = 2 * HOUR;
const SID = 's_abcdefghijkl';
/** Long enough for the consent to end, in steps in which a clock that is set back again and again goes on losing. */
const STEPS = { count: 9, eachMs: 15 * MINUTE };

interface Turn {
  readonly name: string;
  readonly ms: number;
  /** Turn again at every step, not once. */
  readonly again?: boolean;
}

const TURNS: readonly Turn[] = [
  { name: 'an hour back', ms: -HOUR },
  { name: 'an hour ahead', ms: HOUR },
  { name: 'a day back', ms: -DAY },
  { name: 'a day ahead', ms: DAY },
  { name: 'to 1970', ms: -START },
  { name: 'to 2099', ms: Date.UTC(2099, 0, 1) - START },
  { name: 'nine minutes back, again and again', ms: -9 * MINUTE, again: true },
];

type ClockOf = NonNullable<AppOptions['clockOf']>;

/** The setting that the control changes: wall time as the machine says it, in the place of the hybrid clock. */
const RAW_WALL_CLOCK: ClockOf = (system) => ({
  nowMs: system.wallMs,
  monotonicMs: system.monotonicMs,
  untrusted: () => undefined,
});

/** The machine's clocks in the hands of the suite: the wall can be turned, the monotonic one only runs on. */
function turnableClock() {
  let monotonic = 1_000;
  let offset = START - monotonic;
  return {
    system: { wallMs: () => monotonic + offset, monotonicMs: () => monotonic, synchronised: () => false },
    pass: (ms: number) => {
      monotonic += ms;
    },
    turn: (ms: number) => {
      offset += ms;
    },
  };
}

const sale = (sequence: number) => ({
  store: 'store-014',
  till: 'till-1',
  businessDay: '2026-11-23',
  sequence,
  type: 'sale' as const,
  currency: 'EUR',
  lines: [{ line: 1, sku: 'DRK-1002', quantity: 1, unitMinor: 199, totalMinor: 199, kind: 'sale' as const }],
  tenders: [{ type: 'cash', amountMinor: 199 }],
  totalMinor: 199,
});

describe('D15: whatever the clock does', () => {
  let app: App | undefined;
  let directory = '';
  afterEach(async () => {
    await app?.close();
    app = undefined;
    rmSync(directory, { recursive: true, force: true });
  });

  async function storeWith(system: SystemTime, clockOf?: ClockOf): Promise<App> {
    await app?.close();
    rmSync(directory, { recursive: true, force: true });
    directory = mkdtempSync(join(tmpdir(), 'endcap-clock-'));
    const demo = loadConfig(resolve('deploy/demo/store.yaml'), { ENDCAP_DATA: directory });
    const config = { ...demo, http: { host: '127.0.0.1', port: 0 }, mqtt: { host: '127.0.0.1', port: 0 } };
    app = await createApp({
      config,
      logLevel: 'error',
      version: 'test',
      simulated: false,
      system,
      ...(clockOf === undefined ? {} : { clockOf }),
      onFailure: (error) => {
        throw error;
      },
    });
    return app;
  }

  async function consent(store: App): Promise<void> {
    const data = {
      ...{ receiptId: 'r-1', sid: SID, purpose: 'profile' as const, granted: true },
      ...{ textVersion: '2026-11', ageBand: '18+' as const, validMs: CONSENT_MS },
    };
    await store.gate.admit([
      { type: 'loyalty.profile', device: 'desk', data: { sid: SID, change: 'created' } },
      { type: 'consent.receipt', device: 'desk', data },
    ]);
    await store.engine.idle();
  }

  /** Recorded times of what comes from outside, as it comes; an output bears the time of its cause. */
  function timesOf(store: App): readonly number[] {
    const times: number[] = [];
    store.engine.onSettled((settled) => {
      for (const { cause, event } of settled)
        if (cause === undefined) times.push(Date.parse(event.recordedtime));
    });
    return times;
  }

  /** One afternoon of a store whose wall clock is turned in the middle of a batch: what was untrue, as sentences. */
  async function broken(turn: Turn, clockOf?: ClockOf): Promise<string[]> {
    const clock = turnableClock();
    const store = await storeWith(clock.system, clockOf);
    const times = timesOf(store);
    const wrong: string[] = [];
    const sell = (sequence: number) =>
      store.tills.accept({ type: 'pos.transaction', device: 'till-1', data: sale(sequence) });
    const holds = () => store.engine.views.consented(SID, 'profile', store.nowMs());
    await consent(store);
    const sales = Array.from({ length: BATCH }, (_, n) => {
      if (n === BATCH / 2) clock.turn(turn.ms);
      clock.pass(10);
      return sell(n + 1);
    });
    const stalled = (await Promise.all(sales)).filter(({ status }) => status !== 'created').length;
    if (stalled > 0) wrong.push(`${stalled} sales were not taken`);
    for (let step = 1; step <= STEPS.count; step++) {
      clock.pass(STEPS.eachMs);
      if (turn.again) clock.turn(turn.ms);
      await sell(BATCH + step);
      await store.engine.idle();
      // By the clock that cannot be turned; small steps back may cost it ten minutes, and never more.
      const passedMs = step * STEPS.eachMs;
      if (passedMs < CONSENT_MS && !holds()) wrong.push('consent ended early');
      if (passedMs > CONSENT_MS + 10 * MINUTE && holds()) wrong.push('consent was extended');
    }
    if (times.some((time, n) => n > 0 && time < times[n - 1]!)) wrong.push('recorded times go back');
    if (times.length < BATCH + STEPS.count) wrong.push('something was never decided on');
    return [...new Set(wrong)];
  }

  for (const turn of TURNS) {
    it(`turned ${turn.name}: no stall, order kept, consent neither extended nor cut short`, async () => {
      expect(await broken(turn)).toEqual([]);
    });
  }

  it('control: with the raw wall clock in place of the hybrid one, every turn breaks the promise', async () => {
    const seen = new Map<string, string[]>();
    for (const turn of TURNS) seen.set(turn.name, await broken(turn, RAW_WALL_CLOCK));
    const back = ['consent was extended', 'recorded times go back'];
    expect(Object.fromEntries(seen)).toEqual({
      'an hour back': back,
      'an hour ahead': ['consent ended early'],
      'a day back': back,
      'a day ahead': ['consent ended early'],
      'to 1970': back,
      'to 2099': ['consent ended early'],
      'nine minutes back, again and again': back,
    });
  });

  it('keeps recorded times in order over many turns', async () => {
    const clock = turnableClock();
    const store = await storeWith(clock.system);
    const times = timesOf(store);
    for (const [n, jump] of [HOUR, -DAY, 3 * DAY, -HOUR, MINUTE].entries()) {
      clock.turn(jump);
      clock.pass(500);
      await store.tills.accept({ type: 'pos.transaction', device: 'till-1', data: sale(n + 1) });
    }
    await store.engine.idle();
    expect(times.length).toBeGreaterThanOrEqual(5);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    keptPromise({
      promise: 'D15 (store)',
      what: `wall clock turned ${TURNS.length} ways in mid-batch: ±1 h, ±1 d, to 1970, to 2099, small steps again and again`,
      figure: 'no stall, recorded times in order, consent over within 15 min of its hour and never before it',
      control: `with the raw wall clock ${TURNS.length} of ${TURNS.length} turns extend a consent, cut it short or break the order`,
    });
  });
});
