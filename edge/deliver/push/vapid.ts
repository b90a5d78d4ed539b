/** Who the store is to a push service (RFC 8292): one key pair, made at the first start, and a signed word that lasts hours. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import webPush from 'web-push';
import { writeDurably } from '../../ops/durable-file.js';
import type { Clock } from '../../ports.js';

/** Push services refuse more than a day; half of that forgives a clock that is off. */
const LASTS_MS = 12 * 3_600_000;
const RENEW_MS = 3_600_000;

export interface VapidKeys {
  /** Uncompressed P-256 point, base64url: what a browser subscribes with. */
  readonly publicKey: string;
  readonly privateKey: string;
}

/** Mode 0600, durable before anybody subscribes with it; the folder is in no backup. */
export function openVapidKeys(folder: string): VapidKeys {
  const path = join(folder, 'push-vapid.json');
  // Whole or not at all: half a key would keep every later start from ending well.
  if (!existsSync(path)) writeDurably(path, JSON.stringify(webPush.generateVAPIDKeys()));
  const { publicKey, privateKey } = JSON.parse(readFileSync(path, 'utf8')) as VapidKeys;
  return { publicKey, privateKey };
}

/** `Authorization` header for an origin. `contact`: `mailto:` or `https:`, for who runs the push service. */
export function createVapid(deps: {
  keys: VapidKeys;
  contact: string;
  clock: Pick<Clock, 'nowMs'>;
}): (origin: string) => string {
  const held = new Map<string, { header: string; madeMs: number }>();
  return (origin) => {
    const nowMs = deps.clock.nowMs();
    const known = held.get(origin);
    if (known !== undefined && nowMs - known.madeMs < RENEW_MS) return known.header;
    const { publicKey, privateKey } = deps.keys;
    const expires = Math.floor((nowMs + LASTS_MS) / 1_000);
    const { Authorization: header } = webPush.getVapidHeaders(
      origin,
      deps.contact,
      publicKey,
      privateKey,
      'aes128gcm',
      expires,
    );
    held.set(origin, { header, madeMs: nowMs });
    return header;
  };
}
