import { ingestionTasksApi } from '@wutong/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createIngestionRooms, type IngestionRooms } from '../../../test/harness/ingestion-rooms.ts';
import { createWarehouseWorld, type WarehouseWorld } from '../../../test/harness/warehouse-world.ts';
import { compareColumns } from '../warehouse/follow-columns.ts';

// What whoever runs the source does to a table between two runs.

let world: WarehouseWorld;
let rooms: IngestionRooms;

beforeAll(async () => {
  world = await createWarehouseWorld();
  rooms = createIngestionRooms(world.platform);
  await rooms.start();
  const { settings, secrets } = world.bankConnection;
  await rooms.ingestion.warehouse.connections.create(
    { connectionId: 'core', name: 'core', kind: 'postgresql', settings, secrets },
    'tester',
  );
});

afterAll(async () => {
  await rooms?.stop();
  await world?.stop();
});

const map = (table: string) =>
  rooms.ingestion.warehouse.browser.map(
    table,
    { connectionId: 'core', schema: 'public', table, textColumns: [], description: '' },
    'tester',
  );

async function run(taskId: string) {
  const { worker, tasks } = rooms.ingestion;
  await tasks.start(taskId, 'tester');
  await worker.openDue();
  await worker.round();
  await worker.settled();
  const { state, code, problem } = (await tasks.read(taskId)).lastRun!;
  return { state, code, problem };
}

const timesOf = (event: string): Promise<{ at: string; id: string }[]> =>
  world.platform.clickhouse.query(
    `select toString(time) as at, properties.id::String as id from event where event = {event:String} order by id, at`,
    { event },
  );

/** A task over a new table of two rows, which it has read. */
async function begin(table: string, query: object = { table }): Promise<void> {
  await world.bank.execute(
    `create table ${table} (id int primary key, customer text, note text, spare text, changed_at timestamptz)`,
  );
  await world.bank.execute(
    `insert into ${table} values (1, 'C1', 'a', 'b', '2026-01-01 10:00:00+08'), (2, 'C2', 'a', 'b', '2026-01-02 10:00:00+08')`,
  );
  await map(table);
  const definition = ingestionTasksApi.taskDefinitionSchema.parse({
    name: table,
    sourceId: 'core_bank',
    query,
    load: { mode: 'incremental', key: ['id'], watermark: 'changed_at' },
    mapping: {
      records: [
        {
          record: 'event',
          event: { constant: table },
          keys: [{ type: 'customer_number', value: 'customer' }],
          time: 'changed_at',
          properties: { id: 'id', note: 'note' },
        },
      ],
    },
  });
  await rooms.ingestion.tasks.create(table, definition, 'tester');
  expect(await run(table)).toMatchObject({ state: 'finished' });
}

test('a time that lost its zone is not read as another one; mapped again, no row is passed over', async () => {
  await begin('zone');
  await world.bank.execute(
    `alter table zone alter changed_at type timestamp using changed_at at time zone 'Asia/Shanghai'`,
  );
  await world.bank.execute(`insert into zone values (3, 'C3', 'a', 'b', '2026-01-02 10:30:00')`);
  const changed = await run('zone');
  expect(changed).toMatchObject({ state: 'failed', code: 'source_table_changed' });
  expect(changed.problem).toContain('changed_at (timestamp with time zone → timestamp without time zone)');
  expect(await timesOf('zone')).toHaveLength(2);
  await map('zone');
  expect(await run('zone')).toMatchObject({ state: 'finished' });
  const times = await timesOf('zone');
  expect(times.map(({ at }) => at)).toEqual(
    expect.arrayContaining(['2026-01-01 02:00:00.000', '2026-01-02 02:00:00.000', '2026-01-02 02:30:00.000']),
  );
  // Back again: what was a wall time is an instant eight hours earlier than it looks.
  await world.bank.execute(
    `alter table zone alter changed_at type timestamptz using changed_at at time zone 'Asia/Shanghai'`,
  );
  await world.bank.execute(`insert into zone values (4, 'C4', 'a', 'b', '2026-01-02 11:00:00+08')`);
  expect(await run('zone')).toMatchObject({ code: 'source_table_changed' });
  await map('zone');
  expect(await run('zone')).toMatchObject({ state: 'finished' });
  expect((await timesOf('zone')).at(-1)).toEqual({ at: '2026-01-02 03:00:00.000', id: '4' });
});

test.each([
  ['of_table', undefined],
  ['of_sql', { sql: 'select id, customer, note, changed_at from of_sql where changed_at >= {from}' }],
])('a column that is gone is named, one that nobody uses is not missed: %s', async (table, query) => {
  await begin(table, query);
  await world.bank.execute(`alter table ${table} drop column spare`);
  expect(await run(table)).toMatchObject({ state: 'finished' });
  await world.bank.execute(`alter table ${table} drop column note`);
  const changed = await run(table);
  expect(changed).toMatchObject({ state: 'failed', code: 'source_table_changed' });
  expect(changed.problem).toContain('note (text → gone)');
});

test('whole numbers that became wider are read on', async () => {
  await begin('wider');
  await world.bank.execute('alter table wider alter id type bigint');
  await world.bank.execute(`insert into wider values (3000000000, 'C3', 'a', 'b', '2026-01-03 10:00:00+08')`);
  expect(await run('wider')).toMatchObject({ state: 'finished' });
  expect((await timesOf('wider')).map(({ id }) => id)).toEqual(['1', '2', '3000000000']);
});

test.each([
  ['Int32', 'Int32', 'alike'],
  ['Nullable(Int32)', 'Int32', 'alike'],
  // NULL would be read as nought.
  ['Int32', 'Nullable(Int32)', 'wider'],
  ['Nullable(Int32)', 'Nullable(Int64)', 'wider'],
  ['UInt32', 'Nullable(UInt64)', 'wider'],
  ['Int64', 'Int32', 'changed'],
  ['UInt32', 'Int64', 'changed'],
  ['Nullable(Decimal(10, 2))', 'Nullable(Decimal(30, 6))', 'alike'],
  ["Nullable(DateTime64(6, 'UTC'))", 'Nullable(DateTime64(6))', 'changed'],
  ['Nullable(Date32)', 'Nullable(DateTime64(6))', 'changed'],
  ['Int32', 'Nullable(String)', 'changed'],
])('a column that was %s and is %s is %s', (was, is, became) => {
  expect(compareColumns({ name: 'a', type: was }, { name: 'a', type: is })).toBe(became);
});
