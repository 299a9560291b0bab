import { resolve } from 'node:path';
import type { Catalogue, FileMapping, Mapping } from '@wutong/contract';
import { CodedError, type Platform } from '../../platform/index.ts';
import { compileConditions, RowProblem, type FileContext, type Lookup } from './compile-expression.ts';
import { compileFile, neededColumns, type RowCompiler } from './compile-mapping.ts';
import type { PlacedDraft, RowRejection } from './draft.ts';
import { loadBatch, type ImportRooms } from './load-batch.ts';
import { openFile, readRows } from './read-rows.ts';
import { finishFile, settleBatch, type StoredRejection } from './run-store.ts';

/** Rows of one batch: large enough that round trips do not count, small enough to be repeated after a crash. */
const BATCH_ROWS = 10_000;
const MAXIMUM_LOOKUP_ROWS = 2_000_000;
/** Rejections stored of one run; further ones are only counted. */
export const MAXIMUM_REJECTIONS = 100_000;

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
  onProgress?(rows: number, rejectedRows: number): void;
}

/** Loads a file from its bytes, batch after batch; each is settled with its mark, so that a kill repeats one at most. */
export async function importFile(
  platform: Platform,
  rooms: ImportRooms,
  job: FileJob,
  bytes: AsyncIterable<Uint8Array>,
  lookups: ReadonlyMap<string, Lookup>,
): Promise<void> {
  const { file, mapping } = job;
  const rows = await readRows(bytes, file, neededColumns(file));
  const context: FileContext = {
    columns: rows.columns,
    missing: new Set(file.missing),
    timeZone: mapping.timeZone ?? platform.config.timeZone,
    lookups,
    position: { row: 0 },
  };
  const compiler = compileFile(file, context, job.asOf);
  const whole = wholeRecords(file, job.catalogue);
  let done = job.rowsDone;
  let rejected = 0;
  // While a batch is written, the next one is parsed.
  let writing: Promise<void> = Promise.resolve();
  for await (const block of batches(rows.blocks, job.rowsDone)) {
    const first = done + 1;
    done += block.length;
    const prepared = prepareBatch(block, first, compiler, rows.columns.length);
    await writing;
    writing = writeBatch(platform, rooms, job, { block, first, prepared, whole }).then((rejectedRows) => {
      rejected += rejectedRows;
      job.onProgress?.(first - 1 + block.length, rejected);
    });
    // A failure is thrown at the next turn; until then nobody else would hear of it.
    writing.catch(() => undefined);
  }
  await writing;
  await finishFile(platform.database, job.runId, file.file);
}

/** Rows in batches, without those that were settled before. */
async function* batches(blocks: AsyncIterable<string[][]>, skip: number): AsyncGenerator<string[][]> {
  let waiting: string[][] = [];
  let left = skip;
  for await (const block of blocks) {
    const fresh = left > 0 ? block.slice(Math.min(left, block.length)) : block;
    left -= block.length - fresh.length;
    waiting = waiting.length === 0 ? fresh : waiting.concat(fresh);
    let start = 0;
    for (; waiting.length - start >= BATCH_ROWS; start += BATCH_ROWS)
      yield waiting.slice(start, start + BATCH_ROWS);
    if (start > 0) waiting = waiting.slice(start);
  }
  if (waiting.length > 0) yield waiting;
}

interface Prepared {
  readonly drafts: PlacedDraft[];
  readonly rejections: RowRejection[];
}

function prepareBatch(
  block: readonly string[][],
  first: number,
  compiler: RowCompiler,
  columns: number,
): Prepared {
  const drafts: PlacedDraft[] = [];
  const rejections: RowRejection[] = [];
  block.forEach((cells, index) => {
    const row = first + index;
    if (cells.length !== columns) {
      const detail = `has ${cells.length} cells, the header ${columns}`;
      rejections.push({ row, record: 0, code: 'import_file_unreadable', detail });
      return;
    }
    compiler.drafts(
      cells,
      row,
      (record, problem: RowProblem) =>
        rejections.push({ row, record, code: 'value_type_conflict', detail: problem.message }),
      (record, draft) => drafts.push({ row, record, draft }),
    );
  });
  return { drafts, rejections };
}

async function writeBatch(
  platform: Platform,
  rooms: ImportRooms,
  job: FileJob,
  batch: { block: readonly string[][]; first: number; prepared: Prepared; whole: ReadonlySet<number> },
): Promise<number> {
  const { mapping, file, runId } = job;
  const outcome = await loadBatch(platform, rooms, {
    sourceId: mapping.sourceId,
    messagePrefix: `${mapping.name}/${file.file}`,
    drafts: batch.prepared.drafts,
    wholeRecords: batch.whole,
  });
  const rejections = [...batch.prepared.rejections, ...outcome.rejections].sort((a, b) => a.row - b.row);
  const rejectedRows = new Set(rejections.map((each) => each.row)).size;
  const kept = rejections.slice(0, Math.max(0, job.rejectionsLeft)).map((each): StoredRejection => ({
    ...each,
    box: platform.secrets.encrypt(JSON.stringify(batch.block[each.row - batch.first])),
  }));
  job.rejectionsLeft -= kept.length;
  await platform.database.transaction((transaction) =>
    settleBatch(transaction, runId, file.file, {
      rows: batch.block.length,
      rejectedRows,
      records: outcome.stored,
      rejections: kept,
    }),
  );
  return rejectedRows;
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

/** Reads the lookup files of a file into memory. Throws import_file_missing, mapping_invalid when they are too large. */
export async function readLookups(file: FileMapping, dataDirectory: string): Promise<Map<string, Lookup>> {
  const lookups = new Map<string, Lookup>();
  for (const [name, lookup] of Object.entries(file.lookups)) {
    const { columns: wanted, key, when } = lookup;
    const shape = { ...file, file: lookup.file, header: undefined, format: 'csv' as const };
    const { columns, blocks } = await readRows(openFile(resolve(dataDirectory, lookup.file)), shape, [
      key,
      ...wanted,
      ...(when ?? []).map((condition) => condition.column),
    ]);
    const holds = compileConditions(when, { columns, missing: new Set(file.missing) });
    const keyAt = columns.indexOf(key);
    const places = wanted.map((column) => columns.indexOf(column));
    const rows = new Map<string, readonly string[]>();
    for await (const block of blocks) {
      for (const row of block) {
        if (holds(row))
          rows.set(
            row[keyAt] ?? '',
            places.map((place) => row[place] ?? ''),
          );
      }
      if (rows.size > MAXIMUM_LOOKUP_ROWS) {
        throw new CodedError('mapping_invalid', {
          details: { lookup: name, maximumRows: MAXIMUM_LOOKUP_ROWS },
        });
      }
    }
    lookups.set(name, { columns: wanted, rows });
  }
  return lookups;
}
