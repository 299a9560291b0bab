import { insightApi, type ReportAnswer, type ReportRequest } from '@wutong/contract';
import type { CallingUser, HttpServer, Platform } from '../../platform/index.ts';
import { readPeople, streamPeople } from '../analyses/people-query.ts';
import type { AnalysisNeeds } from '../analyses/scope-sql.ts';
import { datetime, number, text, type Table } from '../exports/table.ts';
import { FILE_TYPES } from '../exports/routes.ts';
import { writeCsv } from '../exports/write-csv.ts';
import { writeWorkbook } from '../exports/write-workbook.ts';
import type { InsightNeeds } from '../needs.ts';
import { readReportSettings } from '../report-settings.ts';
import { peopleOfReport, runReport } from './run-report.ts';

/** Business reports, the people behind their rows, and reports as files. */
export function routeReports(
  server: HttpServer,
  platform: Platform,
  asking: AnalysisNeeds & { needs: Pick<InsightNeeds, 'segments'> },
): void {
  const run = async (report: ReportRequest) =>
    runReport(asking, report, (await readReportSettings(platform.settings)).smallestGroup);

  server.handle(insightApi.runReport, ({ body }) => run(body));
  server.handle(insightApi.listReportPeople, async ({ body }) =>
    readPeople(asking, await peopleOfReport(asking, body.report, body.cell), body),
  );
  server.handle(insightApi.saveReportPeople, async ({ body, user }) => {
    const people = await peopleOfReport(asking, body.report, body.cell);
    const count = await asking.needs.segments.createImported({
      segmentId: body.segmentId,
      name: body.name,
      owner: user.name,
      people: streamPeople(asking, people),
    });
    return { segmentId: body.segmentId, people: count };
  });
  server.handle(insightApi.exportReport, async ({ body, user, reply }) => {
    const { report, format } = body;
    const answer = await run(report);
    const file = await writeReport(platform, answer, { report, format, user });
    await platform.database.transaction((transaction) =>
      platform.audit.record(transaction, {
        actor: user.name,
        action: 'report.export',
        object: 'report',
        detail: { report, format, rows: answer.rows.length, bytes: file.length },
      }),
    );
    reply.type(FILE_TYPES[format]).header('content-disposition', `attachment; filename="report.${format}"`);
    // Bytes are sent as they are; the contract has no name for them.
    return file as string;
  });
}

function writeReport(
  { config }: Pick<Platform, 'config'>,
  answer: ReportAnswer,
  { report, format, user }: { report: ReportRequest; format: 'csv' | 'xlsx'; user: CallingUser },
): Promise<string | Buffer> {
  const table = tableOfReport(report, answer);
  if (format === 'csv') {
    const columns = table.columns.map((column) => column.name);
    return Promise.resolve(writeCsv({ columns, rows: table.rows }));
  }
  const timeZone = report.timeZone ?? config.timeZone;
  return writeWorkbook(
    table,
    [
      ['报表', '经营报表'],
      ['数据截至（UTC）', answer.asOf],
      ...(answer.from ? ([['统计时间（UTC）', `${answer.from} – ${answer.to}`]] as const) : []),
      ['时区', timeZone],
      ['人群（EQL）', report.people ?? '全部客户'],
      ['隐藏的行', String(answer.rows.filter((row) => row.hidden).length)],
      ['导出人', user.name],
      ['报表定义（JSON）', JSON.stringify(report, undefined, 2)],
    ],
    timeZone,
  );
}

/** The rows, and the total below them. */
function tableOfReport(report: ReportRequest, answer: ReportAnswer): Table {
  const compared = answer.total.before
    ? answer.measures.map((title) => number(`${title} (before)`, `${title}（对比期）`))
    : [];
  const line = (values: readonly (number | null)[], before: readonly (number | null)[] | undefined) => [
    ...values,
    ...(before ?? []),
  ];
  return {
    columns: [
      ...answer.dimensions.map((title, place) =>
        report.dimensions[place]?.kind === 'time' ? datetime(title, title) : text(title, title),
      ),
      number('people', '人数'),
      ...answer.measures.map((title) => number(title, title)),
      ...compared,
    ],
    rows: [
      ...answer.rows.map((row) => [
        ...row.dimensions.map((each) => each.title),
        row.hidden ? '—' : row.people,
        ...line(row.values, row.before),
      ]),
      [
        ...answer.dimensions.map((_, place) => (place === 0 ? '合计' : '')),
        answer.total.people,
        ...line(answer.total.values, answer.total.before),
      ],
    ],
  };
}
