import { CodedError, isEngineUnavailable, type Platform } from '../../platform/index.ts';
import type { ImportRooms } from '../imports/load-batch.ts';
import { prepareRooms } from '../imports/run-import.ts';
import {
  countWithout,
  mayPass,
  naming,
  sentenceOf,
  sourceError,
  streamRows,
  type Cell,
  type Reader,
  type SourceReader,
} from '../warehouse/index.ts';
import { composeStatement, cursorOf, cursorPlaces } from './compose-statement.ts';
import { createChunkLoader } from './load-chunk.ts';
import { FROM_VALUE, prepareTask, type PreparedTask } from './prepare-task.ts';
import { countRejections, writeLog } from './run-log-store.ts';
import { noteSuccess, selectTasks, type TaskRow } from './task-store.ts';
import {
  beginTry,
  endTry,
  forgetOldRuns,
  planRun,
  selectRun,
  settleBatch,
  type RunRow,
} from './task-run-store.ts';
import {
  beginningOf,
  carriedOver,
  kindOfWatermark,
  movedBack,
  readWatermark,
  watermarkAt,
} from './watermark.ts';

/** Rows that are settled together: what a kill repeats at most, and what is held in memory. */
const CHUNK_ROWS = 5_000;
/** Virtual ms before the second try; each further one waits twice as long, an hour at most. */
const FIRST_WAIT_MS = 10_000;
const LONGEST_WAIT_MS = 3_600_000;

export interface RunNeeds {
  readonly platform: Platform;
  readonly rooms: ImportRooms;
  readonly reader: SourceReader;
}

/**
 * One try of a run, by whoever holds its lock. It goes on after the last row that was settled, so that a kill at any
 * instant repeats one chunk at most, whose records are known again by their ids. Failures end the try, not the caller.
 */
export async function tryRun(needs: RunNeeds, runId: string, signal: AbortSignal): Promise<void> {
  const { platform } = needs;
  const { database, clock } = platform;
  const run = await selectRun(database, runId);
  const [task] = run ? await selectTasks(database, { taskId: run.task_id }) : [];
  // Another process may have finished it between our list and our lock.
  if (!run || !task || (run.state !== 'waiting' && run.state !== 'running')) return;
  if (run.stop_requested) return stopRun(needs, run);
  await beginTry(database, runId);
  const log = (level: 'info' | 'warning' | 'error', text: string): Promise<void> =>
    writeLog(database, runId, { at: clock.now(), level, text });
  await log('info', run.rows_in > 0 ? `goes on after ${run.rows_in} rows` : 'begins');
  try {
    const stopped = await needs.reader.use((reader) => readAll(needs, reader, { run, task, signal, log }));
    if (stopped) return await stopRun(needs, run);
    await needs.rooms.profile.mirror();
    await succeed(needs, run.run_id, task.task_id);
  } catch (error) {
    if (signal.aborted) {
      // The process ends, or somebody asked: the run itself says which, and goes on later otherwise.
      const now = await selectRun(database, runId);
      if (now?.stop_requested) await stopRun(needs, now);
      return;
    }
    await fail(needs, task, runId, error);
  }
}

interface Try {
  readonly run: RunRow;
  readonly task: TaskRow;
  readonly signal: AbortSignal;
  readonly log: (level: 'info' | 'warning' | 'error', text: string) => Promise<void>;
}

/** Reads and settles chunk after chunk; true when the run was asked to stop. */
async function readAll(needs: RunNeeds, reader: Reader, tried: Try): Promise<boolean> {
  const { platform, rooms } = needs;
  const { task, run, signal } = tried;
  const { definition } = task;
  const prepared = await prepareTask(platform, reader, task.task_id, definition);
  await prepareRooms(rooms, prepared.mapping);
  const plan = await planOf(needs, reader, tried, prepared);
  const places = cursorPlaces(prepared.query.columns, definition.load);
  const isIncremental = definition.load.mode === 'incremental';
  const loader = createChunkLoader(platform, rooms, prepared, {
    taskId: task.task_id,
    asOf: run.started_at,
    catalogue: await rooms.profile.catalogue(),
    places,
    isIncremental,
    rejectionsStored: await countRejections(platform.database, run.run_id),
  });
  const statement = composeStatement(prepared.query, definition.load, {
    ...plan,
    cursor: run.cursor ?? undefined,
  });
  const limits = {
    timeoutSeconds: definition.timeoutSeconds,
    maximumRows: definition.maximumRows,
    signal,
  };
  let first = run.rows_in + 1;
  const blocks = named(streamRows(reader, statement, limits), (error) =>
    naming(platform, prepared.query, error),
  );
  for await (const rows of chunksOf(blocks)) {
    const outcome = await loader.load({ first, rows });
    const cursor = cursorOf(rows.at(-1)!, places);
    const stop = await platform.database.transaction((transaction) =>
      settleBatch(
        transaction,
        { runId: run.run_id, taskId: task.task_id },
        { ...outcome, rows: rows.length, cursor, watermark: isIncremental ? cursor[0] : undefined },
      ),
    );
    first += rows.length;
    if (stop) return true;
    signal.throwIfAborted();
  }
  return false;
}

/** Blocks, and what goes wrong while they are read by another name. */
async function* named<Block>(
  blocks: AsyncIterable<Block>,
  naming: (error: unknown) => Promise<unknown>,
): AsyncGenerator<Block> {
  try {
    yield* blocks;
  } catch (error) {
    throw await naming(error);
  }
}

/** Full chunks of what arrives in blocks of any size. */
async function* chunksOf(blocks: AsyncIterable<Cell[][]>): AsyncGenerator<Cell[][]> {
  let waiting: Cell[][] = [];
  for await (const block of blocks) {
    waiting = waiting.concat(block);
    for (; waiting.length >= CHUNK_ROWS; waiting = waiting.slice(CHUNK_ROWS))
      yield waiting.slice(0, CHUNK_ROWS);
  }
  if (waiting.length > 0) yield waiting;
}

/** From where to where the run reads: decided by its first try and kept. */
async function planOf(
  needs: RunNeeds,
  reader: Reader,
  { run, task, log }: Try,
  { query, mapping }: PreparedTask,
): Promise<{ from: string | undefined; until: string | undefined }> {
  if (run.planned) return { from: run.from_watermark ?? undefined, until: run.until_watermark ?? undefined };
  const { platform } = needs;
  const { load, timeoutSeconds } = task.definition;
  let from: string | undefined;
  let until: string | undefined;
  let completeUntil = run.started_at;
  if (load.mode === 'incremental') {
    const { type } = query.columns.find((column) => column.name === load.watermark)!;
    const kind = kindOfWatermark(type);
    const zone = mapping.timeZone ?? platform.config.timeZone;
    const settled = task.watermark === null ? undefined : carriedOver(task.watermark, kind, zone);
    if (task.watermark !== null && settled === undefined) {
      const details = { field: 'load.watermark', reason: `${task.watermark} is no ${kind}` };
      throw new CodedError('ingestion_task_invalid', { details });
    }
    from =
      settled === undefined
        ? load.startAt === undefined
          ? undefined
          : readWatermark(load.startAt, kind)
        : movedBack(settled, type, load.overlap);
    completeUntil -= load.delaySeconds * 1_000;
    // What is dated in the future would carry the watermark past everything that is still to come.
    until = watermarkAt(completeUntil, kind, zone);
    if (settled === undefined) {
      const without = await countWithout(reader, query, {
        column: load.watermark,
        timeoutSeconds,
        values: { [FROM_VALUE]: beginningOf(type) },
      });
      if (without > 0) await log('warning', `${without} rows have no ${load.watermark} and are not read`);
    }
  }
  await planRun(platform.database, run.run_id, { from, until, completeUntil });
  const bounds = [from && `from ${from}`, until && `until ${until}`].filter(Boolean).join(' ');
  await log('info', bounds === '' ? 'reads everything' : `reads ${bounds}`);
  return { from, until };
}

async function succeed(needs: RunNeeds, runId: string, taskId: string): Promise<void> {
  const { database, clock } = needs.platform;
  const run = (await selectRun(database, runId))!;
  const now = clock.now();
  await database.transaction(async (transaction) => {
    await endTry(transaction, runId, { state: 'finished', now });
    await noteSuccess(transaction, taskId, { at: now, completeUntil: run.complete_until });
    const text = `ended: ${run.rows_in} rows in, ${run.rows_rejected} with something rejected`;
    await writeLog(transaction, runId, { at: now, level: 'info', text });
    await forgetOldRuns(transaction, taskId);
  });
}

async function stopRun({ platform }: RunNeeds, run: RunRow): Promise<void> {
  const now = platform.clock.now();
  await platform.database.transaction(async (transaction) => {
    await endTry(transaction, run.run_id, { state: 'stopped', now });
    await writeLog(transaction, run.run_id, { at: now, level: 'warning', text: 'stopped' });
  });
}

async function fail(needs: RunNeeds, task: TaskRow, runId: string, error: unknown): Promise<void> {
  const { database, clock, log } = needs.platform;
  const coded = codedOf(error);
  // Without PostgreSQL nothing can be noted: the run stays under way and is taken up again when it is back.
  const run = await selectRun(database, runId);
  if (!run) return;
  const now = clock.now();
  const again = mayPass(coded.code) && run.attempt < task.definition.attempts;
  const wait = Math.min(FIRST_WAIT_MS * 2 ** (run.attempt - 1), LONGEST_WAIT_MS);
  const { zh, en } = sentenceOf(coded);
  const problem = `${zh} ${en}`;
  await database.transaction(async (transaction) => {
    await endTry(transaction, runId, {
      state: again ? 'waiting' : 'failed',
      now,
      code: coded.code,
      problem,
      ...(again ? { nextTryAt: now + wait } : {}),
    });
    const text = again ? `${problem} 再次尝试于 next try at ${new Date(now + wait).toISOString()}` : problem;
    await writeLog(transaction, runId, { at: now, level: again ? 'warning' : 'error', text });
  });
  // The code alone: texts of engines may hold values of rows.
  log.warn({ task: task.task_id, run: runId, code: coded.code }, 'a run of an ingestion task failed');
}

/** What is not an error of a source comes from a room or an engine of ours. */
function codedOf(error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  if (isEngineUnavailable(error)) return new CodedError('engine_unavailable', { cause: error });
  return sourceError(error, 'query');
}
