import type { Transaction } from '../platform/index.ts';
import { listAssertionsOf, type AssertionRow } from './assertion-store.ts';
import { readChanges, readChangesOfPersons, type ChangeRow } from './change-store.ts';

/** A move of a key, and the statements that explain it: those made in that step and those it took back. */
export interface ExplainedMove extends ChangeRow {
  readonly evidence: readonly AssertionRow[];
}

export interface PersonHistory {
  /** Statements that name keys the person has, newest first. */
  readonly assertions: readonly AssertionRow[];
  /** Moves of those keys, and of keys that came to the person or left while any of them was there; newest first. */
  readonly moves: readonly ExplainedMove[];
}

const MAXIMUM_ROWS = 500;
/** Statements named for one move. */
const MAXIMUM_EVIDENCE = 5;

/** The history of a person with these keys: both people show a move between them, whoever has the key now. */
export async function readPersonHistory(
  transaction: Transaction,
  personId: number,
  keyNumbers: readonly number[],
): Promise<PersonHistory> {
  const assertions = await listAssertionsOf(transaction, keyNumbers, MAXIMUM_ROWS);
  const own = await readChanges(transaction, keyNumbers, MAXIMUM_ROWS);
  const stays = staysOf(own, personId, keyNumbers);
  const persons = [...new Set(stays.map((stay) => stay.personId))];
  const others = await readChangesOfPersons(transaction, persons, MAXIMUM_ROWS);
  const known = new Set(own.map((change) => change.sequence));
  const wasHere = (change: ChangeRow): boolean =>
    stays.some(
      ({ personId: person, from, to }) =>
        (person === change.old_person_id || person === change.new_person_id) &&
        from <= change.at &&
        change.at <= to,
    );
  const moves = [...own, ...others.filter((change) => !known.has(change.sequence) && wasHere(change))]
    .sort((one, other) => other.sequence - one.sequence)
    .slice(0, MAXIMUM_ROWS);
  const moved = [...new Set(moves.map((change) => change.key_number))];
  const statements = await listAssertionsOf(transaction, moved, MAXIMUM_ROWS * 2);
  return {
    assertions,
    moves: moves.map((change) => ({ ...change, evidence: evidenceOf(change, statements) })),
  };
}

interface Stay {
  readonly personId: number;
  /** Epoch ms, both included. */
  readonly from: number;
  readonly to: number;
}

/**
 * Which person numbers the keys stood under, and when: a person is named by its oldest key, so that the number of those
 * who stay changes when that one leaves. `changes`: newest first.
 */
function staysOf(changes: readonly ChangeRow[], personId: number, keyNumbers: readonly number[]): Stay[] {
  const until = new Map<number, { personId: number; to: number }>(
    keyNumbers.map((key) => [key, { personId, to: Number.POSITIVE_INFINITY }]),
  );
  const stays: Stay[] = [];
  for (const { key_number: key, old_person_id: old, at } of changes) {
    const later = until.get(key);
    if (!later) continue;
    stays.push({ ...later, from: at });
    until.set(key, { personId: old, to: at });
  }
  for (const later of until.values()) stays.push({ ...later, from: Number.NEGATIVE_INFINITY });
  return stays;
}

/** `statements`: newest first. */
function evidenceOf(change: ChangeRow, statements: readonly AssertionRow[]): AssertionRow[] {
  const named = statements.filter((each) => each.key_numbers.includes(String(change.key_number)));
  const made = named.filter((each) => each.recorded_at === change.at);
  const taken = new Set(made.flatMap((each) => each.retracts ?? []));
  const undone = named.filter(
    (each) =>
      taken.has(each.assertion_id) ||
      // Links that were withdrawn leave no statement behind that says so.
      (made.length === 0 && each.retracted && each.recorded_at < change.at),
  );
  const found = [...made, ...undone];
  if (found.length === 0) {
    // A statement that was known already and was said again.
    const repeated = named.find((each) => !each.retracted && each.last_at <= change.at);
    if (repeated) found.push(repeated);
  }
  return found.slice(0, MAXIMUM_EVIDENCE);
}
