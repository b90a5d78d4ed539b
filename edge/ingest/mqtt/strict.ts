import { isUtf8 } from 'node:buffer';
import type { Client } from 'aedes';

/** What of mqtt-packet 9 is reached beyond its published types; the conformance suite fails when a release changes it. */
interface Parser {
  packet: Parsed;
  _pos: number;
  readonly _list: { slice(from: number, to: number): Uint8Array };
  parse(bytes: Uint8Array): number;
  _parseLength(): boolean;
  _parseString(): string | null;
  _newPacket(): boolean;
  _emitError(error: Error): void;
  prependListener(event: 'error', hear: (error: Error) => void): unknown;
}

interface Parsed {
  readonly cmd?: string | null;
  readonly length: number;
  readonly qos?: number;
  readonly dup?: boolean;
  readonly messageId?: number;
  readonly subscriptions?: readonly { readonly topic: string }[];
  readonly unsubscriptions?: readonly string[];
  readonly protocolId?: string;
  readonly protocolVersion?: number;
  readonly bridgeMode?: boolean;
  readonly username?: string;
  readonly password?: Uint8Array;
  readonly will?: { readonly qos: number };
}

export interface Strictness {
  /** The most bytes a packet of this kind may announce now. */
  bytesMax(kind: string): number;
  onTooLarge(kind: string, bytes: number): void;
  /** The bytes are not MQTT 3.1.1; the connection is closed. */
  onMalformed(): void;
  /** The protocol level is not served: to be said to the client before the connection is closed. */
  onLevel(): void;
  /** Bytes were read; what they began and did not end, if anything. */
  onRead(begun: object | undefined): void;
}

/** The words of mqtt-packet for a level that it cannot read. */
const UNREADABLE_LEVEL = 'Invalid protocol version';
const NUL = '\u0000';
/** What ill-formed bytes become; only where it came out are they looked at again. */
const REPLACEMENT = '\uFFFD';

/**
 * MQTT 3.1.1 closes a connection whose bytes are not MQTT (MQTT-4.8.0-1); mqtt-packet lets some pass. What is checked
 * here is listed with its statements in test/fault/mqtt-conformance/README.md.
 */
export function readStrictly(client: Client, strictness: Strictness): void {
  const parser = (client as unknown as { _parser: Parser })._parser;
  const { parse, _parseLength, _parseString, _newPacket } = parser;

  parser.parse = function (bytes) {
    const left = parse.call(this, bytes);
    strictness.onRead(this.packet.cmd ? this.packet : undefined);
    return left;
  };
  parser._parseLength = function () {
    const known = _parseLength.call(this);
    const { cmd, length } = this.packet;
    if (!known || length <= strictness.bytesMax(cmd ?? '')) return known;
    strictness.onTooLarge(cmd ?? '', length);
    return false;
  };
  parser._parseString = function () {
    const from = this._pos + 2;
    const text = _parseString.call(this);
    if (text === null || text.includes(NUL)) return null;
    return text.includes(REPLACEMENT) && !isUtf8(this._list.slice(from, this._pos)) ? null : text;
  };
  parser._newPacket = function () {
    const wrong = violation(this.packet, this._pos);
    if (wrong === undefined) return _newPacket.call(this);
    this._emitError(new Error(wrong));
    return false;
  };
  // Before the listener of aedes, which ends the connection.
  parser.prependListener('error', ({ message }) => {
    if (message === UNREADABLE_LEVEL) strictness.onLevel();
    strictness.onMalformed();
  });
}

/** What is wrong with a packet that was read, of which `read` bytes were used. */
function violation(packet: Parsed, read: number): string | undefined {
  if (read > packet.length) return 'shorter than its fields';
  switch (packet.cmd) {
    case 'connect':
      return connectViolation(packet, read);
    case 'publish':
      if (packet.qos === 0) return packet.dup ? 'DUP without QoS' : undefined;
      return numbered(packet);
    case 'subscribe':
      return numbered(packet) ?? filters(packet.subscriptions?.map(({ topic }) => topic));
    case 'unsubscribe':
      return numbered(packet) ?? filters(packet.unsubscriptions);
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      return packet.length === 2 ? numbered(packet) : 'wrong length';
    case 'pingreq':
    case 'disconnect':
      return packet.length === 0 ? undefined : 'wrong length';
    default:
      return undefined;
  }
}

const numbered = ({ messageId }: Parsed): string | undefined =>
  messageId === undefined || messageId < 1 ? 'no packet identifier' : undefined;

function connectViolation(packet: Parsed, read: number): string | undefined {
  const known = packet.protocolId === 'MQTT' ? [4, 5] : [3];
  if (packet.bridgeMode || !known.includes(packet.protocolVersion ?? 0)) return UNREADABLE_LEVEL;
  if (read !== packet.length) return 'longer than its fields';
  if (packet.password !== undefined && packet.username === undefined) return 'a password without a name';
  return packet.will?.qos === 3 ? 'a will of QoS 3' : undefined;
}

function filters(asked: readonly string[] | undefined): string | undefined {
  if (asked === undefined || asked.length === 0) return 'no filter';
  return asked.every(isFilter) ? undefined : 'a wildcard where none may be';
}

/** `+` stands alone in its level, `#` in the last one (MQTT-4.7.1-2, MQTT-4.7.1-3). */
function isFilter(filter: string): boolean {
  if (filter === '') return false;
  if (!filter.includes('+') && !filter.includes('#')) return true;
  const levels = filter.split('/');
  return levels.every(
    (level, at) =>
      level === '+' ||
      (level === '#' ? at === levels.length - 1 : !level.includes('+') && !level.includes('#')),
  );
}
