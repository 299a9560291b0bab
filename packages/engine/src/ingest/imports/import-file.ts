import { resolve } from 'node:path';
import type { FileMapping } from '@wutong/contract';
import { CodedError, type Platform } from '../../platform/index.ts';
import { compileConditions, type Lookup } from './compile-expression.ts';
import { neededColumns } from './compile-mapping.ts';
import { goesInBulk, importInBulk } from './import-chunks.ts';
import { keepLookups } from './keep-lookups.ts';
import type { ImportRooms } from './load-batch.ts';
import { wholeRow, type FileRow } from './file-row.ts';
import { BATCH_ROWS, createRowLoader, numberedRow, settle, type FileJob } from './load-rows.ts';
import { openFile, readRows } from './read-rows.ts';
import { finishFile, noteWarning, rememberColumns } from './run-store.ts';

const MAXIMUM_LOOKUP_ROWS = 2_000_000;
/** Rejections stored of one run; further ones are only counted. */
export const MAXIMUM_REJECTIONS = 100_000;

/**
 * Loads a file from its bytes, piece after piece; each is settled with its mark, so that a kill repeats one at most.
 * Rows that ClickHouse can read by itself go in bulk (`import-chunks.ts`), all others one by one; what comes of them
 * is the same.
 */
export async function importFile(
  platform: Platform,
  rooms: ImportRooms,
  job: FileJob,
  bytes: AsyncIterable<Uint8Array>,
  lookups: ReadonlyMap<string, Lookup>,
): Promise<void> {
  if (goesInBulk(platform, job)) await importInBulk(platform, rooms, job, bytes);
  else await importInBatches(platform, rooms, job, bytes, lookups);
  await finishFile(platform.database, job.runId, job.file.file);
}

/** Loads the rows of a file batch after batch. */
async function importInBatches(
  platform: Platform,
  rooms: ImportRooms,
  job: FileJob,
  bytes: AsyncIterable<Uint8Array>,
  lookups: ReadonlyMap<string, Lookup>,
): Promise<void> {
  const { file } = job;
  const rows = await readRows(bytes, file, neededColumns(file));
  await rememberColumns(platform.database, job.runId, file.file, rows.columns);
  const loader = createRowLoader(platform, rooms, job, rows.columns, lookups);
  let done = job.rowsDone;
  let rejected = 0;
  let areKept = lookups.size === 0;
  // While a batch is written, the next one is parsed.
  let writing: Promise<void> = Promise.resolve();
  for await (const block of batches(rows.blocks, job.rowsDone)) {
    const numbered = block.map((row, index) => numberedRow(done + index + 1, row));
    done += block.length;
    const settled = done;
    const prepared = loader.prepare(numbered);
    await writing;
    writing = loader.write(prepared).then(async (outcome) => {
      // Before the rows that need them: what is waiting can be replayed.
      if (!areKept && outcome.rejections.length > 0) await keepLookups(platform, job, lookups);
      areKept ||= outcome.rejections.length > 0;
      rejected += await settle(platform, job, block.length, outcome);
      job.onProgress?.(settled, rejected);
    });
    // A failure is thrown at the next turn; until then nobody else would hear of it.
    writing.catch(() => undefined);
  }
  await writing;
  const lost = rows.lostDigits?.() ?? [];
  const columns = neededColumns(file).filter((column) => lost.includes(column));
  if (columns.length > 0)
    await noteWarning(platform.database, job.runId, { file: file.file, code: 'digits_lost', columns });
}

/** Rows in batches, without those that were settled before. */
async function* batches(blocks: AsyncIterable<FileRow[]>, skip: number): AsyncGenerator<FileRow[]> {
  let waiting: FileRow[] = [];
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

/** Reads the lookup files of a file into memory. Throws import_file_missing, mapping_invalid when they are too large. */
export async function readLookups(file: FileMapping, dataDirectory: string): Promise<Map<string, Lookup>> {
  const lookups = new Map<string, Lookup>();
  for (const [name, lookup] of Object.entries(file.lookups)) {
    const { columns: wanted, key, when } = lookup;
    const shape = {
      ...file,
      file: lookup.file,
      header: undefined,
      titleRows: undefined,
      format: 'csv' as const,
    };
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
      // Nobody could be told of rows that are left out of a lookup: it must be whole.
      for (const row of block.map(wholeRow)) {
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
