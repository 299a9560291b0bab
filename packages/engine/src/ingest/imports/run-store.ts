import type { importsApi, Mapping } from '@wutong/contract';
import type { Transaction } from '../../platform/index.ts';

export type RunState = 'waiting' | 'running' | 'finished' | 'failed';

export interface RunRow {
  readonly run_id: string;
  readonly name: string;
  readonly source_id: string;
  readonly mapping: Mapping;
  readonly state: RunState;
  readonly as_of: number;
  readonly started_at: number;
  readonly finished_at: number | null;
  readonly records: Record<string, number>;
  readonly error: string | null;
  readonly warnings: readonly ImportWarning[];
}

/** What was loaded as it stands and may not be what was meant. */
export type ImportWarning = importsApi.ImportWarning;

export interface FileRow {
  readonly file: string;
  readonly bytes: number | null;
  readonly rows_done: number;
  readonly rows_rejected: number;
  readonly finished: boolean;
}

const RUN_COLUMNS =
  'run_id, name, source_id, mapping, state, as_of, started_at, finished_at, records, error, warnings';

/** Makes a run with a line for each file. */
export async function insertRun(
  transaction: Transaction,
  run: { runId: string; mapping: Mapping; fingerprint: string; state: RunState; asOf: number; now: number },
): Promise<void> {
  await transaction.execute(
    `insert into imports.run (run_id, name, source_id, mapping, fingerprint, state, as_of, started_at)
     values ($1, $2, $3, $4::jsonb, $5, $6, $7, $8)`,
    [
      run.runId,
      run.mapping.name,
      run.mapping.sourceId,
      JSON.stringify(run.mapping),
      run.fingerprint,
      run.state,
      run.asOf,
      run.now,
    ],
  );
  await transaction.execute(
    `insert into imports.file (run_id, file, position)
     select $1, file, position from unnest($2::text[]) with ordinality as u(file, position)`,
    [run.runId, run.mapping.files.map((file) => file.file)],
  );
}

/** The newest run with this fingerprint that did not end well: the one to go on with. */
export async function findInterrupted(
  transaction: Transaction,
  fingerprint: string,
): Promise<RunRow | undefined> {
  const rows = await transaction.query<RunRow>(
    `select ${RUN_COLUMNS} from imports.run
     where fingerprint = $1 and state in ('running', 'failed') order by started_at desc limit 1`,
    [fingerprint],
  );
  return rows[0];
}

export async function readRun(transaction: Transaction, runId: string): Promise<RunRow | undefined> {
  const rows = await transaction.query<RunRow>(`select ${RUN_COLUMNS} from imports.run where run_id = $1`, [
    runId,
  ]);
  return rows[0];
}

/** Ids of the runs that some process works on, or worked on when it was killed, or that wait for files. */
export async function runsUnderWay(transaction: Transaction): Promise<string[]> {
  const rows = await transaction.query<{ run_id: string }>(
    "select run_id from imports.run where state in ('running', 'waiting')",
  );
  return rows.map((row) => row.run_id);
}

/** Replaces the mapping of a run that nobody works on; false when somebody does. */
export async function replaceMapping(
  transaction: Transaction,
  runId: string,
  mapping: Mapping,
): Promise<boolean> {
  const changed = await transaction.execute(
    "update imports.run set mapping = $2::jsonb where run_id = $1 and state <> 'running'",
    [runId, JSON.stringify(mapping)],
  );
  return changed > 0;
}

/** Runs, newest first, after a cursor of (started_at, run_id). */
export function listRuns(
  transaction: Transaction,
  after: { startedAt: number; runId: string } | undefined,
  limit: number,
  unfinishedFile?: string,
): Promise<RunRow[]> {
  return transaction.query<RunRow>(
    `select ${RUN_COLUMNS} from imports.run as run
     where ($1::bigint is null or (started_at, run_id) < ($1, $2::uuid))
       and ($4::text is null or (state <> 'finished' and exists (
         select from imports.file as file
         where file.run_id = run.run_id and file.file = $4 and not file.finished)))
     order by started_at desc, run_id desc limit $3`,
    [after?.startedAt ?? null, after?.runId ?? null, limit, unfinishedFile ?? null],
  );
}

export async function readFiles(
  transaction: Transaction,
  runIds: readonly string[],
): Promise<Map<string, FileRow[]>> {
  const rows = await transaction.query<FileRow & { run_id: string }>(
    `select run_id, file, bytes, rows_done, rows_rejected, finished from imports.file
     where run_id = any($1::uuid[]) order by run_id, position`,
    [runIds],
  );
  const files = new Map<string, FileRow[]>();
  for (const { run_id: runId, ...file } of rows) {
    const list = files.get(runId);
    if (list) list.push(file);
    else files.set(runId, [file]);
  }
  return files;
}

export async function setState(
  transaction: Transaction,
  runId: string,
  state: RunState,
  options: { finishedAt?: number; error?: string } = {},
): Promise<void> {
  await transaction.execute(
    'update imports.run set state = $2, finished_at = $3, error = $4 where run_id = $1',
    [runId, state, options.finishedAt ?? null, options.error ?? null],
  );
}

/** Remembers the size of a file when it is first opened; later calls return the remembered one. */
export async function rememberBytes(
  transaction: Transaction,
  runId: string,
  file: string,
  bytes: number,
): Promise<number> {
  const rows = await transaction.query<{ bytes: number }>(
    `update imports.file set bytes = coalesce(bytes, $3) where run_id = $1 and file = $2 returning bytes`,
    [runId, file, bytes],
  );
  return rows[0]!.bytes;
}

/** Remembers what the cells of a file's rows are called. */
export async function rememberColumns(
  transaction: Transaction,
  runId: string,
  file: string,
  columns: readonly string[],
): Promise<void> {
  await transaction.execute('update imports.file set columns = $3::jsonb where run_id = $1 and file = $2', [
    runId,
    file,
    JSON.stringify(columns),
  ]);
}

/** What the cells of a file's rows are called; undefined when it was read before that was kept. */
export async function readColumns(
  transaction: Transaction,
  runId: string,
  file: string,
): Promise<readonly string[] | undefined> {
  const rows = await transaction.query<{ columns: string[] | null }>(
    'select columns from imports.file where run_id = $1 and file = $2',
    [runId, file],
  );
  return rows[0]?.columns ?? undefined;
}

/** Moves a file's mark forward with all that its batch counted; what it refused is kept in the same transaction. */
export async function settleBatch(
  transaction: Transaction,
  runId: string,
  file: string,
  batch: {
    rows: number;
    rejectedRows: number;
    records: Readonly<Record<string, number>>;
  },
): Promise<void> {
  await transaction.execute(
    'update imports.file set rows_done = rows_done + $3, rows_rejected = rows_rejected + $4 where run_id = $1 and file = $2',
    [runId, file, batch.rows, batch.rejectedRows],
  );
  await transaction.execute(
    `update imports.run set records = (
       select coalesce(jsonb_object_agg(kind, total), '{}') from (
         select kind, sum(number) as total from (
           select key as kind, value::numeric as number from jsonb_each_text(records)
           union all select key, value::numeric from jsonb_each_text($2::jsonb)) as both_sides
         group by kind) as totals)
     where run_id = $1`,
    [runId, JSON.stringify(batch.records)],
  );
}

/** Notes a warning of a file, in the place of one with the same code. */
export async function noteWarning(
  transaction: Transaction,
  runId: string,
  warning: ImportWarning,
): Promise<void> {
  await transaction.execute(
    `update imports.run set warnings = $2::jsonb || coalesce((
       select jsonb_agg(each) from jsonb_array_elements(warnings) as u(each)
       where each ->> 'file' <> $3 or each ->> 'code' <> $4), '[]')
     where run_id = $1`,
    [runId, JSON.stringify([warning]), warning.file, warning.code],
  );
}

export async function finishFile(transaction: Transaction, runId: string, file: string): Promise<void> {
  await transaction.execute('update imports.file set finished = true where run_id = $1 and file = $2', [
    runId,
    file,
  ]);
}

/** A page of what is wrong with the rows that still wait, in the order of files and rows. */
export function readRejections(
  transaction: Transaction,
  runId: string,
  after: { file: string; row: number; record: number; position: number },
  limit: number,
): Promise<
  {
    file: string;
    row_number: number;
    record: number;
    position: number;
    code: string;
    detail: string;
    row_box: string;
  }[]
> {
  return transaction.query(
    `select file, row_number, record, position, code, detail, row_box from imports.rejection
     where run_id = $1 and state in ('waiting', 'repaired')
       and (file, row_number, record, position) > ($2, $3, $4, $5)
     order by file, row_number, record, position limit $6`,
    [runId, after.file, after.row, after.record, after.position, limit],
  );
}

/** What became of the rejected rows of runs that are kept. */
export async function countRejectedRows(
  transaction: Transaction,
  runIds: readonly string[],
): Promise<Map<string, { waiting: number; replayed: number; discarded: number }>> {
  const rows = await transaction.query<{
    import_id: string;
    waiting: number;
    replayed: number;
    discarded: number;
  }>(
    `select import_id, count(*) filter (where state in ('waiting', 'repaired')) as waiting,
       count(*) filter (where state = 'replayed') as replayed, count(*) filter (where state = 'discarded') as discarded
     from ingest.rejected where import_id = any($1::uuid[]) group by import_id`,
    [runIds],
  );
  return new Map(rows.map(({ import_id: runId, ...counts }) => [runId, counts]));
}

/** How many rejections of a run are stored. */
export async function countRejections(transaction: Transaction, runId: string): Promise<number> {
  const rows = await transaction.query<{ number: number }>(
    'select count(*) as number from imports.rejection where run_id = $1',
    [runId],
  );
  return rows[0]!.number;
}
