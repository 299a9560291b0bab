import type { Transaction } from '../../platform/index.ts';

/** A row that was not taken whole. */
export interface StoredRejection {
  readonly row: number;
  readonly record: number;
  readonly code: string;
  readonly detail: string;
  /** Encrypted cells of the row. */
  readonly box: string;
}

/** Lines kept of one run. */
const MAXIMUM_LOG_LINES = 1_000;

export async function insertRejections(
  transaction: Transaction,
  runId: string,
  rejections: readonly StoredRejection[],
): Promise<void> {
  await transaction.execute(
    `insert into warehouse.rejection (run_id, row_number, record, position, code, detail, row_box)
     select $1, n, r, p, c, d, b
     from unnest($2::bigint[], $3::int[], $4::text[], $5::text[], $6::text[]) with ordinality as u(n, r, c, d, b, p)
     on conflict do nothing`,
    [
      runId,
      rejections.map((each) => each.row),
      rejections.map((each) => each.record),
      rejections.map((each) => each.code),
      rejections.map((each) => each.detail),
      rejections.map((each) => each.box),
    ],
  );
}

/** Adds a line to the log of a run, as long as there is room. */
export async function writeLog(
  transaction: Transaction,
  runId: string,
  line: { at: number; level: 'info' | 'warning' | 'error'; text: string },
): Promise<void> {
  await transaction.execute(
    `insert into warehouse.log (run_id, at, level, text)
     select $1, $2, $3, $4 where (select count(*) from warehouse.log where run_id = $1) < $5`,
    [runId, line.at, line.level, line.text.slice(0, 2_000), MAXIMUM_LOG_LINES],
  );
}

export function readLog(
  transaction: Transaction,
  runId: string,
): Promise<{ at: number; level: 'info' | 'warning' | 'error'; text: string }[]> {
  return transaction.query(
    'select at, level, text from warehouse.log where run_id = $1 order by line limit $2',
    [runId, MAXIMUM_LOG_LINES],
  );
}

/** How many rejections of a run are stored. */
export async function countRejections(transaction: Transaction, runId: string): Promise<number> {
  const rows = await transaction.query<{ number: number }>(
    'select count(*) as number from warehouse.rejection where run_id = $1',
    [runId],
  );
  return rows[0]!.number;
}

export interface RejectionRow {
  readonly row_number: number;
  readonly record: number;
  readonly position: number;
  readonly code: string;
  readonly detail: string;
  readonly row_box: string;
}

/** A page of rejections in the order of rows. */
export function readRejections(
  transaction: Transaction,
  runId: string,
  after: { row: number; record: number; position: number },
  limit: number,
): Promise<RejectionRow[]> {
  return transaction.query(
    `select row_number, record, position, code, detail, row_box from warehouse.rejection
     where run_id = $1 and (row_number, record, position) > ($2, $3, $4)
     order by row_number, record, position limit $5`,
    [runId, after.row, after.record, after.position, limit],
  );
}
