import mqtt, { type MqttClient } from 'mqtt';
import type { Action, DisplayOffer } from './actions.js';
import type { Credential } from './credentials.js';

/** Sensors of the shop on MQTT: listeners at QoS 0, as their firmware sends; shelves and counters at QoS 1. */
export interface Rim {
  readonly connected: () => boolean;
  send(action: Extract<Action, { kind: 'sighting' | 'shelf' | 'traffic' }>, wallMs: number): void;
  close(): Promise<void>;
}

export interface RimOptions {
  readonly mqttUrl: string;
  /** PEM of the store's authority. */
  readonly ca?: string;
  readonly gateway: Credential;
  /** Names this start of the people counters. */
  readonly boot: string;
  readonly rssiAt1m: number;
  readonly onDisplay: (screen: string, offer: DisplayOffer) => void;
  readonly onError: (error: Error) => void;
}

const DECISIONS = 'endcap/v1/decision/+';

export async function connectRim(options: RimOptions): Promise<Rim> {
  const client = await mqtt.connectAsync(options.mqttUrl, {
    clientId: options.gateway.id,
    username: options.gateway.id,
    password: options.gateway.token,
    clean: true,
    reconnectPeriod: 1_000,
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  });
  client.on('error', options.onError);
  client.on('message', (_topic, payload) => {
    const display = displayOf(payload);
    if (display !== undefined) options.onDisplay(display.screen, display.offer);
  });
  await client.subscribeAsync(DECISIONS, { qos: 1 });
  return {
    connected: () => client.connected,
    send: (action, wallMs) => send(client, options, action, wallMs),
    close: () => client.endAsync(true),
  };
}

function send(
  client: MqttClient,
  { boot, rssiAt1m, onError }: RimOptions,
  action: Parameters<Rim['send']>[0],
  wallMs: number,
): void {
  // A sensor without a connection keeps nothing: its next reading says it all.
  if (!client.connected) return;
  const time = new Date(wallMs).toISOString();
  if (action.kind === 'sighting') {
    const { tag, node, rssi, distance } = action;
    const body = { id: tag, rssi, 'rssi@1m': Math.round(rssiAt1m), raw: distance, distance, interval: 1000 };
    client.publish(`espresense/devices/${tag}/${node}`, JSON.stringify(body), { qos: 0 });
    return;
  }
  const [topic, body] =
    action.kind === 'shelf'
      ? [`endcap/v1/shelf/${action.shelf}`, { sku: action.sku, count: action.count, time }]
      : [`endcap/v1/traffic/${action.zone}`, { boot, in: action.in, out: action.out, time }];
  client.publish(topic, JSON.stringify(body), { qos: 1 }, (error) => {
    if (error) onError(error);
  });
}

/** The public offer in a decision, where it has one. */
function displayOf(payload: Buffer): { screen: string; offer: DisplayOffer } | undefined {
  let data: Record<string, unknown>;
  try {
    data = (JSON.parse(payload.toString()) as { data?: Record<string, unknown> }).data ?? {};
  } catch {
    return undefined;
  }
  const { zone, screen, campaign } = data;
  const { sku, priceMinor } = (data['offer'] ?? {}) as Record<string, unknown>;
  if (typeof zone !== 'string' || typeof sku !== 'string' || typeof priceMinor !== 'number') return undefined;
  return {
    screen: typeof screen === 'string' ? screen : zone,
    offer: { zone, sku, priceMinor, campaign: String(campaign ?? 'display') },
  };
}
