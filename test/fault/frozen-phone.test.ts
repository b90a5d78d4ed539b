import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { io } from 'socket.io-client';
import { describe, expect, it } from 'vitest';
import type { ShopperView } from '../../edge/contracts/index.js';
import { figuresOf } from '../support/metrics.js';
import { keptPromise } from '../support/promise.js';
import { enrol, sessionOf } from '../support/shopper.js';
import { type RunningStore, startStore } from '../support/store.js';
import { until } from '../support/until.js';
import { allEventsOf, walkAbout, walkingStore } from './support/walking-shoppers.js';

const CUT_WITHIN_MS = 10_000;
/** On a quiet machine some tens of milliseconds; here it is only the absence of a wait for who is frozen. */
const HEARD_WITHIN_MS = 3_000;
const OTHERS = 4;

interface Seen {
  /** After it was frozen, ms; nothing where it was still there after ten seconds. */
  readonly cutMs: number | undefined;
  /** Offers to the others meanwhile, and how long after its decision the last of them was on its phone. */
  readonly offers: number;
  readonly slowestMs: number;
}

/** A page of a shopper in a process of its own, which can be stopped as a whole; resolves once it has joined. */
async function phoneElsewhere(url: string, cookie: string): Promise<ChildProcess> {
  const options = JSON.stringify({ extraHeaders: { cookie }, transports: ['websocket'] });
  const script = `
    const { io } = require('socket.io-client');
    io(${JSON.stringify(`${url}/shopper`)}, ${options}).on('view', () => console.log('view'));
  `;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout!, 'data');
  return child;
}

/** When each offer was first seen on the page of a shopper, by its decision. */
function phoneHere(url: string, cookie: string) {
  const seen = new Map<string, number>();
  const socket = io(`${url}/shopper`, { extraHeaders: { cookie }, transports: ['websocket'] });
  socket.on('view', ({ coupons }: ShopperView) => {
    for (const { decisionId } of coupons) if (!seen.has(decisionId)) seen.set(decisionId, Date.now());
  });
  return { seen, close: () => socket.disconnect() };
}

async function frozenBeside(running: RunningStore, closers: (() => unknown)[]): Promise<Seen> {
  const [mine, ...others] = await Promise.all(Array.from({ length: OTHERS + 1 }, () => enrol(running)));
  const frozen = await phoneElsewhere(running.url, await sessionOf(mine!));
  closers.push(() => frozen.kill('SIGKILL'));
  const phones = await Promise.all(
    others.map(async (shopper) => phoneHere(running.url, await sessionOf(shopper))),
  );
  for (const { close } of phones) closers.push(close);
  const walk = await walkAbout(running, [mine!, ...others]);
  closers.push(walk.stop);
  const connected = async () => (await figuresOf(running))('endcap_sockets{namespace="/shopper"}');
  await until(async () => phones.every(({ seen }) => seen.size > 0) && (await connected()) === OTHERS + 1, {
    withinMs: 20_000,
    what: 'everybody to be offered something',
  });
  frozen.kill('SIGSTOP');
  const [frozenAt, frozenAtMs] = [performance.now(), Date.now()];
  let cutMs: number | undefined;
  const over = async (): Promise<boolean> => {
    const isCut = (await connected()) === OTHERS;
    if (isCut) cutMs ??= performance.now() - frozenAt;
    return isCut || performance.now() - frozenAt > CUT_WITHIN_MS;
  };
  await until(over, { withinMs: 2 * CUT_WITHIN_MS, everyMs: 200, what: 'the frozen phone to be cut' });
  const sids = new Set(others.map(({ sid }) => sid));
  const offers = (await allEventsOf(running, 'promo.decision')).filter(
    ({ data, recordedtime }) =>
      data['outcome'] === 'offered' && sids.has(`${data['sid']}`) && Date.parse(recordedtime) > frozenAtMs,
  );
  const seenAt = (id: string) => phones.map(({ seen }) => seen.get(id)).find((atMs) => atMs !== undefined);
  await until(() => offers.every(({ id }) => seenAt(id) !== undefined), {
    withinMs: HEARD_WITHIN_MS,
    what: 'every offer to be on its phone',
  });
  const slowestMs = Math.max(...offers.map(({ id, recordedtime }) => seenAt(id)! - Date.parse(recordedtime)));
  return { cutMs, offers: offers.length, slowestMs };
}

// Side by side, each with a store of its own: what they wait for is a patience to end.
describe.concurrent('D20: a frozen phone is nobody else’s problem', () => {
  async function freeze(limits: string): Promise<Seen> {
    const { change, ...rest } = walkingStore();
    const running = await startStore({
      ...rest,
      change: (yaml) => change!(yaml).replace('limits: {}', limits),
    });
    const closers: (() => unknown)[] = [];
    try {
      return await frozenBeside(running, closers);
    } finally {
      for (const close of closers.reverse()) await close();
      await running.remove();
    }
  }

  it('the page of a stopped process is cut within 10 s, and the others get their offers', {
    timeout: 120_000,
  }, async () => {
    const { cutMs, offers, slowestMs } = await freeze('limits: {}');
    expect(cutMs ?? Infinity).toBeLessThan(CUT_WITHIN_MS);
    expect(offers).toBeGreaterThan(OTHERS);
    expect(slowestMs).toBeLessThan(HEARD_WITHIN_MS);
    keptPromise({
      promise: 'D20 (phone)',
      what: `the page of a shopper under SIGSTOP whose offers go on, beside ${OTHERS} others`,
      figure: `cut after ${((cutMs ?? 0) / 1000).toFixed(1)} s; ${offers} offers to the others meanwhile, each on its phone within ${slowestMs} ms`,
      control: 'with limits.patienceS: 3600 it is not cut within 10 s',
    });
  });

  it('control: with a patience of an hour, and nothing else changed, it is not cut', {
    timeout: 120_000,
  }, async () => {
    expect((await freeze('limits: { patienceS: 3600 }')).cutMs).toBeUndefined();
  });
});
