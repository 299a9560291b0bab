import type { Transaction } from '../platform/index.ts';
import { readSnapshot, type MapSnapshot } from './map-snapshot.ts';
import { plainArray } from './sql-array.ts';

/** A key as stored, without its value. */
export interface StoredKey {
  readonly key_number: number;
  readonly person_id: number;
  readonly type: string;
  readonly fingerprint: string;
  readonly bound_at: number | null;
  readonly shared: boolean;
  readonly blocked: boolean;
  readonly ordered: boolean;
}

const KEY_COLUMNS = 'key_number, person_id, type, fingerprint, bound_at, shared, blocked, ordered';

/** Held shared by whoever writes to the map, and exclusively while the rules change. */
const MAP_LOCK = 7_500_020;

/**
 * Waits for a change of rules to end; returns the rules' version, which cannot change any more, and as many numbers
 * for new keys as are asked for, ascending.
 */
export async function joinMapWriters(
  transaction: Transaction,
  newKeys = 0,
): Promise<{ rulesVersion: number; numbers: number[] }> {
  await transaction.execute('select pg_advisory_xact_lock_shared($1)', [MAP_LOCK]);
  // A statement of its own: what it sees must begin after the lock.
  const [row] = await transaction.query<{ version: number; numbers: string[] }>(
    `select version, array(select nextval('identity.key_key_number_seq') from generate_series(1, $1))::text[] as numbers
     from identity.rules`,
    [newKeys],
  );
  return { rulesVersion: row!.version, numbers: row!.numbers.map(Number) };
}

/** Waits until no transaction writes to the map, and keeps others out until this one ends. */
export async function excludeMapWriters(transaction: Transaction): Promise<void> {
  await transaction.execute('select pg_advisory_xact_lock($1)', [MAP_LOCK]);
}

export interface FoundKey {
  readonly key_number: number;
  readonly person_id: number;
  readonly fingerprint: string;
  /** Written by this very transaction: it may yet be rolled back. */
  readonly own: boolean;
}

/** Fingerprint, key number, person and whether the row is the transaction's own, keys apart by semicolons. */
const FOUND_KEYS = `string_agg(concat(fingerprint, ',', key_number, ',', person_id,
  case when xmin = pg_current_xact_id_if_assigned()::xid then ',own' end), ';')`;

/** Keys by fingerprint. */
export const findKeys = async (
  transaction: Transaction,
  fingerprints: readonly string[],
): Promise<FoundKey[]> => (await findKeysAt(transaction, fingerprints)).keys;

/**
 * Keys by fingerprint, one look-up in the unique index each. They come as one text: as rows, sending and parsing them
 * costs as much again as finding them. With the moment that they were read at.
 */
export async function findKeysAt(
  transaction: Transaction,
  fingerprints: readonly string[],
): Promise<{ keys: FoundKey[]; snapshot: MapSnapshot }> {
  const [row] = await transaction.query<{ keys: string | null; snapshot: string }>(
    `select ${FOUND_KEYS} as keys, pg_current_snapshot()::text as snapshot
     from identity.key where fingerprint = any($1::uuid[])`,
    [plainArray(fingerprints)],
  );
  const { keys, snapshot } = row!;
  return { keys: keys === null ? [] : keys.split(';').map(foundKey), snapshot: readSnapshot(snapshot) };
}

function foundKey(text: string): FoundKey {
  const [fingerprint, keyNumber, personId, own] = text.split(',') as [string, string, string, string?];
  return {
    fingerprint,
    key_number: Number(keyNumber),
    person_id: Number(personId),
    own: own !== undefined,
  };
}

/** A key to be inserted, under the number reserved for it, with the person it already has. */
export interface NewKey {
  readonly keyNumber: number;
  readonly personId: number;
  readonly type: string;
  readonly fingerprint: string;
  readonly valueEncrypted: string;
  readonly firstSeenAt: number;
  readonly boundAt: number | undefined;
  /** The statement that it came with. */
  readonly assertionId: string | undefined;
}

/**
 * Inserts keys and returns the numbers of those that were really new; a key that another process inserts at the same
 * time is waited for and left out. In the order of fingerprints, so that two processes with the same new keys wait
 * for each other in one direction only.
 */
export async function insertKeys(transaction: Transaction, keys: readonly NewKey[]): Promise<Set<number>> {
  const sorted = [...keys].sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
  const rows = await transaction.query<{ key_number: number }>(
    `insert into identity.key (key_number, person_id, type, fingerprint, value_encrypted, first_seen_at, bound_at, assertion_id)
     select * from unnest($1::bigint[], $2::bigint[], $3::text[], $4::uuid[], $5::text[], $6::bigint[], $7::bigint[], $8::uuid[])
     on conflict (fingerprint) do nothing
     returning key_number`,
    [
      plainArray(sorted.map((key) => key.keyNumber)),
      plainArray(sorted.map((key) => key.personId)),
      plainArray(sorted.map((key) => key.type)),
      plainArray(sorted.map((key) => key.fingerprint)),
      plainArray(sorted.map((key) => key.valueEncrypted)),
      plainArray(sorted.map((key) => key.firstSeenAt)),
      plainArray(sorted.map((key) => key.boundAt ?? 'null')),
      plainArray(sorted.map((key) => key.assertionId ?? 'null')),
    ],
  );
  return new Set(rows.map((row) => row.key_number));
}

/** Makes keys of this very transaction persons of their own again. */
export async function setApart(transaction: Transaction, keyNumbers: Iterable<number>): Promise<void> {
  await transaction.execute(
    'update identity.key set person_id = key_number, bound_at = null where key_number = any($1::bigint[])',
    [plainArray(keyNumbers)],
  );
}

/** Locks persons (the rows of their smallest keys), always in ascending order. */
export async function lockPersons(transaction: Transaction, personIds: Iterable<number>): Promise<void> {
  await transaction.execute(
    `select key_number from identity.key where key_number = any($1::bigint[])
     order by key_number for no key update`,
    [plainArray([...personIds].sort((a, b) => a - b))],
  );
}

/** All keys of persons. */
export function readMembers(transaction: Transaction, personIds: Iterable<number>): Promise<StoredKey[]> {
  return transaction.query<StoredKey>(
    `select ${KEY_COLUMNS} from identity.key where person_id = any($1::bigint[])`,
    [plainArray(personIds)],
  );
}

/** Keys by number. */
export function readKeys(transaction: Transaction, keyNumbers: Iterable<number>): Promise<StoredKey[]> {
  return transaction.query<StoredKey>(
    `select ${KEY_COLUMNS} from identity.key where key_number = any($1::bigint[])`,
    [plainArray(keyNumbers)],
  );
}

/** New state of a key. */
export interface KeyUpdate {
  readonly keyNumber: number;
  readonly personId: number;
  readonly boundAt: number | undefined;
  readonly shared: boolean;
  readonly ordered: boolean;
}

/** A move to be told to the other rooms. */
export interface KeyMove {
  readonly keyNumber: number;
  readonly oldPersonId: number;
  readonly newPersonId: number;
}

/** Writes the map and, in the same statement, the moves. */
export async function writeKeys(
  transaction: Transaction,
  updates: readonly KeyUpdate[],
  moves: readonly KeyMove[],
  context: { at: number; cause: string },
): Promise<void> {
  if (updates.length === 0 && moves.length === 0) return;
  await transaction.execute(
    `with moved as (
       insert into identity.person_change (key_number, old_person_id, new_person_id, at, cause)
       select move.*, $9, $10 from unnest($6::bigint[], $7::bigint[], $8::bigint[]) as move
     )
     update identity.key as key
     set person_id = given.person_id, bound_at = given.bound_at, shared = given.shared, ordered = given.ordered
     from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::boolean[], $5::boolean[])
       as given (key_number, person_id, bound_at, shared, ordered)
     where key.key_number = given.key_number`,
    [
      plainArray(updates.map((update) => update.keyNumber)),
      plainArray(updates.map((update) => update.personId)),
      plainArray(updates.map((update) => update.boundAt ?? 'null')),
      plainArray(updates.map((update) => String(update.shared))),
      plainArray(updates.map((update) => String(update.ordered))),
      plainArray(moves.map((move) => move.keyNumber)),
      plainArray(moves.map((move) => move.oldPersonId)),
      plainArray(moves.map((move) => move.newPersonId)),
      context.at,
      context.cause,
    ],
  );
}
