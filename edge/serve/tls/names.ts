/** Under which names and addresses this box is reached, for its own server certificate. */
import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';

/**
 * `configured` first: hosts of listeners and the names of `store.yaml`. Addresses change with the network. Those of
 * IPv6 are left out, since many systems take another every day; name one in `store.yaml` where it is used.
 */
export function serverNames(configured: readonly string[]): readonly string[] {
  const own = hostname().toLowerCase();
  const addresses = Object.values(networkInterfaces()).flatMap((cards) =>
    (cards ?? []).filter(({ family }) => family === 'IPv4').map(({ address }) => address),
  );
  const names = [...configured, 'localhost', own, `${own}.local`, '127.0.0.1', '::1', ...addresses];
  return [...new Set(names.map(bare).filter(isName))];
}

const bare = (host: string): string => host.replace(/^\[|\]$/g, '').toLowerCase();
const isName = (host: string): boolean =>
  host !== '0.0.0.0' &&
  host !== '::' &&
  (isIP(host) !== 0 || /^[a-z0-9*]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(host));
