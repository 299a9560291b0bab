import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Addresses that are not the public internet (IANA's special-purpose registries, RFC 6890). */
const SPECIAL: readonly (readonly [network: string, prefix: number, family: 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.88.99.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 4, 'ipv4'],
  ['240.0.0.0', 4, 'ipv4'],
  ['::', 96, 'ipv6'],
  ['64:ff9b::', 96, 'ipv6'],
  ['64:ff9b:1::', 48, 'ipv6'],
  ['100::', 64, 'ipv6'],
  ['2001::', 23, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['fec0::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
];

const special = new BlockList();
for (const [network, prefix, family] of SPECIAL) special.addSubnet(network, prefix, family);

/** Which hosts and addresses may be called although they are private: names, addresses, CIDR ranges. */
export interface AddressPolicy {
  readonly privateHosts: readonly string[];
}

/** Whether an IP address may be called when it was found for `host`. */
export function addressAllowed(host: string, address: string, policy: AddressPolicy): boolean {
  const named = policy.privateHosts.map((each) => each.toLowerCase());
  if (named.includes(host.toLowerCase()) || named.includes(address.toLowerCase())) return true;
  const ip = unmapped(address);
  const family = isIP(ip) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(ip) !== 0 && !special.check(ip, family)) return true;
  return rangesOf(policy).check(ip, family);
}

/** Of IPv4 written as IPv6 (`::ffff:10.0.0.1`, `::ffff:a00:1`) the IPv4 address. */
function unmapped(address: string): string {
  const dotted = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (dotted) return dotted;
  const hex = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(address);
  if (!hex) return address;
  const [high, low] = [Number.parseInt(hex[1]!, 16), Number.parseInt(hex[2]!, 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function rangesOf(policy: AddressPolicy): BlockList {
  const ranges = new BlockList();
  for (const entry of policy.privateHosts) {
    const [network, prefix] = entry.split('/') as [string, string | undefined];
    const version = isIP(network);
    const bits = Number(prefix);
    if (version === 0 || prefix === undefined || !(bits <= (version === 6 ? 128 : 32))) continue;
    ranges.addSubnet(network, bits, version === 6 ? 'ipv6' : 'ipv4');
  }
  return ranges;
}

export class AddressRefusedError extends Error {
  readonly code = 'ADDRESS_NOT_ALLOWED';
}

/**
 * Resolves names for a connection and refuses the connection when one of the addresses is not allowed. It is asked at
 * the moment of connecting, so that a name cannot point elsewhere after it was looked at (DNS rebinding).
 */
export function guardedLookup(policy: AddressPolicy): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0);
      const refused = addresses.find(({ address }) => !addressAllowed(hostname, address, policy));
      if (refused || addresses.length === 0) {
        return callback(
          new AddressRefusedError(`${hostname} is at ${refused?.address ?? 'no address'}`),
          '',
          0,
        );
      }
      if (options.all) return callback(null, addresses as never);
      return callback(null, addresses[0]!.address, addresses[0]!.family);
    });
  };
}

/** Whether a URL names an address that is not allowed; names are judged when they are resolved. */
export function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '');
}
