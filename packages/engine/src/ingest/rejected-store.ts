import type { Database, Secrets, Transaction } from '../platform/index.ts';
import type { Rejection } from './record.ts';

/** A rejected record or body to be kept. */
export interface RejectedEntry extends Rejection {
  readonly rejectedId: string;
  readonly sourceId: string;
  /** Epoch ms UTC. */
  readonly receivedAt: number;
  readonly day: string;
  readonly format: string;
  readonly unit: 'record' | 'body';
  readonly event: string | undefined;
  /** As received: UTF-8 text, or base64 of bytes that are none. */
  readonly raw: string;
  readonly rawEncoding: 'text' | 'base64';
  readonly context: Readonly<Record<string, unknown>>;
}

/** A rejected row of an import to be kept. */
export interface RejectedRowEntry {
  readonly rejectedId: string;
  readonly sourceId: string;
  /** Epoch ms UTC. */
  readonly receivedAt: number;
  readonly day: string;
  /** Of its file. */
  readonly format: string;
  /** At least one. */
  readonly problems: readonly { readonly record: number; readonly code: string; readonly detail: string }[];
  readonly sizeBytes: number;
  /** Encrypted cells as JSON; of a row that breaks its format the text is the one cell. */
  readonly box: string;
  readonly isBroken: boolean;
  readonly importId: string;
  readonly file: string;
  /** From 1 without the header. */
  readonly row: number;
}

/** A kept record as stored. */
export interface RejectedRow {
  rejected_id: string;
  source_id: string;
  received_at: number;
  day: string;
  format: string;
  /** row: of an import; `raw_box` holds its cells as JSON. */
  unit: 'record' | 'body' | 'row';
  code: string;
  details: Record<string, unknown>;
  event: string | null;
  size_bytes: number;
  raw_box: string;
  raw_encoding: 'text' | 'base64';
  context: Record<string, unknown>;
  state: 'waiting' | 'repaired' | 'replayed' | 'discarded';
  settled_at: number | null;
  import_id: string | null;
  file: string | null;
  row_number: number | null;
  tried_at: number | null;
}

export interface RejectedFilter {
  readonly sourceId?: string | undefined;
  readonly day?: string | undefined;
  readonly code?: string | undefined;
  readonly event?: string | undefined;
  readonly state?: string | undefined;
  readonly importId?: string | undefined;
  /** In the texts that say what is wrong, in the name of the file or the event, or the number of the row. */
  readonly search?: string | undefined;
}

/** Keeps rejected records, their raw text encrypted. */
export async function keepRejected(
  transaction: Transaction,
  secrets: Secrets,
  entries: readonly RejectedEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map((entry) => ({
    rejected_id: entry.rejectedId,
    source_id: entry.sourceId,
    received_at: entry.receivedAt,
    day: entry.day,
    format: entry.format,
    unit: entry.unit,
    code: entry.code,
    details: entry.details ?? {},
    event: entry.event ?? null,
    size_bytes:
      entry.rawEncoding === 'text' ? Buffer.byteLength(entry.raw) : Buffer.byteLength(entry.raw, 'base64'),
    raw_box: secrets.encrypt(entry.raw),
    raw_encoding: entry.rawEncoding,
    context: entry.context,
    state: 'waiting',
  }));
  await transaction.execute(
    `insert into ingest.rejected select * from jsonb_populate_recordset(null::ingest.rejected, $1::jsonb)`,
    [JSON.stringify(rows)],
  );
}

/** Keeps rejected rows of an import; one that is kept already stays as it is. */
export async function keepRejectedRows(
  transaction: Transaction,
  entries: readonly RejectedRowEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map((entry) => ({
    rejected_id: entry.rejectedId,
    source_id: entry.sourceId,
    received_at: entry.receivedAt,
    day: entry.day,
    format: entry.format,
    unit: 'row',
    code: entry.problems[0]!.code,
    details: { problems: entry.problems },
    size_bytes: entry.sizeBytes,
    raw_box: entry.box,
    raw_encoding: 'text',
    context: { isBroken: entry.isBroken },
    state: 'waiting',
    import_id: entry.importId,
    file: entry.file,
    row_number: entry.row,
  }));
  await transaction.execute(
    `insert into ingest.rejected select * from jsonb_populate_recordset(null::ingest.rejected, $1::jsonb)
     on conflict do nothing`,
    [JSON.stringify(rows)],
  );
}

const FILTER = `($1::text is null or source_id = $1) and ($2::text is null or day = $2)
  and ($3::text is null or code = $3) and ($4::text is null or event = $4) and ($5::text is null or state = $5)
  and ($6::uuid is null or import_id = $6)
  and ($7::text is null or row_number::text = $7 or position(lower($7) in lower(concat_ws(' ', event, file))) > 0
    or exists (select from jsonb_path_query(details, '$.**') as u(said)
      where jsonb_typeof(said) = 'string' and position(lower($7) in lower(said #>> '{}')) > 0))`;

/** Those that were tried longest ago come first, rows in the order of their file. */
const TURN = 'coalesce(tried_at, received_at), tried_at nulls first, row_number nulls first, rejected_id';

const filterValues = (filter: RejectedFilter): unknown[] => [
  filter.sourceId ?? null,
  filter.day ?? null,
  filter.code ?? null,
  filter.event ?? null,
  filter.state ?? null,
  filter.importId ?? null,
  filter.search ?? null,
];

/** Where a page of rejected records ends; `row`: 0 of what is no row of an import. */
export interface RejectedPlace {
  readonly receivedAt: number;
  readonly row: number;
  readonly rejectedId: string;
}

/** Newest first, rows of one time from the last to the first, from after the given place on. */
export async function searchRejected(
  database: Database,
  filter: RejectedFilter,
  page: { after: RejectedPlace | undefined; limit: number },
): Promise<RejectedRow[]> {
  return database.query<RejectedRow>(
    `select * from ingest.rejected
     where ${FILTER} and ($8::bigint is null or (received_at, coalesce(row_number, 0), rejected_id) < ($8, $9, $10::uuid))
     order by received_at desc, coalesce(row_number, 0) desc, rejected_id desc limit $11`,
    [
      ...filterValues(filter),
      page.after?.receivedAt ?? null,
      page.after?.row ?? null,
      page.after?.rejectedId ?? null,
      page.limit,
    ],
  );
}

/** How many of the filtered records per reason, the most frequent first. */
export async function countRejected(
  database: Database,
  filter: RejectedFilter,
): Promise<{ code: string; count: number }[]> {
  return database.query(
    `select code, count(*) as count from ingest.rejected where ${FILTER} group by code order by count desc, code`,
    filterValues(filter),
  );
}

export async function findRejected(database: Database, rejectedId: string): Promise<RejectedRow | undefined> {
  const rows = await database.query<RejectedRow>('select * from ingest.rejected where rejected_id = $1', [
    rejectedId,
  ]);
  return rows[0];
}

/** What a rejected record is repaired with. */
export interface RepairedRaw {
  readonly box: string;
  readonly sizeBytes: number;
  /** Replaces the present one. */
  readonly context: Readonly<Record<string, unknown>>;
}

/** Replaces the raw text of a record that still waits; undefined when it does not. */
export async function repairRaw(
  transaction: Transaction,
  rejectedId: string,
  { box, sizeBytes, context }: RepairedRaw,
): Promise<RejectedRow | undefined> {
  const rows = await transaction.query<RejectedRow>(
    `update ingest.rejected
     set raw_box = $2, raw_encoding = 'text', size_bytes = $3, context = $4::jsonb, state = 'repaired'
     where rejected_id = $1 and state in ('waiting', 'repaired') returning *`,
    [rejectedId, box, sizeBytes, JSON.stringify(context)],
  );
  return rows[0];
}

/** The records to replay: chosen ones, or those whose turn it is of all that match, among those that still wait. */
export async function replayable(
  database: Database,
  choice: {
    rejectedIds: readonly string[] | undefined;
    filter: RejectedFilter;
    limit: number;
    /** The last one may go beyond. */
    limitBytes: number;
  },
): Promise<RejectedRow[]> {
  return database.query<RejectedRow>(
    `select (chosen.record).* from (
       select rejected as record, row_number() over turns as place,
         sum(size_bytes) over turns - size_bytes as bytes_before
       from ingest.rejected as rejected
       where ${FILTER} and state in ('waiting', 'repaired') and ($8::uuid[] is null or rejected_id = any($8))
       window turns as (order by ${TURN})) as chosen
     where bytes_before < $10 and place <= $9 order by place`,
    [...filterValues(choice.filter), choice.rejectedIds ?? null, choice.limit, choice.limitBytes],
  );
}

/** Marks replayed records, unless they were repaired meanwhile: what was repaired is still to be replayed. */
export async function settleReplayed(
  transaction: Transaction,
  rows: readonly Pick<RejectedRow, 'rejected_id' | 'raw_box'>[],
  now: number,
): Promise<void> {
  await transaction.execute(
    `update ingest.rejected as rejected set state = 'replayed', settled_at = $3
     from unnest($1::uuid[], $2::text[]) as replayed (rejected_id, raw_box)
     where rejected.rejected_id = replayed.rejected_id and rejected.raw_box = replayed.raw_box
       and state in ('waiting', 'repaired')`,
    [rows.map((row) => row.rejected_id), rows.map((row) => row.raw_box), now],
  );
}

/** Writes down why rows that still wait were rejected again; those without problems keep their own. */
export async function noteRejectedAgain(
  transaction: Transaction,
  rows: readonly { readonly rejectedId: string; readonly problems?: RejectedRowEntry['problems'] }[],
  now: number,
): Promise<void> {
  await transaction.execute(
    `update ingest.rejected as rejected
     set tried_at = $4, code = coalesce(again.code, rejected.code),
       details = coalesce(again.details::jsonb, rejected.details)
     from unnest($1::uuid[], $2::text[], $3::text[]) as again (rejected_id, code, details)
     where rejected.rejected_id = again.rejected_id and state in ('waiting', 'repaired')`,
    [
      rows.map((row) => row.rejectedId),
      rows.map((row) => row.problems?.[0]?.code ?? null),
      rows.map((row) => (row.problems ? JSON.stringify({ problems: row.problems }) : null)),
      now,
    ],
  );
}

/** Sets records that still wait aside; returns how many. */
export async function discardWaiting(
  transaction: Transaction,
  rejectedIds: readonly string[],
  now: number,
): Promise<number> {
  return transaction.execute(
    `update ingest.rejected set state = 'discarded', settled_at = $2
     where rejected_id = any($1::uuid[]) and state in ('waiting', 'repaired')`,
    [[...rejectedIds], now],
  );
}
