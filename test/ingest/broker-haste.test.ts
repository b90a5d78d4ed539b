import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { until } from '../support/until.js';
import { CONNACK, connectPacket, openRaw, PUBACK, packet, publishPacket } from './support/raw-client.js';
import { openRim, type TestRim } from './support/rim.js';

/** Bytes that a packet may have before CONNECT. */
const STRANGER_BYTES_MAX = 64 * 1024;
/** What one reading of a socket may bring, and what Node reads ahead of it. */
const READ_AHEAD_BYTES = 192 * 1024;
const TIMES = 20;
const SHELF = 'endcap/v1/shelf/shelf-1';

const large = (id: number): Buffer =>
  publishPacket({ topic: SHELF, payload: Buffer.alloc(900_000, 'x'), id });
const connectAs = (token: string): Buffer =>
  connectPacket({ clientId: 'shelf-1', username: 'shelf-1', password: token });

/** The store's own ends of the connections that are made from now on. */
function serverSockets(): Socket[] {
  const sockets: Socket[] = [];
  const hear = (message: unknown): void => void sockets.push((message as { socket: Socket }).socket);
  subscribe('net.server.socket', hear);
  onTestFinished(() => void unsubscribe('net.server.socket', hear));
  return sockets;
}

const HASTES: [string, (rim: TestRim, id: number) => Promise<Buffer | 'closed'>][] = [
  [
    'in the same write as CONNECT',
    async (rim, id) => {
      const raw = await openRaw(rim.port);
      raw.send(Buffer.concat([connectAs(rim.tokenOf('shelf-1')), large(id)]));
      return raw.next(PUBACK);
    },
  ],
  [
    'in the write after CONNECT',
    async (rim, id) => {
      const raw = await openRaw(rim.port);
      raw.send(connectAs(rim.tokenOf('shelf-1')));
      // As many turns as it may take until CONNECT is read, decided and answered.
      for (let turns = 0; turns < id % 8; turns++) await turn();
      raw.send(large(id));
      return raw.next(PUBACK);
    },
  ],
  [
    'the moment CONNACK is there',
    async (rim, id) => {
      const raw = await openRaw(rim.port);
      raw.socket.once('data', () => raw.send(large(id)));
      raw.send(connectAs(rim.tokenOf('shelf-1')));
      return raw.next(PUBACK);
    },
  ],
];

it.each(HASTES)(
  'a message of 900 kB %s is acknowledged each time',
  { timeout: 120_000 },
  async (_name, hurry) => {
    const rim = await openRim();
    const answers: string[] = [];
    for (let id = 1; id <= TIMES; id++) {
      const answer = await hurry(rim, id);
      answers.push(answer === 'closed' ? answer : String(answer.readUInt16BE()));
    }
    expect(answers).toEqual(Array.from({ length: TIMES }, (_none, n) => String(n + 1)));
    expect(rim.counts.get('cut PacketTooLarge')).toBeUndefined();
    // Larger than what the store keeps of one message, so that each left a record.
    expect(rim.counts.get('TooLarge')).toBe(TIMES);
  },
);

it('what comes with a CONNECT that is refused is not read to its end', async () => {
  const rim = await openRim();
  const sockets = serverSockets();
  const raw = await openRaw(rim.port);
  raw.send(Buffer.concat([connectAs('wrong'), large(1), large(2)]));
  expect(await raw.next(CONNACK)).toEqual(Buffer.from([0, 4]));
  await until(() => raw.closed(), { withinMs: 5_000, what: 'the stranger to be gone' });
  expect(sockets).toHaveLength(1);
  expect(sockets[0]!.bytesRead).toBeLessThan(READ_AHEAD_BYTES);
  expect(rim.events().filter(({ event }) => event.type === 'quarantine.event')).toEqual([]);
});

it.each([
  ['a CONNECT', 0x10],
  ['a message without CONNECT', 0x32],
])('%s over 64 KiB is cut as before', async (_name, first) => {
  const rim = await openRim();
  const raw = await openRaw(rim.port);
  raw.send(packet(first, Buffer.alloc(1_000), STRANGER_BYTES_MAX + 1));
  await until(() => raw.closed(), { withinMs: 5_000, what: 'the stranger to be cut' });
  expect(rim.counts.get('cut PacketTooLarge')).toBe(1);
});

/** A packet type that MQTT forbids. */
const malformed = Buffer.from([0xf0, 0x00]);

it.each([
  ['malformed bytes in the same write', (bytes: Buffer) => Buffer.concat([bytes, malformed]), false],
  ['the end of its connection in the same moment', (bytes: Buffer) => bytes, true],
])('the client id of who is cut by %s is free again', async (_name, bytesOf, leaves) => {
  const rim = await openRim();
  const named = (subject: string, clientId: string): Buffer =>
    connectPacket({ clientId, username: subject, password: rim.tokenOf(subject) });
  for (let time = 0; time < TIMES; time++) {
    const hasty = await openRaw(rim.port);
    hasty.send(bytesOf(named('shelf-1', `anybody-${time}`)));
    // As many turns as it may take until CONNECT is read, decided and answered.
    for (let turns = 0; leaves && turns < time % 8; turns++) await turn();
    if (leaves) hasty.socket.resetAndDestroy();
    await until(() => hasty.closed(), { withinMs: 5_000, what: 'the hasty one to be gone' });
  }
  const answers: string[] = [];
  for (let time = 0; time < TIMES; time++) {
    const other = await openRaw(rim.port);
    other.send(named('shelf-2', `anybody-${time}`));
    answers.push((await other.next(CONNACK)).toString('hex'));
    other.socket.destroy();
  }
  expect(answers).toEqual(Array(TIMES).fill('0000'));
});
