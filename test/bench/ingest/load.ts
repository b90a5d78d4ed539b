/**
 * Load of the peer comparison, in a process of its own: 8 clients publish sightings with QoS 1, and hear the decision
 * on each of them with QoS 1. Open loop: what is late stays late and counts. Reads its orders from the environment,
 * prints one JSON object at the end.
 */
import { openWire, type Wire } from '../wire.js';

export interface Orders {
  readonly mqttUrl: string;
  readonly perSecond: number;
  readonly warmUpS: number;
  readonly measuredS: number;
  readonly speakers: readonly Speaker[];
  /** Who hears the decisions, and where. */
  readonly listeners: readonly { readonly login: Login; readonly topic: string }[];
}

export interface Login {
  readonly id: string;
  readonly token?: string;
}

export interface Speaker {
  readonly login: Login;
  readonly node: string;
  readonly tags: readonly string[];
}

export interface Heard {
  /** Sighting published to decision heard in the measured time, ms. */
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
  readonly sent: number;
  /** Sent in the whole run and never decided, by distinct `seq`. */
  readonly lost: number;
  /** Decisions heard more than once. */
  readonly twice: number;
  /** Sent a second in the measured time. */
  readonly rate: number;
}

const TICK_MS = 2;
const DRAIN_MS = 15_000;
/** Nothing more has come for so long: what is missing is lost. */
const QUIET_MS = 3_000;

async function run(orders: Orders): Promise<Heard> {
  const seconds = orders.warmUpS + orders.measuredS;
  const most = Math.ceil(orders.perSecond * (seconds + 1));
  const sentAt = new Float64Array(most);
  const heardAt = new Float64Array(most);
  let twice = 0;
  let heard = 0;
  const hear = (payload: Buffer): void => {
    const seq = seqOf(payload);
    if (seq === undefined) return;
    if (heardAt[seq] !== 0) twice += 1;
    else {
      heardAt[seq] = performance.now();
      heard += 1;
    }
  };
  const listeners = await Promise.all(
    orders.listeners.map(async ({ login, topic }) => {
      const listener = await openWire({ url: orders.mqttUrl, login, onMessage: hear });
      await listener.subscribe(topic);
      return listener;
    }),
  );
  const speakers = await Promise.all(
    orders.speakers.map(({ login }) => openWire({ url: orders.mqttUrl, login })),
  );
  const sent = await speak(orders, speakers, sentAt);
  const drainBy = performance.now() + DRAIN_MS;
  for (let before = -1, quietBy = 0; heard < sent.all && performance.now() < drainBy; ) {
    if (heard !== before) quietBy = performance.now() + QUIET_MS;
    else if (performance.now() > quietBy) break;
    before = heard;
    await pause(50);
  }
  await Promise.all([...listeners, ...speakers].map((client) => client.close()));
  return { ...latencies(sentAt, heardAt, sent), twice, rate: (sent.all - sent.warmUp) / orders.measuredS };
}

async function speak(
  { speakers, ...orders }: Orders,
  clients: readonly Wire[],
  sentAt: Float64Array,
): Promise<{ readonly all: number; readonly warmUp: number }> {
  const startMs = performance.now();
  const measureFrom = startMs + orders.warmUpS * 1000;
  const endMs = measureFrom + orders.measuredS * 1000;
  let [all, warmUp] = [0, 0];
  const send = (): void => {
    const at = all % clients.length;
    const { node, tags } = speakers[at]!;
    const tag = tags[Math.floor(all / clients.length) % tags.length]!;
    const body = JSON.stringify({ id: tag, rssi: -60 - (all % 20), distance: 2.5, seq: all });
    sentAt[all] = performance.now();
    all += 1;
    clients[at]!.publish(`espresense/devices/${tag}/${node}`, body);
  };
  await new Promise<void>((done) => {
    const timer = setInterval(() => {
      const nowMs = performance.now();
      const due = Math.floor(((Math.min(nowMs, endMs) - startMs) / 1000) * orders.perSecond);
      while (all < due) send();
      for (const client of clients) client.flush();
      if (nowMs < measureFrom) warmUp = all;
      if (nowMs < endMs) return;
      clearInterval(timer);
      done();
    }, TICK_MS);
  });
  return { all, warmUp };
}

function latencies(
  sentAt: Float64Array,
  heardAt: Float64Array,
  sent: { readonly all: number; readonly warmUp: number },
): Pick<Heard, 'p50' | 'p99' | 'worst' | 'sent' | 'lost'> {
  const found: number[] = [];
  let lost = 0;
  for (let seq = 0; seq < sent.all; seq += 1) {
    if (heardAt[seq] === 0) lost += 1;
    else if (seq >= sent.warmUp) found.push(heardAt[seq]! - sentAt[seq]!);
  }
  found.sort((a, b) => a - b);
  const quantile = (share: number) => found[Math.floor(share * (found.length - 1))] ?? Number.NaN;
  return { p50: quantile(0.5), p99: quantile(0.99), worst: quantile(1), sent: sent.all, lost };
}

const SEQ = Buffer.from('"seq":');

/** The number stands in each decision once; a whole parse would be the load's work, not the store's. */
function seqOf(payload: Buffer): number | undefined {
  const found = payload.indexOf(SEQ);
  if (found < 0) return undefined;
  let value = 0;
  for (let at = found + SEQ.length; payload[at]! >= 48 && payload[at]! <= 57; at += 1)
    value = value * 10 + payload[at]! - 48;
  return value;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const orders = process.env['ENDCAP_LOAD'];
if (orders !== undefined) {
  process.stdout.write(`${JSON.stringify(await run(JSON.parse(orders) as Orders))}\n`);
}
