import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { ingestionTasksApi } from '@wutong/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { bundleFile } from '../../../test/harness/bundle-file.ts';
import { startCutProxy } from '../../../test/harness/cut-proxy.ts';
import { createIngestionRooms, type IngestionRooms } from '../../../test/harness/ingestion-rooms.ts';
import { createWarehouseWorld, type WarehouseWorld } from '../../../test/harness/warehouse-world.ts';

// A process of its own starts slowly on a busy machine.
vi.setConfig({ testTimeout: 150_000 });

let world: WarehouseWorld;
let rooms: IngestionRooms;

const define = (definition: object): ingestionTasksApi.TaskDefinition =>
  ingestionTasksApi.taskDefinitionSchema.parse({
    name: '任务',
    sourceId: 'core_bank',
    query: { table: 'trade' },
    load: { mode: 'incremental', key: ['id'], watermark: 'changed_at' },
    mapping: {
      records: [
        {
          record: 'event',
          event: { constant: 'traded' },
          keys: [{ type: 'customer_number', value: 'customer' }],
          time: 'changed_at',
          properties: { amount: { column: 'amount', steps: [{ number: true }] }, note: 'note' },
        },
      ],
    },
    ...definition,
  });

/** Works on everything that waits, as the loops would. */
async function work(): Promise<void> {
  await rooms.ingestion.worker.openDue();
  await rooms.ingestion.worker.round();
  await rooms.ingestion.worker.settled();
}

/** A try that fails for a passing reason is followed by the next one, as time goes by. */
async function workUntilFinished(taskId: string): Promise<void> {
  for (;;) {
    await work();
    const { lastRun } = await rooms.ingestion.tasks.read(taskId);
    if (lastRun?.state === 'finished') return;
    expect(lastRun?.state).not.toBe('failed');
    world.platform.clock.advance(60_000);
    await delay(50);
  }
}

const eventsOf = async (sourceId: string) => {
  const [row] = await world.platform.clickhouse.query<{ rows: number; ids: number }>(
    'select count() as rows, uniqExact(event_id) as ids from event where source_id = {sourceId:String}',
    { sourceId },
  );
  return row!;
};
beforeAll(async () => {
  world = await createWarehouseWorld();
  rooms = createIngestionRooms(world.platform);
  await rooms.start();
  const { settings, secrets } = world.bankConnection;
  await rooms.ingestion.warehouse.connections.create(
    { connectionId: 'core', name: 'core', kind: 'postgresql', settings, secrets },
    'tester',
  );
  await world.bank.execute(
    `create table trade (id bigint primary key, customer text, amount text, note text, changed_at timestamptz)`,
  );
  const mapping = {
    connectionId: 'core',
    schema: 'public',
    table: 'trade',
    textColumns: [],
    description: '',
  };
  await rooms.ingestion.warehouse.browser.map('trade', mapping, 'tester');
});

afterAll(async () => {
  await rooms?.stop();
  await world?.stop();
});

beforeEach(async () => {
  await world.bank.execute('truncate trade');
});

const insertTrades = (sql: string, values: unknown[] = []) =>
  world.bank.execute(`insert into trade (id, customer, amount, note, changed_at) ${sql}`, values);

describe('interruptions', () => {
  const ROWS = 20_000;
  const startProcess = async () => {
    const child = spawn(
      process.execPath,
      [
        await bundleFile('ingestion'),
        world.databases.databaseUrl,
        world.databases.clickhouseUrl,
        world.folder,
        String(world.platform.clock.now()),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(child.stdout, 'data');
    return child;
  };
  const rowsIn = async () => (await rooms.ingestion.tasks.read('many')).lastRun?.rowsIn ?? 0;

  test('killed in the middle, a run goes on and brings nothing twice', async () => {
    await insertTrades(`select n, 'K' || n % 500, '1', null, '2026-03-01'::timestamptz + (n / 100) * interval '1 second'
      from generate_series(1, ${ROWS}) n`);
    await rooms.ingestion.tasks.create('many', define({ sourceId: 'many' }), 'tester');
    await rooms.ingestion.tasks.start('many', 'tester');
    const child = await startProcess();
    while ((await rowsIn()) < 5_000) await delay(5);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await rowsIn()).toBeLessThan(ROWS);
    await rooms.ingest.recover();
    await workUntilFinished('many');
    const done = await rooms.ingestion.tasks.read('many');
    expect(done.lastRun).toMatchObject({ state: 'finished', rowsIn: ROWS, rowsRejected: 0 });
    expect(await eventsOf('many')).toEqual({ rows: ROWS, ids: ROWS });
  });

  test('when the reader of sources is killed, the run goes on with the next one', async () => {
    await insertTrades(`select n, 'R' || n % 500, '1', null, '2026-03-01'::timestamptz + n * interval '1 second'
      from generate_series(1, 15000) n`);
    await rooms.ingestion.tasks.create('bereft', define({ sourceId: 'bereft' }), 'tester');
    await rooms.ingestion.tasks.start('bereft', 'tester');
    await rooms.ingestion.worker.round();
    while (((await rooms.ingestion.tasks.read('bereft')).lastRun?.rowsIn ?? 0) < 5_000) await delay(5);
    const found = await promisify(execFile)('pgrep', ['-f', `source-reader-${process.pid}-`]);
    for (const pid of found.stdout.trim().split('\n')) process.kill(Number(pid), 'SIGKILL');
    await rooms.ingestion.worker.settled();
    await workUntilFinished('bereft');
    expect(await eventsOf('bereft')).toEqual({ rows: 15_000, ids: 15_000 });
  });

  test.each([
    ['a table', { table: 'slow_trade' }],
    ['SQL', { sql: 'select * from slow_trade where changed_at >= {from}' }],
  ])(
    'when the source of %s dies while it is read, nothing of it counts, and the next try has it all',
    async (name, query) => {
      const { connections, browser } = rooms.ingestion.warehouse;
      const { settings, secrets } = world.bankConnection;
      const taskId = name === 'SQL' ? 'cut_sql' : 'cut_table';
      await insertTrades(`select n, 'D' || n % 500, '1', null, '2026-03-01'::timestamptz + n * interval '1 second'
      from generate_series(1, 6000) n`);
      // Half of the rows are on their way when it hangs: the line is cut then, as by a server that is killed.
      await world.bank.execute(`drop view if exists slow_trade; drop table if exists pace;
      create table pace as select 60 as seconds;
      create view slow_trade as select trade.* from trade, pace
        where pace.seconds = 0 or id <> 3000 or pg_sleep(pace.seconds)::text is not null`);
      const source = await startCutProxy(`postgres://127.0.0.1:${settings['port']}/`);
      try {
        const port = Number(new URL(source.url).port);
        await connections.create(
          { connectionId: taskId, name, kind: 'postgresql', settings: { ...settings, port }, secrets },
          'tester',
        );
        const table = {
          connectionId: taskId,
          schema: 'public',
          table: 'slow_trade',
          textColumns: [],
          description: '',
        };
        await browser.map('slow_trade', table, 'tester');
        await rooms.ingestion.tasks.create(taskId, define({ sourceId: taskId, query }), 'tester');
        await rooms.ingestion.tasks.start(taskId, 'tester');
        await rooms.ingestion.worker.round();
        const asleep = `select pid from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`;
        while ((await world.bank.query(asleep)).length === 0) await delay(10);
        source.cut();
        await rooms.ingestion.worker.settled();
        const cut = await rooms.ingestion.tasks.read(taskId);
        expect(cut.lastRun).toMatchObject({ state: 'waiting', code: 'source_unreachable', rowsIn: 0 });
        expect(cut.freshness.watermark).toBeUndefined();
        const [readiness] = await rooms.ingestion.sourceReadiness([taskId], world.platform.clock.now());
        expect(readiness).toMatchObject({
          ready: false,
          tasks: [{ problem: expect.stringContaining('无法连接') as string }],
        });
        await world.bank.execute(`select pg_terminate_backend(pid) from (${asleep}) sleeping`);
        await world.bank.execute('update pace set seconds = 0');
        source.mend();
        world.platform.clock.advance(10_000);
        await workUntilFinished(taskId);
        expect(await eventsOf(taskId)).toEqual({ rows: 6_000, ids: 6_000 });
      } finally {
        await source.close();
      }
    },
  );

  test('stopped in the middle, it keeps what is settled and goes on by a retry', async () => {
    await insertTrades(`select n, 'S' || n % 500, '1', null, '2026-03-01'::timestamptz + n * interval '1 second'
      from generate_series(1, 15000) n`);
    await rooms.ingestion.tasks.create('halted', define({ sourceId: 'halted' }), 'tester');
    await rooms.ingestion.tasks.start('halted', 'tester');
    await rooms.ingestion.worker.round();
    while (((await rooms.ingestion.tasks.read('halted')).lastRun?.rowsIn ?? 0) < 5_000) await delay(10);
    await rooms.ingestion.tasks.stop('halted', 'tester');
    await rooms.ingestion.worker.round();
    await rooms.ingestion.worker.settled();
    const halted = await rooms.ingestion.tasks.read('halted');
    expect(halted).toMatchObject({ state: 'stopped', lastRun: { state: 'stopped' } });
    expect(halted.lastRun!.rowsIn).toBeLessThan(15_000);
    await rooms.ingestion.tasks.retry('halted', 'tester');
    await workUntilFinished('halted');
    expect((await rooms.ingestion.tasks.read('halted')).lastRun).toMatchObject({
      state: 'finished',
      rowsIn: 15_000,
    });
    expect(await eventsOf('halted')).toEqual({ rows: 15_000, ids: 15_000 });
  });
});
