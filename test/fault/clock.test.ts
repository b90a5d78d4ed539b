import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type App, createApp } from '../../edge/app.js';
import { loadConfig } from '../../edge/config/load.js';
import { keptPromise } from '../support/promise.js';

const START = Date.UTC(2026, 10, 23, 10);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const BATCH = 40;

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

describe('D15: whatever the clock does', () => {
  let app: App | undefined;
  let directory = '';
  afterEach(async () => {
    await app?.close();
    app = undefined;
    rmSync(directory, { recursive: true, force: true });
  });

  async function storeWith(clock: ReturnType<typeof turnableClock>): Promise<App> {
    directory = mkdtempSync(join(tmpdir(), 'endcap-clock-'));
    const demo = loadConfig(resolve('deploy/demo/store.yaml'), { ENDCAP_DATA: directory });
    const config = { ...demo, http: { host: '127.0.0.1', port: 0 }, mqtt: { host: '127.0.0.1', port: 0 } };
    app = await createApp({
      config,
      logLevel: 'error',
      version: 'test',
      simulated: false,
      system: clock.system,
      onFailure: (error) => {
        throw error;
      },
    });
    return app;
  }

  const sale = (sequence: number) => ({
    store: 'store-014',
    till: 'till-1',
    businessDay: '2026-11-23',
    sequence,
    type: 'sale' as const,
    currency: 'EUR',
    lines: [
      { line: 1, sku: 'DRK-1002', quantity: 1, unitMinor: 199, totalMinor: 199, kind: 'sale' as const },
    ],
    tenders: [{ type: 'cash', amountMinor: 199 }],
    totalMinor: 199,
  });

  const consentOf = async (store: App, sid: string) => {
    const validMs = 2 * HOUR;
    const data = {
      receiptId: `r-${sid}`,
      sid,
      purpose: 'profile' as const,
      granted: true,
      textVersion: '2026-11',
      ageBand: '18+' as const,
      validMs,
    };
    await store.gate.admit([
      { type: 'loyalty.profile', device: 'desk', data: { sid, change: 'created' } },
      { type: 'consent.receipt', device: 'desk', data },
    ]);
    await store.engine.idle();
  };

  for (const [name, jump] of [
    ['an hour back', -HOUR],
    ['an hour ahead', HOUR],
    ['a day back', -DAY],
    ['a day ahead', DAY],
    ['to 1970', -START],
    ['to 2099', Date.UTC(2099, 0, 1) - START],
    ['nine minutes back, again and again', -9 * 60_000],
  ] as const) {
    it(`turned ${name} in the middle of a batch: no stall, order kept, consent not extended`, async () => {
      const clock = turnableClock();
      const store = await storeWith(clock);
      const sid = 's_abcdefghijkl';
      await consentOf(store, sid);
      expect(store.engine.views.consented(sid, 'profile', store.nowMs())).toBe(true);
      const sending = Array.from({ length: BATCH }, (_, n) => {
        if (n === BATCH / 2) clock.turn(jump);
        clock.pass(10);
        return store.tills.accept({ type: 'pos.transaction', device: 'till-1', data: sale(n + 1) });
      });
      expect((await Promise.all(sending)).every(({ status }) => status === 'created')).toBe(true);
      // Three hours later by the clock that cannot be turned, two hours of consent are over, however the wall stands.
      for (let quarter = 0; quarter < 12; quarter++) {
        clock.pass(HOUR / 4);
        if (name.startsWith('nine')) clock.turn(jump);
        store.nowMs();
      }
      await store.tills.accept({ type: 'pos.transaction', device: 'till-1', data: sale(BATCH + 1) });
      await store.engine.idle();
      expect(store.engine.views.consented(sid, 'profile', store.nowMs())).toBe(false);
    });
  }

  it('keeps recorded times in order', async () => {
    const clock = turnableClock();
    const store = await storeWith(clock);
    const times: number[] = [];
    store.engine.onSettled((settled) => {
      for (const { event } of settled) times.push(Date.parse(event.recordedtime));
    });
    for (const jump of [HOUR, -DAY, 3 * DAY, -HOUR, 60_000]) {
      clock.turn(jump);
      clock.pass(500);
      await store.tills.accept({ type: 'pos.transaction', device: 'till-1', data: sale(Math.abs(jump)) });
    }
    await store.engine.idle();
    expect(times.length).toBeGreaterThanOrEqual(5);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    keptPromise({
      promise: 'D15',
      what: 'wall clock turned ±1 h, ±1 d, to 1970, to 2099 and by small steps in mid-batch',
      figure: 'no stall, recorded times in order, consent ends on time',
      control: 'none yet',
    });
  });
});
