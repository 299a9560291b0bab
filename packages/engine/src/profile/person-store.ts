import type { Transaction } from '../platform/index.ts';
import type { Cells, Increment, Stored } from './fold-attributes.ts';
import { packCells, unpackCells, type PackedCells } from './pack-cells.ts';

/** What one key asserted. */
export interface Holder {
  readonly keyNumber: number;
  personId: number;
  readonly cells: Cells;
}

export interface LoggedIncrement extends Increment {
  readonly messageId: string;
}

/** The fold of a person's holders, to be written. */
export interface FoldedPerson {
  readonly personId: number;
  readonly attributes: Record<string, Stored>;
}

/** What a change makes stale in ClickHouse: attributes, consents, suppressions, or all (moved). */
export type ChangeKind = 'p' | 'c' | 's' | 'm';

/**
 * Documents as one text, for `string_to_array($n, E'\\n')`: JSON never holds a bare line break, and the driver's own
 * arrays escape every quote, which costs more than all the rest of a batch.
 */
export function jsonLines(documents: readonly unknown[]): string {
  return documents.map((document) => JSON.stringify(document)).join('\n');
}

/** Locks the persons that exist, in the order of their numbers so that two batches cannot wait for each other. */
export async function lockPeople(
  transaction: Transaction,
  personIds: readonly number[],
): Promise<Set<number>> {
  const rows = await transaction.query<{ person_id: number }>(
    'select person_id from profile.person where person_id = any($1::bigint[]) order by person_id for update',
    [personIds],
  );
  return new Set(rows.map((row) => row.person_id));
}

/**
 * Holders of persons, and those of the given keys whoever they stand under, locked.
 * A statement of its own after `lockPeople`: only then does it see what the others wrote meanwhile.
 */
export async function loadHolders(
  transaction: Transaction,
  personIds: readonly number[],
  keyNumbers: readonly number[],
): Promise<Holder[]> {
  const rows = await transaction.query<{ key_number: number; person_id: number; cells: PackedCells }>(
    `select key_number, person_id, cells from profile.holder
     where person_id = any($1::bigint[]) or key_number = any($2::bigint[])
     order by key_number for update`,
    [personIds, keyNumbers],
  );
  return rows.map((row) => ({
    keyNumber: row.key_number,
    personId: row.person_id,
    cells: unpackCells(row.cells),
  }));
}

/** What the keys of persons hold, for reading. */
export async function readHolders(transaction: Transaction, personIds: readonly number[]): Promise<Holder[]> {
  const rows = await transaction.query<{ key_number: number; person_id: number; cells: PackedCells }>(
    'select key_number, person_id, cells from profile.holder where person_id = any($1::bigint[]) order by key_number',
    [personIds],
  );
  return rows.map((row) => ({
    keyNumber: row.key_number,
    personId: row.person_id,
    cells: unpackCells(row.cells),
  }));
}

/** Writes increments to the log; returns those that were not in it. */
export async function logIncrements(
  transaction: Transaction,
  increments: readonly LoggedIncrement[],
  now: number,
): Promise<LoggedIncrement[]> {
  const rows = await transaction.query<{
    key_number: number;
    attribute: string;
    source_id: string;
    message_id: string;
    at: number;
    delta: number;
  }>(
    `insert into profile.increment (key_number, attribute, source_id, message_id, at, delta, received_at)
     select i.*, $7::bigint
     from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::float8[]) as i
     on conflict do nothing
     returning key_number, attribute, source_id, message_id, at, delta`,
    [
      increments.map((each) => each.keyNumber),
      increments.map((each) => each.attribute),
      increments.map((each) => each.sourceId),
      increments.map((each) => each.messageId),
      increments.map((each) => each.at),
      increments.map((each) => each.delta),
      now,
    ],
  );
  return rows.map((row) => ({
    keyNumber: row.key_number,
    attribute: row.attribute,
    sourceId: row.source_id,
    messageId: row.message_id,
    at: row.at,
    delta: row.delta,
  }));
}

/** All logged increments of keys. */
export async function readIncrements(
  transaction: Transaction,
  keyNumbers: readonly number[],
): Promise<Increment[]> {
  const rows = await transaction.query<{
    key_number: number;
    attribute: string;
    source_id: string;
    at: number;
    delta: number;
  }>(
    'select key_number, attribute, source_id, at, delta from profile.increment where key_number = any($1::bigint[])',
    [keyNumbers],
  );
  return rows.map((row) => ({
    keyNumber: row.key_number,
    attribute: row.attribute,
    sourceId: row.source_id,
    at: row.at,
    delta: row.delta,
  }));
}

/** Forgets increments received before an instant: no source repeats a message after so long. */
export function pruneIncrements(transaction: Transaction, before: number): Promise<number> {
  return transaction.execute('delete from profile.increment where received_at < $1', [before]);
}

/**
 * Writes holders and folded persons, and queues the persons for ClickHouse: one statement.
 * Rows that were not there when the batch looked must not be there now; if another process made one meanwhile,
 * 40001 makes the whole transaction run again.
 */
export async function writePeople(
  transaction: Transaction,
  holders: readonly Holder[],
  people: readonly FoldedPerson[],
  known: { keyNumbers: readonly number[]; personIds: readonly number[] },
): Promise<void> {
  const rows = await transaction.query<{ holders: number; people: number }>(
    `with held as (
       insert into profile.holder as h (key_number, person_id, cells)
       select k, p, c::jsonb from unnest($1::bigint[], $2::bigint[], string_to_array($3, E'\\n')) as u(k, p, c)
       on conflict (key_number) do update set person_id = excluded.person_id, cells = excluded.cells
       where h.key_number = any($6::bigint[])
       returning 1),
     folded as (
       insert into profile.person as p (person_id, attributes, version)
       select id, a::jsonb, nextval('profile.version_number') from unnest($4::bigint[], string_to_array($5, E'\\n')) as u(id, a)
       on conflict (person_id) do update
       set attributes = excluded.attributes, version = nextval('profile.version_number')
       where p.person_id = any($7::bigint[])
       returning person_id),
     queued as (insert into profile.change (person_id, what) select person_id, 'p' from folded)
     select (select count(*) from held) as holders, (select count(*) from folded) as people`,
    [
      holders.map((holder) => holder.keyNumber),
      holders.map((holder) => holder.personId),
      jsonLines(holders.map((holder) => packCells(holder.cells))),
      people.map((person) => person.personId),
      jsonLines(people.map((person) => person.attributes)),
      known.keyNumbers,
      known.personIds,
    ],
  );
  if (rows[0]!.holders !== holders.length || rows[0]!.people !== people.length) {
    throw madeMeanwhile();
  }
}

/** Makes the transaction run again. */
export const madeMeanwhile = (): Error =>
  Object.assign(new Error('another process made the same person at the same time'), { code: '40001' });

/** Those of some persons that have no row. Nearly always all have one: then only their number is sent back. */
export async function peopleWithoutRow(
  transaction: Transaction,
  personIds: readonly number[],
): Promise<number[]> {
  // As one text: the driver's own conversion of an array costs as much as the look-up.
  const given = [`{${personIds.join(',')}}`];
  const found = 'from profile.person where person_id = any($1::bigint[])';
  const [row] = await transaction.query<{ people: number }>(`select count(*) as people ${found}`, given);
  if (row!.people === personIds.length) return [];
  const rows = await transaction.query<{ person_id: number }>(`select person_id ${found}`, given);
  const known = new Set(rows.map((each) => each.person_id));
  return personIds.filter((personId) => !known.has(personId));
}

/** Makes rows for persons seen for the first time, without attributes. */
export async function insertPeople(transaction: Transaction, personIds: readonly number[]): Promise<number> {
  return transaction.execute(
    `with made as (
       insert into profile.person (person_id, attributes, version)
       select id, '{}', nextval('profile.version_number') from unnest($1::bigint[]) as u(id) order by id
       on conflict do nothing
       returning person_id)
     insert into profile.change (person_id, what) select person_id, 'p' from made`,
    [personIds],
  );
}

/** Queues persons for ClickHouse. */
export function queueChanges(
  transaction: Transaction,
  personIds: readonly number[],
  what: ChangeKind,
): Promise<number> {
  return transaction.execute(
    'insert into profile.change (person_id, what) select id, $2 from unnest($1::bigint[]) as u(id)',
    [personIds, what],
  );
}

/** Stored attributes of persons. */
export async function readPeople(
  transaction: Transaction,
  personIds: readonly number[],
): Promise<{ personId: number; version: number; attributes: Record<string, Stored> }[]> {
  const rows = await transaction.query<{
    person_id: number;
    version: number;
    attributes: Record<string, Stored>;
  }>('select person_id, version, attributes from profile.person where person_id = any($1::bigint[])', [
    personIds,
  ]);
  return rows.map((row) => ({ personId: row.person_id, version: row.version, attributes: row.attributes }));
}
