import { CodedError, type Transaction } from '../platform/index.ts';
import { readClosure, readStatements } from './assertion-store.ts';
import type { FoldKey, FoldResult } from './assertion.ts';
import { foldAssertions } from './fold-assertions.ts';
import type { KeyRules } from './key-rules.ts';
import {
  lockPersons,
  readKeys,
  writeKeys,
  type KeyMove,
  type KeyUpdate,
  type StoredKey,
} from './key-store.ts';
import { closeVanishedItems, writeFoundItems } from './quarantine-store.ts';

/** More keys than this are never folded in one transaction. Normal persons hang together with dozens. */
export const MAXIMUM_CLOSURE_KEYS = 50_000;

export interface RefoldRequest {
  /** Keys from which everything that hangs together is found. */
  readonly keyNumbers: readonly number[];
  readonly rules: KeyRules;
  /** Keys that nobody else has seen yet: their moves are no news. */
  readonly createdHere?: ReadonlySet<number>;
  /** Epoch ms UTC and reason noted with each move. */
  readonly at: number;
  readonly cause: string;
}

/**
 * Folds everything that hangs together with some keys anew, and writes what is different.
 * Returns the present person of every key looked at. `too_many_connected_keys` beyond the limit.
 */
export async function refoldClosure(
  transaction: Transaction,
  request: RefoldRequest,
): Promise<Map<number, number>> {
  const keys = await lockClosure(transaction, request.keyNumbers);
  const given = new Set(request.keyNumbers);
  const expanded = [...keys.values()]
    .filter((key) => (!key.shared && !key.blocked) || given.has(key.key_number))
    .map((key) => key.key_number);
  const assertions = await readStatements(transaction, expanded);
  const result = foldAssertions({
    rules: request.rules,
    keys: new Map([...keys].map(([number, key]) => [number, foldKey(key, given.has(number))])),
    assertions,
  });
  const { updates, moves } = compare(keys, result, request.createdHere);
  await writeKeys(transaction, updates, moves, request);
  const fingerprintOf = (keyNumber: number): string => keys.get(keyNumber)!.fingerprint;
  const found = await writeFoundItems(transaction, result, fingerprintOf, request.at);
  await closeVanishedItems(transaction, expanded, found);
  return result.personOf;
}

/** Finds the closure and locks its persons, until it does not grow any more under the locks. */
async function lockClosure(
  transaction: Transaction,
  base: readonly number[],
): Promise<Map<number, StoredKey>> {
  const locked = new Set<number>();
  for (;;) {
    const closure = await readClosure(transaction, base, MAXIMUM_CLOSURE_KEYS);
    if (closure.length > MAXIMUM_CLOSURE_KEYS) {
      throw new CodedError('too_many_connected_keys', {
        details: { keyNumber: base[0], maximum: MAXIMUM_CLOSURE_KEYS },
      });
    }
    const keys = await readKeys(transaction, closure);
    const missing = new Set(keys.map((key) => key.person_id).filter((person) => !locked.has(person)));
    if (missing.size === 0) return new Map(keys.map((key) => [key.key_number, key]));
    await lockPersons(transaction, missing);
    for (const person of missing) locked.add(person);
  }
}

/** A given key is judged anew from all its statements; any other keeps what an earlier fold found. */
function foldKey(key: StoredKey, judgeAnew: boolean): FoldKey {
  return {
    keyNumber: key.key_number,
    type: key.type,
    fingerprint: key.fingerprint,
    blocked: key.blocked,
    shared: key.shared && !judgeAnew,
  };
}

/** What must be written so that the stored map is the folded one. */
export function compare(
  keys: ReadonlyMap<number, StoredKey>,
  result: FoldResult,
  createdHere?: ReadonlySet<number>,
): { updates: KeyUpdate[]; moves: KeyMove[] } {
  const updates: KeyUpdate[] = [];
  const moves: KeyMove[] = [];
  for (const key of keys.values()) {
    const keyNumber = key.key_number;
    const personId = result.personOf.get(keyNumber)!;
    const boundAt = result.boundAt.get(keyNumber);
    const shared = result.shared.has(keyNumber);
    const ordered = personId === keyNumber && result.ordered.has(personId);
    if (
      personId !== key.person_id ||
      (boundAt ?? null) !== key.bound_at ||
      shared !== key.shared ||
      ordered !== key.ordered
    ) {
      updates.push({ keyNumber, personId, boundAt, shared, ordered });
    }
    if (personId !== key.person_id && !createdHere?.has(keyNumber)) {
      moves.push({ keyNumber, oldPersonId: key.person_id, newPersonId: personId });
    }
  }
  return { updates, moves };
}
