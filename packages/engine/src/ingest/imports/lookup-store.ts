import type { Transaction } from '../../platform/index.ts';

/** A lookup of a file of a run. */
interface LookupPlace {
  readonly runId: string;
  readonly file: string;
  readonly lookup: string;
}

/** Keeps buckets that follow each other. */
export async function insertLookup(
  transaction: Transaction,
  {
    runId,
    file,
    lookup,
    firstBucket,
    boxes,
  }: LookupPlace & { firstBucket: number; boxes: readonly string[] },
): Promise<void> {
  await transaction.execute(
    `insert into imports.lookup (run_id, file, lookup, bucket, box)
     select $1, $2, $3, $4 + place - 1, box from unnest($5::text[]) with ordinality as u(box, place)`,
    [runId, file, lookup, firstBucket, boxes],
  );
}

/** Says of how many buckets each lookup is; those that are null are too large, and what is there of them goes. */
export async function noteLookups(
  transaction: Transaction,
  { runId, file, kept }: Omit<LookupPlace, 'lookup'> & { kept: Readonly<Record<string, number | null>> },
): Promise<void> {
  await transaction.execute('update imports.file set lookups = $3::jsonb where run_id = $1 and file = $2', [
    runId,
    file,
    JSON.stringify(kept),
  ]);
  await transaction.execute(
    'delete from imports.lookup where run_id = $1 and file = $2 and lookup = any($3::text[])',
    [runId, file, Object.keys(kept).filter((lookup) => kept[lookup] === null)],
  );
}

/** Buckets by the name of the lookup; empty when none is kept. */
export async function readKeptLookups(
  transaction: Transaction,
  runId: string,
  file: string,
): Promise<Readonly<Record<string, number | null>>> {
  const rows = await transaction.query<{ lookups: Record<string, number | null> | null }>(
    'select lookups from imports.file where run_id = $1 and file = $2',
    [runId, file],
  );
  return rows[0]?.lookups ?? {};
}

export async function readLookupBoxes(
  transaction: Transaction,
  { runId, file, lookup }: LookupPlace,
  buckets: readonly number[],
): Promise<string[]> {
  const rows = await transaction.query<{ box: string }>(
    `select box from imports.lookup where run_id = $1 and file = $2 and lookup = $3 and bucket = any($4::integer[])`,
    [runId, file, lookup, buckets],
  );
  return rows.map(({ box }) => box);
}

export async function dropLookups(transaction: Transaction, runId: string, file: string): Promise<void> {
  await transaction.execute('delete from imports.lookup where run_id = $1 and file = $2', [runId, file]);
  await transaction.execute('update imports.file set lookups = null where run_id = $1 and file = $2', [
    runId,
    file,
  ]);
}

/** Drops the lookups of files that were read to their end and of which no rejected row waits any more. */
export async function dropNeedlessLookups(
  transaction: Transaction,
  rejectedIds: readonly string[],
): Promise<void> {
  const done = await transaction.query<{ run_id: string; file: string }>(
    `select run_id, file from imports.file as file
     where finished and lookups is not null
       and (run_id, file) in (
         select import_id, file from ingest.rejected where rejected_id = any($1::uuid[]) and import_id is not null)
       and not exists (
         select from ingest.rejected as waiting
         where waiting.import_id = file.run_id and waiting.file = file.file
           and waiting.state in ('waiting', 'repaired'))`,
    [rejectedIds],
  );
  for (const { run_id: runId, file } of done) await dropLookups(transaction, runId, file);
}
