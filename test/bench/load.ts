/**
 * Load generator: QoS 1 sightings from several clients at a fixed rate, in a process of its own. Open loop: what is
 * late stays late and counts. Reads its orders from the environment, prints one JSON object at the end.
 */
import type { Socket } from 'node:net';
import mqtt, { type MqttClient } from 'mqtt';

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
  const clients = await Promise.all(orders.clients.map((client) => connect(orders, client)));
  const startMs = performance.now();
  const measureFrom = startMs + orders.warmUpS * 1000;
  const endMs = measureFrom + orders.measuredS * 1000;
  const latencies: number[] = [];
  const counters = orders.clients.map(() => 0);
  const early = orders.clients.map(() => new Set<number>());
  const unbroken = orders.clients.map(() => 0);
  const noteAcknowledged = (index: number, counter: number): void => {
    const ahead = early[index] as Set<number>;
    ahead.add(counter);
    for (let next = (unbroken[index] ?? 0) + 1; ahead.delete(next); next += 1) unbroken[index] = next;
  };
  let [sent, acknowledged, measuredSent] = [0, 0, 0];

  const send = (index: number, nowMs: number): void => {
    const counter = (counters[index] ?? 0) + 1;
    counters[index] = counter;
    const tag = `iBeacon:00000000-0000-4000-8000-0000000000${index}0-1-${counter % TAGS}`;
    const node = orders.clients[index]?.node ?? '';
    const body = { id: tag, rssi: -60 - (counter % 30), distance: 2.5, seq: index * SPAN + counter };
    const measured = nowMs >= measureFrom;
    sent += 1;
    if (measured) measuredSent += 1;
    (clients[index] as MqttClient).publish(
      `espresense/devices/${tag}/${node}`,
      JSON.stringify(body),
      { qos: 1 },
      (error) => {
        if (error) return;
        acknowledged += 1;
        noteAcknowledged(index, counter);
        if (measured) latencies.push(performance.now() - nowMs);
      },
    );
  };

  await new Promise<void>((done) => {
    const timer = setInterval(() => {
      const nowMs = performance.now();
      const due = Math.floor(((Math.min(nowMs, endMs) - startMs) / 1000) * orders.perSecond);
      while (sent < due) send(sent % clients.length, nowMs);
      if (nowMs < endMs) return;
      clearInterval(timer);
      done();
    }, TICK_MS);
  });
  const drainBy = performance.now() + DRAIN_MS;
  while (acknowledged < sent && performance.now() < drainBy) await pause(20);
  await Promise.all(clients.map((client) => client.endAsync(true)));
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

async function connect(
  { mqttUrl, noDelay = false }: Orders,
  { id, token }: Orders['clients'][number],
): Promise<MqttClient> {
  const options = { clientId: id, username: id, password: token, reconnectPeriod: 0 };
  const client = await mqtt.connectAsync(mqttUrl, options);
  (client.stream as unknown as Socket).setNoDelay(noDelay);
  return client;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const orders = process.env['ENDCAP_LOAD'];
if (orders !== undefined) {
  process.stdout.write(`${JSON.stringify(await run(JSON.parse(orders) as Orders))}\n`);
}
