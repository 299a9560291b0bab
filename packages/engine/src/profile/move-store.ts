import type { Identity, PersonChange } from '../identity/index.ts';
import type { Transaction } from '../platform/index.ts';
import { jsonLines, type FoldedPerson } from './person-store.ts';

/** Puts everything that hangs on keys under the persons they belong to now, and remembers where they were. */
export async function moveKeys(
  transaction: Transaction,
  present: ReadonlyMap<number, number>,
  changes: readonly Pick<PersonChange, 'keyNumber' | 'oldPersonId'>[],
): Promise<void> {
  const values = [[...present.keys()], [...present.values()]];
  for (const table of ['holder', 'consent', 'suppression']) {
    await transaction.execute(
      `update profile.${table} as t set person_id = u.person_id
       from unnest($1::bigint[], $2::bigint[]) as u(key_number, person_id)
       where t.key_number = u.key_number and t.person_id <> u.person_id`,
      values,
    );
  }
  await transaction.execute(
    `insert into profile.former_person (key_number, person_id)
     select * from unnest($1::bigint[], $2::bigint[]) on conflict do nothing`,
    [changes.map((change) => change.keyNumber), changes.map((change) => change.oldPersonId)],
  );
}

/** Persons among these who have no key any more. A person's id is one of their keys, unless they are gone. */
export async function vanishedPeople(
  transaction: Transaction,
  identity: Identity,
  personIds: readonly number[],
): Promise<Set<number>> {
  const present = await identity.personsOf(personIds, transaction);
  return new Set(personIds.filter((personId) => present.get(personId) !== personId));
}

/** Writes folded persons whether they had a row or not. */
export async function rewritePeople(
  transaction: Transaction,
  people: readonly FoldedPerson[],
): Promise<void> {
  if (people.length === 0) return;
  await transaction.execute(
    `insert into profile.person (person_id, attributes, version)
     select id, a::jsonb, nextval('profile.version_number') from unnest($1::bigint[], string_to_array($2, E'\\n')) as u(id, a)
     order by id
     on conflict (person_id) do update
     set attributes = excluded.attributes, version = nextval('profile.version_number')`,
    [people.map((person) => person.personId), jsonLines(people.map((person) => person.attributes))],
  );
}

/** Removes the rows of persons that are gone; their keys' holders already stand elsewhere. */
export async function deletePeople(transaction: Transaction, personIds: readonly number[]): Promise<void> {
  if (personIds.length === 0) return;
  await transaction.execute('delete from profile.person where person_id = any($1::bigint[])', [personIds]);
}

/** Person ids under which rows of these keys may stand in ClickHouse: those of before. */
export async function formerPeople(
  transaction: Transaction,
  keyNumbers: readonly number[],
): Promise<number[]> {
  const rows = await transaction.query<{ person_id: number }>(
    'select distinct person_id from profile.former_person where key_number = any($1::bigint[])',
    [keyNumbers],
  );
  return rows.map((row) => row.person_id);
}

/** Keys of which something stands under some persons, and the persons' own; and under whom. */
export async function placesOfKeys(
  transaction: Transaction,
  personIds: readonly number[],
): Promise<{ keyNumber: number; personId: number }[]> {
  const parts = ['holder', 'consent', 'suppression'].map(
    (table) => `select key_number, person_id from profile.${table} where person_id = any($1::bigint[])`,
  );
  const rows = await transaction.query<{ key_number: number; person_id: number }>(
    `${parts.join(' union ')} union select person_id, person_id from profile.person where person_id = any($1::bigint[])`,
    [`{${personIds.join(',')}}`],
  );
  return rows.map((row) => ({ keyNumber: row.key_number, personId: row.person_id }));
}
