import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { createTestPlatform, TEST_START_MS } from '../../test/harness/platform.ts';
import type { ClickHouse, Platform } from '../platform/index.ts';
import type { Asker } from './index.ts';
import { declareTestBank, testPlan } from './interpret/test-bank.ts';
import { createTags, type TagInput, type Tags } from './manage-tags.ts';
import { createCatalogueReader } from './read-catalogue.ts';

const ASKER: Asker = { userId: 'm1', permissions: new Set(['*']) };
const HOUR_MS = 3_600_000;

let databases: TestDatabases;
let tags: Tags;
let platform: Platform;
/** While true, ClickHouse stops the statements that write values at their time limit. */
let isSlow = false;

beforeAll(async () => {
  databases = await createTestDatabases();
  const made = createTestPlatform(databases);
  const clickhouse: ClickHouse = {
    ...made.clickhouse,
    command: async (sql, ...rest) => {
      if (isSlow && sql.includes('INSERT INTO tag_value')) {
        throw Object.assign(new Error('Timeout exceeded'), { type: 'TIMEOUT_EXCEEDED' });
      }
      return made.clickhouse.command(sql, ...rest);
    },
  };
  platform = { ...made, clickhouse };
  const profile = await declareTestBank(platform);
  tags = createTags(
    platform,
    createCatalogueReader(platform, {
      catalogue: () => profile.catalogue(),
      plannedEvents: async () => testPlan(),
    }),
  );
  await platform.clickhouse.insert('person', [{ person_id: 1, key_number: 1, version: 1, age: 40 }]);
}, 60_000);
afterAll(async () => databases.drop());

const input: TagInput = {
  tagId: 'by_sql',
  name: 'SQL',
  description: '',
  folder: '',
  kind: 'sql',
  schedule: { every: 'minutes', minutes: 1 },
  valueType: 'number',
  text: 'SELECT person_id, 7 AS value FROM person',
};

it('shows why a tag takes too long, and lets the others go on before it tries again', async () => {
  isSlow = true;
  const made = await tags.create(input, ASKER);
  isSlow = false;
  expect(made.problem).toMatch(/eql_too_slow/);
  const [row] = await platform.database.query<{ due_at: number }>(
    "select due_at from audience.tag where tag_id = 'by_sql'",
  );
  expect(row?.due_at).toBe(TEST_START_MS + HOUR_MS);
  await tags.compute(['by_sql']);
  expect(await tags.get('by_sql')).toMatchObject({ problem: null, people: 1 });
});

it('refuses SQL that says nothing', async () => {
  for (const text of ['', ' \n']) {
    await expect(tags.create({ ...input, tagId: 'empty', text }, ASKER)).rejects.toMatchObject({
      code: 'tag_sql_refused',
    });
  }
});
