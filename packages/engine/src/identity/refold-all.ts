import type { identityApi } from '@wutong/contract';
import type { Platform, Transaction } from '../platform/index.ts';
import { foldAssertions, type FoldAssertion, type FoldKey } from './fold-assertions.ts';
import { readAllKeys, readComponents, readHubs, writeComponents } from './refold-store.ts';
import type { KeyRules } from './key-rules.ts';
import { writeKeys, type StoredKey } from './key-store.ts';
import { closeVanishedItems, writeFoundItems } from './quarantine-store.ts';
import { compare } from './refold-closure.ts';
import { MapDifference } from './map-difference.ts';

type MapChange = identityApi.MapChange;

export interface RefoldAllRequest {
  readonly rules: KeyRules;
  /** Says whether a stored key is blocked under the rules; by default as stored. */
  readonly isBlocked?: (keyNumber: number) => boolean;
  /** Writes what differs; else only says so. */
  readonly repair: boolean;
  readonly cause: string;
}

// Components are folded some thousand keys at a time: enough to spare round trips, little to hold.
const KEYS_PER_ROUND = 20_000;

/**
 * Folds the whole log from nothing and compares with the stored map. The caller keeps other writers out
 * if it wants to repair. Memory: 16 bytes a key, whatever the size of the log.
 *
 * First the connected components: a union–find over all links of keys that are neither blocked nor
 * shared. Then each component is folded on its own, since nothing can pass from one to another.
 */
export async function refoldAll(
  platform: Pick<Platform, 'clock'>,
  transaction: Transaction,
  request: RefoldAllRequest,
): Promise<MapDifference> {
  const hubs = await readHubs(transaction, request.rules);
  const stop = (key: number): boolean => hubs.has(key) || (request.isBlocked?.(key) ?? false);
  await writeComponents(transaction, stop);
  const difference = new MapDifference();
  for await (const round of readComponents(transaction, KEYS_PER_ROUND)) {
    await foldRound(platform, transaction, request, hubs, round, difference);
  }
  return difference;
}
