import type { Transaction } from '../platform/index.ts';
import { madeMeanwhile } from './person-store.ts';

/** Those of the keys of which something is held. */
export async function knownHolders(
  transaction: Transaction,
  keyNumbers: readonly number[],
): Promise<Set<number>> {
  const rows = await transaction.query<{ key_number: number }>(
    'select key_number from profile.holder where key_number = any($1::bigint[])',
    [`{${keyNumbers.join(',')}}`],
  );
  return new Set(rows.map((row) => row.key_number));
}

/**
 * Writes persons of whom nothing was ever said: a document (JSON) is all that their one key holds, as `packCells`
 * would pack it, and all that they are. Throws 40001 like `writePeople` when another process made one meanwhile.
 */
export async function insertLoaded(
  transaction: Transaction,
  sourceId: string,
  people: {
    readonly personIds: readonly number[];
    readonly keyNumbers: readonly number[];
    readonly times: readonly number[];
    readonly documents: readonly string[];
  },
): Promise<void> {
  const [row] = await transaction.query<{ holders: number; people: number }>(
    `with given as materialized (
       select k, p, t, d::jsonb as d
       from unnest($2::bigint[], $3::bigint[], $4::text[], string_to_array($5, E'\\n')) as u(k, p, t, d)),
     held as (
       insert into profile.holder (key_number, person_id, cells)
       select k, p, jsonb_build_object($1::text, jsonb_build_object('set', jsonb_build_object(t, d))) from given
       on conflict do nothing returning 1),
     folded as (
       insert into profile.person (person_id, attributes, version)
       select p, d, nextval('profile.version_number') from given
       on conflict do nothing returning person_id),
     queued as (insert into profile.change (person_id, what) select person_id, 'p' from folded)
     select (select count(*) from held) as holders, (select count(*) from folded) as people`,
    [
      sourceId,
      `{${people.keyNumbers.join(',')}}`,
      `{${people.personIds.join(',')}}`,
      `{${people.times.join(',')}}`,
      people.documents.join('\n'),
    ],
  );
  const wanted = people.personIds.length;
  if (row!.holders !== wanted || row!.people !== wanted) throw madeMeanwhile();
}
