import { CodedError, type Transaction } from '../platform/index.ts';
import {
  appendStatements,
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
  /** Keys of this batch that are yet to be inserted, each its own person. */
  readonly fresh: ReadonlyMap<number, StoredKey>;
  /** Keys that this batch made: nobody else has seen them, so that their moves are no news. */
  readonly created: ReadonlySet<number>;
}

/** What is to be written to link a batch. */
export interface PreparedLinks {
  readonly plan: LinkPlan;
  /** The keys of all persons concerned, under lock. */
  readonly keys: ReadonlyMap<number, StoredKey>;
  /** Person and first link that a fresh key is inserted with; absent: its own, none. */
  readonly placed: ReadonlyMap<number, { personId: number; boundAt: number | undefined }>;
  readonly updates: readonly KeyUpdate[];
  readonly moves: readonly KeyMove[];
  /** By fresh key: the first statement that names it, which stands in its row. */
  readonly cameWith: ReadonlyMap<number, string>;
  /** Present person of every key concerned, before anything is folded. */
  readonly present: ReadonlyMap<number, number>;
}

/**
 * Locks and reads what a batch of statements concerns and plans the links. Nothing is written yet, so that fresh keys
 * are inserted where they end: each row once, without a second version and its index entries.
 *
 * Whoever changes the keys of a person holds the lock of its smallest key, taken in ascending order.
 */
export async function prepareLinks(
  needs: ResolveNeeds,
  transaction: Transaction,
  request: LinkRequest,
): Promise<PreparedLinks> {
  const { statements, rules, fresh } = request;
  const keys = await lockStatementPersons(transaction, request);
  const stored = await readStoredTimes(
    needs,
    transaction,
    // The log cannot name a key that was never seen.
    fresh.size === 0
      ? statements
      : statements.filter((each) => !each.keyNumbers.some((key) => fresh.has(key))),
  );
  const plan = planLinks({ statements, stored, keys, rules });
  return { plan, keys, cameWith: firstStatements(plan, fresh), ...unite(plan, keys, request) };
}

/** Appends the statements and brings the map up to date. Returns the present persons of the keys concerned. */
export async function writeLinks(
  needs: ResolveNeeds,
  transaction: Transaction,
  request: LinkRequest,
  { plan, keys, cameWith, updates, moves, present }: PreparedLinks,
): Promise<Map<number, number>> {
  const at = needs.platform.clock.now();
  const [unseen, others] = partition(plan.write, ({ keyNumbers }) =>
    keyNumbers.some((key) => request.created.has(key)),
  );
  await appendStatements(transaction, unseen, at, cameWith);
  await writeStatements(transaction, others, at);
  await writeKeys(transaction, updates, moves, { at, cause: 'ingest' });
  if (plan.fold.length === 0) return new Map(present);
  return new Map([...present, ...(await foldGroups(transaction, plan, request, keys, at))]);
}

function firstStatements(plan: LinkPlan, fresh: LinkRequest['fresh']): Map<number, string> {
  const first = new Map<number, string>();
  if (fresh.size === 0) return first;
  for (const { keyNumbers, assertionId } of plan.write)
    for (const key of keyNumbers) if (fresh.has(key) && !first.has(key)) first.set(key, assertionId);
  return first;
}

/** Those that pass, then the others. */
function partition<Item>(items: readonly Item[], passes: (item: Item) => boolean): [Item[], Item[]] {
  const parts: [Item[], Item[]] = [[], []];
  for (const item of items) parts[passes(item) ? 0 : 1].push(item);
  return parts;
}

/** All keys of all persons that the statements name: the stored ones under lock. */
async function lockStatementPersons(
  transaction: Transaction,
  { statements, persons: guess, fresh }: LinkRequest,
): Promise<Map<number, StoredKey>> {
  const named = new Set(statements.flatMap((statement) => statement.keyNumbers));
  const virtual = [...named].flatMap((keyNumber) => fresh.get(keyNumber) ?? []);
  for (const key of virtual) named.delete(key.key_number);
  const persons = new Set<number>();
  for (const [keyNumber, person] of guess) if (!fresh.has(keyNumber)) persons.add(person);
  let unlocked = persons;
  for (let round = 0; round < MAXIMUM_LOCK_ROUNDS; round++) {
    if (unlocked.size > 0) await lockPersons(transaction, unlocked);
    const stored = persons.size > 0 ? await readMembers(transaction, persons) : [];
    const members = new Map([...stored, ...virtual].map((key) => [key.key_number, key]));
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
  if (byId.size === 0) return stored;
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

/** The links that no guard has a say in: where fresh keys belong, and what changes of the others. */
function unite(
  plan: LinkPlan,
  keys: ReadonlyMap<number, StoredKey>,
  { fresh, created }: LinkRequest,
): Pick<PreparedLinks, 'placed' | 'updates' | 'moves' | 'present'> {
  const present = new Map([...keys.values()].map((key) => [key.key_number, key.person_id]));
  const placed = new Map<number, { personId: number; boundAt: number | undefined }>();
  const updates: KeyUpdate[] = [];
  const moves: KeyMove[] = [];
  for (const group of plan.united) {
    let personId = Number.POSITIVE_INFINITY;
    for (const key of group.keys) personId = Math.min(personId, key.key_number);
    for (const key of group.keys) {
      const keyNumber = key.key_number;
      const boundAt = earliest(key.bound_at, group.boundAt.get(keyNumber));
      present.set(keyNumber, personId);
      if (fresh.has(keyNumber)) {
        placed.set(keyNumber, { personId, boundAt });
        continue;
      }
      if (key.person_id === personId && (boundAt ?? null) === key.bound_at) continue;
      updates.push({ keyNumber, personId, boundAt, shared: key.shared, ordered: key.ordered });
      if (key.person_id !== personId && !created.has(keyNumber)) {
        moves.push({ keyNumber, oldPersonId: key.person_id, newPersonId: personId });
      }
    }
  }
  return { placed, updates, moves, present };
}

/** Folds the parts that need it: at once, or, when that is too much, one by one, holding what is too large. */
async function foldGroups(
  transaction: Transaction,
  plan: LinkPlan,
  request: LinkRequest,
  keys: ReadonlyMap<number, StoredKey>,
  at: number,
): Promise<Map<number, number>> {
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
