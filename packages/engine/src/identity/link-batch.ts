import { CodedError, type Transaction } from '../platform/index.ts';
import {
  deactivate,
  readTimes,
  writeStatements,
  type Statement,
  type StoredTimes,
} from './assertion-store.ts';
import type { KeyRules } from './key-rules.ts';
import {
  lockPersons,
  readKeys,
  readMembers,
  writeKeys,
  type KeyMove,
  type KeyUpdate,
  type StoredKey,
} from './key-store.ts';
import { statementName } from './make-statements.ts';
import { earliest, planLinks, type LinkPlan } from './plan-links.ts';
import { itemIdOf, writeItems } from './quarantine-store.ts';
import { refoldClosure } from './refold-closure.ts';
import { MapChanged } from './map-changed.ts';
import type { ResolveNeeds } from './resolve-needs.ts';

const MAXIMUM_LOCK_ROUNDS = 10;

export interface LinkRequest {
  readonly statements: readonly Statement[];
  readonly rules: KeyRules;
  /** Persons of the keys as known before any lock: where to begin. */
  readonly persons: ReadonlyMap<number, number>;
  /** Keys made by this batch. */
  readonly created: ReadonlySet<number>;
}

/**
 * Appends statements and brings the map up to date. Returns the present persons of the keys concerned.
 *
 * Whoever changes the keys of a person holds the lock of its smallest key, taken in ascending order.
 */
export async function linkBatch(
  needs: ResolveNeeds,
  transaction: Transaction,
  request: LinkRequest,
): Promise<Map<number, number>> {
  const keys = await lockStatementPersons(transaction, request.statements, request.persons);
  const stored = await readStoredTimes(needs, transaction, request.statements);
  const plan = planLinks({ statements: request.statements, stored, keys, rules: request.rules });
  await writeStatements(transaction, plan.write, needs.platform.clock.now());

  const present = new Map([...keys.values()].map((key) => [key.key_number, key.person_id]));
  await unite(needs, transaction, plan, request.created, present);
  if (plan.fold.length > 0) {
    const folded = await foldGroups(needs, transaction, plan, request, keys);
    for (const [key, person] of folded) present.set(key, person);
  }
  return present;
}

/** All keys of all persons that the statements name, under lock. `guess`: where their keys were last seen. */
async function lockStatementPersons(
  transaction: Transaction,
  statements: readonly Statement[],
  guess: ReadonlyMap<number, number>,
): Promise<Map<number, StoredKey>> {
  const named = new Set(statements.flatMap((statement) => statement.keyNumbers));
  const persons = new Set(guess.values());
  let unlocked = persons;
  for (let round = 0; round < MAXIMUM_LOCK_ROUNDS; round++) {
    await lockPersons(transaction, unlocked);
    const members = new Map((await readMembers(transaction, persons)).map((key) => [key.key_number, key]));
    const moved = [...named].filter((keyNumber) => !members.has(keyNumber));
    if (moved.length === 0) return members;
    // Keys that moved before the lock was granted: their new persons are locked too. That is out of
    // order; PostgreSQL finds the rare deadlock, and the transaction is run again.
    unlocked = new Set((await readKeys(transaction, moved)).map((key) => key.person_id));
    for (const person of unlocked) persons.add(person);
  }
  throw new MapChanged('keys kept moving');
}

async function readStoredTimes(
  needs: ResolveNeeds,
  transaction: Transaction,
  statements: readonly Statement[],
): Promise<Map<string, StoredTimes>> {
  const byId = new Map(statements.map((statement) => [statement.assertionId, statement]));
  const stored = new Map<string, StoredTimes>();
  for (const times of await readTimes(transaction, byId.keys())) {
    stored.set(times.assertion_id, times);
    const { kind, keyNumbers } = byId.get(times.assertion_id)!;
    // What this transaction wrote itself may yet be rolled back.
    if (times.own) continue;
    needs.cache.keepTimes(statementName(kind, keyNumbers), {
      firstAt: times.first_at,
      lastAt: times.last_at,
    });
  }
  return stored;
}

/** Writes the links that no guard has a say in. */
async function unite(
  needs: ResolveNeeds,
  transaction: Transaction,
  plan: LinkPlan,
  created: ReadonlySet<number>,
  present: Map<number, number>,
): Promise<void> {
  const updates: KeyUpdate[] = [];
  const moves: KeyMove[] = [];
  for (const { keys, boundAt } of plan.united) {
    let personId = Number.POSITIVE_INFINITY;
    for (const key of keys) personId = Math.min(personId, key.key_number);
    for (const key of keys) {
      const bound = earliest(key.bound_at, boundAt.get(key.key_number));
      if (key.person_id === personId && (bound ?? null) === key.bound_at) continue;
      const keyNumber = key.key_number;
      updates.push({ keyNumber, personId, boundAt: bound, shared: key.shared, ordered: key.ordered });
      if (key.person_id === personId) continue;
      present.set(keyNumber, personId);
      if (!created.has(keyNumber))
        moves.push({ keyNumber, oldPersonId: key.person_id, newPersonId: personId });
    }
  }
  await writeKeys(transaction, updates, moves, { at: needs.platform.clock.now(), cause: 'ingest' });
}

/** Folds the parts that need it: at once, or, when that is too much, one by one, holding what is too large. */
async function foldGroups(
  needs: ResolveNeeds,
  transaction: Transaction,
  plan: LinkPlan,
  request: LinkRequest,
  keys: ReadonlyMap<number, StoredKey>,
): Promise<Map<number, number>> {
  const at = needs.platform.clock.now();
  const fold = (keyNumbers: readonly number[]): Promise<Map<number, number>> =>
    refoldClosure(transaction, {
      keyNumbers,
      rules: request.rules,
      createdHere: request.created,
      at,
      cause: 'ingest',
    });
  try {
    return await fold(plan.fold.flatMap((group) => group.keyNumbers));
  } catch (error) {
    if (!isTooLarge(error)) throw error;
  }
  const present = new Map<number, number>();
  for (const group of plan.fold) {
    try {
      for (const [key, person] of await fold(group.keyNumbers)) present.set(key, person);
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      await hold(transaction, group.statements, keys, at);
    }
  }
  return present;
}

function isTooLarge(error: unknown): boolean {
  return error instanceof CodedError && error.code === 'too_many_connected_keys';
}

async function hold(
  transaction: Transaction,
  statements: readonly Statement[],
  keys: ReadonlyMap<number, StoredKey>,
  at: number,
): Promise<void> {
  const ids = statements.map((statement) => statement.assertionId);
  await deactivate(transaction, ids, 'held');
  const items = statements.map((statement) => ({
    itemId: itemIdOf(
      'size',
      statement.keyNumbers.map((number) => keys.get(number)!.fingerprint),
    ),
    reason: 'size' as const,
    keyNumbers: statement.keyNumbers,
    evidence: { assertionId: statement.assertionId, assertedAt: statement.firstAt },
  }));
  await writeItems(transaction, items, at);
}
