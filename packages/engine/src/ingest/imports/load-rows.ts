import type { Catalogue, FileMapping, Mapping } from '@wutong/contract';
import type { Platform } from '../../platform/index.ts';
import { type FileContext, type Lookup, RowProblem } from './compile-expression.ts';
import { compileFile } from './compile-mapping.ts';
import type { PlacedDraft, RowRejection } from './draft.ts';
import { isBroken, type FileRow } from './file-row.ts';
import { keepRejectedRows } from '../rejected-store.ts';
import { loadBatch, type RowRooms } from './load-batch.ts';
import { settleBatch } from './run-store.ts';
import { rejectedRowsOf, type StoredRejection } from './rejected-rows.ts';

/** Rows of one batch: large enough that round trips do not count, small enough to be repeated after a crash. */
export const BATCH_ROWS = 10_000;

/** One file of a run that is to be read. */
export interface FileJob {
  readonly runId: string;
  readonly mapping: Mapping;
  readonly file: FileMapping;
  /** Epoch ms: when rows are true that do not say so themselves. */
  readonly asOf: number;
  /** Rows settled by an earlier try; they are read over. */
  readonly rowsDone: number;
  readonly catalogue: Catalogue;
  /** Rejections that may still be stored. */
  rejectionsLeft: number;
  /** Bytes of a chunk that is read in bulk; 0: every row goes by itself. */
  readonly chunkBytes?: number | undefined;
  onProgress?(rows: number, rejectedRows: number): void;
}

/** A row with its number in the file, from 1 without the header. */
export interface NumberedRow {
  readonly number: number;
  /** Of a broken row its text. */
  readonly cells: readonly string[];
  /** Why the row is broken. */
  readonly problem?: string;
}

/** A row with its number; `linesBefore`: lines of the file before those that the row counts. */
export const numberedRow = (number: number, row: FileRow, linesBefore = 0): NumberedRow =>
  isBroken(row)
    ? { number, cells: [row.text], problem: `line ${linesBefore + row.line}: ${row.reason}` }
    : { number, cells: row };

interface Prepared {
  readonly rows: readonly NumberedRow[];
  readonly drafts: PlacedDraft[];
  readonly rejections: RowRejection[];
}

/** What was stored of some rows, by kind, and what was refused. */
export interface RowsOutcome {
  readonly stored: Readonly<Record<string, number>>;
  readonly rejections: readonly StoredRejection[];
  /** Rows of which something was refused; more than are in `rejections` once enough are kept. */
  readonly rejectedRows: number;
}

/** Loads rows of one file, each by itself. */
export interface RowLoader {
  /** Makes drafts of rows (ascending numbers); no IO. */
  prepare(rows: readonly NumberedRow[]): Prepared;
  /** Writes them; may be done again after a crash with the same outcome. */
  write(prepared: Prepared): Promise<RowsOutcome>;
}

/** Names a file within its source: with the number of a row it makes message ids. */
export const filePrefix = ({ mapping, file }: FileJob): string => `${mapping.name}/${file.file}`;

export function createRowLoader(
  platform: Platform,
  rooms: RowRooms,
  job: FileJob,
  columns: readonly string[],
  lookups: ReadonlyMap<string, Lookup>,
): RowLoader {
  const { file, mapping } = job;
  const context: FileContext = {
    columns,
    missing: new Set(file.missing),
    timeZone: mapping.timeZone ?? platform.config.timeZone,
    lookups,
    position: { row: 0 },
  };
  const compiler = compileFile(file, context, job.asOf);
  const whole = wholeRecords(file, job.catalogue);
  return {
    prepare(rows) {
      const drafts: PlacedDraft[] = [];
      const rejections: RowRejection[] = [];
      for (const { number: row, cells, problem } of rows) {
        if (problem !== undefined || cells.length !== columns.length) {
          const detail = problem ?? `has ${cells.length} cells, the header ${columns.length}`;
          rejections.push({ row, record: 0, code: 'import_row_unreadable', detail });
          continue;
        }
        compiler.drafts(
          cells,
          row,
          (record, problem: RowProblem) =>
            rejections.push({ row, record, code: 'value_type_conflict', detail: problem.message }),
          (record, draft) => drafts.push({ row, record, draft }),
        );
      }
      return { rows, drafts, rejections };
    },
    async write({ rows, drafts, rejections }) {
      const outcome = await loadBatch(platform, rooms, {
        sourceId: mapping.sourceId,
        messagePrefix: filePrefix(job),
        drafts,
        wholeRecords: whole,
      });
      return {
        stored: outcome.stored,
        ...keepRejections(platform, job, rows, [...rejections, ...outcome.rejections]),
      };
    },
  };
}

/** Seals the rows of rejections, as many as may still be stored. */
export function keepRejections(
  platform: Platform,
  job: FileJob,
  rows: readonly NumberedRow[],
  rejections: RowRejection[],
): Pick<RowsOutcome, 'rejections' | 'rejectedRows'> {
  if (rejections.length === 0) return { rejections: [], rejectedRows: 0 };
  rejections.sort((a, b) => a.row - b.row);
  const rowOf = new Map(rows.map((row) => [row.number, row]));
  const kept = rejections.slice(0, Math.max(0, job.rejectionsLeft));
  job.rejectionsLeft -= kept.length;
  return {
    rejections: kept.map((each) => {
      const { cells, problem } = rowOf.get(each.row)!;
      const text = JSON.stringify(cells);
      const box = platform.secrets.encrypt(text);
      return { ...each, box, sizeBytes: Buffer.byteLength(text), isBroken: problem !== undefined };
    }),
    rejectedRows: new Set(rejections.map((each) => each.row)).size,
  };
}

/** Moves the file's mark over rows whose outcome is durable. Returns how many of them were refused in part or whole. */
export async function settle(
  platform: Platform,
  job: FileJob,
  rows: number,
  outcome: RowsOutcome,
): Promise<number> {
  const { runId, file } = job;
  const rejected = rejectedRowsOf(platform, job, outcome.rejections);
  await platform.database.transaction(async (transaction) => {
    await settleBatch(transaction, runId, file.file, {
      rows,
      rejectedRows: outcome.rejectedRows,
      records: outcome.stored,
    });
    await keepRejectedRows(transaction, rejected);
  });
  return outcome.rejectedRows;
}

/** Records that name every declared field: nothing of what is stored need be kept, so nothing need be read. */
function wholeRecords(file: FileMapping, catalogue: Catalogue): Set<number> {
  const whole = new Set<number>();
  file.records.forEach((record, index) => {
    if (record.record !== 'entity' && record.record !== 'detail') return;
    const types = record.record === 'entity' ? catalogue.entityTypes : catalogue.detailTypes;
    const declared = types.find((type) => type.name === record.type);
    if (declared?.fields.every((field) => Object.hasOwn(record.fields, field.name))) whole.add(index);
  });
  return whole;
}
