import { isUtf8 } from 'node:buffer';
import { dataschemaOf, isInstant, type Refusal, type TopicName } from '../../contracts/index.js';
import type { Decoded } from './types.js';

export type JsonObject = Readonly<Record<string, unknown>>;
const DEPTH_MAX = 64;
type Read<T> = { readonly value: T } | { readonly rejection: Refusal };

/** One UTF-8 JSON object, or why not. The text itself is never quoted: it may name a person's device. */
export function readObject(bytes: Buffer): Read<JsonObject> {
  if (!isUtf8(bytes))
    return misread({ reason: 'MalformedText', detail: `${bytes.length} bytes are not UTF-8` });
  const text = bytes.toString('utf8');
  if (deeperThan(DEPTH_MAX, text)) {
    return misread({ reason: 'MalformedJson', detail: `more than ${DEPTH_MAX} levels deep` });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return misread({ reason: 'MalformedJson', detail: whereBroken(error, bytes.length) });
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return misread({ reason: 'SchemaMismatch', detail: '/: expected one JSON object', field: '/' });
  }
  return { value: value as JsonObject };
}

/** Counts brackets, those in texts too: a message of a shop is three levels deep, and the parser need not see the rest. */
function deeperThan(levels: number, text: string): boolean {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === OPEN_BRACE || code === OPEN_BRACKET) depth += 1;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth -= 1;
    if (depth > levels) return true;
  }
  return false;
}
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [123, 125, 91, 93];

export function misread(refusal: Refusal): { readonly rejection: Refusal } {
  return { rejection: refusal };
}

export function fieldMisfit(field: string, expected: string): Decoded {
  return misread({ reason: 'SchemaMismatch', detail: `${field}: ${expected}`, field });
}

/** Longer than any way to write a time. */
const DEVICE_TIME_MAX = 64;

/** The device's word on when: an instant as `time`, anything else as `devicetime`, nothing as nothing. */
export function timeOf(value: unknown): { time?: string; devicetime?: string } {
  if (typeof value === 'string' && isInstant(value)) return { time: value };
  if (typeof value === 'string' || typeof value === 'number') {
    // Never cut: half a card number is no longer recognised as one, and so not masked.
    const said = String(value);
    return said.length > DEVICE_TIME_MAX ? {} : { devicetime: said };
  }
  return {};
}

/** A native document may say which version of the schema it follows; another than the current one is set aside. */
export function unknownVersion(type: TopicName, body: JsonObject): Decoded | undefined {
  const said = body['dataschema'];
  if (said === undefined || said === dataschemaOf(type)) return undefined;
  return misread({
    reason: 'UnknownVersion',
    detail: `/dataschema: this store knows ${dataschemaOf(type)}`,
    field: '/dataschema',
  });
}

/** Where the device counts its messages, `boot` and `counter` name each of them for ever. */
export function countedId(device: string, body: JsonObject): string | undefined {
  const { boot, counter } = body;
  const counts = typeof counter === 'number' && Number.isSafeInteger(counter) && counter >= 0;
  return counts && (typeof boot === 'string' || typeof boot === 'number')
    ? `${device}:${boot}:${counter}`
    : undefined;
}

function whereBroken(error: unknown, length: number): string {
  const position = error instanceof Error ? /position (\d+)/.exec(error.message)?.[1] : undefined;
  return position === undefined
    ? `${length} bytes are not JSON`
    : `not JSON at byte ${position} of ${length}`;
}
