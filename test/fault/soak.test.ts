import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { lastQuarters, type MemorySample, medianBytes } from '../support/growth.js';
import { keptPromise, SIZE } from '../support/promise.js';
import { type RunningStore, startStore } from '../support/store.js';
import { until } from '../support/until.js';
import { registerDevices, startLoad } from './support/acknowledged-load.js';
import { type Held, heldBy, storm, watchedBy } from './support/soak.js';

const PER_SECOND = 500;
/** A long run lasts ten minutes, two hours with `ENDCAP_SOAK_S=7200`; the quick one as long as its storms take. */
const LASTS_MS = SIZE === 'n' ? Number(process.env['ENDCAP_SOAK_S'] ?? 600) * 1_000 : 0;
const STORMS_MIN = 4;
const EACH = 25;
const CALM_MS = SIZE === 'n' ? 15_000 : 500;
const WAL_BYTES_MAX = 64 * 1_024 * 1_024;
/** What is open by chance when one looks: a reader of the journal, a file that is being rolled. */
const MORE = { files: 8, sockets: 8, timers: 12 } as const;
const SETTLED_WITHIN_MS = 8_000;
const GROWTH_BYTES_MAX = 5 * 1_024 * 1_024;
const SLOPE_BYTES_AN_HOUR_MAX = 1_024 * 1_024;
const HOUR_MS = 3_600_000;

interface Soak {
  readonly storms: number;
  readonly before: Held;
  readonly last: Held;
  readonly walBytesMax: number;
  /** One a storm. */
  readonly rss: readonly MemorySample[];
}

describe('D18: a store that runs on and on leaks nothing', () => {
  let store: RunningStore | undefined;
  let folder = '';
  afterEach(async () => {
    await store?.remove();
    rmSync(folder, { recursive: true, force: true });
    store = undefined;
  });

  /** Load all the while, and again and again everybody loses the line; rejects when something does not come back. */
  async function soak(leak: 'none' | 'connections', lastsMs: number): Promise<Soak> {
    folder = mkdtempSync(join(tmpdir(), 'endcap-soak-'));
    const probe = join(folder, 'probe.json');
    store = await startStore(watchedBy(probe, leak));
    const running = store;
    const devices = await registerDevices(running);
    const acknowledged = { shelf: new Set<number>(), till: new Set<number>() };
    let number = 0;
    const nextNumber = (): number => ++number;
    const load = await startLoad({
      store: running,
      devices,
      perSecond: PER_SECOND,
      acknowledged,
      nextNumber,
    });
    await until(() => acknowledged.shelf.size > PER_SECOND, { withinMs: 30_000, what: 'a second of load' });
    // The first one opens what stays open: it is the measure of the others.
    await storm(running, devices.shelves[0]!, EACH);
    await until(() => acknowledged.shelf.size > PER_SECOND * 4, {
      withinMs: 60_000,
      what: 'some seconds of load',
    });
    const before = heldBy(running, probe);
    const [begunMs, rss] = [performance.now(), [] as MemorySample[]];
    let [storms, walBytesMax, last] = [0, 0, before];
    while (storms < STORMS_MIN || performance.now() - begunMs < lastsMs) {
      const calmMs = performance.now();
      await storm(running, devices.shelves[storms % devices.shelves.length]!, EACH);
      storms += 1;
      await until(() => performance.now() - calmMs > CALM_MS, { withinMs: CALM_MS * 2, what: 'some calm' });
      await until(
        () => {
          last = heldBy(running, probe);
          return !more(last, before);
        },
        {
          withinMs: SETTLED_WITHIN_MS,
          everyMs: 100,
          what: `what was open before storm ${storms}: ${JSON.stringify(before)}`,
        },
      ).catch((error: unknown) => {
        throw new Error(`${String(error)}, but it holds ${JSON.stringify(last)}`);
      });
      walBytesMax = Math.max(walBytesMax, last.walBytes);
      rss.push({ atMs: performance.now() - begunMs, bytes: last.rssBytes });
    }
    await load.stop();
    return { storms, before, last, walBytesMax, rss };
  }

  it('files, sockets and timers are what they were, and the log stays short', {
    timeout: LASTS_MS + 180_000,
  }, async () => {
    const { storms, before, last, walBytesMax, rss } = await soak('none', LASTS_MS);
    expect(walBytesMax).toBeLessThanOrEqual(WAL_BYTES_MAX);
    const memory = SIZE === 'n' ? memoryOf(rss) : 'memory: in the long run';
    console.log(`D18: ${storms} storms, ${JSON.stringify(before)} → ${JSON.stringify(last)}, ${memory}`);
    const open = ({ files, sockets, timers }: Held): string =>
      `${files} files, ${sockets} sockets, ${timers} timers`;
    keptPromise({
      promise: 'D18',
      what: `${storms} storms of ${EACH * 3} lost connections at ${PER_SECOND} events/s`,
      figure: `${open(before)} before, ${open(last)} after; WAL at most ${Math.round(walBytesMax / 1_024)} KiB; ${memory}`,
      control: 'a store that keeps a timer and a file of each connection is noticed',
    });
  });

  it('would notice: a store that keeps something of each connection', { timeout: 120_000 }, async () => {
    await expect(soak('connections', 0)).rejects.toThrow(/what was open before storm 1/);
  });
});

const more = (now: Held, before: Held): boolean =>
  (['files', 'sockets', 'timers'] as const).some((what) => now[what] > before[what] + MORE[what]);

/** Memory in the second half: level in a short run, no slope in a long one. */
function memoryOf(rss: Soak['rss']): string {
  const [third, fourth] = lastQuarters(rss);
  const growth = medianBytes(fourth) - medianBytes(third);
  const spanMs = fourth.at(-1)!.atMs - third[0]!.atMs;
  const anHour = (growth / (spanMs / 2)) * HOUR_MS;
  if (spanMs >= HOUR_MS / 2) expect(anHour, 'bytes an hour').toBeLessThanOrEqual(SLOPE_BYTES_AN_HOUR_MAX);
  expect(growth, 'bytes in the last half').toBeLessThanOrEqual(GROWTH_BYTES_MAX);
  return `memory: ${(growth / 1_048_576).toFixed(1)} MiB more in the last half`;
}
