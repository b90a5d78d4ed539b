import { connectAsync } from 'mqtt';
import { io } from 'socket.io-client';
import { orderFor } from '../../support/listeners.js';
import { figuresOf } from '../../support/metrics.js';
import type { RunningStore } from '../../support/store.js';

const EVERY_MS = 20;
const LOOK_EVERY_MS = 500;

/** What those who do nothing wrong notice, and what the store says of itself, since the last `take`. */
export interface Notice {
  /** Round trips of acknowledged messages, ms. */
  readonly trips: readonly number[];
  readonly sent: number;
  readonly failures: readonly string[];
  readonly stallMs: number;
  readonly rssBytes: number;
}

/** A shelf, a screen and a reader of HTTP that go on while others misbehave. */
export async function goodClients(store: RunningStore) {
  const order = await orderFor(store, 'drinks-soft', 'screen-3');
  const { id, token } = order.device;
  const client = await connectAsync(store.mqttUrl, {
    clientId: id,
    username: id,
    password: token,
    reconnectPeriod: 0,
  });
  const socket = io(`${store.url}/signage`, {
    auth: { token: order.screen.token },
    transports: ['websocket'],
  });
  await new Promise<void>((joined) => socket.once('connect', () => joined()));
  let seen = { trips: [] as number[], sent: 0, failures: [] as string[], stallMs: 0, rssBytes: 0 };
  client.on('error', (error) => seen.failures.push(error.message));
  client.on('close', () => seen.failures.push('the shelf was cut'));
  socket.on('disconnect', (why) => seen.failures.push(`the screen was cut: ${why}`));
  let count = 0;
  let leaving = false;
  const beat = setInterval(() => {
    const from = performance.now();
    const now = seen;
    now.sent += 1;
    client.publish(
      `endcap/v1/shelf/${id}`,
      JSON.stringify({ sku: 'DRK-1001', count: 1 + (count++ % 50) }),
      { qos: 1 },
      (error) => {
        if (error) {
          // What is under way when it leaves by itself is nobody's failure.
          if (!leaving) now.failures.push(error.message);
        } else now.trips.push(performance.now() - from);
      },
    );
  }, EVERY_MS);
  const lookNow = async (): Promise<void> => {
    const figure = await figuresOf(store);
    seen.stallMs = Math.max(seen.stallMs, 1_000 * figure('nodejs_eventloop_lag_max_seconds'));
    seen.rssBytes = Math.max(seen.rssBytes, figure('process_resident_memory_bytes'));
  };
  const look = setInterval(
    () => void lookNow().catch((error: Error) => seen.failures.push(`HTTP: ${error.message}`)),
    LOOK_EVERY_MS,
  );
  return {
    async take(): Promise<Notice> {
      await lookNow();
      const taken = seen;
      seen = { trips: [], sent: 0, failures: [], stallMs: 0, rssBytes: 0 };
      return taken;
    },
    async close(): Promise<void> {
      leaving = true;
      clearInterval(beat);
      clearInterval(look);
      client.removeAllListeners('close');
      socket.off('disconnect').disconnect();
      await client.endAsync(true).catch(() => undefined);
    },
  };
}

export const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((left, right) => left - right)[Math.ceil(values.length * share) - 1] ??
  Number.POSITIVE_INFINITY;
