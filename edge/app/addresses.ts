import type { Address } from '../ingest/broker.js';
import type { Foundation } from './foundation.js';
import type { StoreTrust } from './trust.js';

type Listening = Address & { readonly plain?: Address };

/** What a device writes down to reach the broker. */
export function mqttAddresses(
  trust: Pick<StoreTrust, 'broker'>,
  at: Listening,
): { readonly mqttUrl: string; readonly plainMqttUrl?: string } {
  const scheme = trust.broker === undefined ? 'mqtt' : 'mqtts';
  const { plain } = at;
  return {
    mqttUrl: `${scheme}://${inUrl(at.host)}:${at.port}`,
    ...(plain === undefined ? {} : { plainMqttUrl: `mqtt://${inUrl(plain.host)}:${plain.port}` }),
  };
}

/** Where browsers find the store, and shoppers' phones: those under the name of the retailer's certificate. */
export function pageAddresses(
  { config }: Pick<Foundation, 'config'>,
  trust: Pick<StoreTrust, 'pages' | 'retailerHosts'>,
  port: number,
): { readonly url: string; readonly shopperUrl: string } {
  const [shopperHost] = trust.retailerHosts();
  const url = `${trust.pages === undefined ? 'http' : 'https'}://${inUrl(config.http.host)}:${port}`;
  return { url, shopperUrl: shopperHost === undefined ? url : `https://${shopperHost}:${port}` };
}

/** An address that a browser or device on this machine can open. */
function inUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
