import type { StreamSettings, streamsApi } from '@wutong/contract';
import type { Database, Transaction } from '../../platform/index.ts';

type Position = Omit<streamsApi.StreamPartition, 'lag'>;

export interface StreamRow {
  stream_id: string;
  name: string;
  source_id: string;
  settings: StreamSettings;
  secrets_box: string;
  state: 'running' | 'paused' | 'stopped';
  version: number;
  positioned: boolean;
  messages: number;
  stored: number;
  duplicate: number;
  rejected: number;
  lost_messages: number;
  created_at: number;
  updated_at: number;
}

export interface WorkerRow {
  stream_id: string;
  process_id: string;
  activity: 'connecting' | 'reading' | 'waiting' | 'paused';
  error: string | null;
  partitions: Position[];
  messages_per_second: number;
  seen_at: number;
}

export async function insertStream(
  transaction: Transaction,
  row: Pick<
    StreamRow,
    'stream_id' | 'name' | 'source_id' | 'settings' | 'secrets_box' | 'state' | 'created_at'
  >,
): Promise<boolean> {
  const inserted = await transaction.execute(
    `insert into streams.stream (stream_id, name, source_id, settings, secrets_box, state, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $7) on conflict do nothing`,
    [
      row.stream_id,
      row.name,
      row.source_id,
      JSON.stringify(row.settings),
      row.secrets_box,
      row.state,
      row.created_at,
    ],
  );
  return inserted === 1;
}

export async function selectStreams(database: Transaction, streamId?: string): Promise<StreamRow[]> {
  return database.query<StreamRow>(
    `select * from streams.stream where $1::text is null or stream_id = $1 order by stream_id limit 1000`,
    [streamId ?? null],
  );
}

export async function selectWorkers(database: Database, seenAfter: number): Promise<WorkerRow[]> {
  return database.query<WorkerRow>(
    'select * from streams.worker where seen_at > $1 order by stream_id, process_id',
    [seenAfter],
  );
}

/** Changes settings and secrets; whoever reads the stream connects anew. */
export async function changeStream(
  transaction: Transaction,
  streamId: string,
  change: { name: string; settings: StreamSettings; secretsBox: string; at: number },
): Promise<void> {
  await transaction.execute(
    `update streams.stream set name = $2, settings = $3, secrets_box = $4, version = version + 1, updated_at = $5
     where stream_id = $1`,
    [streamId, change.name, JSON.stringify(change.settings), change.secretsBox, change.at],
  );
}

export async function changeState(
  transaction: Transaction,
  streamId: string,
  state: StreamRow['state'],
  at: number,
): Promise<boolean> {
  const changed = await transaction.execute(
    'update streams.stream set state = $2, updated_at = $3 where stream_id = $1',
    [streamId, state, at],
  );
  return changed === 1;
}

export async function deleteStream(transaction: Transaction, streamId: string): Promise<boolean> {
  return (await transaction.execute('delete from streams.stream where stream_id = $1', [streamId])) === 1;
}

/** The group has its start positions; `lostMessages` are added to those that retention took before us. */
export async function notePositioned(
  database: Database,
  streamId: string,
  lostMessages: number,
): Promise<void> {
  await database.execute(
    `update streams.stream set positioned = true, lost_messages = lost_messages + $2::bigint
     where stream_id = $1 and (not positioned or $2::bigint > 0)`,
    [streamId, lostMessages],
  );
}

/** What a worker did since it last said so, and what it does now. */
export async function noteWork(
  database: Database,
  row: WorkerRow,
  done: { messages: number; stored: number; duplicate: number; rejected: number },
): Promise<void> {
  await database.execute(
    `with counted as (
       update streams.stream set messages = messages + $7::bigint, stored = stored + $8::bigint,
         duplicate = duplicate + $9::bigint, rejected = rejected + $10::bigint
       where stream_id = $1 and $7::bigint > 0
     )
     insert into streams.worker (stream_id, process_id, activity, error, partitions, seen_at, messages_per_second)
     select stream_id, $2::uuid, $3, $4, $5::jsonb, $6::bigint, $11::float8 from streams.stream where stream_id = $1
     on conflict (stream_id, process_id) do update set activity = excluded.activity, error = excluded.error,
       partitions = excluded.partitions, seen_at = excluded.seen_at,
       messages_per_second = excluded.messages_per_second`,
    [
      row.stream_id,
      row.process_id,
      row.activity,
      row.error,
      JSON.stringify(row.partitions),
      row.seen_at,
      done.messages,
      done.stored,
      done.duplicate,
      done.rejected,
      row.messages_per_second,
    ],
  );
}

export async function deleteWorker(database: Database, streamId: string, processId: string): Promise<void> {
  await database.execute('delete from streams.worker where stream_id = $1 and process_id = $2', [
    streamId,
    processId,
  ]);
}

export async function deleteWorkersOf(database: Database, seenBefore: number): Promise<void> {
  await database.execute('delete from streams.worker where seen_at < $1', [seenBefore]);
}
