import { ingestionTasksApi } from '@wutong/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createIngestionRooms, type IngestionRooms } from '../../../test/harness/ingestion-rooms.ts';
import { createWarehouseWorld, type WarehouseWorld } from '../../../test/harness/warehouse-world.ts';

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

const define = (definition: object): ingestionTasksApi.TaskDefinition =>
  ingestionTasksApi.taskDefinitionSchema.parse({ name: '任务', sourceId: 'until', ...definition });

async function run(taskId: string): Promise<ingestionTasksApi.Task> {
  await rooms.ingestion.tasks.start(taskId, 'tester');
  await rooms.ingestion.worker.openDue();
  await rooms.ingestion.worker.round();
  await rooms.ingestion.worker.settled();
  return rooms.ingestion.tasks.read(taskId);
}

describe('values that no type of ours holds', () => {
  const attribute = (name: string, valueType: string) => ({ name, title: { zh: name, en: name }, valueType });
  const mapping = {
    declare: {
      attributes: [
        attribute('until_day', 'date'),
        attribute('until_instant', 'datetime'),
        attribute('until_wall', 'datetime'),
        attribute('odd_balance', 'number'),
      ],
    },
    records: [
      {
        record: 'person',
        keys: [{ type: 'customer_number', value: 'customer' }],
        attributes: {
          until_day: 'day',
          until_instant: 'instant',
          until_wall: 'wall',
          odd_balance: 'balance',
        },
      },
    ],
  };
  beforeAll(async () => {
    await world.bank
      .execute(`create table until (id bigint primary key, customer text, day date, instant timestamptz,
        wall timestamp, balance numeric(12,2), changed_at timestamptz default '2026-03-01 10:00:00+08');
      insert into until values
        (1, 'U1', '2026-02-28', '2026-02-28 10:00:00.5+08', '2026-02-28 10:00:00', 12.50),
        (2, 'U2', 'infinity', null, null, 1), (3, 'U3', null, 'infinity', null, 1),
        (4, 'U4', null, '-infinity', null, 1), (5, 'U5', null, null, '10000-01-01', 1),
        (6, 'U6', null, null, null, 'NaN'), (7, 'U7', '0044-03-15 BC', null, null, 1), (8, 'U8', null, null, null, null)`);
    const table = {
      connectionId: 'core',
      schema: 'public',
      table: 'until',
      textColumns: [],
      description: '',
    };
    await rooms.ingestion.warehouse.browser.map('until', table, 'tester');
  });

  test.each([
    ['in full', { mode: 'full', key: ['id'] }],
    ['incrementally', { mode: 'incremental', key: ['id'], watermark: 'changed_at' }],
  ])('are rejected with their column, %s, and all other rows are taken', async (_name, load) => {
    const taskId = `until-${load.mode}`;
    const query = { table: 'until' };
    await rooms.ingestion.tasks.create(taskId, define({ load, mapping, query }), 'tester');
    const { lastRun } = await run(taskId);
    expect(lastRun).toMatchObject({ state: 'finished', rowsIn: 8, rowsRejected: 6 });
    const rejected = await world.platform.database.query<{ row_number: number; detail: string }>(
      'select row_number, detail from warehouse.rejection where run_id = $1 order by row_number',
      [lastRun!.runId],
    );
    expect(rejected.map(({ row_number, detail }) => [row_number, detail.split(':')[0]])).toEqual([
      [2, 'until_day'],
      [3, 'until_instant'],
      [4, 'until_instant'],
      [5, 'until_wall'],
      [6, 'odd_balance'],
      [7, 'until_day'],
    ]);
    const [person] = await rooms.identity.findPeople('U1');
    expect((await rooms.profile.attributesOf([person!.personId])).get(person!.personId)).toEqual({
      until_day: '2026-02-28',
      until_instant: Date.parse('2026-02-28T10:00:00.5+08:00'),
      until_wall: Date.parse('2026-02-28T10:00:00+08:00'),
      odd_balance: 12.5,
    });
  });

  test('end a query in SQL by the name of the column', async () => {
    const query = { sql: 'select * from until' };
    const full = { mode: 'full', key: ['id'] };
    await rooms.ingestion.tasks.create('until-sql', define({ load: full, mapping, query }), 'tester');
    const { lastRun } = await run('until-sql');
    expect(lastRun).toMatchObject({ state: 'failed', code: 'source_value_unreadable' });
    expect(lastRun!.problem).toContain('until.instant');
  });
});
