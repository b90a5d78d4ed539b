import { afterEach, expect, it } from 'vitest';
import { CONNACK, openRaw, PINGRESP, packet, type RawClient } from '../../ingest/support/raw-client.js';
import { type ControlSetting, controlWith } from '../../support/control-store.js';
import { keptPromise } from '../../support/promise.js';
import { type RunningStore, startStore } from '../../support/store.js';
import { until } from '../../support/until.js';

export interface Device {
  readonly id: string;
  readonly token: string;
}

/** A CONNECT, field by field, so that each can be wrong. */
export interface Greeting {
  readonly protocol?: string | Buffer;
  readonly level?: number;
  /** In the place of the flags that the other fields ask for. */
  readonly flags?: number;
  readonly keepAliveS?: number;
  readonly clientId?: string | Buffer;
  readonly clean?: boolean;
  readonly will?: {
    readonly topic: string | Buffer;
    readonly payload: string;
    readonly qos?: number;
    readonly retain?: boolean;
  };
  readonly username?: string | Buffer;
  readonly password?: string;
  /** Bytes behind the last field. */
  readonly tail?: Buffer;
}

export const number = (value: number): Buffer => Buffer.from([value >> 8, value & 255]);

/** A text as MQTT writes it; bytes are taken as they are. */
export function text(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value as Buffer);
  return Buffer.concat([number(bytes.length), bytes]);
}

export function greet(greeting: Greeting): Buffer {
  const { will, username, password } = greeting;
  const flags =
    (greeting.clean === false ? 0 : 0x02) |
    (will === undefined ? 0 : 0x04 | ((will.qos ?? 0) << 3) | (will.retain ? 0x20 : 0)) |
    (username === undefined ? 0 : 0x80) |
    (password === undefined ? 0 : 0x40);
  return packet(
    0x10,
    Buffer.concat([
      text(greeting.protocol ?? 'MQTT'),
      Buffer.from([greeting.level ?? 4, greeting.flags ?? flags]),
      number(greeting.keepAliveS ?? 60),
      text(greeting.clientId ?? ''),
      ...(will === undefined ? [] : [text(will.topic), text(will.payload)]),
      ...(username === undefined ? [] : [text(username)]),
      ...(password === undefined ? [] : [text(password)]),
      greeting.tail ?? Buffer.alloc(0),
    ]),
  );
}

/** SUBSCRIBE with any number of filters, each with its QoS byte. */
export function subscribe(id: number, ...filters: readonly (readonly [string | Buffer, number])[]): Buffer {
  const asked = filters.flatMap(([filter, qos]) => [text(filter), Buffer.from([qos])]);
  return packet(0x82, Buffer.concat([number(id), ...asked]));
}

export function unsubscribe(id: number, ...filters: readonly string[]): Buffer {
  return packet(0xa2, Buffer.concat([number(id), ...filters.map(text)]));
}

export const answer = (kind: number, id: number): Buffer => packet(kind, number(id));
export const PUBACK_BYTE = 0x40;
export const PUBREC_BYTE = 0x50;
export const PUBREL_BYTE = 0x62;
export const PUBCOMP_BYTE = 0x70;
export const pingPacket = packet(0xc0, Buffer.alloc(0));

/** A PUBLISH taken apart. */
export interface Heard {
  readonly topic: string;
  readonly payload: string;
  readonly qos: number;
  readonly dup: boolean;
  readonly retain: boolean;
  readonly id: number | undefined;
}

export function heard({ flags, body }: { readonly flags: number; readonly body: Buffer }): Heard {
  const qos = (flags >> 1) & 3;
  const end = 2 + body.readUInt16BE(0);
  return {
    topic: body.subarray(2, end).toString(),
    payload: body.subarray(end + (qos > 0 ? 2 : 0)).toString(),
    qos,
    dup: (flags & 8) > 0,
    retain: (flags & 1) > 0,
    id: qos > 0 ? body.readUInt16BE(end) : undefined,
  };
}

/** All that came in PUBLISH packets so far; they are taken out. */
export function takeHeard(client: RawClient): Heard[] {
  const all = client.received.filter(({ type }) => type === 3);
  for (const one of all) client.received.splice(client.received.indexOf(one), 1);
  return all.map(heard);
}

export async function nextHeard(client: RawClient): Promise<Heard> {
  const at = await until(
    () => {
      const found = client.received.findIndex(({ type }) => type === 3);
      if (found < 0 && client.closed()) throw new Error('closed instead of a PUBLISH');
      return found < 0 ? undefined : { found };
    },
    { withinMs: 20_000, what: 'a PUBLISH', everyMs: 1 },
  );
  return heard(client.received.splice(at.found, 1)[0]!);
}

/** True once the store has answered all that was sent before, and the connection stands. */
export async function stands(client: RawClient): Promise<boolean> {
  client.send(pingPacket);
  return (await client.next(PINGRESP)) !== 'closed';
}

export const isClosed = (client: RawClient, withinMs = 4_000): Promise<true> =>
  until(() => (client.closed() ? true : undefined), {
    withinMs,
    what: 'the connection to be closed',
    everyMs: 1,
  });

export interface Conformance {
  readonly store: RunningStore;
  device(name: string, kind?: string): Promise<Device>;
  /** Opens a connection and sends these bytes. */
  send(...bytes: readonly Buffer[]): Promise<RawClient>;
  /** A connection whose CONNECT was accepted, of this device. */
  enter(device: Device, greeting?: Greeting): Promise<RawClient & { readonly sessionPresent: boolean }>;
  close(): Promise<void>;
}

/** Cases that fail when the strict reading is off; `control.test.ts` runs all of them so, and finds exactly these. */
export const FAIL_WHEN_LENIENT: readonly string[] = [
  '[MQTT-1.5.3-1]',
  '[MQTT-1.5.3-2]',
  '[MQTT-2.3.1-1]',
  '[MQTT-3.1.2-14]',
  '[MQTT-3.1.2-18] [MQTT-3.1.2-19] [MQTT-3.1.2-20] [MQTT-3.1.2-21]',
  '[MQTT-3.1.2-22]',
  '[MQTT-3.1.2-2] [MQTT-3.2.2-4] [MQTT-3.2.2-5]',
  '[MQTT-3.3.1-2]',
  '[MQTT-3.8.3-3] [MQTT-3.10.3-2]',
  '[MQTT-4.7.1-2] [MQTT-4.7.1-3]',
  // What lies about its length, and half a packet.
  '[MQTT-4.8.0-1]',
  '[MQTT-4.8.0-1]',
];

/** The built store, spoken to byte by byte. `ENDCAP_CONFORMANCE` names the setting of a control. */
export async function openConformance(): Promise<Conformance> {
  const setting = process.env['ENDCAP_CONFORMANCE'] as ControlSetting | undefined;
  const store = await startStore(setting === undefined ? {} : controlWith(setting));
  const port = Number(new URL(store.mqttUrl).port);
  const open: RawClient[] = [];
  const send = async (...bytes: readonly Buffer[]): Promise<RawClient> => {
    const client = await openRaw(port);
    open.push(client);
    for (const some of bytes) client.send(some);
    return client;
  };
  return {
    store,
    send,
    async device(name, kind = 'device') {
      const made = await store.call('/v1/devices', { method: 'POST', body: JSON.stringify({ name, kind }) });
      if (made.status !== 201) throw new Error(`registering ${name}: ${await made.text()}`);
      return (await made.json()) as Device;
    },
    async enter(device, greeting = {}) {
      const named = { clientId: device.id, username: device.id, password: device.token, ...greeting };
      const client = await send(greet(named));
      const said = await client.next(CONNACK);
      if (said === 'closed' || said[1] !== 0) throw new Error(`CONNACK ${said.toString('hex' as never)}`);
      return Object.assign(client, { sessionPresent: said[0] === 1 });
    },
    async close() {
      for (const client of open) client.socket.destroy();
      await store.remove();
    },
  };
}

/** The last case of a file: its part of the promise is kept if no case before it failed. */
export function keepsS21(part: string): void {
  let failed = 0;
  let held = 0;
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') failed += 1;
    else held += 1;
  });
  it('keeps its part of S21', () => {
    expect(failed).toBe(0);
    keptPromise({
      promise: `S21 (${part})`,
      what: 'normative statements of MQTT 3.1.1, as bytes against the built store',
      figure: `${held} cases; the statements and deviations are listed in test/fault/mqtt-conformance/README.md`,
      control: `strict reading off: ${FAIL_WHEN_LENIENT.length} named cases of framing and connect fail (control.test.ts)`,
    });
  });
}
