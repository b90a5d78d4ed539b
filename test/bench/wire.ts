import { connect, type Socket } from 'node:net';

/**
 * As much of MQTT 3.1.1 as a load needs: QoS 1 both ways over one socket. A whole client takes as much of a processor
 * for a message as a broker does, and it stands on the cores that are measured.
 */
export interface Wire {
  /** QoS 1. Leaves with `flush`, or at once where the wire was opened so. Returns the number of the packet. */
  publish(topic: string, payload: string): number;
  /** Send what was published since the last time in one write. */
  flush(): void;
  subscribe(topic: string): Promise<void>;
  /** Rejects with what broke the connection. */
  close(): Promise<void>;
}

export interface WireOptions {
  readonly url: string;
  readonly login: { readonly id: string; readonly token?: string | undefined };
  /** Each message is a write of its own; otherwise what was published between two flushes is one. */
  readonly atOnce?: boolean;
  onAcknowledged?(packetId: number): void;
  /** The payload is a view of what was read: not to be kept. */
  onMessage?(payload: Buffer): void;
}

const [CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK, DISCONNECT] = [1, 2, 3, 4, 8, 9, 14];
const PROTOCOL_LEVEL = 4;
const KEEP_ALIVE_S = 600;
const ACCEPTED = 0;
const PACKET_IDS = 65_535;
const CONNECT_WITHIN_MS = 10_000;

/** Resolves once the broker said yes. */
export async function openWire(options: WireOptions): Promise<Wire> {
  const { hostname, port } = new URL(options.url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: options.atOnce === true });
  const replies = new Map<number, (body: Buffer) => void>();
  let broken: Error | undefined;
  let closing = false;
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', (error) => (broken ??= error));
  socket.on('close', () => {
    if (!closing) broken ??= new Error(`${options.login.id}: the broker ended the connection`);
  });
  readPackets(socket, (type, flags, body) => {
    if (type === PUBACK) options.onAcknowledged?.(body.readUInt16BE(0));
    else if (type === PUBLISH) hear(socket, flags, body, options.onMessage);
    else replies.get(type)?.(body);
  });
  const reply = (type: number, what: string): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(broken ?? new Error(`${options.login.id}: no ${what} within ${CONNECT_WITHIN_MS} ms`)),
        CONNECT_WITHIN_MS,
      );
      replies.set(type, (body) => {
        clearTimeout(late);
        resolve(body);
      });
    });
  const connack = reply(CONNACK, 'CONNACK');
  socket.write(connectPacket(options.login));
  const code = (await connack).readUInt8(1);
  if (code !== ACCEPTED) throw new Error(`${options.login.id}: the broker refused with code ${code}`);

  let waiting: Buffer[] = [];
  let packetId = 0;
  return {
    publish(topic, payload) {
      packetId = (packetId % PACKET_IDS) + 1;
      const packet = publishPacket(topic, payload, packetId);
      if (options.atOnce) socket.write(packet);
      else waiting.push(packet);
      return packetId;
    },
    flush() {
      if (waiting.length === 0) return;
      socket.write(waiting.length === 1 ? (waiting[0] as Buffer) : Buffer.concat(waiting));
      waiting = [];
    },
    async subscribe(topic) {
      const suback = reply(SUBACK, 'SUBACK');
      socket.write(packetOf((SUBSCRIBE << 4) | 2, [numberOf(1), textOf(topic), Buffer.from([1])]));
      const granted = (await suback).readUInt8(2);
      if (granted !== 1) throw new Error(`${options.login.id}: ${topic} was not granted with QoS 1`);
    },
    async close() {
      closing = true;
      socket.end(packetOf(DISCONNECT << 4, []));
      await closed;
      if (broken !== undefined) throw broken;
    },
  };
}

function hear(socket: Socket, flags: number, body: Buffer, onMessage: WireOptions['onMessage']): void {
  const topicEnd = 2 + body.readUInt16BE(0);
  const qos = (flags >> 1) & 3;
  onMessage?.(body.subarray(topicEnd + (qos > 0 ? 2 : 0)));
  if (qos > 0) socket.write(packetOf(PUBACK << 4, [body.subarray(topicEnd, topicEnd + 2)]));
}

/** Calls for each whole packet: its type, its flags, and its variable header with the payload. */
function readPackets(socket: Socket, handle: (type: number, flags: number, body: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    // In one turn what came in one reading: acknowledgements leave in one write.
    socket.cork();
    for (let size = sizeAt(bytes, from); size !== undefined; size = sizeAt(bytes, from)) {
      const first = bytes[from] as number;
      handle(first >> 4, first & 15, bytes.subarray(size.body, size.end));
      from = size.end;
    }
    socket.uncork();
    rest = bytes.subarray(from);
  });
}

/** Where body and end of the packet at `from` lie; nothing while it is not whole. */
function sizeAt(bytes: Buffer, from: number): { body: number; end: number } | undefined {
  let length = 0;
  for (let digits = 0; from + 1 + digits < bytes.length; digits += 1) {
    const digit = bytes[from + 1 + digits] as number;
    length |= (digit & 127) << (7 * digits);
    if (digit > 127) continue;
    const body = from + 2 + digits;
    return body + length <= bytes.length ? { body, end: body + length } : undefined;
  }
  return undefined;
}

function connectPacket({ id, token }: WireOptions['login']): Buffer {
  const [cleanSession, hasUser, hasPassword] = [2, 128, 64];
  const flags = cleanSession | (token === undefined ? 0 : hasUser | hasPassword);
  return packetOf(CONNECT << 4, [
    textOf('MQTT'),
    Buffer.from([PROTOCOL_LEVEL, flags]),
    numberOf(KEEP_ALIVE_S),
    textOf(id),
    ...(token === undefined ? [] : [textOf(id), textOf(token)]),
  ]);
}

function publishPacket(topic: string, payload: string, packetId: number): Buffer {
  const topicBytes = Buffer.byteLength(topic);
  const length = 2 + topicBytes + 2 + Buffer.byteLength(payload);
  const packet = Buffer.allocUnsafe(1 + lengthDigits(length) + length);
  let at = packet.writeUInt8((PUBLISH << 4) | 2, 0);
  at = writeLength(packet, length, at);
  at = packet.writeUInt16BE(topicBytes, at);
  at += packet.write(topic, at);
  at = packet.writeUInt16BE(packetId, at);
  packet.write(payload, at);
  return packet;
}

function packetOf(first: number, parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const head = Buffer.alloc(1 + lengthDigits(length));
  head.writeUInt8(first, 0);
  writeLength(head, length, 1);
  return Buffer.concat([head, ...parts]);
}

const lengthDigits = (length: number): number => (length < 1 << 7 ? 1 : length < 1 << 14 ? 2 : 3);

/** Seven bits a byte, the lowest first (MQTT 3.1.1, section 2.2.3). */
function writeLength(into: Buffer, length: number, from: number): number {
  let [rest, at] = [length, from];
  do {
    at = into.writeUInt8((rest & 127) | (rest > 127 ? 128 : 0), at);
    rest >>= 7;
  } while (rest > 0);
  return at;
}

const numberOf = (value: number): Buffer => Buffer.from([value >> 8, value & 255]);
const textOf = (text: string): Buffer =>
  Buffer.concat([numberOf(Buffer.byteLength(text)), Buffer.from(text)]);
