import { afterEach, describe, expect, it } from 'vitest';
import { isType, type JournalledEvent, type StoreEvent } from '../../edge/contracts/index.js';
import { createCore } from '../../edge/core/index.js';
import { type RunningEngine, startEngine } from '../../edge/engine/loop.js';
import { whatIf } from '../../edge/engine/what-if.js';
import type { StoreJournal } from '../../edge/store/journal.js';
import type { JournalFaults } from '../../edge/store/options.js';
import { newCore } from '../core/support/core.js';
import { ANNA, createStore, SODA_COUPON, START_MS } from '../core/support/store.js';
import { createTestClock, openJournal, temporaryDirectory } from '../store/journal-support.js';
import { until } from '../support/until.js';

const NO_ALARMS = { raise: () => undefined, clear: () => undefined, list: () => [] };

/** The events of a short day in which one shopper gets one coupon. */
function shortDay(): StoreEvent[] {
  const store = createStore();
  store.configure([SODA_COUPON]);
  store.consent(ANNA);
  store.enter(`s:${ANNA}`);
  return store.journal.map(({ event }) => event);
}

describe('the engine', () => {
  const running: RunningEngine[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((engine) => engine.close().catch(() => undefined)));
  });

  async function start(
    journal: StoreJournal,
    options: { failOn?: string; failTimes?: number; salt?: string } = {},
  ) {
    let failures = 0;
    const setAside: JournalledEvent[] = [];
    const engine = await startEngine({
      journal,
      clock: {
        nowMs: createTestClock(START_MS).nowMs,
        monotonicMs: () => performance.now(),
        untrusted: () => undefined,
      },
      alarms: NO_ALARMS,
      createCore: (state) => {
        const core = options.salt === undefined ? newCore(state) : createCore({ salt: options.salt }, state);
        return {
          ...core,
          step(journalled) {
            if (
              journalled.event.id === options.failOn &&
              failures++ < (options.failTimes ?? Number.POSITIVE_INFINITY)
            )
              throw new Error('poison');
            return core.step(journalled);
          },
        };
      },
      setAside: async (poison) => void setAside.push(poison),
      onFailure: (error) => {
        throw error;
      },
    });
    running.push(engine);
    return { engine, setAside };
  }

  const outputsOf = (journal: StoreJournal) =>
    journal.read({ after: 0, limit: 10_000 }).filter(({ cause }) => cause !== undefined);

  it('puts out what the core decides, once, and hands it to those who wait and watch', async () => {
    const journal = await openJournal({ directory: temporaryDirectory() });
    const { engine } = await start(journal);
    const seen: JournalledEvent[] = [];
    engine.onSettled((settled) => seen.push(...settled));
    const places = await journal.append(shortDay());
    await engine.idle();
    const made = outputsOf(journal);
    expect(made.filter(({ event }) => event.type === 'coupon.issued')).toHaveLength(1);
    expect(seen.filter(({ cause }) => cause !== undefined).map(({ offset }) => offset)).toEqual(
      made.map(({ offset }) => offset),
    );
    const cause = made.find(({ event }) => event.type === 'coupon.issued')!.cause!;
    expect((await engine.outcomeOf(cause, 100)).map(({ type }) => type)).toContain('coupon.issued');
    expect(await engine.outcomeOf(places[0]!.offset, 100)).toBeDefined();
  });

  it('refuses to wait longer than it was told', async () => {
    const journal = await openJournal({ directory: temporaryDirectory() });
    const { engine } = await start(journal);
    await expect(engine.outcomeOf(999_999, 20)).rejects.toMatchObject({ refusal: { reason: 'Busy' } });
  });

  it('goes on after a stop as if there had been none, and decides nothing twice', async () => {
    const directory = temporaryDirectory();
    const day = shortDay();
    const whole = await openJournal({ directory: temporaryDirectory() });
    const { engine } = await start(whole);
    await whole.append(day);
    await engine.idle();
    let journal = await openJournal({ directory });
    for (let at = 0; at < day.length; at += 7) {
      const part = await start(journal);
      await journal.append(day.slice(at, at + 7));
      await part.engine.close();
      await journal.close();
      journal = await openJournal({ directory });
    }
    const bodies = (from: StoreJournal) => outputsOf(from).map(({ event }) => [event.type, event.data]);
    expect(bodies(journal).length).toBeGreaterThan(3);
    expect(bodies(journal).map(([type]) => type)).toEqual(bodies(whole).map(([type]) => type));
  });

  it('tries an event again that made the core fail once', async () => {
    const journal = await openJournal({ directory: temporaryDirectory() });
    const day = shortDay();
    const { engine, setAside } = await start(journal, { failOn: day[4]!.id, failTimes: 1 });
    await journal.append(day);
    await engine.idle();
    expect(setAside).toEqual([]);
    expect(outputsOf(journal).some(({ event }) => event.type === 'coupon.issued')).toBe(true);
  });

  it('sets an event aside that makes the core fail twice, and handles the next one', async () => {
    const journal = await openJournal({ directory: temporaryDirectory() });
    const day = shortDay();
    const poison = day[day.length - 3]!;
    const { engine, setAside } = await start(journal, { failOn: poison.id });
    await journal.append(day);
    await engine.idle();
    expect(setAside.map(({ event }) => event.id)).toEqual([poison.id]);
    expect(engine.views.knowsShopper(ANNA)).toBe(true);
    await engine.close();
    // A restart passes over it too: it would fail again.
    const again = await start(journal, { failOn: poison.id });
    expect(again.setAside).toEqual([]);
  });

  it('keeps the codes that went out when it is put together again under another secret', async () => {
    const directory = temporaryDirectory();
    const first = await openJournal({ directory });
    await first.append(shortDay());
    const { engine } = await start(first);
    await engine.idle();
    const [issued] = outputsOf(first).flatMap(({ event }) =>
      isType(event, 'coupon.issued') ? [event.data] : [],
    );
    // No state is sealed: all of it comes from the journal.
    await first.close();
    const journal = await openJournal({ directory });
    const again = await start(journal, { salt: 'another one' });
    expect(again.engine.views.couponByCode(issued!.code)).toEqual({ couponId: issued!.couponId });
    expect(again.engine.views.coupon(issued!.couponId)).toMatchObject({ code: issued!.code });
  });

  it('holds decisions while the disk refuses them and takes them once it works', async () => {
    const directory = temporaryDirectory();
    const first = await openJournal({ directory });
    await first.append(shortDay());
    await first.close();
    // The first three commits of outputs fail: starting is not one of them.
    const faults: JournalFaults = { at: { point: 'before-commit', action: 'io-error', nth: 1, times: 2 } };
    const journal = await openJournal({ directory, faults });
    const { engine } = await start(journal);
    await until(() => outputsOf(journal).some(({ event }) => event.type === 'coupon.issued'), {
      withinMs: 10_000,
      what: 'the held decisions',
    });
    await engine.idle();
    const ids = outputsOf(journal).map(({ event }) => event.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('answers what another rule would have done without touching what is', async () => {
    const journal = await openJournal({ directory: temporaryDirectory() });
    const { engine } = await start(journal);
    await journal.append(shortDay());
    await engine.idle();
    const before = journal.stats().lastOffset;
    const all = { fromMs: 0, untilMs: Number.POSITIVE_INFINITY };
    const ask = (percent: number) =>
      whatIf(
        { journal, createCore: newCore },
        { ...all, campaigns: [{ ...SODA_COUPON, discount: { percent } }] },
      );
    expect(ask(50)).toMatchObject({ before: { offered: expect.any(Number) }, differences: 1 });
    expect(ask(10).differences).toBe(0);
    expect(journal.stats().lastOffset).toBe(before);
  });
});
