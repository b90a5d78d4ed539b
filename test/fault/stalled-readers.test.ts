import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { figuresOf } from '../support/metrics.js';
import { keptPromise } from '../support/promise.js';
import { type RunningStore, startStore } from '../support/store.js';
import { until } from '../support/until.js';
import { percentile } from './support/good-client.js';
import { hasPython, stalledReaders } from './support/stalled-readers.js';

const CUT_WITHIN_MS = 10_000;
const MIB = 1024 * 1024;
const RSS_MAX = 384 * MIB;
/** Somebody who asks whether the store is well gives it up after that. */
const ANSWER_P99_MAX_MS = 5_000;
const ASK_EVERY_MS = 50;
const FILM_BYTES = 30 * MIB;
/** As many requests as may wait on one connection, and many more than that. */
const FEW = 4;
const GREEDY = 40;
const STRANGERS = 1_000;
const SCREENS = 20;
const GREEDY_ONES = 200;
const STALLED = 'endcap_slow_listeners{channel="http"}';

interface Seen {
  /** Of the strangers and the screens that read nothing; how long those stood that were cut 10 s after the last had asked, ms. */
  readonly stalledCutMs: readonly number[];
  readonly greedyCutMs: readonly number[];
  /** For how many bytes waited at once. */
  readonly waitedFor: number;
  /** Of /healthz, for who asked when all were in. */
  readonly answerMs: readonly number[];
  readonly failures: readonly string[];
  readonly rssBytes: number;
}

const title = 'S6, D20: readers of HTTP who take nothing';

describe.skipIf(!hasPython)(hasPython ? title : `${title} [skipped: no python3]`, () => {
  let store: RunningStore | undefined;
  let closers: (() => void)[] = [];
  afterEach(async () => {
    for (const close of closers) close();
    closers = [];
    await store?.remove();
    store = undefined;
  });

  /** The largest file that anybody may have. */
  function largestScript(): string {
    const folder = 'dist/signage-ui/assets';
    const scripts = readdirSync(folder).filter((name) => name.endsWith('.js'));
    const bytesOf = (name: string): number => statSync(join(folder, name)).size;
    return `/assets/${scripts.sort((left, right) => bytesOf(right) - bytesOf(left))[0]!}`;
  }

  /** As much of a film as its bytes are looked at. */
  async function film(running: RunningStore): Promise<string> {
    const frames = Buffer.alloc(FILM_BYTES);
    frames.writeUInt32BE(FILM_BYTES, 0);
    frames.write('mdat', 4);
    const head = Buffer.concat([
      Buffer.from([0, 0, 0, 16]),
      Buffer.from('ftypisom'),
      Buffer.alloc(4),
      Buffer.from([0, 0, 0, 8]),
      Buffer.from('moov'),
    ]);
    const taken = await running.call('/v1/media', {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: Buffer.concat([head, frames]),
    });
    expect(taken.status).toBe(201);
    return `/v1/media/${((await taken.json()) as { name: string }).name}`;
  }

  /** Somebody on a new connection each time, as those are who look in. */
  function lookIn(running: RunningStore) {
    const seen = { answerMs: [] as number[], failures: [] as string[], rssBytes: 0, waitedFor: 0 };
    const once = async (): Promise<void> => {
      const from = performance.now();
      const answer = await fetch(`${running.url}/healthz`, { headers: { connection: 'close' } });
      seen.answerMs.push(performance.now() - from);
      if (answer.status !== 200) seen.failures.push(`healthz said ${answer.status}`);
    };
    const figures = async (): Promise<void> => {
      const figure = await figuresOf(running);
      seen.rssBytes = Math.max(seen.rssBytes, figure('process_resident_memory_bytes'));
      seen.waitedFor = Math.max(seen.waitedFor, figure(STALLED));
    };
    const failed = (error: Error): void => void seen.failures.push(`${error.message} ${String(error.cause)}`);
    const timers = [
      setInterval(() => void once().catch(failed), ASK_EVERY_MS),
      setInterval(() => void figures().catch(failed), 5 * ASK_EVERY_MS),
    ];
    closers.push(() => timers.forEach(clearInterval));
    return seen;
  }

  async function stall(limits: string): Promise<Seen> {
    store = await startStore({ change: (yaml) => yaml.replace('limits: {}', limits) });
    const running = store;
    const request = (path: string): string =>
      `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${running.token}\r\n\r\n`;
    const anonymous = `GET ${largestScript()} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`;
    const groups = [
      { many: SCREENS, text: request(await film(running)) },
      { many: STRANGERS, text: anonymous.repeat(FEW) },
      { many: GREEDY_ONES, text: anonymous.repeat(GREEDY) },
    ];
    const seen = lookIn(running);
    const readers = await stalledReaders(Number(new URL(running.url).port), groups);
    closers.push(readers.close);
    const askedAt = performance.now();
    // What was asked amid the 1,220 that came at once waited for them, as it would for anybody.
    seen.answerMs.length = 0;
    const [screens = [], strangers = [], greedy = []] = readers.cutMs;
    await until(
      () =>
        screens.length + strangers.length + greedy.length === SCREENS + STRANGERS + GREEDY_ONES ||
        performance.now() - askedAt > CUT_WITHIN_MS,
      { withinMs: 2 * CUT_WITHIN_MS, what: 'ten seconds' },
    );
    return { ...seen, stalledCutMs: [...screens, ...strangers], greedyCutMs: greedy };
  }

  it('1,000 strangers and 20 screens that read nothing are cut within 10 s, and who looks in is answered', {
    timeout: 120_000,
  }, async () => {
    const seen = await stall('limits: {}');
    const p99Ms = percentile(seen.answerMs, 0.99);
    const slowestMs = Math.max(...seen.stalledCutMs);
    const figure = `cut after ${(Math.min(...seen.stalledCutMs) / 1000).toFixed(1)} to ${(slowestMs / 1000).toFixed(1)} s, RSS ${Math.round(seen.rssBytes / MIB)} MiB, /healthz p99 ${p99Ms.toFixed(0)} ms on a connection of its own each time (${seen.answerMs.length} asked)`;
    console.log(`S6/D20: ${figure}; ${seen.waitedFor} waited for at once`);
    expect(seen.failures).toEqual([]);
    expect(seen.stalledCutMs).toHaveLength(STRANGERS + SCREENS);
    expect(seen.greedyCutMs).toHaveLength(GREEDY_ONES);
    expect(seen.rssBytes).toBeLessThanOrEqual(RSS_MAX);
    expect(p99Ms).toBeLessThanOrEqual(ANSWER_P99_MAX_MS);
    const after = await figuresOf(store!);
    const cuts = (reason: string): number =>
      after(`endcap_refusals_total{reason="${reason}",channel="http"}`);
    expect(cuts('SlowConsumer')).toBe(STRANGERS + SCREENS);
    expect(cuts('TooManyPipelined')).toBe(GREEDY_ONES);
    for (const promise of ['S6', 'D20 (store)'])
      keptPromise({
        promise,
        what: `${STRANGERS} strangers and ${SCREENS} screens that ask for large files and read nothing, ${GREEDY_ONES} that send ${GREEDY} requests at once`,
        figure,
        control: 'with limits.patienceS: 3600 none of those that read nothing is cut within 10 s',
      });
  });

  it('control: with a patience of an hour, and nothing else changed, they stay', {
    timeout: 120_000,
  }, async () => {
    const seen = await stall('limits: { patienceS: 3600 }');
    expect(seen.waitedFor).toBe(STRANGERS + SCREENS);
    expect(seen.stalledCutMs).toEqual([]);
  });
});
