import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { type ListenOrder, listenElsewhere, orderFor } from '../support/listeners.js';
import { figuresOf } from '../support/metrics.js';
import { enrol, sessionOf } from '../support/shopper.js';
import type { RunningStore } from '../support/store.js';

/** Frozen processes, and how long the store bears with them. */

/** Each with a subscriber, a screen, a stream and the page of a shopper. */
export const FROZEN = 3;
export const FROZEN_EARS = FROZEN * 4;
/** The promise: what is frozen is cut by then. */
export const CUT_WITHIN_S = 10;
const LOOK_MS = 250;
const SLOW_SUBSCRIBERS = 'endcap_slow_listeners{channel="mqtt"}';
const CUT = [
  'endcap_refusals_total{reason="Frozen",channel="mqtt"}',
  'endcap_refusals_total{reason="PendingTooLarge",channel="mqtt"}',
  'endcap_refusals_total{reason="SlowConsumer",channel="http"}',
];
/** Of each, one is a good listener's. */
const CONNECTED = ['endcap_sockets{namespace="/signage"}', 'endcap_sockets{namespace="/shopper"}'];

/** What stays of the frozen ones: how long it took until none did, and how many there were at the end of the time. */
export interface Cut {
  readonly seconds: number;
  readonly left: number;
}

export async function frozenOrders(store: RunningStore): Promise<readonly ListenOrder[]> {
  const orders: ListenOrder[] = [];
  for (let n = 0; n < FROZEN; n += 1) {
    const order = await orderFor(store, `frozen-${n}`, `wall-${n}`);
    orders.push({ ...order, phone: await sessionOf(await enrol(store)) });
  }
  return orders;
}

export interface FrozenRound {
  /** Whether bytes wait for every subscriber among them. */
  full(): Promise<boolean>;
  /** Until none is left, or the time of the promise is over; it runs from the first call of `full` that said yes. */
  untilCut(): Promise<Cut>;
  end(): Promise<void>;
}

export async function freeze(store: RunningStore, orders: readonly ListenOrder[]): Promise<FrozenRound> {
  const cutBefore = await sumOf(store, CUT);
  const children = await Promise.all(orders.map(listenElsewhere));
  for (const child of children) child.kill('SIGSTOP');
  let fullMs: number | undefined;
  const left = async (): Promise<number> => {
    const waiting = 2 * FROZEN - ((await sumOf(store, CUT)) - cutBefore);
    return waiting + (await sumOf(store, CONNECTED)) - CONNECTED.length;
  };
  return {
    async full() {
      const all = (await figuresOf(store))(SLOW_SUBSCRIBERS) === FROZEN;
      if (all) fullMs ??= performance.now();
      return all;
    },
    async untilCut() {
      const fromMs = fullMs ?? performance.now();
      for (;;) {
        const cut = { left: await left(), seconds: (performance.now() - fromMs) / 1_000 };
        if (cut.left <= 0 || cut.seconds > CUT_WITHIN_S) return cut;
        await pause(LOOK_MS);
      }
    },
    end: async () => void (await Promise.all(children.map(killed))),
  };
}

async function sumOf(store: RunningStore, names: readonly string[]): Promise<number> {
  const figure = await figuresOf(store);
  return names.reduce((sum, name) => sum + figure(name), 0);
}

function killed(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    child.once('exit', () => done());
    child.kill('SIGKILL');
  });
}
