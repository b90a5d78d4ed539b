/** Where a message may go: never into the store's own network, whatever a name says it is. */
import { BlockList, isIP, type LookupFunction } from 'node:net';

export interface Address {
  readonly address: string;
  readonly family: number;
}
/** All addresses of a name; rejects as `dns.lookup` does. */
export type Resolve = (host: string) => Promise<readonly Address[]>;

/** The name of a push service led to an address that is not on the public internet. */
export class AddressRefusedError extends Error {
  override readonly name = 'AddressRefusedError';
  constructor(host: string, address: string) {
    super(`${host} is at ${address}, which is not a public address`);
  }
}

/** IANA special-purpose IPv4 blocks: this network, private, shared, loopback, link-local, documentation, multicast … */
const NOT_PUBLIC_4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];
/** Within global unicast: protocol assignments (Teredo among them), documentation, 6to4 that embeds an IPv4 address. */
const NOT_PUBLIC_6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const refused = new BlockList();
for (const [net, prefix] of NOT_PUBLIC_4) refused.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of NOT_PUBLIC_6) refused.addSubnet(net, prefix, 'ipv6');
const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');

/** True for an address on the public internet; IPv4 addresses dressed as IPv6 are not. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !refused.check(address, 'ipv4');
  return family === 6 && globalUnicast.check(address, 'ipv6') && !refused.check(address, 'ipv6');
}

/**
 * The look-up that the connection itself uses, so that the address which was checked is the one that is connected to:
 * a name that answers differently a moment later gains nothing. One bad address among good ones refuses all.
 */
export function pinnedLookup(resolve: Resolve, options: { mayBePrivate: boolean }): LookupFunction {
  return (host, wanted, done) => {
    const answer = async (): Promise<readonly Address[]> => {
      const addresses = await resolve(host);
      const [first] = addresses;
      if (first === undefined) throw new Error(`${host} has no address`);
      const wrong = options.mayBePrivate
        ? undefined
        : addresses.find(({ address }) => !isPublicAddress(address));
      if (wrong !== undefined) throw new AddressRefusedError(host, wrong.address);
      return addresses;
    };
    answer().then(
      (addresses) => {
        const [first] = addresses;
        if (wanted.all === true) done(null, [...addresses]);
        else done(null, first!.address, first!.family);
      },
      (error: NodeJS.ErrnoException) => done(error, ''),
    );
  };
}
