import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { startIngestServer } from '../test/harness/ingest-server.ts';
import type { ClickHouse } from '../src/platform/index.ts';
import type { Bench, BenchContext, BenchRow } from './bench-context.ts';

const PEOPLE = 100_000;
const EVENTS_A_REQUEST = 500;
const CONCURRENCY = 64;
const WARM_REQUESTS = 200;
const REQUESTS = 800;
const RAW_CHUNK = 20_000;

/**
 * Events per second from HTTP request to durable and queryable, with duplicates checked, identity resolved
 * and the tracking plan asked, against the same rows inserted raw by `@clickhouse/client`.
 */
export const run: Bench = async (context) => {
  const databases = await context.createPlatform();
  const { platform } = databases;
  const room = await startIngestServer(platform);
  try {
    const { key } = await room.ingest.sources.create({ sourceId: 'bench', name: 'Bench' }, 'bench');
    const load = { url: room.url, key, people: PEOPLE, startMs: platform.clock.now() };
    await send(context, { ...load, requests: WARM_REQUESTS, first: 0 });
    const first = WARM_REQUESTS * EVENTS_A_REQUEST;
    const seconds = await send(context, { ...load, requests: REQUESTS, first });
    const events = REQUESTS * EVENTS_A_REQUEST;
    await checkBooks(platform.clickhouse, events + first);
    const value = events / seconds;
    const baselineValue = await raw(platform.clickhouse, events);
    const row: BenchRow = {
      name: 'ingest-http',
      value,
      unit: 'events/s',
      baseline: 'the same rows inserted raw by @clickhouse/client',
      baselineValue,
      ratio: value / baselineValue,
      note: `${EVENTS_A_REQUEST} events a request, ${CONCURRENCY} connections, ${PEOPLE} people, load generator on the same cores`,
    };
    context.say(`${Math.round(value)} events/s, raw ${Math.round(baselineValue)} rows/s`);
    return [row];
  } finally {
    await room.stop();
    await databases.drop();
  }
};

/** Sends from a worker thread; returns the seconds from the first request to the last answer. */
async function send(context: BenchContext, load: Record<string, unknown>): Promise<number> {
  const worker = new Worker(new URL('./ingest-load.mjs', import.meta.url), {
    workerData: { ...load, eventsARequest: EVENTS_A_REQUEST, concurrency: CONCURRENCY },
    execArgv: [],
  });
  await once(worker, 'message');
  const start = performance.now();
  worker.postMessage('go');
  const [{ refused }] = (await once(worker, 'message')) as [{ refused: number }];
  const seconds = (performance.now() - start) / 1000;
  if (refused > 0) context.say(`${refused} requests were told to come back`);
  await worker.terminate();
  return seconds;
}

async function checkBooks(clickhouse: ClickHouse, expected: number): Promise<void> {
  const [row] = await clickhouse.query<{ rows: number; distinct: number }>(
    'select count() as rows, uniqExact(event_id) as distinct from event',
  );
  if (row!.rows !== expected || row!.distinct !== expected) {
    throw new Error(
      `the books do not balance: sent ${expected}, stored ${row!.rows}, distinct ${row!.distinct}`,
    );
  }
}

/** Rows per second of the plain client into a table of the same shape, from objects that are there already. */
async function raw(clickhouse: ClickHouse, rows: number): Promise<number> {
  const sample = await clickhouse.query<Record<string, unknown>>(
    `select person_id, key_number, toString(time) as time, toString(received_at) as received_at, event,
       toString(event_id) as event_id, source_id, toString(batch_id) as batch_id, properties
     from event limit ${RAW_CHUNK}`,
  );
  await clickhouse.command('create table raw_event as event');
  await clickhouse.insert('raw_event', sample);
  const start = performance.now();
  for (let sent = 0; sent < rows; sent += RAW_CHUNK) await clickhouse.insert('raw_event', sample);
  return rows / ((performance.now() - start) / 1000);
}
