import type { ResponseOf, streamsApi } from '@wutong/contract';
import type { Transaction } from '../../platform/index.ts';

export type StreamEvent = ResponseOf<typeof streamsApi.listStreamLog>['items'][number]['event'];

/** What happened; `at` is epoch ms UTC. */
export interface LogLine {
  readonly event: StreamEvent;
  readonly at: number;
  readonly actor?: string;
  readonly code?: string | undefined;
  readonly text?: string;
  readonly count?: number;
}

export interface LogRow {
  line: number;
  at: number;
  event: StreamEvent;
  actor: string | null;
  code: string | null;
  text: string | null;
  count: number | null;
}

const KEPT_LINES = 1_000;

/** Writes a line, unless the stream is gone; lines beyond the newest thousand go. */
export async function writeLogLine(
  transaction: Transaction,
  streamId: string,
  { event, at, actor, code, text, count }: LogLine,
): Promise<void> {
  await transaction.execute(
    `insert into streams.log (stream_id, at, event, actor, code, text, count)
     select stream_id, $2::bigint, $3, $4, $5, $6, $7::bigint from streams.stream where stream_id = $1`,
    [streamId, at, event, actor ?? null, code ?? null, text?.slice(0, 500) ?? null, count ?? null],
  );
  await transaction.execute(
    `delete from streams.log where stream_id = $1 and line <=
       (select line from streams.log where stream_id = $1 order by line desc offset $2 limit 1)`,
    [streamId, KEPT_LINES],
  );
}

/** Newest first, below a line. */
export async function selectLog(
  database: Transaction,
  streamId: string,
  before: number | undefined,
  limit: number,
): Promise<LogRow[]> {
  return database.query<LogRow>(
    `select line, at, event, actor, code, text, count from streams.log
     where stream_id = $1 and ($2::bigint is null or line < $2) order by line desc limit $3`,
    [streamId, before ?? null, limit],
  );
}
