import { savedReportInputSchema, type SavedReport, type SavedReportInput } from '@wutong/contract';
import type { Database, Transaction } from '../../platform/index.ts';

interface ReportRow {
  report_id: string;
  name: string;
  description: string;
  owner: string;
  shared: boolean;
  report: unknown;
  revision: number;
  created_at: number;
  updated_at: number;
}

type Reader = Pick<Database, 'query'>;
/** A report to be written; `now` in epoch ms. */
type Written = SavedReportInput & { reportId: string; owner: string; now: number };

const VISIBLE = '(owner = $1 or shared)';

function toReport(row: ReportRow): SavedReport {
  return {
    ...savedReportInputSchema.parse(row),
    reportId: row.report_id,
    owner: row.owner,
    revision: row.revision,
    createdAt: new Date(row.created_at).toISOString(),
    updatedAt: new Date(row.updated_at).toISOString(),
  };
}

/** A user's own reports and shared ones, last changed first. */
export async function selectReports(reader: Reader, viewer: string): Promise<SavedReport[]> {
  const rows = await reader.query<ReportRow>(
    `select * from insight.report where ${VISIBLE} order by updated_at desc, report_id limit 500`,
    [viewer],
  );
  return rows.map(toReport);
}

export async function selectReport(
  reader: Reader,
  reportId: string,
  viewer: string,
): Promise<SavedReport | undefined> {
  const rows = await reader.query<ReportRow>(
    `select * from insight.report where report_id = $2 and ${VISIBLE}`,
    [viewer, reportId],
  );
  return rows[0] && toReport(rows[0]);
}

export async function insertReport(transaction: Transaction, written: Written): Promise<void> {
  const { reportId, name, description, owner, shared, report, now } = written;
  await transaction.execute(
    `insert into insight.report (report_id, name, description, owner, shared, report, revision, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6::jsonb, 1, $7, $7)`,
    [reportId, name, description, owner, shared, JSON.stringify(report), now],
  );
}

/** Writes when nobody has saved since `revision`; false otherwise. */
export async function updateReport(
  transaction: Transaction,
  written: Written & { revision: number },
): Promise<boolean> {
  const { reportId, name, description, owner, shared, report, revision, now } = written;
  const updated = await transaction.execute(
    `update insight.report set name = $4, description = $5, shared = $6, report = $7::jsonb,
        revision = revision + 1, updated_at = $8
      where report_id = $1 and owner = $2 and revision = $3`,
    [reportId, owner, revision, name, description, shared, JSON.stringify(report), now],
  );
  return updated === 1;
}

/** False when there is no such report of the user's own. */
export async function removeReport(
  transaction: Transaction,
  reportId: string,
  owner: string,
): Promise<boolean> {
  const removed = await transaction.execute(
    'delete from insight.report where report_id = $1 and owner = $2',
    [reportId, owner],
  );
  return removed === 1;
}
