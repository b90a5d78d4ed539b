import type { Config } from '../config/load.js';
import { isLoopback } from '../serve/auth/loopback.js';

/** A listener that others on the network reach and that speaks without TLS. */
export interface ClearListener {
  readonly what: 'HTTP' | 'MQTT';
  readonly address: string;
  readonly cure: string;
}

const ENCRYPTED: ReadonlySet<string> = new Set(['mqtts:', 'ssl:', 'tls:', 'wss:']);

/**
 * Allowed, since a shop may have a network of its own for sensors that know no TLS; but said out loud at every start
 * and by the doctor, since whoever listens there reads tokens and sessions.
 */
export function inTheClear(config: Config): readonly ClearListener[] {
  const { http, mqtt } = config;
  const found: ClearListener[] = [];
  const at = ({ host, port }: { host: string; port: number }): string => `${host}:${port}`;
  if (http.tls === undefined && !isLoopback(http.host)) {
    const cure =
      'Add `tls: {}` under http: in store.yaml; staff devices then need the root from /trust once.';
    found.push({ what: 'HTTP', address: at(http), cure });
  }
  if (mqtt.url !== undefined) {
    const { protocol, hostname, host } = new URL(mqtt.url);
    if (!ENCRYPTED.has(protocol) && !isLoopback(hostname)) {
      const cure = 'Write mqtts:// in mqtt.url, once that broker speaks TLS.';
      found.push({ what: 'MQTT', address: host, cure });
    }
    return found;
  }
  if (mqtt.tls === undefined && !isLoopback(mqtt.host)) {
    const cure = 'Add `tls: {}` under mqtt: in store.yaml, and `plain:` in it for sensors that know no TLS.';
    found.push({ what: 'MQTT', address: at(mqtt), cure });
  }
  const plain = mqtt.tls?.plain;
  if (plain !== undefined && !isLoopback(plain.host)) {
    const cure = 'Keep it to a network of sensors alone, and issue certificates to devices that know TLS.';
    found.push({ what: 'MQTT', address: at(plain), cure });
  }
  return found;
}

/** For standard error at start; empty when there is nothing to warn of. */
export function warningOf(found: readonly ClearListener[]): string {
  if (found.length === 0) return '';
  const lines = found.flatMap(({ what, address, cure }) => [
    `  ${what} on ${address} speaks WITHOUT TLS: whoever is on that network can read tokens and sessions.`,
    `    ${cure}`,
  ]);
  return ['', 'WARNING', ...lines, '', ''].join('\n');
}
