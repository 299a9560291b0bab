import type { ReportAnswer, ReportRequest } from '@wutong/contract';
import type { AnalysisNeeds } from '../analyses/scope-sql.ts';
import { runReport } from '../reports/run-report.ts';
import { datetime, number, text, type Exported, type Table } from './table.ts';
import { writeCsv } from './write-csv.ts';
import { writeWorkbook } from './write-workbook.ts';

/** A business report as a file. @throws CodedError eql_invalid, analysis_invalid, analysis_too_slow, analysis_too_large */
export async function exportReport(
  asking: AnalysisNeeds,
  request: { report: ReportRequest; format: 'csv' | 'xlsx'; smallestGroup: number; user: string },
): Promise<Exported> {
  const { report, format, smallestGroup, user } = request;
  const answer = await runReport(asking, report, smallestGroup);
  const table = tableOfReport(report, answer);
  const hidden = answer.rows.filter((row) => row.hidden).length;
  const about = { rows: answer.rows.length, hidden };
  if (format === 'csv') {
    const columns = table.columns.map((column) => column.name);
    return { ...about, file: writeCsv({ columns, rows: table.rows }) };
  }
  const timeZone = report.timeZone ?? asking.platform.config.timeZone;
  const file = await writeWorkbook(
    table,
    [
      ['报表', '经营报表'],
      ['数据截至（UTC）', answer.asOf],
      ...(answer.from ? ([['统计时间（UTC）', `${answer.from} – ${answer.to}`]] as const) : []),
      ['时区', timeZone],
      ['人群（EQL）', report.people ?? '全部客户'],
      ['小样本隐藏', `少于 ${smallestGroup} 人的 ${hidden} 行不显示`],
      ['导出人', user],
      ['报表定义（JSON）', JSON.stringify(report, undefined, 2)],
    ],
    timeZone,
  );
  return { ...about, file };
}

/** Stands where a row belongs nowhere, so that no cell is empty. */
const NOWHERE = '（无）';

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
        ...row.dimensions.map((each) => each.title || NOWHERE),
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
