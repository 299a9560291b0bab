import type { Transaction } from '../platform/index.ts';
import { readDecisionStatements, readStatements } from './assertion-store.ts';
import type { FoldAssertion, FoldKey } from './assertion.ts';
import { foldAssertions } from './fold-assertions.ts';
import { readDecisions } from './fold-decisions.ts';
import type { KeyRules } from './key-rules.ts';
import { readKeys, writeKeys, type StoredKey } from './key-store.ts';
import { addDifference, emptyDifference, type MapDifference } from './map-difference.ts';
import { closeVanishedItems, itemIdOf, writeFoundItems, writeItems } from './quarantine-store.ts';
import { compare } from './refold-closure.ts';
import { forEachComponentRound, readHubs, writeComponents, type Hub } from './refold-store.ts';

export interface RefoldAllRequest {
  readonly rules: KeyRules;
  /** Keys that are blocked under these rules. */
  readonly blocked: ReadonlySet<number>;
  /** Writes what differs; else only says so. */
  readonly repair: boolean;
  readonly at: number;
  readonly cause: string;
}

// Components are folded some thousand keys at a time: enough to spare round trips, little to hold.
const KEYS_PER_ROUND = 20_000;

/**
 * Folds the whole log from nothing and compares the result with the stored map.
 *
 * Shared keys are found first, by counting over the whole log. Then connected components, over the links
 * of all other keys: nothing can pass from one to another, so each is folded on its own. Memory grows by
 * 4 bytes a key; the log is streamed. The caller gives a transaction in which the map stands still.
 */
export async function refoldAll(transaction: Transaction, request: RefoldAllRequest): Promise<MapDifference> {
  const hubs = await findHubs(transaction, request);
  await writeComponents(transaction, (key) => hubs.has(key) || request.blocked.has(key));
  const difference = emptyDifference();
  await forEachComponentRound(transaction, KEYS_PER_ROUND, (keys) =>
    foldRound(transaction, request, hubs, keys, difference),
  );
  return difference;
}

/** Shared keys: those with too many partners and those declared, less those exempted. */
async function findHubs(transaction: Transaction, request: RefoldAllRequest): Promise<Map<number, Hub>> {
  const decisions = readDecisions(await readDecisionStatements(transaction));
  const hubs = await readHubs(transaction, request.rules, request.blocked);
  for (const key of decisions.exempt) hubs.delete(key);
  for (const key of decisions.declaredShared) hubs.set(key, { keyNumber: key, count: 0, maximum: 0 });
  return hubs;
}

async function foldRound(
  transaction: Transaction,
  request: RefoldAllRequest,
  hubs: ReadonlyMap<number, Hub>,
  stored: readonly StoredKey[],
  difference: MapDifference,
): Promise<void> {
  const expanded = stored
    .map((key) => key.key_number)
    .filter((key) => !hubs.has(key) && !request.blocked.has(key));
  const assertions = await readStatements(transaction, expanded);
  const keys = new Map(stored.map((key) => [key.key_number, key]));
  const passed = await readPassedKeys(transaction, assertions, keys);
  const foldKeys = [...stored, ...passed].map((key): FoldKey => ({
    keyNumber: key.key_number,
    type: key.type,
    fingerprint: key.fingerprint,
    blocked: request.blocked.has(key.key_number),
    shared: hubs.has(key.key_number),
  }));
  const result = foldAssertions({
    rules: request.rules,
    keys: new Map(foldKeys.map((key) => [key.keyNumber, key])),
    assertions,
  });
  addDifference(difference, stored, result.personOf);
  if (!request.repair) return;
  const { updates, moves } = compare(keys, result);
  await writeKeys(transaction, updates, moves, request);
  const all = new Map([...stored, ...passed].map((key) => [key.key_number, key.fingerprint]));
  const found = await writeFoundItems(transaction, result, (key) => all.get(key)!, request.at);
  found.push(...(await writeHubItems(transaction, stored, hubs, request.at)));
  await closeVanishedItems(transaction, [...keys.keys()], found);
}

/** Shared or blocked keys of other rounds that the statements of this one name. */
async function readPassedKeys(
  transaction: Transaction,
  assertions: readonly FoldAssertion[],
  keys: ReadonlyMap<number, StoredKey>,
): Promise<StoredKey[]> {
  const missing = new Set(assertions.flatMap((each) => each.keyNumbers).filter((key) => !keys.has(key)));
  return missing.size === 0 ? [] : readKeys(transaction, missing);
}

async function writeHubItems(
  transaction: Transaction,
  stored: readonly StoredKey[],
  hubs: ReadonlyMap<number, Hub>,
  at: number,
): Promise<string[]> {
  const items = stored
    .filter((key) => (hubs.get(key.key_number)?.count ?? 0) > 0)
    .map((key) => {
      const { count, maximum } = hubs.get(key.key_number)!;
      return {
        itemId: itemIdOf('shared', [key.fingerprint]),
        reason: 'shared' as const,
        keyNumbers: [key.key_number],
        evidence: { count, maximum },
      };
    });
  await writeItems(transaction, items, at);
  return items.map((item) => item.itemId);
}
