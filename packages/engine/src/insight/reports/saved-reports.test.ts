import { dashboardInputSchema, savedReportInputSchema, type ReportAnswer } from '@wutong/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { createTestPlatform, TEST_START_MS } from '../../../test/harness/platform.ts';
import type { Platform } from '../../platform/index.ts';
import { readPeople } from '../analyses/people-query.ts';
import { peopleOfCell, runAnalysis } from '../analyses/run-analysis.ts';
import { createTileAnswers } from '../boards/answer-tiles.ts';
import { createDashboards } from '../boards/manage-dashboards.ts';
import { exportAnalysis } from '../exports/export-analysis.ts';
import { insertEvents, testNeeds } from '../insight-world.ts';
import { createReports } from './manage-reports.ts';

let databases: TestDatabases;
let platform: Platform;
beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  await insertEvents(
    platform,
    [1, 1, 2, 3, 4, 5, 6, 7].map((person) => ({ person, event: 'buy', time: TEST_START_MS - 1_000 })),
  );
  await platform.clickhouse.insert('tag_value', [
    ...[1, 2, 3, 4, 5].map((person) => ({
      tag_id: 'tier',
      person_id: person,
      texts: ['财富', '爱基金'].slice(0, person === 5 ? 2 : 1),
      numbers: [],
      version: 1,
    })),
    { tag_id: 'other', person_id: 6, texts: ['x'], numbers: [], version: 1 },
  ]);
});
afterAll(async () => {
  await platform?.close();
  await databases?.drop();
});

const needs = testNeeds({
  audience: {
    declareUses: async () => undefined,
    tagGroups: async (tagId, prefix) =>
      tagId === 'tier'
        ? {
            name: '价值等级',
            sql: `select person_id, arrayStringConcat(texts, '; ') as value from tag_value final where tag_id = {${prefix}id:String}`,
            parameters: { [`${prefix}id`]: tagId },
          }
        : undefined,
  },
});
const asking = () => ({ platform, needs });
const report = {
  kind: 'report' as const,
  subject: { kind: 'events' as const, event: { event: 'buy', where: [] } },
  period: { lastDays: 2 },
  measures: [{ kind: 'count' as const }],
  dimensions: [{ kind: 'tag' as const, tag: 'tier' }],
  limit: 100,
};

test('rows by a tag: each person in one row, several values of one person together, few people hidden', async () => {
  const answer = (await runAnalysis(asking(), report)) as ReportAnswer;
  expect(answer.dimensions).toEqual(['价值等级']);
  expect(answer.total).toMatchObject({ people: 7, values: [8] });
  // The usual smallest group is five: both small rows are hidden, so that none follows from the total.
  expect(answer.rows.map((row) => [row.dimensions[0]!.title, row.hidden])).toEqual(
    expect.arrayContaining([
      ['财富', true],
      ['', true],
      ['财富; 爱基金', true],
    ]),
  );
  const of = { kind: 'report' as const, analysis: report, cell: { values: ['财富'] } };
  const page = await readPeople(asking(), await peopleOfCell(asking(), of), { limit: 10 });
  expect(page.personIds).toEqual([1, 2, 3, 4]);
  const gone = { ...report, dimensions: [{ kind: 'tag' as const, tag: 'gone' }] };
  await expect(runAnalysis(asking(), gone)).rejects.toMatchObject({
    code: 'analysis_invalid',
    details: { reason: 'unknown_tag' },
  });
});

test('a report is a tile of a dashboard and a file like any other question', async () => {
  const dashboards = createDashboards(platform, needs);
  const answers = createTileAnswers(platform, asking());
  const tile = { tileId: 'a', title: '购买', analysis: { ...report, dimensions: [] } };
  const place = { column: 0, row: 0, width: 6, height: 4 };
  const board = await dashboards.create(
    dashboardInputSchema.parse({ name: '晨会', tiles: [{ ...tile, place }] }),
    { name: 'mei', role: 'marketer', userId: 'mei', permissions: new Set<string>() },
  );
  const [shown] = await answers.answer(board, { refresh: false });
  expect(shown).toMatchObject({ kind: 'report', answer: { total: { people: 7, values: [8] } } });
  const { file, hidden } = await exportAnalysis(asking(), {
    analysis: report,
    format: 'csv',
    smallestGroup: 2,
    user: 'mei',
  });
  expect(hidden).toBe(2);
  expect(file).toContain('财富,4,5');
  expect(file).toContain('（无）');
});

test('reports under names: own and shared, edited by two at once, deleted by their owner', async () => {
  const declared: unknown[] = [];
  const reports = createReports(
    platform,
    testNeeds({
      audience: { declareUses: async (_transaction, user, texts) => void declared.push([user.name, texts]) },
    }),
  );
  const author = (name: string) =>
    ({ name, userId: name, role: 'marketer', permissions: new Set<string>() }) as const;
  const [mei, bo] = [author('mei'), author('bo')];
  const input = savedReportInputSchema.parse({
    name: '月报',
    report: { ...report, people: 'person where age >= 30' },
  });
  const made = await reports.create(input, mei);
  expect(declared).toEqual([['月报', [{ text: 'person where age >= 30' }, { text: 'tag `tier`' }]]]);
  expect(await reports.read(made.reportId, mei)).toEqual(made);
  await expect(reports.read(made.reportId, bo)).rejects.toMatchObject({ code: 'report_not_found' });
  const shared = await reports.save(made.reportId, { ...input, shared: true, revision: 1 }, mei);
  expect(shared).toMatchObject({ revision: 2, shared: true });
  expect((await reports.list(bo)).map((each) => each.name)).toEqual(['月报']);
  await expect(reports.save(made.reportId, { ...input, revision: 1 }, mei)).rejects.toMatchObject({
    code: 'conflict',
  });
  await expect(reports.save(made.reportId, { ...input, revision: 2 }, bo)).rejects.toMatchObject({
    code: 'report_not_found',
  });
  await expect(reports.remove(made.reportId, bo)).rejects.toMatchObject({ code: 'report_not_found' });
  await reports.remove(made.reportId, mei);
  expect(await reports.list(bo)).toEqual([]);
});
