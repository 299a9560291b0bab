import type { ClickHouse } from '../platform/index.ts';
import { insertBytes } from './insert-bytes.ts';
import { writeNative } from './write-native.ts';
import { writeRow, type EventRow } from './write-row.ts';

const INSERT_SETTINGS = {
  // One block, so that a batch is there as a whole or not at all (per month of event time).
  input_format_parallel_parsing: 0,
  max_insert_block_size: '1000000',
  min_insert_block_size_rows: '1000000',
  // Text that looks like a date stays text: the tracking plan knows which properties are times.
  input_format_try_infer_dates: 0,
  input_format_try_infer_datetimes: 0,
  date_time_input_format: 'basic',
  // Imported history may span more than 100 months.
  max_partitions_per_insert_block: '0',
} as const;

// ClickHouse's codes for "these data cannot be read": the fault of a record, so that asking again is useless.
// 6, 26, 27, 33, 38, 41, 53, 69, 72, 117, 321, 349, 691: parse, type, range and JSON errors.
const DATA_ERRORS = new Set([
  '6',
  '26',
  '27',
  '33',
  '38',
  '41',
  '53',
  '69',
  '72',
  '117',
  '321',
  '349',
  '691',
]);

/** Whether ClickHouse refused the content of the rows, rather than being unable to store at the moment. */
export function isDataError(error: unknown): boolean {
  return DATA_ERRORS.has(String((error as { code?: string | number }).code ?? ''));
}

/**
 * Inserts events (at least one); durable when it resolves. The same token again inserts nothing, so the call may be
 * repeated after a lost answer. The query carries the batch's id: recovery can see whether it still runs.
 */
export async function insertEvents(
  clickhouse: ClickHouse,
  batchId: string,
  rows: readonly EventRow[],
  token: string,
): Promise<void> {
  const native = writeNative(rows, batchId);
  if (native) await insertBlock(clickhouse, batchId, { format: 'Native', pieces: [native] }, token);
  else
    await insertBlock(clickhouse, batchId, { format: 'JSONEachRow', pieces: written(rows, batchId) }, token);
}

/** The same of events that are written already. */
export async function insertBlock(
  clickhouse: ClickHouse,
  batchId: string,
  { format, pieces }: { format: 'Native' | 'JSONEachRow'; pieces: Iterable<Uint8Array> },
  token: string,
): Promise<void> {
  await insertBytes(clickhouse, `insert into event (${COLUMNS}) format ${format}`, pieces, {
    query_id: `${batchId}:${token}:${Math.random().toString(36).slice(2, 10)}`,
    clickhouse_settings: { ...INSERT_SETTINGS, insert_deduplication_token: `${batchId}:${token}` },
    abort_signal: AbortSignal.timeout(INSERT_WITHIN_MS),
  });
}

/** A line that swallows everything must not keep collection waiting; recovery looks what became of the batch. */
const INSERT_WITHIN_MS = 60_000;
const COLUMNS = 'person_id, key_number, time, received_at, event, event_id, source_id, batch_id, properties';
const ROWS_A_CHUNK = 1_000;

/** The rows as text in pieces of some hundred kilobytes: bounded memory, few system calls. */
function* written(rows: readonly EventRow[], batchId: string): Generator<Buffer> {
  for (let start = 0; start < rows.length; start += ROWS_A_CHUNK) {
    let chunk = '';
    const end = Math.min(rows.length, start + ROWS_A_CHUNK);
    for (let index = start; index < end; index++) chunk += writeRow(rows[index]!, batchId);
    yield Buffer.from(chunk);
  }
}

/** Whether an insert of this batch still runs in ClickHouse. */
export async function insertIsRunning(clickhouse: ClickHouse, batchId: string): Promise<boolean> {
  const rows = await clickhouse.query<{ running: number }>(
    `select count() as running from system.processes where startsWith(query_id, {prefix:String})`,
    { prefix: `${batchId}:` },
  );
  return (rows[0]?.running ?? 0) > 0;
}

/**
 * The events of a batch that are stored, all or those with some names. `startedAt` (epoch ms) bounds the search by time
 * of arrival.
 */
export async function eventsOfBatch(
  clickhouse: ClickHouse,
  batchId: string,
  startedAt: number,
  names?: readonly string[],
): Promise<EventRow[]> {
  const hour = 3_600_000;
  const rows = await clickhouse.query<Omit<EventRow, 'properties'> & { properties: string }>(
    `select person_id as personId, key_number as keyNumber, toUnixTimestamp64Milli(time) as time,
       toUnixTimestamp64Milli(received_at) as receivedAt, event, toString(event_id) as eventId,
       source_id as sourceId, toJSONString(properties) as properties
     from event
     prewhere received_at between fromUnixTimestamp64Milli({from:Int64}) and fromUnixTimestamp64Milli({to:Int64})
     where batch_id = {batchId:UUID}${names ? ' and event in {names:Array(String)}' : ''}`,
    { from: startedAt - 24 * hour, to: startedAt + hour, batchId, ...(names ? { names } : {}) },
  );
  return rows.map((row) => ({ ...row, properties: JSON.parse(row.properties) as Record<string, unknown> }));
}

/** Events stored per source and minute of arrival. */
export async function ratesSince(
  clickhouse: ClickHouse,
  since: number,
): Promise<{ sourceId: string; minute: string; events: number }[]> {
  return clickhouse.query(
    `select source_id as sourceId, formatDateTime(toStartOfMinute(received_at), '%Y-%m-%dT%H:%i:00.000Z') as minute,
       count() as events
     from event
     prewhere received_at >= fromUnixTimestamp64Milli({since:Int64})
     group by sourceId, minute order by minute, sourceId`,
    { since },
  );
}
