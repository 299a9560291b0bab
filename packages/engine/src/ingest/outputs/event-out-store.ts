import type { ClickHouse } from '../../platform/index.ts';

/** An event on its way out. Times are epoch ms UTC. */
export interface EventOutRow {
  event_id: string;
  event: string;
  // Not named like the columns: an alias would stand for the column in the conditions too.
  time_ms: number;
  received_ms: number;
  person: number;
  source_id: string;
  /** JSON text. */
  properties: string;
}

export interface EventFilter {
  readonly events?: readonly string[];
  /** Of event names. */
  readonly prefix?: string;
}

/** Which rows of the event table a portion holds. */
export interface EventWindow {
  readonly receivedFrom: number;
  /** Inclusive. */
  readonly receivedTo: number;
  /** Undefined: all batches. */
  readonly batchIds: readonly string[] | undefined;
}

/** The window of a kept plan. */
export function eventWindow(
  plan:
    | { readonly from: number; readonly until: number }
    | { readonly batchIds: readonly string[]; readonly receivedFrom: number; readonly receivedTo: number },
): EventWindow {
  return 'batchIds' in plan
    ? plan
    : { receivedFrom: plan.from, receivedTo: plan.until - 1, batchIds: undefined };
}

/** Arrival (epoch ms) of the first event, within bounds when given; undefined when there is none. */
export async function firstArrival(
  clickhouse: ClickHouse,
  from = 0,
  until = Number.MAX_SAFE_INTEGER,
): Promise<number | undefined> {
  const [row] = await clickhouse.query<{ count: number; first: number }>(
    `select count() as count, toUnixTimestamp64Milli(min(received_at)) as first from event
     where received_at >= fromUnixTimestamp64Milli({from:Int64}) and received_at < fromUnixTimestamp64Milli({until:Int64})`,
    { from, until: Math.min(until, LAST_MS) },
  );
  return row && row.count > 0 ? row.first : undefined;
}

// The last day of DateTime64.
const LAST_MS = Date.UTC(2299, 11, 31);

/** Events of a window in one order, in blocks of some thousands; sorting spills to disk when the window is large. */
export async function* readEvents(
  clickhouse: ClickHouse,
  window: EventWindow,
  filter: EventFilter,
  personSql: string,
): AsyncGenerator<EventOutRow[]> {
  const conditions = [
    window.batchIds ? 'batch_id in {batchIds:Array(UUID)}' : undefined,
    filter.events && filter.events.length > 0 ? 'event in {events:Array(String)}' : undefined,
    filter.prefix ? 'startsWith(event, {prefix:String})' : undefined,
  ].filter((each) => each !== undefined);
  yield* gathered(
    clickhouse.queryStream<EventOutRow>(
      `select toString(event_id) as event_id, event, toUnixTimestamp64Milli(time) as time_ms,
         toUnixTimestamp64Milli(received_at) as received_ms, ${personSql} as person, source_id,
         toJSONString(properties) as properties
       from event
       prewhere received_at between fromUnixTimestamp64Milli({from:Int64}) and fromUnixTimestamp64Milli({to:Int64})
       ${conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''}
       order by received_at, time, event_id`,
      {
        from: window.receivedFrom,
        to: window.receivedTo,
        batchIds: window.batchIds ?? [],
        events: filter.events ?? [],
        prefix: filter.prefix ?? '',
      },
      { max_bytes_before_external_sort: '200000000' },
    ),
  );
}

/** The window of arrival that holds the newest `limit` events; undefined when there are none. */
export async function newestArrivals(
  clickhouse: ClickHouse,
  { events = [], prefix = '' }: EventFilter,
  limit: number,
): Promise<{ from: number; until: number } | undefined> {
  const [row] = await clickhouse.query<{ count: number; first: number; last: number }>(
    `select count() as count, min(at) as first, max(at) as last from (
       select toUnixTimestamp64Milli(received_at) as at from event
       where (empty({events:Array(String)}) or event in {events:Array(String)}) and startsWith(event, {prefix:String})
       order by received_at desc limit {limit:UInt32})`,
    { events, prefix, limit },
  );
  return row && row.count > 0 ? { from: row.first, until: row.last + 1 } : undefined;
}

const BLOCK_ROWS = 5_000;

/** Blocks of a useful size, whatever the pieces that the connection brought. */
export async function* gathered<Row>(pieces: AsyncIterable<Row[]>): AsyncGenerator<Row[]> {
  let block: Row[] = [];
  for await (const piece of pieces) {
    for (const row of piece) block.push(row);
    if (block.length < BLOCK_ROWS) continue;
    yield block;
    block = [];
  }
  if (block.length > 0) yield block;
}
