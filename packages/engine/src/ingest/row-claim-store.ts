import type { Transaction } from '../platform/index.ts';

/** Rows of a file, each giving one record; numbers from 1. */
export interface RowClaim {
  readonly sourceId: string;
  readonly file: string;
  /** Place of the record in the mapping. */
  readonly record: number;
  readonly firstRow: number;
  readonly lastRow: number;
}

/** A claim of an earlier batch; `stored` is a bit a row from `firstRow` on, undefined while that batch is under way. */
export interface EarlierClaim {
  readonly firstRow: number;
  readonly lastRow: number;
  readonly stored: Buffer | undefined;
}

/** Lets nobody else claim rows of the file until the transaction ends. */
export async function lockFile(transaction: Transaction, sourceId: string, file: string): Promise<void> {
  await transaction.execute(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [
    `rows ${sourceId} ${file}`,
  ]);
}

/** Claims of earlier batches that share rows with a claim. */
export async function earlierClaims(transaction: Transaction, claim: RowClaim): Promise<EarlierClaim[]> {
  const rows = await transaction.query<{ first_row: number; last_row: number; stored: string | null }>(
    `select first_row, last_row, encode(stored, 'hex') as stored from ingest.row_claim
     where source_id = $1 and file = $2 and record = $3 and first_row <= $5 and last_row >= $4`,
    [claim.sourceId, claim.file, claim.record, claim.firstRow, claim.lastRow],
  );
  return rows.map((row) => ({
    firstRow: row.first_row,
    lastRow: row.last_row,
    stored: row.stored === null ? undefined : Buffer.from(row.stored, 'hex'),
  }));
}

/** Claims rows for a batch; `now`: epoch ms. */
export async function insertRowClaims(
  transaction: Transaction,
  batch: number,
  claims: readonly RowClaim[],
  now: number,
): Promise<void> {
  for (const claim of claims) {
    await transaction.execute(
      `insert into ingest.row_claim (source_id, file, record, first_row, last_row, batch, claimed_at)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [claim.sourceId, claim.file, claim.record, claim.firstRow, claim.lastRow, batch, now],
    );
  }
}

/** The claims that a batch made. */
export async function rowClaimsOf(transaction: Transaction, batch: number): Promise<RowClaim[]> {
  return transaction.query<RowClaim>(
    `select source_id as "sourceId", file, record, first_row as "firstRow", last_row as "lastRow"
     from ingest.row_claim where batch = $1`,
    [batch],
  );
}

/** Says which rows of a claim are stored; the others may come again. */
export async function settleRowClaim(
  transaction: Transaction,
  batch: number,
  claim: RowClaim,
  rows: Iterable<number>,
): Promise<void> {
  const bits = Buffer.alloc(Math.ceil((claim.lastRow - claim.firstRow + 1) / 8));
  for (const row of rows) {
    const place = row - claim.firstRow;
    bits[place >> 3]! |= 1 << (place & 7);
  }
  await transaction.execute(
    `update ingest.row_claim set stored = decode($6, 'hex')
     where source_id = $1 and file = $2 and record = $3 and first_row = $4 and batch = $5`,
    [claim.sourceId, claim.file, claim.record, claim.firstRow, batch, bits.toString('hex')],
  );
}

/** Whether a row of an earlier claim is stored. */
export function isStored({ firstRow, stored }: EarlierClaim, row: number): boolean {
  const place = row - firstRow;
  return stored !== undefined && ((stored[place >> 3]! >> (place & 7)) & 1) === 1;
}

/** Forgets what was claimed before an instant (epoch ms). */
export async function forgetRowClaims(transaction: Transaction, before: number): Promise<void> {
  await transaction.execute('delete from ingest.row_claim where claimed_at < $1', [before]);
}
