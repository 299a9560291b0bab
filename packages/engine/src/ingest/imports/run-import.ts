import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { mappingSchema, type Mapping } from '@wutong/contract';
import { CodedError, type Platform } from '../../platform/index.ts';
import { importFile, MAXIMUM_REJECTIONS, readLookups } from './import-file.ts';
import type { ImportRooms } from './load-batch.ts';
import { openFile } from './read-rows.ts';
import {
  countRejections,
  findInterrupted,
  insertRun,
  readFiles,
  readRun,
  rememberBytes,
  setState,
  type RunRow,
} from './run-store.ts';

export interface ImportProgress {
  readonly file: string;
  /** Rows settled in this try and rows of them with something rejected. */
  readonly rows: number;
  readonly rejectedRows: number;
}

export interface ImportOptions {
  readonly mappingFile: string;
  readonly dataDirectory: string;
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Bytes of a chunk that is read in bulk; 0: every row goes by itself. */
  readonly chunkBytes?: number;
}

export interface ImportSummary {
  readonly importId: string;
  readonly name: string;
  /** An interrupted run was gone on with. */
  readonly resumed: boolean;
  readonly rows: number;
  readonly rejectedRows: number;
  /** Records stored, by kind. */
  readonly records: Readonly<Record<string, number>>;
  readonly tookMs: number;
}

/**
 * Imports the files of a mapping from a directory. A run that was cut off (same mapping, same files) goes on where it
 * stopped. When it resolves, everything is queryable.
 * @throws CodedError mapping_invalid, import_file_missing, import_file_unreadable, import_column_missing,
 *   import_running, declaration_conflict
 */
export async function runImport(
  platform: Platform,
  rooms: ImportRooms,
  options: ImportOptions,
): Promise<ImportSummary> {
  const started = performance.now();
  const mapping = await readMapping(options.mappingFile);
  const sizes = await fileSizes(mapping, options.dataDirectory);
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([mapping, sizes]))
    .digest('hex');
  const { run, resumed } = await openRun(platform, mapping, fingerprint);
  await withRunLock(platform, run.run_id, async () => {
    try {
      await setState(platform.database, run.run_id, 'running');
      await prepareRooms(rooms, mapping);
      await importFiles(platform, rooms, run, options);
      await rooms.profile.mirror();
      await setState(platform.database, run.run_id, 'finished', { finishedAt: platform.clock.now() });
    } catch (error) {
      await noteFailure(platform, run.run_id, error);
      throw error;
    }
  });
  const finished = await readRun(platform.database, run.run_id);
  const files = (await readFiles(platform.database, [run.run_id])).get(run.run_id) ?? [];
  return {
    importId: run.run_id,
    name: mapping.name,
    resumed,
    rows: files.reduce((sum, file) => sum + file.rows_done, 0),
    rejectedRows: files.reduce((sum, file) => sum + file.rows_rejected, 0),
    records: finished!.records,
    tookMs: performance.now() - started,
  };
}

/** Reads and checks a mapping file. Throws mapping_invalid. */
export async function readMapping(path: string): Promise<Mapping> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new CodedError('import_file_missing', { details: { file: path }, cause: error });
  }
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw new CodedError('mapping_invalid', { details: { file: path, reason: (error as Error).message } });
  }
  const parsed = mappingSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new CodedError('mapping_invalid', {
    details: {
      file: path,
      problems: parsed.error.issues
        .slice(0, 20)
        .map((issue) => ({ path: issue.path.join('.'), message: issue.message })),
    },
  });
}

async function fileSizes(mapping: Mapping, dataDirectory: string): Promise<number[]> {
  return Promise.all(
    mapping.files.map(async ({ file }) => {
      const found = await stat(resolve(dataDirectory, file)).catch(() => undefined);
      if (!found?.isFile())
        throw new CodedError('import_file_missing', { details: { file, directory: dataDirectory } });
      return found.size;
    }),
  );
}

async function openRun(
  platform: Platform,
  mapping: Mapping,
  fingerprint: string,
): Promise<{ run: RunRow; resumed: boolean }> {
  const { database, clock, ids } = platform;
  const interrupted = await findInterrupted(database, fingerprint);
  if (interrupted) return { run: interrupted, resumed: true };
  const now = clock.now();
  const runId = ids.newId();
  const asOf = mapping.asOf ? Date.parse(mapping.asOf) : now;
  await database.transaction((transaction) =>
    insertRun(transaction, { runId, mapping, fingerprint, state: 'running', asOf, now }),
  );
  return { run: (await readRun(database, runId))!, resumed: false };
}

/** Runs work while no other process works on the run: the lock goes with the connection, so a kill frees it. */
export async function withRunLock<Result>(
  platform: Platform,
  runId: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const connection = await platform.database.connect();
  try {
    const [lock] = await connection.query<{ locked: boolean }>(
      `select pg_try_advisory_lock(hashtextextended('import ' || $1, 0)) as locked`,
      [runId],
    );
    if (!lock!.locked) throw new CodedError('import_running', { details: { importId: runId } });
    return await work();
  } finally {
    // Closing the connection frees the lock whatever happened before.
    connection.release(true);
  }
}

/**
 * Declares what the mapping declares, and makes its source known. @throws CodedError mapping_invalid when it names a key
 * type that is not there: its values would be passed over without a word.
 */
export async function prepareRooms(rooms: ImportRooms, mapping: Mapping): Promise<void> {
  const known = new Set((await rooms.identity.keyTypes()).map(({ type }) => type));
  const unknown = [...new Set(keyTypesOf(mapping))].filter((type) => !known.has(type));
  if (unknown.length > 0)
    throw new CodedError('mapping_invalid', { details: { keyTypes: unknown, reason: 'not declared' } });
  await rooms.profile.declare(mapping.declare);
  await rooms.ingest.sources.read(mapping.sourceId).catch(async (error: unknown) => {
    if (!(error instanceof CodedError) || error.code !== 'source_not_found') throw error;
    await rooms.ingest.sources
      .create({ sourceId: mapping.sourceId, name: mapping.title.zh }, 'import')
      .catch((conflict: unknown) => {
        // Another process was faster: the source is there, which is all that is wanted.
        if (!(conflict instanceof CodedError) || conflict.code !== 'source_exists') throw conflict;
      });
  });
}

/** Key types by which the records of a mapping name persons. */
function keyTypesOf({ files }: Mapping): string[] {
  const keys = files
    .flatMap(({ records }) => records)
    .flatMap((record) => {
      if ('keys' in record) return record.keys;
      const ends =
        record.record === 'relation' ? [record.from, record.to] : 'owner' in record ? [record.owner] : [];
      return ends.flatMap((end) => ('person' in end ? end.person : []));
    });
  return keys.map(({ type }) => type);
}

/** Notes why a run failed; it can be gone on with. */
export async function noteFailure(platform: Platform, runId: string, error: unknown): Promise<void> {
  const sentence = error instanceof Error ? error.message : String(error);
  // When PostgreSQL itself is away, the run stays `running` and the next start takes it up.
  await setState(platform.database, runId, 'failed', {
    finishedAt: platform.clock.now(),
    error: sentence.slice(0, 1_000),
  }).catch(() => undefined);
}

async function importFiles(
  platform: Platform,
  rooms: ImportRooms,
  run: RunRow,
  options: ImportOptions,
): Promise<void> {
  const { database } = platform;
  const states = new Map(
    ((await readFiles(database, [run.run_id])).get(run.run_id) ?? []).map((file) => [file.file, file]),
  );
  const catalogue = await rooms.profile.catalogue();
  let rejectionsLeft = MAXIMUM_REJECTIONS - (await countRejections(database, run.run_id));
  for (const file of run.mapping.files) {
    const state = states.get(file.file)!;
    if (state.finished) continue;
    const path = resolve(options.dataDirectory, file.file);
    const { size } = await stat(path);
    if ((await rememberBytes(database, run.run_id, file.file, size)) !== size) {
      throw new CodedError('import_changed', { details: { file: file.file } });
    }
    const job = {
      runId: run.run_id,
      mapping: run.mapping,
      file,
      asOf: run.as_of,
      rowsDone: state.rows_done,
      catalogue,
      rejectionsLeft,
      chunkBytes: options.chunkBytes,
      onProgress: (rows: number, rejectedRows: number) =>
        options.onProgress?.({ file: file.file, rows, rejectedRows }),
    };
    await importFile(platform, rooms, job, openFile(path), await readLookups(file, options.dataDirectory));
    rejectionsLeft = job.rejectionsLeft;
  }
}
