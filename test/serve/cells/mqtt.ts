import type { MqttClient } from 'mqtt';
import { ROLES, type Role } from '../../../edge/ports.js';
import type { Access } from '../../../edge/serve/access.js';
import type { TestRim } from '../../ingest/support/rim.js';
import { until } from '../../support/until.js';
import type { Cells } from './cells.js';

type Topics = Access['topics'];

const DIRECTIONS = ['publish', 'subscribe'] as const;

const cellOf = (role: Role, direction: (typeof DIRECTIONS)[number], pattern: string): string =>
  `${role} ${direction} ${pattern}`;

/** What the table says. */
export function expectedMqtt(topics: Topics): Cells {
  const cells = new Map<string, boolean>();
  for (const role of ROLES)
    for (const row of topics)
      for (const direction of DIRECTIONS)
        cells.set(cellOf(role, direction, row.pattern), row[direction].includes(role));
  return cells;
}

/** What a running broker does: a client of each role asks to hear each topic, hears it or not, and says something on it. */
export async function askMqtt(rim: TestRim, topics: Topics): Promise<Cells> {
  const cells = new Map<string, boolean>();
  await Promise.all(ROLES.map((role) => askRole(rim, topics, { role, cells })));
  return cells;
}

async function askRole(
  rim: TestRim,
  topics: Topics,
  { role, cells }: { role: Role; cells: Map<string, boolean> },
): Promise<void> {
  const subject = `mqtt-${role}`;
  const asked = topics.map(({ pattern }) => ({ pattern, topic: topicOf(pattern, subject) }));
  let client = await rim.connect(subject, role);
  const heard = await listens(
    rim,
    client,
    asked.map(({ topic }) => topic),
  );
  for (const { pattern, topic } of asked) cells.set(cellOf(role, 'subscribe', pattern), heard.has(topic));
  for (const { pattern, topic } of asked) {
    const taken = await published(client, topic);
    cells.set(cellOf(role, 'publish', pattern), taken);
    // Whoever says what it may not is cut.
    if (!taken) client = await rim.connect(subject, role);
  }
}

/** A topic of the pattern, as this subject would use it. */
const topicOf = (pattern: string, subject: string): string =>
  pattern.replaceAll('{self}', subject).replaceAll('{client}', subject).replaceAll('{any}', 'any');

/** The topics that the client was granted and hears when the store speaks on all of them. */
async function listens(rim: TestRim, client: MqttClient, topics: readonly string[]): Promise<Set<string>> {
  const heard = new Set<string>();
  client.on('message', (topic) => heard.add(topic));
  const granted: string[] = [];
  for (const topic of topics) if (await subscribed(client, topic)) granted.push(topic);
  for (const topic of topics) rim.broker.publishLocal(topic, 'told', { qos: 1 });
  await until(() => granted.every((topic) => heard.has(topic)), {
    withinMs: 5_000,
    what: `${granted.join(', ')} to be heard`,
  });
  return heard;
}

async function subscribed(client: MqttClient, topic: string): Promise<boolean> {
  try {
    const [granted] = await client.subscribeAsync(topic, { qos: 1 });
    return granted !== undefined && granted.qos < 128;
  } catch {
    return false;
  }
}

/** True for a PUBACK, false when the connection ends instead. */
function published(client: MqttClient, topic: string): Promise<boolean> {
  return new Promise((done) => {
    client.once('close', () => done(false));
    client.publish(topic, '{}', { qos: 1 }, (error) => done(error === undefined || error === null));
  });
}
