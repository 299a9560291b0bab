import { CodedError, type Platform } from '../../platform/index.ts';
import {
  checkStaged,
  countFacts,
  createTables,
  dropTables,
  keepKeys,
  newKeys,
  noteSingleRows,
  singleRowsMeetOthers,
  stageChunk,
  stagedFacts,
  type ChunkTables,
  type KeyTables,
} from './chunk-store.ts';
import { neededColumns } from './compile-mapping.ts';
import { expressFile, type BulkPlan } from './express-mapping.ts';
import type { ImportRooms } from './load-batch.ts';
import {
  BATCH_ROWS,
  createRowLoader,
  settle,
  type FileJob,
  type NumberedRow,
  type RowLoader,
  type RowsOutcome,
} from './load-rows.ts';
import { decodeTexts, explained, gunzipped } from './read-rows.ts';
import { runsUnderWay } from './run-store.ts';
import { allRows, rowsAt, splitChunks, withoutRows, type Chunk, type LineChunk } from './split-chunks.ts';

/** Bytes of a chunk: enough that an insert makes one large part, little enough to be held twice in memory. */
const CHUNK_BYTES = 32 * 1024 * 1024;
/** Key values resolved in one transaction. */
const KEYS_A_BATCH = 20_000;
/** A chunk with a greater share of single rows than one in this goes row by row as a whole. */
const SINGLE_ROWS_ONE_IN = 5;

/** Whether ClickHouse can read the rows of a file by itself. */
export function goesInBulk(platform: Platform, job: FileJob): boolean {
  return job.chunkBytes !== 0 && planOf(platform, job, neededColumns(job.file)) !== undefined;
}

const planOf = (platform: Platform, job: FileJob, columns: readonly string[]): BulkPlan | undefined =>
  expressFile(job.file, {
    columns,
    missing: job.file.missing,
    timeZone: job.mapping.timeZone ?? platform.config.timeZone,
    bankTimeZone: platform.config.timeZone,
    asOf: job.asOf,
    catalogue: job.catalogue,
  });

/**
 * Loads a file chunk by chunk inside ClickHouse: stage (cut, transform, check) → resolve the keys that are new →
 * load the rows that are not sure one by one → copy the others into their tables → settle. While a chunk is copied,
 * the next one is staged.
 */
export async function importInBulk(
  platform: Platform,
  rooms: ImportRooms,
  job: FileJob,
  bytes: AsyncIterable<Uint8Array>,
): Promise<void> {
  const { columns, chunks } = await readHeader(job, explained(chunksOf(job, bytes), job.file.file));
  const plan = planOf(platform, job, columns)!;
  const name = `${job.runId.replaceAll('-', '')}_${job.mapping.files.indexOf(job.file)}`;
  await dropAbandoned(platform, name);
  const tables = await createTables(platform.clickhouse, name, plan);
  const singles = createRowLoader(platform, rooms, job, columns, new Map());
  const loader = new ChunkLoader({ platform, rooms, job, plan, singles, keys: tables.keys });
  let done = job.rowsDone;
  let rejected = 0;
  let turn = 0;
  let copying: Promise<void> = Promise.resolve();
  try {
    for await (const chunk of chunks) {
      const staged = await loader.stage(chunk, tables.chunks[turn++ % 2]!, done);
      await copying;
      done += staged.rows;
      const settled = done;
      copying = loader.copy(staged).then(async (outcome) => {
        rejected += await settle(platform, job, staged.rows, outcome);
        job.onProgress?.(settled, rejected);
      });
      // A failure is thrown at the next turn; until then nobody else would hear of it.
      copying.catch(() => undefined);
    }
    await copying;
  } finally {
    await copying.catch(() => undefined);
    await dropTables(platform.clickhouse, (run) => run === name).catch(() => undefined);
  }
}

/** Tables that a killed process left in memory, and our own from an earlier try. */
async function dropAbandoned(platform: Platform, own: string): Promise<void> {
  const underWay = new Set((await runsUnderWay(platform.database)).map((runId) => runId.replaceAll('-', '')));
  await dropTables(platform.clickhouse, (run) => run === own || !underWay.has(run.split('_')[0]!));
}

async function* chunksOf(
  { file, chunkBytes = CHUNK_BYTES }: FileJob,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Chunk> {
  const unpacked = await gunzipped(bytes);
  yield* splitChunks(
    file.encoding === 'utf-8' ? withoutMark(unpacked) : recoded(unpacked, file.encoding),
    file.delimiter,
    chunkBytes,
  );
}

/** UTF-8 without the byte order mark that it may begin with. */
async function* withoutMark(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const piece of bytes) {
    const hasMark = isFirst && piece[0] === 0xef && piece[1] === 0xbb && piece[2] === 0xbf;
    isFirst = false;
    yield hasMark ? piece.subarray(3) : piece;
  }
}

async function* recoded(bytes: AsyncIterable<Uint8Array>, encoding: string): AsyncGenerator<Uint8Array> {
  for await (const text of decodeTexts(bytes, encoding)) yield Buffer.from(text);
}

/** The names of the columns, and the chunks without the header and without the rows that were settled before. */
async function readHeader(
  { file, rowsDone }: FileJob,
  all: AsyncGenerator<Chunk>,
): Promise<{ columns: readonly string[]; chunks: AsyncGenerator<Chunk> }> {
  const first = await all.next();
  let columns = file.header;
  let skip = rowsDone;
  if (!columns) {
    const row = first.done
      ? undefined
      : 'rows' in first.value
        ? first.value.rows[0]
        : rowsAt(first.value, file.delimiter, [1])[0];
    columns = (row ?? []).map((name) => name.trim());
    skip++;
  }
  const absent = neededColumns(file).filter((column) => !columns.includes(column));
  if (absent.length > 0)
    throw new CodedError('import_column_missing', { details: { file: file.file, columns: absent } });
  return {
    columns,
    chunks: (async function* () {
      for (let next = first; !next.done; next = await all.next()) {
        const { chunk, left } = skip > 0 ? withoutRows(next.value, skip) : { chunk: next.value, left: 0 };
        skip -= left;
        yield chunk;
      }
    })(),
  };
}

interface ChunkNeeds {
  readonly platform: Platform;
  readonly rooms: ImportRooms;
  readonly job: FileJob;
  readonly plan: BulkPlan;
  readonly singles: RowLoader;
  readonly keys: KeyTables;
}

/** A chunk whose keys are resolved: `single` rows are loaded one by one, the others lie in `tables`. */
interface StagedChunk {
  readonly rows: number;
  readonly single: readonly NumberedRow[];
  /** Undefined when all rows are single. */
  readonly tables: ChunkTables | undefined;
}

class ChunkLoader {
  /** Some key of this run was refused: its rows are single. */
  private hasRefused = false;

  constructor(private readonly needs: ChunkNeeds) {}

  /** Cuts and checks the rows, and finds out whose they are. `before`: rows of the file in front of the chunk. */
  async stage(chunk: Chunk, tables: ChunkTables, before: number): Promise<StagedChunk> {
    if ('rows' in chunk) return this.rowByRow(chunk, before);
    const { platform, job, plan, keys } = this.needs;
    const { clickhouse } = platform;
    const { rows, unsure } = await stageChunk(clickhouse, tables, plan, {
      chunk,
      delimiter: job.file.delimiter,
      before,
    });
    await this.resolveKeys(tables);
    if (unsure === 0 && !this.hasRefused) return { rows, single: [], tables };
    const numbers = await noteSingleRows(clickhouse, tables, plan.records, keys);
    const isMixed =
      numbers.length * SINGLE_ROWS_ONE_IN > rows ||
      (numbers.length > 0 && (await singleRowsMeetOthers(clickhouse, tables, plan.records)));
    return isMixed
      ? this.rowByRow(chunk, before)
      : { rows, single: this.rowsOf(chunk, before, numbers), tables };
  }

  private rowByRow(chunk: Chunk, before: number): StagedChunk {
    const rows = allRows(chunk, this.needs.job.file.delimiter);
    const single = rows.map((cells, index) => ({ number: before + index + 1, cells }));
    return { rows: rows.length, single, tables: undefined };
  }

  private rowsOf(chunk: LineChunk, before: number, numbers: readonly number[]): NumberedRow[] {
    const places = numbers.map((number) => number - before);
    const rows = rowsAt(chunk, this.needs.job.file.delimiter, places);
    return numbers.map((number, index) => ({ number, cells: rows[index]! }));
  }

  /** Asks identity for the keys that this run has not met. */
  private async resolveKeys({ stage }: ChunkTables): Promise<void> {
    const { platform, rooms, job, plan, keys } = this.needs;
    for (const [type, table] of keys) {
      const { values, times } = await newKeys(platform.clickhouse, stage, table, plan.records, type);
      for (let start = 0; start < values.length; start += KEYS_A_BATCH) {
        const batch = values.slice(start, start + KEYS_A_BATCH);
        const resolutions = await platform.database.transaction(async (transaction) => {
          const resolved = await rooms.identity.resolve(
            transaction,
            batch.map((value, index) => ({
              keys: [{ type, value }],
              link: 'none',
              at: times[start + index]!,
              sourceId: job.mapping.sourceId,
              messageId: '',
            })),
          );
          const known = resolved.filter((each) => !each.rejected);
          await rooms.profile.meet(transaction, [...new Set(known.map((each) => each.personId))]);
          return resolved;
        });
        this.hasRefused ||= resolutions.some((each) => each.rejected);
        await keepKeys(
          platform.clickhouse,
          table,
          resolutions.map((each, index) => ({ ...each, value: batch[index]! })),
        );
      }
    }
  }

  /** Stores a staged chunk; may be done again after a crash with the same outcome. */
  async copy({ rows, single, tables }: StagedChunk): Promise<RowsOutcome> {
    const { platform, rooms, plan, keys, singles } = this.needs;
    const stored: Record<string, number> = {};
    const count = (kind: string, by: number): void => void (stored[kind] = (stored[kind] ?? 0) + by);
    const outcome = { stored, rejections: [] as RowsOutcome['rejections'][number][], rejectedRows: 0 };
    for (let start = 0; start < single.length; start += BATCH_ROWS) {
      const batch = await singles.write(singles.prepare(single.slice(start, start + BATCH_ROWS)));
      outcome.rejections.push(...batch.rejections);
      outcome.rejectedRows += batch.rejectedRows;
      for (const [kind, number] of Object.entries(batch.stored)) count(kind, number);
    }
    if (!tables) return outcome;
    for (const record of plan.records) {
      const facts = stagedFacts(tables, keys, record, single.length > 0);
      await rooms.profile.writeStagedFacts(facts);
      count(record.kind, await countFacts(platform.clickhouse, facts));
    }
    await checkStaged(platform.clickhouse, tables, rows);
    return outcome;
  }
}
