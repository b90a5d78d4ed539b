/**
 * Load generator: QoS 1 sightings from several clients at a fixed rate, in a process of its own. Open loop: what is
 * late stays late and counts. Reads its orders from the environment, prints one JSON object at the end.
 */
import { openWire, type Wire } from './wire.js';

interface Orders {
  readonly mqttUrl: string;
  readonly perSecond: number;
  readonly warmUpS: number;
  readonly measuredS: number;
  /** Send each message at once: TCP holds a further one back until the receiver's system confirmed the one before. */
  readonly noDelay?: boolean;
  readonly clients: readonly { readonly id: string; readonly token: string; readonly node: string }[];
}

export interface LoadResult {
  /** Publish to PUBACK in the measured time, ms. */
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
  readonly measured: number;
  /** Of the whole run. */
  readonly sent: number;
  readonly acknowledged: number;
  /** By client: how many of its counters, from 1, are acknowledged without a hole. */
  readonly unbroken: readonly number[];
  /** Sent a second in the measured time: below the order where this process could not keep up. */
  readonly rate: number;
}

const TICK_MS = 2;
const TAGS = 25;
const DRAIN_MS = 15_000;
/** Distinguishes the clients' counters: `client * SPAN + n`. */
export const SPAN = 100_000_000;

async function run(orders: Orders): Promise<LoadResult> {
  const latencies: number[] = [];
  const counters = orders.clients.map(() => 0);
  const early = orders.clients.map(() => new Set<number>());
  const unbroken = orders.clients.map(() => 0);
  /** By client and number of the packet: when it was sent, and with which counter. */
  const underWay = orders.clients.map(() => new Map<number, { atMs: number; counter: number }>());
  let [sent, acknowledged, measuredSent] = [0, 0, 0];
  let measureFrom = Number.POSITIVE_INFINITY;
  const noteAcknowledged = (index: number, packetId: number): void => {
    const message = underWay[index]!.get(packetId);
    if (message === undefined) return;
    underWay[index]!.delete(packetId);
    acknowledged += 1;
    if (message.atMs >= measureFrom) latencies.push(performance.now() - message.atMs);
    const ahead = early[index]!;
    ahead.add(message.counter);
    for (let next = unbroken[index]! + 1; ahead.delete(next); next += 1) unbroken[index] = next;
  };
  const clients = await Promise.all(
    orders.clients.map((login, index) =>
      openWire({
        url: orders.mqttUrl,
        login,
        atOnce: orders.noDelay === true,
        onAcknowledged: (packetId) => noteAcknowledged(index, packetId),
      }),
    ),
  );
  const startMs = performance.now();
  measureFrom = startMs + orders.warmUpS * 1000;
  const endMs = measureFrom + orders.measuredS * 1000;

  const send = (index: number, nowMs: number): void => {
    const counter = counters[index]! + 1;
    counters[index] = counter;
    const tag = `iBeacon:00000000-0000-4000-8000-0000000000${index}0-1-${counter % TAGS}`;
    const node = orders.clients[index]!.node;
    const body = { id: tag, rssi: -60 - (counter % 30), distance: 2.5, seq: index * SPAN + counter };
    sent += 1;
    if (nowMs >= measureFrom) measuredSent += 1;
    const packetId = clients[index]!.publish(`espresense/devices/${tag}/${node}`, JSON.stringify(body));
    if (underWay[index]!.has(packetId)) throw new Error('more messages under way than MQTT can number');
    underWay[index]!.set(packetId, { atMs: nowMs, counter });
  };

  await new Promise<void>((done) => {
    const timer = setInterval(() => {
      const nowMs = performance.now();
      const due = Math.floor(((Math.min(nowMs, endMs) - startMs) / 1000) * orders.perSecond);
      while (sent < due) send(sent % clients.length, nowMs);
      for (const client of clients) client.flush();
      if (nowMs < endMs) return;
      clearInterval(timer);
      done();
    }, TICK_MS);
  });
  const drainBy = performance.now() + DRAIN_MS;
  while (acknowledged < sent && performance.now() < drainBy) await pause(20);
  await Promise.all(clients.map((client: Wire) => client.close()));
  latencies.sort((a, b) => a - b);
  const quantile = (share: number) => latencies[Math.floor(share * (latencies.length - 1))] ?? Number.NaN;
  return {
    p50: quantile(0.5),
    p99: quantile(0.99),
    worst: quantile(1),
    measured: latencies.length,
    sent,
    acknowledged,
    unbroken,
    rate: measuredSent / orders.measuredS,
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const orders = process.env['ENDCAP_LOAD'];
if (orders !== undefined) {
  process.stdout.write(`${JSON.stringify(await run(JSON.parse(orders) as Orders))}\n`);
}
