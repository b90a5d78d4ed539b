/** The push services that the store sends to, and why an address that a browser names is not one of them. */
import { isIP } from 'node:net';

export interface PushService {
  /** `push.example.com`, or `*.example.com` for any name below it. */
  readonly host: string;
  readonly port: number;
  /** A service of the retailer's own, inside the store's network. */
  readonly mayBePrivate: boolean;
  /** Certificates (PEM) to trust for it instead of the public ones. */
  readonly ca?: string;
}

const ENDPOINT_CHARACTERS_MAX = 1_024;

export type Checked =
  | { readonly service: PushService; readonly url: URL }
  | { readonly service?: undefined; readonly problem: string };

/** `problem` is a sentence for whoever subscribes; it repeats nothing of the address but its host. */
export function checkEndpoint(endpoint: string, services: readonly PushService[]): Checked {
  if (endpoint.length > ENDPOINT_CHARACTERS_MAX)
    return { problem: `the address is longer than ${ENDPOINT_CHARACTERS_MAX} characters` };
  // What two parsers could read differently is read by none.
  if (/[^!-~]|\\/.test(endpoint)) return { problem: 'the address holds characters that belong in none' };
  const url = parse(endpoint);
  if (url === undefined) return { problem: 'the address is not a URL' };
  if (url.protocol !== 'https:') return { problem: 'the address must begin with https://' };
  if (url.username !== '' || url.password !== '') return { problem: 'the address must name no user' };
  if (url.hash !== '') return { problem: 'the address must have no fragment' };
  const host = url.hostname;
  if (isIP(host.replace(/^\[|\]$/g, '')) !== 0)
    return { problem: 'the address must name its host, not its number' };
  const port = url.port === '' ? 443 : Number(url.port);
  const named = services.filter((service) => fits(service.host, host));
  if (named.length === 0) return { problem: `${host} is no push service that this store knows` };
  const service = named.find((candidate) => candidate.port === port);
  return service === undefined
    ? { problem: `${host} is not known to take messages on port ${port}` }
    : { service, url };
}

function parse(endpoint: string): URL | undefined {
  try {
    return new URL(endpoint);
  } catch {
    return undefined;
  }
}

/** `*.` stands for one or more labels, never for none; a trailing dot makes another name, and is refused. */
function fits(pattern: string, host: string): boolean {
  if (!pattern.startsWith('*.')) return host === pattern.toLowerCase();
  const suffix = pattern.slice(1).toLowerCase();
  return host.length > suffix.length && host.endsWith(suffix);
}
