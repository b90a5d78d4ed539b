import { describe, expect, it } from 'vitest';
import { createAuthority } from '../../edge/ingest/mqtt/authority.js';
import type { Role } from '../../edge/ports.js';
import { keptPromise, runSeed, sized } from '../support/promise.js';
import { createRandom, type Random } from './support/random.js';
import {
  CONNACK,
  connectPacket,
  disconnectPacket,
  openRaw,
  PUBACK,
  PUBLISH,
  publishPacket,
  SUBACK,
  subscribePacket,
} from './support/raw-client.js';
import { openRim, type RimOptions, type TestRim } from './support/rim.js';

const TRIALS = sized({ q: 10_000, n: 100_000 });
const WIRE_TRIALS = sized({ q: 600, n: 5_000 });
const CONTROL_TRIALS = 1_000;
const seed = runSeed('S2');

const CLIENTS: readonly { readonly id: string; readonly role: Role }[] = [
  { id: 'node-1', role: 'device' },
  { id: 'node-2', role: 'device' },
  { id: 'shelf-1', role: 'device' },
  { id: 'till-1', role: 'till' },
  { id: 'till-2', role: 'till' },
  { id: 'screen-1', role: 'screen' },
  { id: 'sam', role: 'viewer' },
  { id: 'ana', role: 'admin' },
];

type Operation = 'publish' | 'retain' | 'will' | 'subscribe';
interface Trial {
  readonly client: { readonly id: string; readonly role: Role };
  readonly operation: Operation;
  readonly topic: string;
}

/** The rules, written from the list of MQTT surfaces: SELF is the id of the client, `+` one level that is no wildcard. */
const MAY_PUBLISH: Readonly<Partial<Record<Role, readonly string[]>>> = {
  device: [
    'espresense/devices/+/SELF',
    'espresense/rooms/SELF/+',
    'home/SELF/BTtoMQTT/+',
    'SELF/events/rpc',
    'SELF/status/+',
    'endcap/v1/shelf/SELF',
    'endcap/v1/traffic/SELF',
    'endcap/v1/label/SELF/reported',
    'endcap/v1/vending/SELF/state',
    'endcap/v1/vending/SELF/vend',
  ],
  till: ['endcap/v1/pos/SELF/transaction'],
};
const MAY_SUBSCRIBE: Readonly<Partial<Record<Role, readonly string[]>>> = {
  device: [
    'espresense/rooms/SELF/*/set',
    'SELF/rpc',
    'endcap/v1/label/SELF/desired',
    'endcap/v1/vending/SELF/command',
    'endcap/v1/refused/SELF',
    'endcap/v1/decision/*',
  ],
  till: ['endcap/v1/refused/SELF', 'endcap/v1/decision/*'],
  screen: ['endcap/v1/refused/SELF', 'endcap/v1/decision/*'],
  viewer: ['endcap/v1/refused/SELF', 'endcap/v1/decision/*'],
  admin: ['endcap/v1/refused/SELF', 'endcap/v1/decision/*'],
};

/** In a rule `*` is one level that may be a wildcard; `#` only as the last. Longer than 32 levels is nothing's topic. */
function reference({ client, operation, topic }: Trial): boolean {
  const rules = (operation === 'subscribe' ? MAY_SUBSCRIBE : MAY_PUBLISH)[client.role] ?? [];
  const levels = topic.split('/');
  return rules.some((rule) => {
    const wanted = rule.split('/');
    if (wanted.length !== levels.length) return false;
    return wanted.every((want, at) => {
      const level = levels[at]!;
      if (want === 'SELF') return level === client.id;
      if (want === '+') return level !== '' && !/[+#]/.test(level);
      if (want !== '*') return level === want;
      return (
        level === '+' || (level === '#' && at === levels.length - 1) || (level !== '' && !/[+#]/.test(level))
      );
    });
  });
}

const DEEP = Array.from({ length: 101 }, (_none, level) => `l${level}`).join('/');
const SPECIAL = [
  '#',
  '+',
  '+/+',
  '/',
  '$SYS/broker',
  '$SYS/#',
  '$share/g/endcap/v1/decision/x',
  '$',
  DEEP,
  'x',
];
const OPERATIONS: readonly Operation[] = ['publish', 'publish', 'retain', 'will', 'subscribe', 'subscribe'];

/** Topics of the rules with their levels exchanged: own id, another's, wildcards, one level more or less. */
function topicFor(random: Random, self: string): string {
  if (random.below(8) === 0) return random.pick(SPECIAL);
  const rules = [...Object.values(MAY_PUBLISH), ...Object.values(MAY_SUBSCRIBE)].flat();
  const other = random.pick(CLIENTS).id;
  const levels = random
    .pick(rules)
    .split('/')
    .map((level) => {
      if (level === 'SELF') return random.pick([self, self, self, other, '+', '#', `${self}x`, '']);
      if (level === '+' || level === '*')
        return random.pick([random.hex(6), random.hex(6), self, '+', '#', '']);
      return level;
    });
  const change = random.below(12);
  if (change === 0) levels.push(random.pick(['x', '#', '+', '']));
  if (change === 1) levels.pop();
  if (change === 2) levels[0] = random.pick(['+', 'endcap', 'espresense', '$SYS', '$share']);
  return levels.join('/') || 'x';
}

function trialsOf(count: number): Trial[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const client = random.pick(CLIENTS);
    return { client, operation: random.pick(OPERATIONS), topic: topicFor(random, client.id) };
  });
}

/** A filter or name that the protocol itself forbids ends the connection before anybody is asked. */
function isLawful({ operation, topic }: Trial): boolean {
  const levels = topic.split('/');
  if (levels.length > 100) return false;
  if (operation !== 'subscribe') return !/[+#]/.test(topic);
  return levels.every((level, at) =>
    level === '#' ? at === levels.length - 1 : level === '+' || !/[+#]/.test(level),
  );
}

/** What the broker does with the trial, over a connection of its own. */
async function onTheWire(rim: TestRim, trial: Trial): Promise<boolean> {
  const { client, operation, topic } = trial;
  const raw = await openRaw(rim.port);
  const will = operation === 'will' ? { will: { topic, payload: '{}' } } : {};
  const password = rim.tokenOf(client.id, client.role);
  raw.send(connectPacket({ clientId: client.id, username: client.id, password, ...will }));
  const answer = await raw.next(CONNACK);
  const accepted = answer !== 'closed' && answer[1] === 0;
  let may = accepted;
  if (accepted && operation === 'subscribe') {
    raw.send(subscribePacket(topic));
    const granted = await raw.next(SUBACK);
    may = granted !== 'closed' && granted.at(-1) !== 128;
  } else if (accepted && operation !== 'will') {
    raw.send(publishPacket({ topic, payload: '{}', retain: operation === 'retain' }));
    may = (await raw.next(PUBACK)) !== 'closed';
  }
  raw.send(disconnectPacket);
  raw.socket.destroy();
  return may;
}

/** Trials in which the store does not what the rules say. */
async function disagreements(rim: TestRim, trials: readonly Trial[]): Promise<Trial[]> {
  const wrong: Trial[] = [];
  for (const trial of trials) {
    if ((await onTheWire(rim, trial)) !== (isLawful(trial) && reference(trial))) wrong.push(trial);
  }
  return wrong;
}

const EVERYBODY: RimOptions = {
  auth: (auth) => ({ ...auth, mayPublish: () => true, maySubscribe: () => true }),
};

describe('S2: a device speaks only as itself', () => {
  it(`answers ${TRIALS} questions as the table of rules does, ${WIRE_TRIALS} of them over the wire`, async () => {
    const rim = await openRim();
    const authority = createAuthority({
      auth: rim.auth,
      monotonicMs: () => performance.now(),
      lastingMax: 8,
    });
    const trials = trialsOf(TRIALS);
    const wrong = trials.filter((trial) => {
      const session = {
        principal: { role: trial.client.role, subject: trial.client.id },
        token: '',
        checkedMs: 0,
      };
      const asked =
        trial.operation === 'subscribe'
          ? authority.maySubscribe(session, { id: trial.client.id } as never, trial.topic)
          : authority.mayPublish(session, trial.topic);
      return asked !== reference(trial);
    });
    expect(wrong).toEqual([]);
    expect(trials.filter(reference).length).toBeGreaterThan(TRIALS / 20);
    expect(await disagreements(rim, trials.slice(0, WIRE_TRIALS))).toEqual([]);

    const control = await openRim(EVERYBODY);
    const found = (await disagreements(control, trials.slice(0, CONTROL_TRIALS / 5))).length;
    expect(found).toBeGreaterThan(0);
    keptPromise({
      promise: 'S2',
      what: `${TRIALS} (client, topic, operation), ${WIRE_TRIALS} over the wire`,
      figure: '0 disagreements',
      control: `rules off: ${found} of ${CONTROL_TRIALS / 5}`,
      seed,
    });
  }, 180_000);

  it('lets nobody in without a name and a token that fit each other', async () => {
    const rim = await openRim();
    const good = rim.tokenOf('shelf-1');
    const other = rim.tokenOf('shelf-2');
    const codes: unknown[] = [];
    for (const credentials of [
      {},
      { username: 'shelf-1' },
      { username: 'shelf-1', password: 'wrong' },
      { username: 'shelf-1', password: '' },
      { username: 'shelf-1', password: other },
      { username: 'shelf-2', password: good },
      { username: 'shelf-1', password: good },
    ]) {
      const raw = await openRaw(rim.port);
      raw.send(connectPacket({ clientId: 'any', ...credentials }));
      const answer = await raw.next(CONNACK);
      codes.push(answer === 'closed' ? answer : answer[1]);
      raw.socket.destroy();
    }
    expect(codes).toEqual([4, 4, 4, 4, 4, 4, 0]);
  });

  it('lets nobody take over the session of another', async () => {
    const rim = await openRim();
    const first = await rim.connect('node-1', 'device', { clientId: 'shared', clean: false });
    await first.subscribeAsync('endcap/v1/refused/shared', { qos: 1 });
    await first.endAsync();
    const thief = await openRaw(rim.port);
    const credentials = { username: 'node-2', password: rim.tokenOf('node-2') };
    thief.send(connectPacket({ clientId: 'shared', clean: false, ...credentials }));
    expect((await thief.next(CONNACK)) as Buffer).toEqual(Buffer.from([0, 4]));
    // The id under a device's own name is its own, whoever took it before.
    const squatter = await rim.connect('node-1', 'device', { clientId: 'node-2' });
    const closed = new Promise<void>((resolve) => squatter.once('close', () => resolve()));
    await rim.connect('node-2');
    await closed;
  });

  it('cuts a connection whose token was taken back', async () => {
    const rim = await openRim();
    const client = await rim.connect('shelf-1');
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
    rim.auth.onRevoked((subject) => rim.broker.disconnect(subject));
    rim.auth.revoke('shelf-1');
    await closed;
  });

  it('tells a refusal to its sender alone', async () => {
    const rim = await openRim();
    const listener = await openRaw(rim.port);
    listener.send(connectPacket({ clientId: 'ana', username: 'ana', password: rim.tokenOf('ana', 'admin') }));
    await listener.next(CONNACK);
    listener.send(subscribePacket('endcap/v1/refused/+'));
    expect(((await listener.next(SUBACK)) as Buffer).at(-1)).toBe(128);
    const sender = await rim.connect('shelf-1');
    await sender.publishAsync('endcap/v1/shelf/shelf-1', 'x', { qos: 1 });
    expect(listener.received.filter((one) => one.type === PUBLISH)).toEqual([]);
  });
});
