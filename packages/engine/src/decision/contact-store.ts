import { contentApi } from '@wutong/contract';
import type { Transaction } from '../platform/index.ts';
import { CONTACT_MEMORY_MS, type Contact } from './contact-caps.ts';

// Numbers are stored, so new channels go to the end of the contract's list and none is ever removed.
const CHANNEL_FACTOR = 16;

interface ContactRow {
  person_id: number;
  contacts: number[];
}

function decode(row: ContactRow): Contact[] {
  return row.contacts.map((code) => ({
    at: Math.floor(code / CHANNEL_FACTOR),
    channel: contentApi.channels[code % CHANNEL_FACTOR]!,
  }));
}

function encode(contacts: readonly Contact[]): string {
  const codes = contacts.map(
    (contact) => contact.at * CHANNEL_FACTOR + contentApi.channels.indexOf(contact.channel),
  );
  return `{${codes.join(',')}}`;
}

/**
 * Contacts of persons, locked until the transaction ends. Rows are locked in ascending order, so that two
 * judgements never wait for each other crosswise; a person without a row gets an empty one to lock.
 */
export async function lockContacts(
  transaction: Transaction,
  personIds: readonly number[],
): Promise<Map<number, Contact[]>> {
  const contacts = new Map<number, Contact[]>();
  let missing = [...new Set(personIds)].sort((left, right) => left - right);
  while (missing.length > 0) {
    const rows = await transaction.query<ContactRow>(
      `select person_id, contacts from decision.contact
        where person_id = any($1::bigint[]) order by person_id for update`,
      [missing],
    );
    for (const row of rows) contacts.set(row.person_id, decode(row));
    missing = missing.filter((personId) => !contacts.has(personId));
    if (missing.length === 0) break;
    // Rows that another transaction inserts meanwhile are waited for and not returned: the next pass locks them.
    const inserted = await transaction.query<{ person_id: number }>(
      `insert into decision.contact (person_id, contacts)
       select person_id, '{}' from unnest($1::bigint[]) person_id order by person_id
       on conflict (person_id) do nothing returning person_id`,
      [missing],
    );
    for (const row of inserted) contacts.set(row.person_id, []);
    missing = missing.filter((personId) => !contacts.has(personId));
  }
  return contacts;
}

/** Contacts of persons as they stand, without a lock. */
export async function readContacts(
  transaction: Transaction,
  personIds: readonly number[],
): Promise<Map<number, Contact[]>> {
  const rows = await transaction.query<ContactRow>(
    'select person_id, contacts from decision.contact where person_id = any($1::bigint[])',
    [personIds],
  );
  return new Map(rows.map((row) => [row.person_id, decode(row)]));
}

/** Writes contacts of persons that are locked; those older than any window are forgotten. */
export async function writeContacts(
  transaction: Transaction,
  contacts: ReadonlyMap<number, readonly Contact[]>,
  now: number,
): Promise<void> {
  if (contacts.size === 0) return;
  const kept = [...contacts.values()].map((list) =>
    encode(list.filter((contact) => contact.at > now - CONTACT_MEMORY_MS)),
  );
  await transaction.execute(
    `update decision.contact stored set contacts = fresh.contacts::float8[]
       from unnest($1::bigint[], $2::text[]) as fresh (person_id, contacts)
      where stored.person_id = fresh.person_id`,
    [[...contacts.keys()], kept],
  );
}

/** Locks the budget of a strategy; answers how many messages have been counted against it. */
export async function lockBudget(transaction: Transaction, strategyId: string): Promise<number> {
  const rows = await transaction.query<{ used: number }>(
    `insert into decision.budget (strategy_id, used) values ($1, 0)
     on conflict (strategy_id) do update set used = budget.used returning used`,
    [strategyId],
  );
  return rows[0]!.used;
}

export async function addToBudget(
  transaction: Transaction,
  strategyId: string,
  messages: number,
): Promise<void> {
  await transaction.execute('update decision.budget set used = used + $2 where strategy_id = $1', [
    strategyId,
    messages,
  ]);
}

export async function readBudget(transaction: Transaction, strategyId: string): Promise<number> {
  const rows = await transaction.query<{ used: number }>(
    'select used from decision.budget where strategy_id = $1',
    [strategyId],
  );
  return rows[0]?.used ?? 0;
}
