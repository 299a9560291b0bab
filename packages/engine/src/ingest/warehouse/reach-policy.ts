import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { CodedError, type Platform } from '../../platform/index.ts';
import type { Endpoint } from './connectors/index.ts';

/** Setting with the hosts that connections may reach; without it, none. */
const REACH_SETTING = 'warehouse.reach';

/** Never reached, listed or not: link-local (where clouds keep credentials of machines), multicast, unspecified. */
const NEVER = blockListOf([
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 128],
  ['fe80::', 10],
  ['ff00::', 8],
  ['fd00:ec2::', 32],
]);
/** This machine: reached only when an address of it, or `localhost`, is listed in so many words. */
const LOOPBACK = blockListOf([
  ['127.0.0.0', 8],
  ['::1', 128],
]);

function blockListOf(subnets: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [address, bits] of subnets) list.addSubnet(address, bits, familyOf(address));
  return list;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** One line of the list, taken apart. */
interface Entry {
  /** Lower case; undefined when it is addresses. */
  readonly name: string | undefined;
  readonly addresses: BlockList | undefined;
  readonly port: number | undefined;
}

/** Reads a line: a name, `*.name`, an address or a subnet; each with or without `:port`. Undefined when it is none. */
export function readReachEntry(line: string): Entry | undefined {
  const match =
    /^(?:\[([0-9a-f:.]+)\](?:\/(\d{1,3}))?|([^[\]:\s]+)|([0-9a-f:]+:[0-9a-f:]*(?:\/\d{1,3})?))(?::(\d{1,5}))?$/i.exec(
      line.trim(),
    );
  if (!match) return undefined;
  const port = match[5] === undefined ? undefined : Number(match[5]);
  if (port !== undefined && (port < 1 || port > 65_535)) return undefined;
  const text = match[1] ? `${match[1]}${match[2] ? `/${match[2]}` : ''}` : (match[3] ?? match[4])!;
  const [address = '', bits] = text.split('/');
  const version = isIP(address);
  if (version === 0) {
    const name = text.toLowerCase();
    return /^(\*\.)?[a-z0-9_]([a-z0-9_.-]*[a-z0-9])?$/.test(name) && /[a-z]/.test(name)
      ? { name, addresses: undefined, port }
      : undefined;
  }
  const longest = version === 4 ? 32 : 128;
  const length = bits === undefined ? longest : Number(bits);
  if (!Number.isInteger(length) || length < 0 || length > longest) return undefined;
  return { name: undefined, addresses: blockListOf([[address, length]]), port };
}

/** The hosts that connections may reach. */
export async function readReach(platform: Platform): Promise<string[]> {
  return (await platform.settings.get<{ hosts: string[] }>(REACH_SETTING))?.hosts ?? [];
}

/** @throws CodedError connection_settings_invalid */
export async function saveReach(platform: Platform, hosts: readonly string[], actor: string): Promise<void> {
  const wrong = hosts.find((line) => !readReachEntry(line));
  if (wrong !== undefined) {
    const reason = 'neither a name, *.name, an address nor a subnet';
    throw new CodedError('connection_settings_invalid', { details: { host: wrong, reason } });
  }
  await platform.database.transaction(async (transaction) => {
    await platform.settings.set(transaction, REACH_SETTING, { hosts });
    await platform.audit.record(transaction, {
      actor,
      action: 'connection.reach',
      object: 'hosts that connections may reach',
      detail: { hosts },
    });
  });
}

/**
 * Looks a host up and checks every address of it against the list. What is returned is `address:port`: whoever
 * connects must use that, so that a name cannot lead elsewhere between check and use.
 * @throws CodedError connection_host_refused, source_unreachable when there is no such name
 */
export async function checkReach(platform: Platform, { host, port }: Endpoint): Promise<string> {
  const refused = new CodedError('connection_host_refused', { details: { host, port } });
  const entries = (await readReach(platform)).flatMap((line) => readReachEntry(line) ?? []);
  const onPort = entries.filter((entry) => entry.port === undefined || entry.port === port);
  const name = host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
  const nameIsListed = onPort.some((entry) => entry.name !== undefined && nameFits(name, entry.name));
  const mayBeListed = nameIsListed || onPort.some((entry) => entry.addresses);
  // An unlisted name is not even looked up: a look-up tells the outside that somebody asked.
  if (!mayBeListed) throw refused;
  const found = await lookup(name, { all: true, order: 'ipv4first' }).catch(() => {
    throw new CodedError('source_unreachable', {
      details: { host, reason: 'there is no host of this name' },
    });
  });
  for (const { address } of found) {
    const plain = withoutMapping(address);
    const family = familyOf(plain);
    if (NEVER.check(plain, family)) throw refused;
    const addressIsListed = onPort.some((entry) => entry.addresses?.check(plain, family));
    const isHere = LOOPBACK.check(plain, family);
    if (!addressIsListed && !(nameIsListed && (!isHere || name === 'localhost'))) throw refused;
  }
  const [first] = found;
  if (!first) throw refused;
  return first.family === 6 ? `[${first.address}]:${port}` : `${first.address}:${port}`;
}

const nameFits = (name: string, pattern: string): boolean =>
  pattern.startsWith('*.') ? name.endsWith(pattern.slice(1)) : name === pattern;

/** `::ffff:127.0.0.1` is 127.0.0.1. */
const withoutMapping = (address: string): string =>
  /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
