import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

/** Addresses of this machine, of networks inside, and of none at all (IANA's special-purpose registries). */
const INSIDE = { ipv4: new BlockList(), ipv6: new BlockList() };
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  INSIDE.ipv4.addSubnet(network, bits, 'ipv4');
}
for (const [network, bits] of [
  ['::', 96],
  // The ways to write an IPv4 address in IPv6: mapped, translated, 6to4.
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const) {
  INSIDE.ipv6.addSubnet(network, bits, 'ipv6');
}

/** Whether an address leads into this machine or a network inside. What is no address is inside, to be safe. */
export function isInside(address: string): boolean {
  const version = isIP(address);
  if (version === 0) return true;
  // Two lists: one list for both would look IPv4 addresses up among the mapped ones.
  return version === 4 ? INSIDE.ipv4.check(address, 'ipv4') : INSIDE.ipv6.check(address, 'ipv6');
}

/**
 * The addresses of a host name or literal, or undefined when any of them is inside: a name with one address out
 * and one in is a trap. The caller connects to what was looked at here, so that the name cannot change in between.
 */
export async function outsideAddresses(
  hostname: string,
): Promise<{ address: string; family: number }[] | undefined> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const found = isIP(host)
    ? [{ address: host, family: isIP(host) }]
    : await lookup(host, { all: true, verbatim: true });
  return found.length === 0 || found.some((each) => isInside(each.address)) ? undefined : found;
}
