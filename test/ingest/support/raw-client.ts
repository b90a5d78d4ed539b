import { connect, type Socket } from 'node:net';
import { until } from '../../support/until.js';

/** Just enough of MQTT 3.1.1 to send what a well-behaved client never would. */
export interface RawClient {
  readonly socket: Socket;
  send(packet: Buffer): void;
  /** First byte and body of packets that came, oldest first. */
  readonly received: { readonly type: number; readonly flags: number; readonly body: Buffer }[];
  closed(): boolean;
  /** The next packet of this type, or `closed`. */
  next(type: number): Promise<Buffer | 'closed'>;
}

export const CONNACK = 2;
export const PUBLISH = 3;
export const PUBACK = 4;
export const PUBREC = 5;
export const PUBCOMP = 7;
export const SUBACK = 9;
export const UNSUBACK = 11;
export const PINGRESP = 13;

const text = (value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
};

export function packet(first: number, body: Buffer, length = body.length): Buffer {
  const size: number[] = [];
  let rest = length;
  do {
    size.push((rest & 127) | (rest > 127 ? 128 : 0));
    rest >>= 7;
  } while (rest > 0);
  return Buffer.concat([Buffer.from([first, ...size]), body]);
}

export function connectPacket(options: {
  clientId: string;
  username?: string;
  password?: string;
  clean?: boolean;
  will?: { topic: string; payload: string; retain?: boolean };
}): Buffer {
  const { clientId, username, password, clean = true, will } = options;
  const flags =
    (clean ? 2 : 0) |
    (will === undefined ? 0 : 4 | (1 << 3) | (will.retain ? 32 : 0)) |
    (username === undefined ? 0 : 128) |
    (password === undefined ? 0 : 64);
  return packet(
    0x10,
    Buffer.concat([
      text('MQTT'),
      Buffer.from([4, flags, 0, 60]),
      text(clientId),
      ...(will === undefined ? [] : [text(will.topic), text(will.payload)]),
      ...(username === undefined ? [] : [text(username)]),
      ...(password === undefined ? [] : [text(password)]),
    ]),
  );
}

export function publishPacket(message: {
  topic: string;
  payload: string | Buffer;
  qos?: 0 | 1 | 2;
  id?: number;
  dup?: boolean;
  retain?: boolean;
}): Buffer {
  const { topic, payload, qos = 1, id = 1, dup = false, retain = false } = message;
  const number = qos === 0 ? Buffer.alloc(0) : Buffer.from([id >> 8, id & 255]);
  const first = 0x30 | (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0);
  return packet(first, Buffer.concat([text(topic), number, Buffer.from(payload)]));
}

export function subscribePacket(filter: string, qos = 1, id = 1): Buffer {
  return packet(0x82, Buffer.concat([Buffer.from([id >> 8, id & 255]), text(filter), Buffer.from([qos])]));
}

export const pubrelPacket = (id: number): Buffer => packet(0x62, Buffer.from([id >> 8, id & 255]));
export const disconnectPacket = packet(0xe0, Buffer.alloc(0));

export async function openRaw(port: number): Promise<RawClient> {
  const socket = connect({ port, host: '127.0.0.1' });
  const received: RawClient['received'] = [];
  let closed = false;
  let pending = Buffer.alloc(0);
  socket.on('error', () => undefined);
  socket.on('close', () => {
    closed = true;
  });
  socket.on('data', (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    for (let one = take(pending); one !== undefined; one = take(pending)) {
      received.push(one);
      pending = pending.subarray(one.size);
    }
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', () => resolve());
    socket.once('error', reject);
  });
  return {
    socket,
    received,
    send: (bytes) => void socket.write(bytes),
    closed: () => closed,
    next: (type) =>
      until(
        () => {
          const at = received.findIndex((one) => one.type === type);
          if (at >= 0) return received.splice(at, 1)[0]!.body;
          return closed ? 'closed' : undefined;
        },
        { withinMs: 20_000, what: `packet type ${type}`, everyMs: 1 },
      ),
  };
}

function take(bytes: Buffer): { type: number; flags: number; body: Buffer; size: number } | undefined {
  let length = 0;
  for (let at = 1; at < Math.min(bytes.length, 5); at++) {
    const digit = bytes[at]!;
    length |= (digit & 127) << (7 * (at - 1));
    if (digit > 127) continue;
    const size = at + 1 + length;
    if (bytes.length < size) return undefined;
    return { type: bytes[0]! >> 4, flags: bytes[0]! & 15, body: bytes.subarray(at + 1, size), size };
  }
  return undefined;
}
