import type { Database, Transaction } from '../platform/index.ts';

/** What became of records; `received = stored + duplicate + rejected`. */
export interface Counts {
  received: number;
  stored: number;
  duplicate: number;
  rejected: number;
}

export interface LedgerEntry extends Counts {
  readonly sourceId: string;
  /** YYYY-MM-DD in the bank's time zone, of the arrival. */
  readonly day: string;
}

/** Adds to the ledger. Sources in one order, so that two processes never wait for each other in a circle. */
export async function addToLedger(transaction: Transaction, entries: readonly LedgerEntry[]): Promise<void> {
  const sorted = merged(entries)
    .filter((entry) => entry.received > 0)
    .toSorted((left, right) => (left.sourceId + left.day < right.sourceId + right.day ? -1 : 1));
  if (sorted.length === 0) return;
  await transaction.execute(
    `insert into ingest.ledger as present (source_id, day, received, stored, duplicate, rejected)
     select * from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
     on conflict (source_id, day) do update set
       received = present.received + excluded.received, stored = present.stored + excluded.stored,
       duplicate = present.duplicate + excluded.duplicate, rejected = present.rejected + excluded.rejected`,
    [
      sorted.map((entry) => entry.sourceId),
      sorted.map((entry) => entry.day),
      sorted.map((entry) => entry.received),
      sorted.map((entry) => entry.stored),
      sorted.map((entry) => entry.duplicate),
      sorted.map((entry) => entry.rejected),
    ],
  );
}

/** One entry a source and day: a statement may not touch a row twice. */
function merged(entries: readonly LedgerEntry[]): LedgerEntry[] {
  const byPlace = new Map<string, LedgerEntry>();
  for (const entry of entries) {
    const present = byPlace.get(`${entry.sourceId} ${entry.day}`);
    if (!present) byPlace.set(`${entry.sourceId} ${entry.day}`, { ...entry });
    else
      for (const name of ['received', 'stored', 'duplicate', 'rejected'] as const)
        present[name] += entry[name];
  }
  return [...byPlace.values()];
}

/** Ledger rows between two days, newest first; of one source when named. */
export async function readLedger(
  database: Database,
  filter: { sourceId?: string | undefined; from: string; to: string },
): Promise<LedgerEntry[]> {
  return database.query<LedgerEntry>(
    `select source_id as "sourceId", day, received, stored, duplicate, rejected from ingest.ledger
     where day between $1 and $2 and ($3::text is null or source_id = $3)
     order by day desc, source_id limit 10000`,
    [filter.from, filter.to, filter.sourceId ?? null],
  );
}
