/** The AsyncAPI 3.0 page: what goes over MQTT and over the sockets, from the topic registry and the socket table. */
import type { TSchema } from '@sinclair/typebox';
import { NAMESPACES, TOPIC_NAMES, TOPICS } from '../contracts/index.js';
import { ACL_RULES } from './auth/acl.js';
import { SOCKET_EVENTS } from './sockets/shapes.js';

const plain = (schema: TSchema): object => JSON.parse(JSON.stringify(schema)) as object;
const ref = (path: string): { $ref: string } => ({ $ref: `#/${path}` });

const MQTT_PORT = 1_883;

/** Channel ids may hold no slash. */
const idOf = (address: string): string => address.replace(/[{}]/g, '').replace(/[^A-Za-z0-9.]+/g, '_');

export interface Published {
  readonly name: string;
  readonly version: string;
  readonly mqttPort?: number;
  /** Which of the two listeners speak TLS. */
  readonly tls?: { readonly mqtt: boolean; readonly pages: boolean };
}

export function asyncApiOf(store: Published): object {
  const mqtt = ACL_RULES.map((rule) => mqttChannel(rule.pattern, rule.what));
  const topics = TOPIC_NAMES.map((name) => topicChannel(name));
  const sockets = SOCKET_EVENTS.map((row) => socketChannel(row));
  return {
    asyncapi: '3.0.0',
    info: {
      title: `Endcap at ${store.name}`,
      version: store.version,
      description:
        'Devices speak MQTT 3.1.1; pages speak socket.io; every event of the registry is read at GET /v1/topics/{topic}/events and stream.',
      license: { name: 'Apache-2.0' },
    },
    servers: {
      mqtt: {
        host: `{host}:${store.mqttPort ?? MQTT_PORT}`,
        protocol: store.tls?.mqtt ? 'mqtts' : 'mqtt',
        variables: { host: { default: 'localhost' } },
      },
      pages: {
        host: '{host}',
        protocol: store.tls?.pages ? 'wss' : 'ws',
        variables: { host: { default: 'localhost:8080' } },
        pathname: '/socket.io',
      },
    },
    channels: Object.fromEntries([...mqtt, ...topics, ...sockets]),
    operations: operationsOf(),
    components: {
      messages: Object.fromEntries(
        TOPIC_NAMES.map((name) => [
          name,
          {
            name,
            summary: TOPICS[name].schema.description ?? name,
            contentType: 'application/cloudevents+json',
            payload: plain(TOPICS[name].schema),
          },
        ]),
      ),
    },
  };
}

type Channel = [string, object];

function mqttChannel(pattern: string, what: string): Channel {
  const address = pattern.replaceAll('{any}', '{name}');
  const names = [...new Set([...address.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!))];
  return [
    `mqtt.${idOf(pattern)}`,
    {
      address,
      description: what,
      servers: [ref('servers/mqtt')],
      parameters: Object.fromEntries(names.map((name) => [name, { description: PARAMETERS[name] ?? name }])),
      messages: { message: { contentType: 'application/json', payload: {} } },
    },
  ];
}

const PARAMETERS: Readonly<Record<string, string>> = {
  self: 'id of the device, which is its user name',
  client: 'client id, percent-encoded',
  name: 'one level',
};

function topicChannel(name: (typeof TOPIC_NAMES)[number]): Channel {
  const { class: eventClass, direction, mirror, key, schema } = TOPICS[name];
  const description = `${schema.description ?? name}. Class ${eventClass}, ${direction}, mirror ${mirror}, key ${key}.`;
  return [
    `topic.${name}`,
    { address: name, description, messages: { [name]: ref(`components/messages/${name}`) } },
  ];
}

function socketChannel(row: (typeof SOCKET_EVENTS)[number]): Channel {
  return [
    `socket.${row.namespace}.${row.event}`,
    {
      address: NAMESPACES[row.namespace],
      description: row.what,
      servers: [ref('servers/pages')],
      messages: {
        [row.event]: { name: row.event, contentType: 'application/json', payload: plain(row.payload) },
      },
    },
  ];
}

/** From the store's side: it receives what devices publish and pages emit, and sends the rest. */
function operationsOf(): object {
  const rows: [string, object][] = [];
  for (const rule of ACL_RULES) {
    const channel = ref(`channels/mqtt.${idOf(rule.pattern)}`);
    const action = rule.publish.length > 0 ? 'receive' : 'send';
    const roles = [...rule.publish, ...rule.subscribe].join(', ');
    rows.push([`mqtt.${idOf(rule.pattern)}`, { action, channel, summary: `${rule.what} (${roles})` }]);
  }
  for (const row of SOCKET_EVENTS) {
    const name = `socket.${row.namespace}.${row.event}`;
    rows.push([
      name,
      { action: row.from === 'store' ? 'send' : 'receive', channel: ref(`channels/${name}`) },
    ]);
  }
  return Object.fromEntries(rows);
}
