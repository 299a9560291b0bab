import { ingestionTasksApi } from '@wutong/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findFreePort } from '../../platform/index.ts';
import { createIngestionRooms, type IngestionRooms } from '../../../test/harness/ingestion-rooms.ts';
import { createWarehouseWorld, type WarehouseWorld } from '../../../test/harness/warehouse-world.ts';

const MINUTE_MS = 60_000;
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

async function run(taskId: string): Promise<ingestionTasksApi.Task> {
  await rooms.ingestion.tasks.start(taskId, 'tester');
  await work();
  return rooms.ingestion.tasks.read(taskId);
}

const eventsOf = async (sourceId: string) => {
  const [row] = await world.platform.clickhouse.query<{ rows: number; ids: number }>(
    'select count() as rows, uniqExact(event_id) as ids from event where source_id = {sourceId:String}',
    { sourceId },
  );
  return row!;
};
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (error: Error & { code?: string }) => error.code ?? error.message,
  );

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

describe('an incremental task', () => {
  test('reads what is new, knows again what it read, and keeps what it cannot take', async () => {
    await insertTrades(`select n, 'C' || n % 50, (n * 1.5)::text, '中文 ' || n, '2026-03-01 00:00:00+08'::timestamptz
      + n * interval '1 second' from generate_series(1, 1000) n`);
    await insertTrades(`values (2001, 'C1', 'much', null, '2026-03-01 01:00:00+08'), (2002, null, '1', null,
      '2026-03-01 01:00:01+08'), (2003, 'C1', '1', null, null), (2004, 'C1', '1', 'of the future', '2099-01-01')`);
    const load = { mode: 'incremental', key: ['id'], watermark: 'changed_at', overlap: 3_600 };
    await rooms.ingestion.tasks.create('trades', define({ load }), 'tester');
    const first = await run('trades');
    expect(first).toMatchObject({ state: 'idle', freshness: { watermark: '2026-02-28T17:00:01.000000Z' } });
    expect(first.lastRun).toMatchObject({
      state: 'finished',
      rowsIn: 1002,
      rowsRejected: 2,
      records: { event: 1000 },
    });
    expect(await eventsOf('core_bank')).toEqual({ rows: 1000, ids: 1000 });
    const [event] = await world.platform.clickhouse.query(
      `select toUnixTimestamp64Milli(time) as at, properties.amount::Float64 as amount, properties.note::String as note
       from event where source_id = 'core_bank' order by time limit 1`,
    );
    expect(event).toEqual({ at: Date.parse('2026-03-01T00:00:01+08:00'), amount: 1.5, note: '中文 1' });

    // Late in the overlap, and new: all that was read before is read again and counts once.
    await insertTrades(`values (3001, 'C3', '7', null, '2026-03-01 00:30:00+08'),
      (3002, 'C3', '7', null, '2026-03-01 02:00:00+08')`);
    const second = await run('trades');
    expect(second.lastRun).toMatchObject({ state: 'finished', from: '2026-02-28T16:00:01.000000Z' });
    expect(second.lastRun!.records).toMatchObject({ event: 2 });
    expect(await eventsOf('core_bank')).toEqual({ rows: 1002, ids: 1002 });
    const ledger = await world.platform.database.query(
      `select sum(received - stored - duplicate - rejected) as odd from ingest.ledger where source_id = 'core_bank'`,
    );
    expect(ledger).toEqual([{ odd: 0 }]);
  });

  test('carries attributes as they were at the time of the watermark', async () => {
    await insertTrades(
      `values (1, 'P1', '10', '新', '2026-03-01 10:00:00+08'), (2, 'P1', '20', '旧', '2026-03-01 09:00:00+08')`,
    );
    const mapping = {
      declare: {
        attributes: [{ name: 'last_note', title: { zh: '备注', en: 'Note' }, valueType: 'string' }],
      },
      records: [
        {
          record: 'person',
          keys: [{ type: 'customer_number', value: 'customer' }],
          attributes: { last_note: 'note' },
        },
      ],
    };
    await rooms.ingestion.tasks.create('notes', define({ sourceId: 'notes', mapping }), 'tester');
    expect((await run('notes')).lastRun).toMatchObject({ state: 'finished', records: { person: 2 } });
    const [person] = await rooms.identity.findPeople('P1');
    expect((await rooms.profile.attributesOf([person!.personId])).get(person!.personId)).toMatchObject({
      last_note: '新',
    });
  });

  test('a source that is away is tried again, then shown as failed and late; a retry goes on', async () => {
    await insertTrades(`select n, 'C1', '1', null, '2026-03-01'::timestamptz + n * interval '1 second'
      from generate_series(1, 10) n`);
    const definition = define({
      sourceId: 'shaky',
      query: { table: 'shaky_trade' },
      attempts: 2,
      expectedWithinMinutes: 30,
      schedule: { every: 'minutes', minutes: 10 },
    });
    const { connections, browser } = rooms.ingestion.warehouse;
    const { settings, secrets } = world.bankConnection;
    await connections.create(
      { connectionId: 'shaky', name: 'shaky', kind: 'postgresql', settings, secrets },
      'tester',
    );
    const table = { connectionId: 'shaky', schema: '', table: 'trade', textColumns: [], description: '' };
    await browser.map('shaky_trade', table, 'tester');
    await rooms.ingestion.tasks.create('shaky', definition, 'tester');
    await run('shaky');
    const { clock } = world.platform;
    const soon = clock.now() + MINUTE_MS;
    expect(await rooms.ingestion.sourceReadiness(['shaky', 'unknown'], soon)).toMatchObject([
      { sourceId: 'shaky', ready: false, late: false },
      { sourceId: 'unknown', ready: true, late: false, tasks: [] },
    ]);
    await connections.update(
      'shaky',
      { settings: { ...settings, port: await findFreePort() }, secrets },
      'tester',
    );
    clock.advance(10 * MINUTE_MS);
    await work();
    const waiting = await rooms.ingestion.tasks.read('shaky');
    expect(waiting).toMatchObject({ state: 'waiting', lastRun: { attempt: 1, code: 'source_unreachable' } });
    clock.advance(11_000);
    await work();
    expect(await rooms.ingestion.tasks.read('shaky')).toMatchObject({
      state: 'failed',
      lastRun: { attempt: 2 },
    });
    clock.advance(31 * MINUTE_MS);
    const [readiness] = await rooms.ingestion.sourceReadiness(['shaky']);
    expect(readiness).toMatchObject({ ready: false, late: true, tasks: [{ state: 'failed', late: true }] });
    expect(readiness!.tasks[0]!.problem).toContain('无法连接数据源');
    await connections.update('shaky', { settings, secrets }, 'tester');
    await rooms.ingestion.tasks.retry('shaky', 'tester');
    await work();
    expect(await rooms.ingestion.sourceReadiness(['shaky'], soon)).toMatchObject([
      { ready: true, late: false },
    ]);
    expect(await codeOf(rooms.ingestion.tasks.retry('shaky', 'tester'))).toBe('ingestion_nothing_to_retry');
    await rooms.ingestion.tasks.stop('shaky', 'tester');
  });
});

test('SQL may ask the source for what is new alone', async () => {
  await world.bank
    .execute(`create table step (id bigint generated always as identity primary key, customer text);
    insert into step (customer) select 'C' || n from generate_series(1, 100) n`);
  const step = { connectionId: 'core', schema: '', table: 'step', textColumns: [], description: '' };
  await rooms.ingestion.warehouse.browser.map('step', step, 'tester');
  const event = {
    record: 'event',
    event: { constant: 'stepped' },
    keys: [{ type: 'customer_number', value: 'who' }],
    time: { constant: '2026-03-01' },
  };
  const definition = define({
    sourceId: 'steps',
    query: { sql: 'select id, upper(customer) as who from step where id > {from}' },
    load: { mode: 'incremental', key: ['id'], watermark: 'id', overlap: 5 },
    mapping: { records: [event] },
  });
  await rooms.ingestion.tasks.create('steps', definition, 'tester');
  expect((await run('steps')).lastRun).toMatchObject({ rowsIn: 100, records: { event: 100 } });
  await world.bank.execute(`insert into step (customer) values ('C1')`);
  world.platform.clock.advance(1_000);
  // 95 to 101: five back, the watermark itself, and the new one.
  expect((await run('steps')).lastRun).toMatchObject({ from: '95', rowsIn: 7, records: { event: 1 } });
  const hostile = {
    query: { sql: `select id, customer as who, '{from}' as x, file('/etc/passwd') as y from step` },
  };
  const work = rooms.ingestion.tasks.create('x', define({ ...definition, ...hostile }), 'tester');
  expect(await codeOf(work)).toBe('source_query_refused');
});

test('texts as a watermark are compared in one order, whatever the source holds of it', async () => {
  // In this collation a comes before B, in the order of bytes after it.
  await world.bank.execute(`create collation if not exists local_order (provider = icu, locale = 'en');
    create table coded (code text collate local_order primary key);
    insert into coded values ('B1')`);
  const coded = { connectionId: 'core', schema: '', table: 'coded', textColumns: [], description: '' };
  await rooms.ingestion.warehouse.browser.map('coded', coded, 'tester');
  const keys = [{ type: 'customer_number', value: 'code' }];
  const definition = define({
    sourceId: 'coded',
    query: { table: 'coded' },
    load: { mode: 'incremental', key: ['code'], watermark: 'code' },
    mapping: { records: [{ record: 'person', keys }] },
  });
  await rooms.ingestion.tasks.create('coded', definition, 'tester');
  expect(await run('coded')).toMatchObject({ freshness: { watermark: 'B1' }, lastRun: { rowsIn: 1 } });
  await world.bank.execute(`insert into coded values ('a1')`);
  expect((await run('coded')).lastRun).toMatchObject({ rowsIn: 2, from: 'B1' });
});

test('a query of too many rows fails, and what was settled stays', async () => {
  await insertTrades(`select n, 'C1', '1', null, '2026-03-01' from generate_series(1, 100) n`);
  const definition = define({ sourceId: 'large', maximumRows: 10 });
  await rooms.ingestion.tasks.create('large', definition, 'tester');
  expect(await run('large')).toMatchObject({ state: 'failed', lastRun: { code: 'source_query_too_large' } });
});

describe('a full task', () => {
  test('brings all rows at each run, and tells rows with the same key', async () => {
    await world.bank.execute(`create table branch (code text, city text, opened date);
      insert into branch values ('B1', '北京', '1955-05-05'), ('B2', '上海', null), ('B2', '深圳', null)`);
    const branch = {
      connectionId: 'core',
      schema: 'public',
      table: 'branch',
      textColumns: [],
      description: '',
    };
    await rooms.ingestion.warehouse.browser.map('branch', branch, 'tester');
    const definition = define({
      sourceId: 'branches',
      query: { sql: 'select code, upper(city) as city, opened from branch' },
      load: { mode: 'full', key: ['code'] },
      mapping: {
        declare: {
          entityTypes: [
            {
              name: 'branch',
              title: { zh: '网点', en: 'Branch' },
              fields: [
                { name: 'city', title: { zh: '城市', en: 'City' }, valueType: 'string' },
                { name: 'opened', title: { zh: '开业', en: 'Opened' }, valueType: 'date' },
              ],
            },
          ],
        },
        records: [
          { record: 'entity', type: 'branch', id: 'code', fields: { city: 'city', opened: 'opened' } },
        ],
      },
    });
    await rooms.ingestion.tasks.create('branches', definition, 'tester');
    const done = await run('branches');
    expect(done.lastRun).toMatchObject({
      state: 'finished',
      rowsIn: 3,
      rowsRejected: 1,
      records: { entity: 2 },
    });
    expect((await rooms.profile.entitiesOf('branch', ['B1'])).get('B1')).toEqual({
      city: '北京',
      opened: '1955-05-05',
    });
    await world.bank.execute(
      `update branch set city = '广州' where code = 'B1'; delete from branch where city = '深圳'`,
    );
    world.platform.clock.advance(1_000);
    expect((await run('branches')).lastRun).toMatchObject({ rowsIn: 2, rowsRejected: 0 });
    expect((await rooms.profile.entitiesOf('branch', ['B1'])).get('B1')).toMatchObject({ city: '广州' });
  });
});

test('a task that does not fit is refused when it is made', async () => {
  const refusedBy = (definition: object) =>
    codeOf(rooms.ingestion.tasks.create('x', define(definition), 'tester'));
  expect(await refusedBy({ query: { table: 'not_mapped' } })).toBe('mapped_table_not_found');
  expect(await refusedBy({ query: { sql: "select * from file('/etc/passwd')" } })).toBe(
    'source_query_refused',
  );
  expect(await refusedBy({ load: { mode: 'full', key: ['id'] } })).toBe('ingestion_task_invalid');
  expect(await refusedBy({ load: { mode: 'incremental', key: ['nothing'], watermark: 'changed_at' } })).toBe(
    'ingestion_task_invalid',
  );
  expect(
    await refusedBy({
      load: { mode: 'incremental', key: ['id'], watermark: 'changed_at', startAt: 'yesterday' },
    }),
  ).toBe('ingestion_task_invalid');
});
