import { isUtf8 } from 'node:buffer';
import type { Refusal } from '../contracts/index.js';
import type { Gate, Rejection } from '../ports.js';
import type { Adapter } from './adapters/types.js';
import type { Flood } from './flood.js';
import type { Masker } from './mask/masker.js';
import type { SetAsideBudget } from './set-aside-budget.js';

/** Of what is larger than the store takes: it cannot be mended, a look at its beginning is enough. */
const TOO_LARGE_KEPT_BYTES = 16 * 1024;
/** What a record takes beside its body, about. */
const RECORD_BYTES = 1_024;

/** What the rim knows of a message that was not understood. */
export interface Misunderstood {
  readonly refusal: Refusal;
  readonly adapter: Adapter | undefined;
  readonly topic: string;
  readonly bytes: Buffer;
  /** What its sender said that it has, where nothing of it was read. */
  readonly announcedBytes?: number;
  readonly channel: Rejection['channel'];
  readonly device: string;
}

/** How the sender is told: `quarantineId` names the record, or the one that says its kind is counted. */
export interface Told {
  readonly refusal: Refusal;
  readonly quarantineId: string;
  readonly topic: string;
}

export interface SetAsideDeps {
  readonly gate: Pick<Gate, 'quarantine'>;
  readonly masker: Masker;
  readonly budget: SetAsideBudget;
  readonly flood: Pick<Flood, 'count'>;
}

/** Keeps what was not understood, masked, while its sender has a budget; beyond that it is counted. */
export function createSetAside(deps: SetAsideDeps): (what: Misunderstood) => Promise<Told> {
  return async ({ refusal, adapter, topic, bytes, announcedBytes, channel, device }) => {
    const mask = maskFor(topic, adapter, deps.masker);
    const told = { refusal: { ...refusal, detail: mask(refusal.detail) }, topic: mask(topic) };
    const origin = { ...told, channel, device, ...(adapter === undefined ? {} : { adapter: adapter.name }) };
    const keptMax = refusal.reason === 'TooLarge' ? TOO_LARGE_KEPT_BYTES : Number.POSITIVE_INFINITY;
    const size = RECORD_BYTES + Math.min(bytes.length, keptMax);
    // Masking reads the whole body several times over: only for what is kept.
    const quarantineId = (await deps.budget.take(device, size))
      ? await deps.gate.quarantine({
          ...origin,
          ...bodyOf(bytes, refusal, mask),
          ...announced(announcedBytes),
        })
      : await deps.flood.count({ ...origin, body: Buffer.alloc(0) });
    return { ...told, quarantineId };
  };
}

const announced = (bytes: number | undefined): Pick<Rejection, 'bytes'> =>
  bytes === undefined ? {} : { bytes };

function bodyOf(
  bytes: Buffer,
  { reason }: Refusal,
  mask: (text: string) => string,
): Pick<Rejection, 'body' | 'bytes' | 'keepBytes'> {
  const body = maskBytes(bytes, mask);
  return reason === 'TooLarge' ? { body, bytes: bytes.length, keepBytes: TOO_LARGE_KEPT_BYTES } : { body };
}

/** A format that names persons' devices, or none at all, is masked without mercy; a till's document can be mended. */
function maskFor(topic: string, adapter: Adapter | undefined, masker: Masker): (text: string) => string {
  if (adapter !== undefined && adapter.identities === undefined) return masker.document;
  const personal = adapter?.identities?.(topic) ?? [];
  return (text) => masker.unknown(text, personal);
}

function maskBytes(bytes: Buffer, mask: (text: string) => string): Buffer {
  const encoding = isUtf8(bytes) ? 'utf8' : 'latin1';
  const text = bytes.toString(encoding);
  const masked = mask(text);
  return masked === text ? bytes : Buffer.from(masked, encoding);
}
