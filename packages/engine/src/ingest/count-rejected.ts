import type { Transaction } from '../platform/index.ts';

/** Records rejected ever and on a day of the bank (`YYYY-MM-DD`), from the ledger. */
export async function countRejected(
  transaction: Transaction,
  day: string,
): Promise<{ rejected: number; rejectedToday: number }> {
  const [row] = await transaction.query<{ rejected: number; rejectedToday: number }>(
    `select coalesce(sum(rejected), 0)::bigint as rejected,
            coalesce(sum(rejected) filter (where day = $1), 0)::bigint as "rejectedToday"
       from ingest.ledger`,
    [day],
  );
  return row!;
}
