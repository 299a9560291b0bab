import type { Transaction } from '../platform/index.ts';
import { foldPeople } from './apply-attributes.ts';
import type { Model } from './catalogue.ts';
import { rewritePeople } from './move-store.ts';
import { loadHolders, lockPeople, queueChanges } from './person-store.ts';

const PEOPLE_A_STEP = 5_000;

/** When sources are trusted in another order, everybody who has the attribute is folded anew, in this transaction. */
export async function refoldAttributes(transaction: Transaction, before: Model, after: Model): Promise<void> {
  const changed = [...after.attributes.values()]
    .filter((field) => {
      const old = before.attributes.get(field.name);
      return old && JSON.stringify(old.precedence ?? []) !== JSON.stringify(field.precedence ?? []);
    })
    .map((field) => field.name);
  if (changed.length === 0) return;
  let last = -1;
  for (;;) {
    const rows = await transaction.query<{ person_id: number }>(
      `select person_id from profile.person where person_id > $1 and attributes ?| $2::text[]
       order by person_id limit $3`,
      [last, changed, PEOPLE_A_STEP],
    );
    if (rows.length === 0) return;
    const personIds = rows.map((row) => row.person_id);
    await lockPeople(transaction, personIds);
    const holders = await loadHolders(transaction, personIds, []);
    await rewritePeople(transaction, await foldPeople(transaction, after, holders, new Set(personIds)));
    await queueChanges(transaction, personIds, 'p');
    last = personIds.at(-1)!;
  }
}
