import type {
  Analysis,
  AttributionAnswer,
  DistributionAnswer,
  FunnelAnswer,
  IntervalAnswer,
  LifetimeValueAnswer,
  PathAnswer,
  RecencyAnswer,
  ReportAnswer,
  RetentionAnswer,
  SessionAnswer,
  TrendAnswer,
} from '@wutong/contract';
import type { runAnalysis } from '../analyses/run-analysis.ts';
import { datetime, number, share, text, type Column, type Table } from './table.ts';

type Answer = Exclude<Awaited<ReturnType<typeof runAnalysis>>, ReportAnswer>;
/** Reports are tables of their own: `export-report.ts`. */
type Kind = Exclude<Analysis['kind'], 'report'>;

/**
 * The main table of an answer, as it is exported. `behind`: of a trend, the same question asked for people, where
 * it must be known how many people each number is of.
 */
export function tableOfAnswer(kind: Kind, answer: Answer, behind?: TrendAnswer): Table {
  const groups =
    SPLIT_KINDS.has(kind) && 'groups' in answer
      ? (answer.groups as readonly { group: string; answer: Answer }[] | undefined)
      : undefined;
  if (!groups) return tableOfOne(kind, answer, behind);
  const tables = groups.map((each) => ({ group: each.group, table: tableOfOne(kind, each.answer) }));
  const widest = tables.toSorted((one, other) => other.table.columns.length - one.table.columns.length)[0]!;
  const padded = <Value>(cells: readonly Value[], filling: Value): Value[] =>
    widest.table.columns.map((_, place) => cells[place] ?? filling);
  return {
    columns: [text('group', '分组'), ...widest.table.columns],
    areParts: widest.table.areParts ?? false,
    rows: tables.flatMap(({ group, table }) => table.rows.map((row) => [group, ...padded(row, undefined)])),
    people: tables.flatMap(({ table }) =>
      table.rows.map((_, place) => [undefined, ...padded(table.people?.[place] ?? [], undefined)]),
    ),
  };
}

/** Kinds whose groups are whole answers, one after the other. */
const SPLIT_KINDS: ReadonlySet<Kind> = new Set([
  'path',
  'interval',
  'attribution',
  'lifetime_value',
  'session',
  'recency',
]);

/** How many people are behind each cell of rows that begin with some labels. */
function behindRows(counts: readonly number[], labels: number, columns: number): (number | undefined)[][] {
  return counts.map((count) =>
    Array.from({ length: columns }, (_, place) => (place < labels ? undefined : count)),
  );
}

function tableOfOne(kind: Kind, answer: Answer, behind?: TrendAnswer): Table {
  switch (kind) {
    case 'trend':
      return tableOfTrend(answer as TrendAnswer, behind);
    case 'funnel':
      return tableOfFunnel(answer as FunnelAnswer);
    case 'retention':
      return tableOfRetention(answer as RetentionAnswer);
    case 'distribution':
      return tableOfDistribution(answer as DistributionAnswer);
    case 'path':
      return tableOfPath(answer as PathAnswer);
    case 'interval':
      return tableOfInterval(answer as IntervalAnswer);
    case 'attribution':
      return tableOfAttribution(answer as AttributionAnswer);
    case 'lifetime_value':
      return tableOfLifetimeValue(answer as LifetimeValueAnswer);
    case 'session':
      return tableOfSessions(answer as SessionAnswer);
    case 'recency':
      return tableOfRecency(answer as RecencyAnswer);
  }
}

function tableOfTrend({ buckets, series }: TrendAnswer, behind: TrendAnswer | undefined): Table {
  const nameOf = (line: TrendAnswer['series'][number]) =>
    line.group === undefined ? line.title : `${line.title} · ${line.group}`;
  const peopleOf = (line: TrendAnswer['series'][number]) =>
    behind?.series.find((each) => each.series === line.series && each.group === line.group)?.values;
  return {
    areParts: true,
    columns: [
      datetime('bucket', '时间'),
      ...series.map((line) => ({ ...number(nameOf(line), nameOf(line)), whole: String(line.series) })),
    ],
    rows: buckets.map((bucket, index) => [bucket, ...series.map((line) => line.values[index])]),
    ...(behind
      ? {
          people: buckets.map((_, index) => [
            undefined,
            ...series.map((line) => peopleOf(line)?.[index] ?? 1),
          ]),
        }
      : {}),
  };
}

function tableOfFunnel(answer: FunnelAnswer): Table {
  const lines = (answer.groups ?? [{ group: '', steps: answer.steps }]).flatMap(({ group, steps }) =>
    steps.map((step, index) => ({ group, step, place: index + 1 })),
  );
  return {
    columns: [
      text('group', '分组'),
      number('step', '步骤'),
      text('title', '名称'),
      number('people', '人数'),
      share('rate', '总转化率'),
      share('step_rate', '上一步转化率'),
    ],
    rows: lines.map(({ group, step, place }) => [
      group,
      place,
      step.title,
      step.people,
      step.rate,
      step.stepRate,
    ]),
    people: lines.map(({ step: { people } }) => [undefined, undefined, undefined, people, people, people]),
    // Rates are of the first step and of the one before.
    baseOf: (row, place) => {
      if (place < 4) return undefined;
      const step = lines[row]!.place;
      return [place === 4 ? row - step + 1 : row - Math.min(step - 1, 1), 3];
    },
  };
}

function tableOfRetention({ cohorts }: RetentionAnswer): Table {
  const periods = (cohorts[0]?.returned ?? []).map((_, period) => period);
  return {
    columns: [
      datetime('cohort', '起始周期'),
      text('group', '分组'),
      number('people', '人数'),
      ...periods.map((period) => number(`period_${period}`, `第 ${period} 期`)),
    ],
    rows: cohorts.map((line) => [line.from, line.group, line.people, ...line.returned]),
    people: cohorts.map((line) => [
      undefined,
      undefined,
      line.people,
      ...line.returned.map((count) => count ?? undefined),
    ]),
  };
}

function tableOfDistribution(answer: DistributionAnswer): Table {
  const groups = answer.groups ?? [{ group: '', bins: answer.bins }];
  const lines = groups.flatMap(({ group, bins }) => bins.map((bin) => ({ group, bin })));
  return {
    areParts: true,
    columns: [text('group', '分组'), number('low', '从'), number('high', '到'), number('people', '人数')],
    rows: lines.map(({ group, bin }) => [group, bin.low, bin.high, bin.people]),
    people: lines.map(({ bin }) => [undefined, undefined, undefined, bin.people]),
  };
}

function tableOfPath({ links }: PathAnswer): Table {
  return {
    columns: [number('level', '层级'), text('from', '从'), text('to', '到'), number('paths', '路径数')],
    rows: links.map((link) => [link.level, link.from, link.to, link.paths]),
    // Paths, of which a person may have several: hidden when they are few.
    people: behindRows(
      links.map((link) => link.paths),
      3,
      4,
    ),
  };
}

function tableOfInterval({ histogram }: IntervalAnswer): Table {
  return {
    areParts: true,
    columns: [number('from_ms', '从（毫秒）'), number('to_ms', '到（毫秒）'), number('pairs', '次数')],
    rows: histogram.map((bin) => [bin.fromMs, bin.toMs, bin.pairs]),
    people: behindRows(
      histogram.map((bin) => bin.pairs),
      2,
      3,
    ),
  };
}

const MODEL_TITLES: Readonly<Record<string, string>> = {
  first: '首次触点',
  last: '末次触点',
  linear: '线性',
  position: '位置',
  time_decay: '时间衰减',
  markov: '马尔可夫',
  shapley: 'Shapley',
};

function tableOfAttribution({ touches }: AttributionAnswer): Table {
  const models = Object.keys(touches[0]?.credits ?? {});
  const columnsOf = (model: string): Column[] => [
    number(`${model}_conversions`, `${MODEL_TITLES[model] ?? model} · 转化`),
    number(`${model}_value`, `${MODEL_TITLES[model] ?? model} · 价值`),
  ];
  return {
    columns: [
      text('touch', '触点'),
      number('people', '人数'),
      number('touches', '次数'),
      ...models.flatMap(columnsOf),
    ],
    rows: touches.map((line) => [
      line.touch,
      line.people,
      line.touches,
      ...models.flatMap((model) => [line.credits[model]?.conversions, line.credits[model]?.value]),
    ]),
    people: behindRows(
      touches.map((line) => line.people),
      1,
      3 + 2 * models.length,
    ),
  };
}

function tableOfLifetimeValue({ cohorts }: LifetimeValueAnswer): Table {
  const periods = (cohorts[0]?.cumulative ?? []).map((_, period) => period);
  return {
    columns: [
      datetime('cohort', '起始周期'),
      number('people', '人数'),
      ...periods.map((period) => number(`period_${period}`, `第 ${period} 期人均累计`)),
    ],
    rows: cohorts.map((line) => [line.from, line.people, ...line.cumulative]),
    people: behindRows(
      cohorts.map((line) => line.people),
      1,
      2 + periods.length,
    ),
  };
}

function tableOfSessions({ buckets }: SessionAnswer): Table {
  return {
    columns: [
      datetime('from', '时间'),
      number('sessions', '会话数'),
      number('people', '人数'),
      number('mean_ms', '平均时长（毫秒）'),
      number('mean_events', '平均事件数'),
      share('bounce_share', '跳出率'),
    ],
    rows: buckets.map((bucket) => [
      bucket.from,
      bucket.sessions,
      bucket.people,
      bucket.meanMs,
      bucket.meanEvents,
      bucket.bounceShare,
    ]),
    people: behindRows(
      buckets.map((bucket) => bucket.people),
      1,
      6,
    ),
  };
}

function tableOfRecency({ cells }: RecencyAnswer): Table {
  return {
    areParts: true,
    columns: [
      number('recency', 'R'),
      number('frequency', 'F'),
      number('value', 'M'),
      number('people', '人数'),
      number('mean_days', '平均间隔天数'),
      number('mean_events', '平均次数'),
      number('mean_value', '平均金额'),
    ],
    rows: cells.map((cell) => [
      cell.recency,
      cell.frequency,
      cell.value,
      cell.people,
      cell.meanDays,
      cell.meanEvents,
      cell.meanValue,
    ]),
    people: behindRows(
      cells.map((cell) => cell.people),
      3,
      7,
    ),
  };
}
