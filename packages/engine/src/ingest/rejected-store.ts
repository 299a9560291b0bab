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

/** A kept record as stored. */
export interface RejectedRow {
  rejected_id: string;
  source_id: string;
  received_at: number;
  day: string;
  format: string;
  unit: 'record' | 'body';
  code: string;
  details: Record<string, unknown>;
  event: string | null;
  size_bytes: number;
  raw_box: string;
  raw_encoding: 'text' | 'base64';
  context: Record<string, unknown>;
  state: 'waiting' | 'repaired' | 'replayed' | 'discarded';
  settled_at: number | null;
}

export interface RejectedFilter {
  readonly sourceId?: string | undefined;
  readonly day?: string | undefined;
  readonly code?: string | undefined;
  readonly event?: string | undefined;
  readonly state?: string | undefined;
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

const FILTER = `($1::text is null or source_id = $1) and ($2::text is null or day = $2)
  and ($3::text is null or code = $3) and ($4::text is null or event = $4) and ($5::text is null or state = $5)`;

const filterValues = (filter: RejectedFilter): unknown[] => [
  filter.sourceId ?? null,
  filter.day ?? null,
  filter.code ?? null,
  filter.event ?? null,
  filter.state ?? null,
];

/** Newest first, from after the given place on. */
export async function searchRejected(
  database: Database,
  filter: RejectedFilter,
  page: { after: { receivedAt: number; rejectedId: string } | undefined; limit: number },
): Promise<RejectedRow[]> {
  return database.query<RejectedRow>(
    `select * from ingest.rejected
     where ${FILTER} and ($6::bigint is null or (received_at, rejected_id) < ($6, $7::uuid))
     order by received_at desc, rejected_id desc limit $8`,
    [...filterValues(filter), page.after?.receivedAt ?? null, page.after?.rejectedId ?? null, page.limit],
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

/** Replaces the raw text of a record that still waits; undefined when it does not. */
export async function repairRaw(
  transaction: Transaction,
  rejectedId: string,
  rawBox: string,
  sizeBytes: number,
): Promise<RejectedRow | undefined> {
  const rows = await transaction.query<RejectedRow>(
    `update ingest.rejected set raw_box = $2, raw_encoding = 'text', size_bytes = $3, state = 'repaired'
     where rejected_id = $1 and state in ('waiting', 'repaired') returning *`,
    [rejectedId, rawBox, sizeBytes],
  );
  return rows[0];
}

/** The records to replay: chosen ones, or the oldest that match, among those that still wait. */
export async function replayable(
  database: Database,
  choice: { rejectedIds: readonly string[] | undefined; filter: RejectedFilter; limit: number },
): Promise<RejectedRow[]> {
  return database.query<RejectedRow>(
    `select * from ingest.rejected
     where ${FILTER} and state in ('waiting', 'repaired') and ($6::uuid[] is null or rejected_id = any($6))
     order by received_at, rejected_id limit $7`,
    [...filterValues(choice.filter), choice.rejectedIds ?? null, choice.limit],
  );
}

/** Marks records that still wait as replayed or discarded; returns how many. */
export async function settleRejected(
  transaction: Transaction,
  rejectedIds: readonly string[],
  state: 'replayed' | 'discarded',
  now: number,
): Promise<number> {
  return transaction.execute(
    `update ingest.rejected set state = $2, settled_at = $3
     where rejected_id = any($1::uuid[]) and state in ('waiting', 'repaired')`,
    [[...rejectedIds], state, now],
  );
}
