import type { Analysis, Answer, Catalogue, ReportAnswer, TrendAnswer } from '@wutong/contract';
import { runAnalysis } from '../analyses/run-analysis.ts';
import type { AnalysisNeeds } from '../analyses/scope-sql.ts';
import { exportReport } from './export-report.ts';
import { suppressSmall, type Exported } from './table.ts';
import { tableOfAnswer } from './table-of-answer.ts';
import { writeCsv } from './write-csv.ts';
import { writeWorkbook, type Definition } from './write-workbook.ts';

/** An answer as a file. @throws CodedError eql_invalid, analysis_invalid, analysis_too_slow, analysis_too_large */
export async function exportAnalysis(
  asking: AnalysisNeeds,
  request: { analysis: Analysis; format: 'csv' | 'xlsx'; smallestGroup: number; user: string },
): Promise<Exported> {
  const { analysis, format, smallestGroup, user } = request;
  if (analysis.kind === 'report') {
    return exportReport(asking, { report: analysis, format, smallestGroup, user });
  }
  const isPersonal = tellsPeopleApart(await asking.needs.profile.catalogue(), analysis);
  const answer = (await runAnalysis(asking, analysis)) as Exclude<Answered, ReportAnswer>;
  const behind = isPersonal && analysis.kind === 'trend' ? await peopleBehind(asking, analysis) : undefined;
  const whole = tableOfAnswer(analysis.kind, answer, behind);
  const { table, hidden } = isPersonal ? suppressSmall(whole, smallestGroup) : { table: whole, hidden: 0 };
  const timeZone = analysis.timeZone ?? asking.platform.config.timeZone;
  const file =
    format === 'csv'
      ? writeCsv({ columns: table.columns.map((column) => column.name), rows: table.rows })
      : await writeWorkbook(
          table,
          definitionOf(answer, { analysis, user, timeZone, hidden, smallestGroup, isPersonal }),
          timeZone,
        );
  return { file, rows: table.rows.length, hidden };
}

/**
 * Whether groups of an answer say something personal: a breakdown by a sensitive attribute, or by expressions, which
 * may name anything.
 */
export function tellsPeopleApart(catalogue: Catalogue, analysis: Analysis): boolean {
  const by = 'breakdown' in analysis ? analysis.breakdown?.by : undefined;
  if (by?.kind === 'people') return true;
  if (by?.kind !== 'attribute') return false;
  return catalogue.attributes.some((field) => field.name === by.attribute && field.pii !== 'none');
}

/** The same question asked for people: how many are behind each number. */
async function peopleBehind(
  asking: AnalysisNeeds,
  analysis: Extract<Analysis, { kind: 'trend' }>,
): Promise<TrendAnswer> {
  const series = analysis.series.map((each) => ({ ...each, measure: { kind: 'people' as const } }));
  return (await runAnalysis(asking, { ...analysis, series, compare: undefined })) as TrendAnswer;
}

type Answered = Awaited<ReturnType<typeof runAnalysis>>;
/** Reports are written by themselves. */
type Question = Exclude<Analysis, { kind: 'report' }>;

const KIND_TITLES: Readonly<Record<Question['kind'], string>> = {
  trend: '事件分析',
  funnel: '漏斗分析',
  retention: '留存分析',
  path: '路径分析',
  distribution: '分布分析',
  interval: '间隔分析',
  attribution: '归因分析',
  lifetime_value: 'LTV 分析',
  session: 'Session 分析',
  recency: 'RFM 分析',
};

function definitionOf(
  answer: Answer,
  about: {
    analysis: Question;
    user: string;
    timeZone: string;
    hidden: number;
    smallestGroup: number;
    isPersonal: boolean;
  },
): Definition {
  const { analysis, hidden, smallestGroup } = about;
  return [
    ['分析类型', KIND_TITLES[analysis.kind]],
    ['统计时间（UTC）', `${answer.from} – ${answer.to}`],
    ['数据截至（UTC）', answer.asOf],
    ['时区', about.timeZone],
    ['人群（EQL）', analysis.people ?? '全部客户'],
    ...(answer.sampled
      ? ([
          ['抽样比例', String(answer.sampled.share)],
          ['抽样误差（95%）', `±${(answer.sampled.error * 100).toFixed(2)}%`],
        ] as const)
      : []),
    ...(about.isPersonal
      ? ([['小样本隐藏', `少于 ${smallestGroup} 人的 ${hidden} 个单元格不显示`]] as const)
      : []),
    ['导出人', about.user],
    ['分析定义（JSON）', JSON.stringify(analysis, undefined, 2)],
  ];
}
