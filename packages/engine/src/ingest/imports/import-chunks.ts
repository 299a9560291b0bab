import { CodedError, type Platform } from '../../platform/index.ts';
import { ChunkLoader, type BulkWay, type StagedChunk } from './chunk-loader.ts';
import { createTables, dropTables } from './chunk-store.ts';
import { neededColumns } from './compile-mapping.ts';
import { decodeTexts, markedBytes, withoutByteOrderMark, type Encoding } from './decode-text.ts';
import { expressFile, type BulkPlan } from './express-mapping.ts';
import { isSeparatorLine, textBytes } from './file-head.ts';
import type { ImportRooms } from './load-batch.ts';
import { createRowLoader, settle, type FileJob } from './load-rows.ts';
import { explained, gunzipped, headerOf } from './read-rows.ts';
import { rememberColumns, runsUnderWay } from './run-store.ts';
import { extentOf, rowsAt, splitChunks, withoutRows, type Chunk, type Extent } from './split-chunks.ts';

/** Chunks that lie in memory: two that are staged, and one that is copied. */
const CHUNKS_AT_ONCE = 3;
/** Bytes of a chunk of facts: enough that an insert makes a large part, little enough to be held. */
const FACTS_CHUNK_BYTES = 32 * 1024 * 1024;
/** Bytes of a chunk with events: after a kill they are looked for one by one. */
const EVENTS_CHUNK_BYTES = 16 * 1024 * 1024;
/** Bytes of a chunk with persons: some batches, so that a kill repeats little. */
const PEOPLE_CHUNK_BYTES = 8 * 1024 * 1024;
/** Bytes of a chunk whose rows may have to declare names first, one by one. */
const FIRST_CHUNK_BYTES = 512 * 1024;
/** How much larger the next chunk may be. */
const GROWTH = 8;

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
 * Loads a file chunk by chunk inside ClickHouse: stage (cut, transform, check) → write persons and resolve the keys
 * that are new → load the rows that are not sure one by one → copy the others into their tables → settle. While a
 * chunk is copied, the next two are staged: reading texts is most of the work.
 */
export async function importInBulk(
  platform: Platform,
  rooms: ImportRooms,
  job: FileJob,
  bytes: AsyncIterable<Uint8Array>,
): Promise<void> {
  const way = new WayOfFile(platform, rooms, job);
  const { columns, chunks } = await readHeader(
    job,
    explained(
      chunksOf(job, bytes, () => way.chunkBytes),
      job.file.file,
    ),
  );
  await rememberColumns(platform.database, job.runId, job.file.file, columns);
  const singles = createRowLoader(platform, rooms, job, columns, new Map());
  const loader = new ChunkLoader({ platform, rooms, job, singles });
  const isEventsOnly = job.file.records.every(({ record }) => record === 'event');
  let done = job.rowsDone;
  let rejected = 0;
  const copy = async (
    staging: Promise<StagedChunk>,
    before: ChunkUnderWay | undefined,
    onStored: () => void,
  ) => {
    const staged = await staging;
    // Of two states the later row counts; events stand for themselves.
    if (!isEventsOnly) await before?.stored;
    const outcome = await loader.copy(staged, onStored);
    // Marks are set in the order of the file.
    await before?.settled;
    rejected += await settle(platform, job, staged.rows, outcome);
    done += staged.rows;
    job.onProgress?.(done, rejected);
  };
  /** Oldest first. */
  const underWay: ChunkUnderWay[] = [];
  try {
    for await (const { chunk, before } of chunks) {
      // What the rows before declare may change how the next ones are read.
      const most = way.isLearning ? 0 : CHUNKS_AT_ONCE - 1;
      while (underWay.length > most) await underWay.shift()!.settled;
      const next = await way.next(columns);
      const staging = next
        ? loader.stage(chunk, next, before)
        : Promise.resolve(loader.rowByRow(chunk, before));
      underWay.push(startChunk((onStored) => copy(staging, underWay.at(-1), onStored)));
    }
    for (const { settled } of underWay) await settled;
  } finally {
    await Promise.allSettled(underWay.map(({ settled }) => settled));
    await way.close().catch(() => undefined);
  }
}

/** A chunk that is staged or copied. */
interface ChunkUnderWay {
  /** Resolves when its rows are stored, and no later than `settled`. */
  readonly stored: Promise<void>;
  /** Resolves when its rows are counted and marked as done. */
  readonly settled: Promise<void>;
}

function startChunk(work: (onStored: () => void) => Promise<void>): ChunkUnderWay {
  let onStored = (): void => undefined;
  const whenStored = new Promise<void>((resolve) => (onStored = resolve));
  const settled = work(onStored);
  const stored = Promise.race([whenStored, settled]);
  // A failure is thrown at its turn; until then nobody else would hear of it.
  for (const each of [stored, settled]) each.catch(() => undefined);
  return { stored, settled };
}

/** How a file is read at present: its plan, translated anew while it learns, and the tables of some chunks by turns. */
class WayOfFile {
  private readonly name: string;
  private plan: BulkPlan | undefined;
  private tables: Awaited<ReturnType<typeof createTables>> | undefined;
  private shape = '';
  private turn = 0;

  constructor(
    private readonly platform: Platform,
    private readonly rooms: ImportRooms,
    private readonly job: FileJob,
  ) {
    this.name = `${job.runId.replaceAll('-', '')}_${job.mapping.files.indexOf(job.file)}`;
  }

  /** Before the first chunk and until all names are declared. */
  get isLearning(): boolean {
    return this.turn === 0 || this.plan === undefined || this.plan.isLearning;
  }

  get chunkBytes(): number {
    if (this.job.chunkBytes !== undefined) return this.job.chunkBytes;
    if (this.isLearning) return FIRST_CHUNK_BYTES;
    if (this.plan!.people.length > 0) return PEOPLE_CHUNK_BYTES;
    const most = this.plan!.events.length > 0 ? EVENTS_CHUNK_BYTES : FACTS_CHUNK_BYTES;
    // Most owners are met in the first rows: the sooner they are asked for, the less waits for them.
    return Math.min(FIRST_CHUNK_BYTES * GROWTH ** this.turn, most);
  }

  /** The way of the next chunk; undefined when its rows must go one by one. */
  async next(columns: readonly string[]): Promise<BulkWay | undefined> {
    if (this.isLearning) await this.prepare(columns);
    if (!this.plan || !this.tables) return undefined;
    return {
      plan: this.plan,
      tables: this.tables.chunks[this.turn++ % CHUNKS_AT_ONCE]!,
      keys: this.tables.keys,
    };
  }

  private async prepare(columns: readonly string[]): Promise<void> {
    if (this.turn === 0) await this.dropAbandoned();
    const catalogue = await this.rooms.profile.catalogue();
    this.plan = planOf(this.platform, { ...this.job, catalogue }, columns);
    const shape = JSON.stringify(this.plan?.columns.map(({ name, type }) => [name, type]));
    if (!this.plan || shape === this.shape) return;
    this.tables = await createTables(this.platform.clickhouse, this.name, this.plan, CHUNKS_AT_ONCE);
    this.shape = shape;
  }

  /** Tables that a killed process left in memory, and our own from an earlier try. */
  private async dropAbandoned(): Promise<void> {
    const ids = await runsUnderWay(this.platform.database);
    const underWay = new Set(ids.map((runId) => runId.replaceAll('-', '')));
    await dropTables(
      this.platform.clickhouse,
      (run) => run === this.name || !underWay.has(run.split('_')[0]!),
    );
  }

  async close(): Promise<void> {
    await dropTables(this.platform.clickhouse, (run) => run === this.name);
  }
}

async function* chunksOf(
  { file }: FileJob,
  bytes: AsyncIterable<Uint8Array>,
  chunkBytes: () => number,
): AsyncGenerator<Chunk> {
  const unpacked = textBytes(await gunzipped(bytes));
  yield* splitChunks(
    file.encoding === 'utf-8' ? withoutMark(unpacked) : recoded(unpacked, file.encoding),
    file,
    chunkBytes,
  );
}

/** UTF-8 without the byte order mark that it may begin with. */
async function* withoutMark(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const piece of bytes) {
    yield isFirst ? withoutByteOrderMark(piece) : piece;
    isFirst = false;
  }
}

/** UTF-8 in which bytes that are no text are none either. */
async function* recoded(bytes: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncGenerator<Uint8Array> {
  for await (const text of decodeTexts(bytes, encoding)) yield markedBytes(text);
}

/** A chunk with what stands in front of it. */
interface PlacedChunk {
  readonly chunk: Chunk;
  readonly before: Extent;
}

/** The names of the columns, and the chunks without the header and without the rows that were settled before. */
async function readHeader(
  { file, rowsDone }: FileJob,
  all: AsyncGenerator<Chunk>,
): Promise<{ columns: readonly string[]; chunks: AsyncGenerator<PlacedChunk> }> {
  const begin = await all.next();
  let columns = file.header;
  let skip = rowsDone;
  if (!columns) {
    const chunk = begin.done ? { rows: [] } : begin.value;
    const titles = file.titleRows ?? 0;
    const numbers = Array.from({ length: titles + 2 }, (_, index) => index + 1);
    const head = 'rows' in chunk ? chunk.rows : rowsAt(chunk, file.delimiter, numbers);
    const above = titles + (isSeparatorLine(head[0], file.delimiter) ? 1 : 0);
    columns = headerOf(head[above], file.file);
    skip += above + 1;
  }
  const absent = neededColumns(file).filter((column) => !columns.includes(column));
  if (absent.length > 0)
    throw new CodedError('import_column_missing', { details: { file: file.file, columns: absent } });
  return {
    columns,
    chunks: (async function* () {
      let before: Extent = { rows: rowsDone, lines: 0 };
      for (let next = begin; !next.done; next = await all.next()) {
        const { chunk, left } =
          skip > 0 ? withoutRows(next.value, skip) : { chunk: next.value, left: { rows: 0, lines: 0 } };
        skip -= left.rows;
        before = { rows: before.rows, lines: before.lines + left.lines };
        yield { chunk, before };
        const { rows, lines } = extentOf(chunk);
        before = { rows: before.rows + rows, lines: before.lines + lines };
      }
    })(),
  };
}
