import type { Transaction } from '../../platform/index.ts';

/** Links of a run that are not retracted. */
export async function linksInForce(
  transaction: Transaction,
  runId: string,
  limit: number,
): Promise<{ assertionId: string; keyNumbers: number[] }[]> {
  const rows = await transaction.query<{ assertion_id: string; key_numbers: string[] }>(
    `select assertion_id, key_numbers::text[] as key_numbers from identity.assertion
     where source_id = 'linkage' and message_id = $1 and not retracted limit $2 for update`,
    [runId, limit],
  );
  return rows.map((row) => ({ assertionId: row.assertion_id, keyNumbers: row.key_numbers.map(Number) }));
}

/** Reviews of a run that nobody decided wait no more. */
export async function closeReviews(transaction: Transaction, runId: string): Promise<number> {
  return transaction.execute(
    `update identity.quarantine_item set state = 'obsolete'
     where reason = 'linkage' and state = 'open' and evidence ->> 'run' = $1`,
    [runId],
  );
}

/** Reviews of a run whose keys have become one person have nothing left to decide. */
export async function closeSettledReviews(transaction: Transaction, runId: string): Promise<void> {
  await transaction.execute(
    `update identity.quarantine_item as item set state = 'obsolete'
     from identity.key as own, identity.key as other
     where item.reason = 'linkage' and item.state = 'open' and item.evidence ->> 'run' = $1
       and own.key_number = item.key_numbers[1] and other.key_number = item.key_numbers[2]
       and own.person_id = other.person_id`,
    [runId],
  );
}
