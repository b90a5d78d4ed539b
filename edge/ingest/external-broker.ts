import { setTimeout as pause } from 'node:timers/promises';
import type { IPublishPacket, MqttClient } from 'mqtt';
import { RefusalError } from '../contracts/index.js';
import type { Alarms } from '../ports.js';
import { ADAPTERS } from './adapters/registry.js';
import type { Broker } from './broker.js';
import type { Intake } from './intake.js';
import type { IngestObserver } from './observer.js';

/** How long a message waits that the journal refused, before it is offered again. */
const RETRY_MS = 1_000;
const RECONNECT_MS = 2_000;
/** QoS 0 messages on their way to the journal at once; beyond it they are dropped and counted. */
const UNACKNOWLEDGED_MAX = 5_000;
const AWAY = 'MqttBrokerAway';

export interface ExternalBrokerDeps {
  /** `mqtt://` or `mqtts://`, with name and password where the broker wants them. */
  readonly url: string;
  readonly storeId: string;
  readonly intake: Intake;
  readonly observer: IngestObserver;
  readonly alarms: Pick<Alarms, 'raise' | 'clear'>;
}

/**
 * A Mosquitto or EMQX of the shop in the place of the embedded broker. The promise then begins at the commit here: a
 * lasting session, QoS 1, and the acknowledgement to that broker after the commit, one message after the other (so some
 * fifty a second; QoS 0 is not bound by it). Who may publish what is that broker's to say, and a refusal cannot be told
 * to its sender, who is not named.
 */
export function createExternalBroker(deps: ExternalBrokerDeps): Broker {
  let client: MqttClient | undefined;
  let stopping = false;
  let underWay = 0;

  const take = async (packet: IPublishPacket): Promise<void> => {
    const bytes = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    const message = { topic: packet.topic, bytes, channel: 'mqtt', device: 'mqtt' } as const;
    const redelivery = { client: 'external', number: packet.messageId ?? 0, dup: packet.dup };
    for (;;) {
      try {
        await deps.intake.receive(packet.qos === 0 ? message : { ...message, redelivery });
        return;
      } catch (error) {
        if (!(error instanceof RefusalError) || stopping || packet.qos === 0) throw error;
        // Not acknowledged, so it is safe there; what comes after it waits in that broker's queue.
        deps.observer.cut(error.refusal.reason);
        await pause(RETRY_MS);
      }
    }
  };

  /** Nobody waits for the answer to QoS 0, so the next message need not either; what is too much is dropped. */
  const lightly = (packet: IPublishPacket, done: () => void): void => {
    deps.observer.unacknowledged();
    done();
    if (underWay >= UNACKNOWLEDGED_MAX) {
      deps.observer.cut('TooManyUnacknowledged');
      return;
    }
    underWay += 1;
    const end = (): void => {
      underWay -= 1;
    };
    take(packet).then(end, end);
  };

  return {
    async listen() {
      await deps.intake.begin();
      // Loaded here, since a store with its own broker never needs it.
      const { connect } = await import('mqtt');
      client = connect(deps.url, {
        clientId: `endcap-${deps.storeId}`,
        clean: false,
        reconnectPeriod: RECONNECT_MS,
        resubscribe: false,
      });
      client.handleMessage = (packet, done) => {
        if (packet.qos === 0) lightly(packet, done);
        else take(packet).then(() => done(), done);
      };
      follow(client, deps);
      const { hostname: host, port } = new URL(deps.url);
      return { host, port: Number(port || 1883) };
    },
    publishLocal(topic, payload, options) {
      const { qos = 0, retain = false } = options ?? {};
      client?.publish(topic, payload, { qos, retain });
    },
    // Whose connection it is, only that broker knows.
    disconnect: () => undefined,
    async close() {
      stopping = true;
      await client?.endAsync(client.connected === false);
    },
  };
}

function follow(client: MqttClient, deps: ExternalBrokerDeps): void {
  const filters = ADAPTERS.flatMap((adapter) => adapter.topics);
  client.on('connect', () => {
    deps.alarms.clear(AWAY);
    client.subscribe(filters, { qos: 1 }, (error) => {
      if (error)
        deps.alarms.raise(AWAY, `The MQTT broker refuses the store's subscriptions: ${error.message}`);
    });
  });
  client.on('close', () => deps.alarms.raise(AWAY, 'The MQTT broker of the shop is not reachable'));
  // Told by `close`, which follows; without a listener it would end the process.
  client.on('error', () => undefined);
}
