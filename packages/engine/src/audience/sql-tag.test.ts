import type { Catalogue } from '@wutong/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { createTestPlatform, TEST_START_MS } from '../../test/harness/platform.ts';
import { CodedError, type Platform, type StatementProblem } from '../platform/index.ts';
import { declareTestBank, loadWorld, testCatalogue, uuidOf } from './interpret/test-bank.ts';
import { checkTagSql } from './sql-tag.ts';

let databases: TestDatabases;
let platform: Platform;
let model: Catalogue;

/** 1 did one thing; 2 did two and 3, who is 2 since, one; 4 did nothing. */
beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  model = (await testCatalogue(await declareTestBank(platform))).model;
  const event = (personId: number, name: string, number: number) => ({
    event: name,
    personId,
    keyNumber: personId,
    time: TEST_START_MS - number * 60_000,
    eventId: uuidOf(number),
    source: 'app',
    properties: { channel: 'app' },
  });
  await loadWorld(platform, {
    people: new Map([1, 2, 3, 4].map((id) => [id, { age: id * 10, city: '北京' }])),
    events: [event(1, 'login', 1), event(2, 'login', 2), event(2, 'purchase', 3), event(3, 'login', 4)],
    entities: new Map(),
    details: [],
    relations: [],
    consents: [],
    tags: new Map(),
    members: new Map(),
    changes: [],
    moved: new Map(),
    now: TEST_START_MS,
  });
  await platform.clickhouse.insert('identity_override', [{ key_number: 3, person_id: 2, version: 1 }]);
  await platform.clickhouse.insert('person', [{ person_id: 3, key_number: 3, version: 2, deleted: 1 }]);
});
afterAll(async () => {
  await platform?.close();
  await databases?.drop();
});

const COUNTS = 'SELECT person_id, count() AS value FROM event GROUP BY person_id';

test.each([
  ['plain, and a semicolon', `${COUNTS};\n`],
  [
    'of a subquery',
    'SELECT person_id, n AS value FROM (SELECT person_id, count() AS n FROM event GROUP BY 1)',
  ],
  [
    'of one CTE on another',
    'WITH a AS (SELECT person_id FROM event), b AS (SELECT person_id, count() AS n FROM a GROUP BY 1) SELECT person_id, n AS value FROM b',
  ],
  [
    'of a CTE that has the name of its table',
    "WITH event AS (SELECT * FROM event WHERE event != 'other') SELECT person_id, count() AS value FROM event GROUP BY 1",
  ],
  [
    'of a union within',
    "SELECT person_id, sum(n) AS value FROM (SELECT person_id, count() AS n FROM event WHERE event = 'login' GROUP BY 1 UNION ALL SELECT person_id, count() AS n FROM event WHERE event != 'login' GROUP BY 1) GROUP BY 1",
  ],
  [
    'with what identifies people in a table, unread',
    'SELECT person_id, count() AS value FROM (SELECT e.person_id, p.* FROM event AS e JOIN person AS p ON p.person_id = e.person_id) GROUP BY 1',
  ],
  ['of a union', `${COUNTS} HAVING value > 1 UNION ALL ${COUNTS} HAVING value <= 1`],
  [
    'by a window',
    'SELECT DISTINCT person_id, count() OVER w AS value FROM event WINDOW w AS (PARTITION BY person_id)',
  ],
  [
    'by a window and QUALIFY',
    'SELECT person_id, row_number() OVER (PARTITION BY person_id ORDER BY time) AS value FROM event QUALIFY row_number() OVER (PARTITION BY person_id ORDER BY time DESC) = 1',
  ],
  [
    'by a join',
    'SELECT p.person_id AS person_id, count() AS value FROM person AS p JOIN event AS e ON e.person_id = p.person_id GROUP BY 1',
  ],
  [
    'of those who are in a set',
    'SELECT person_id, count() AS value FROM "event" WHERE person_id IN (SELECT person_id FROM person) GROUP BY 1',
  ],
  ['times a constant subquery', 'SELECT person_id, count() * (SELECT 1) AS value FROM event GROUP BY 1'],
])('an analyst counts what merged people did as one person: %s', async (_, text) => {
  const rows = await platform.clickhouse.query<{ person_id: number; value: number }>(
    `SELECT person_id, value FROM (${await checkTagSql(platform, model, text)}) ORDER BY person_id`,
  );
  expect(rows.map((row) => [Number(row.person_id), Number(row.value)])).toEqual([
    [1, 1],
    [2, 3],
  ]);
});

test('a correlated subquery means present people; on a cluster the engine takes none, and that is said', async () => {
  const text =
    'SELECT person_id, 1 + 2 * (person_id = 2) AS value FROM person AS p WHERE EXISTS (SELECT 1 FROM event AS e WHERE e.person_id = p.person_id)';
  if (databases.clickhouseCluster !== undefined) {
    const words = expect.stringContaining('person_id IN (SELECT person_id FROM …)') as string;
    await expect(checkTagSql(platform, model, text)).rejects.toMatchObject({
      code: 'tag_sql_refused',
      details: { problems: [{ code: 'sql_not_allowed', en: words, zh: words }] },
    });
    return;
  }
  const rows = await platform.clickhouse.query<{ person_id: number; value: number }>(
    `SELECT person_id, value FROM (${await checkTagSql(platform, model, text)}) ORDER BY person_id`,
  );
  expect(rows.map((row) => [Number(row.person_id), Number(row.value)])).toEqual([
    [1, 1],
    [2, 3],
  ]);
});

test.each<[string, string, RegExp, RegExp]>([
  [' ;', 'sql_empty', /no statement/, /没有语句/],
  [
    "SELECT person_id, 1 AS value FROM event PREWHERE event = 'a'",
    'sql_not_allowed',
    /PREWHERE/,
    /PREWHERE，请改用 WHERE/,
  ],
  [
    "WITH a AS (SELECT * FROM event PREWHERE event = 'a') SELECT person_id, 1 AS value FROM a",
    'sql_not_allowed',
    /say WHERE/,
    /WHERE/,
  ],
  ['SELECT person_id, 1 AS value FROM event SAMPLE 1/10', 'sql_not_allowed', /SAMPLE/, /SAMPLE/],
  ['SELECT person_id, 1 AS value FROM person SAMPLE 0.1', 'sql_not_allowed', /SAMPLE/, /SAMPLE/],
  [`${COUNTS} SETTINGS max_threads = 8`, 'sql_not_allowed', /SETTINGS/, /SETTINGS/],
  [
    'SELECT person_id, final AS value FROM (SELECT person_id, count() AS final FROM event GROUP BY 1)',
    'sql_not_allowed',
    /FINAL/,
    /FINAL/,
  ],
  [
    'WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 2) SELECT n AS person_id, n AS value FROM r',
    'sql_not_allowed',
    /RECURSIVE/,
    /RECURSIVE/,
  ],
  ["SELECT person_id, file('a') AS value FROM event", 'sql_not_allowed', /the function file/, /函数 file/],
  [
    "SELECT 1 AS person_id, 1 AS value FROM url('http://a')",
    'sql_not_allowed',
    /table function url/,
    /表函数 url/,
  ],
  [
    'SELECT 1 AS person_id, 1 AS value FROM system.users',
    'sql_table_not_readable',
    /system\.users/,
    /不能读取表/,
  ],
  [
    'SELECT person_id, 1 AS value FROM segment_change',
    'sql_table_not_readable',
    /segment_change/,
    /不能读取表/,
  ],
  [
    'SELECT person_id, 1 AS value FROM customers',
    'sql_unknown_table',
    /no table customers; there are event, person, .*detail_…/,
    /没有表 customers；可读取 event, person, /,
  ],
  [
    'SELECT person_id, wealthy AS value FROM person',
    'sql_unknown_column',
    /no column wealthy/,
    /没有列 wealthy/,
  ],
  [
    'SELECT person_id, count() FROM event GROUP BY 1',
    'sql_unknown_column',
    /no column value/,
    /没有列 value/,
  ],
  ['SELECT person_id, countt() AS value FROM event', 'sql_unknown_function', /countt/, /没有函数 countt/],
  [
    'SELECT person_id, real_name AS value FROM person',
    'sql_not_allowed',
    /real_name identifies/,
    /列 real_name/,
  ],
  [
    'SELECT a.person_id, any(b.real_name) AS value FROM event AS a JOIN (SELECT * FROM person FINAL) AS b ON a.person_id = b.person_id GROUP BY 1',
    'sql_not_allowed',
    /real_name identifies/,
    /列 real_name/,
  ],
  [
    "SELECT person_id, formatRow('CSV', *) AS value FROM (SELECT COLUMNS('person_id|name') FROM person)",
    'sql_not_allowed',
    /real_name identifies/,
    /列 real_name/,
  ],
  [
    "SELECT toUInt64(from_person_id) AS person_id, sealed['real_name'] AS value FROM relation",
    'sql_not_allowed',
    /sealed identifies/,
    /列 sealed/,
  ],
  ['SELEC person_id, 1 AS value FROM event', 'sql_syntax', /at character/, /第 \d+ 个字符/],
  ['DROP TABLE event', 'sql_no_select', /only a SELECT/, /只允许/],
])('%s is refused: %s', async (text, code, en, zh) => {
  const error = await checkTagSql(platform, model, text).catch((refusal: unknown) => refusal);
  expect(error).toBeInstanceOf(CodedError);
  expect(error).toMatchObject({ code: 'tag_sql_refused' });
  const problems = (error as CodedError).details?.['problems'] as StatementProblem[] | undefined;
  expect(problems).toMatchObject([{ code, en: expect.stringMatching(en), zh: expect.stringMatching(zh) }]);
});

test('fields of relations are read unless one of them identifies people: which one is meant cannot be told', async () => {
  const text =
    "SELECT toUInt64(from_person_id) AS person_id, any(attributes['since']) AS value FROM relation GROUP BY 1";
  await expect(checkTagSql(platform, model, text)).resolves.toContain('attributes');
  const [field] = model.attributes.filter(({ pii }) => pii === 'identifying');
  const relationTypes = model.relationTypes.map((type) => ({ ...type, fields: [field!] }));
  await expect(checkTagSql(platform, { ...model, relationTypes }, text)).rejects.toMatchObject({
    code: 'tag_sql_refused',
    details: { problems: [{ code: 'sql_not_allowed', zh: expect.stringContaining('attributes') as string }] },
  });
});
