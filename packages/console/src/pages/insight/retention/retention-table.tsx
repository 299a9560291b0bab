import type { RetentionAnswer } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { heat } from '../chart/colors.ts';
import { DataTable, type DataColumn } from '../chart/data-table.tsx';
import { DrillNumber } from '../drill/drill.tsx';
import type { QuestionOf } from '../question/question.ts';
import { useGroupNames } from '../question/use-value-names.ts';
import { useBucketName } from '../use-bucket-name.ts';
import { retentionCell } from './retention-cell.ts';

interface Row {
  key: string;
  name: string;
  /** Start of the cohort; absent: all of them together. */
  cohort: string | undefined;
  group: string | undefined;
  people: number | undefined;
  rates: readonly (number | null)[];
  counts: readonly (number | null)[];
}

interface RetentionTableProps {
  question: QuestionOf<'retention'>;
  answer: RetentionAnswer;
  categories: readonly string[];
}

/** Cohorts down, periods across; the darker, the more came back. */
export function RetentionTable({ question, answer, categories }: RetentionTableProps) {
  const { text, format } = useReader();
  const words = text.insight;
  const rows = useRows(question, answer);
  const highest = Math.max(0.01, ...rows.flatMap(({ rates }) => rates.slice(1).map((rate) => rate ?? 0)));
  const columns: DataColumn<Row>[] = [
    { key: 'name', title: words.cohortName, text: true, render: ({ name }) => name },
    {
      key: 'people',
      title: words.peopleCount,
      render: ({ cohort, group, people, name }) => (
        <DrillNumber of={retentionCell(question, { cohort, group, returned: true })} title={name}>
          {format.integer(people)}
        </DrillNumber>
      ),
    },
    ...categories.map((category, period): DataColumn<Row> => ({
      key: String(period),
      title: category,
      style: ({ rates }) => {
        const rate = rates[period];
        if (rate === null || rate === undefined) return undefined;
        // A cohort whole in its own period says nothing; colour is kept for what does.
        if (period === 0 && rate === 1) return { background: 'var(--surface-soft)' };
        return heat(Math.min(1, rate / highest));
      },
      render: ({ cohort, group, rates, counts, name }) => {
        const rate = rates[period];
        if (rate === null || rate === undefined) return '';
        const count = counts[period] ?? 0;
        return (
          <DrillNumber
            of={count > 0 ? retentionCell(question, { cohort, period, returned: true, group }) : undefined}
            title={`${name} · ${category} · ${format.integer(count)}`}
          >
            {format.percent(rate, rate > 0 && rate < 0.1 ? 1 : 0)}
          </DrillNumber>
        );
      },
    })),
  ];
  return (
    <DataTable
      label={words.retentionTable}
      columns={columns}
      rows={rows}
      rowKey={({ key }) => key}
      strong={({ cohort }) => cohort === undefined}
      heat
    />
  );
}

/** The whole first, of each group, then the cohorts. */
function useRows(question: QuestionOf<'retention'>, answer: RetentionAnswer): Row[] {
  const { text } = useReader();
  const words = text.insight;
  const bucketName = useBucketName();
  const groupName = useGroupNames(question.breakdown);
  const named = (name: string, group: string | undefined) =>
    group === undefined ? name : `${groupName(group)} · ${name}`;
  return [
    ...answer.overall.map((line): Row => ({
      key: `all ${line.group ?? ''}`,
      name: named(words.overall, line.group),
      cohort: undefined,
      group: line.group,
      people: line.people[0],
      rates: line.rates.map((rate, period) => ((line.people[period] ?? 0) > 0 ? rate : null)),
      counts: line.returned,
    })),
    ...answer.cohorts.map((line): Row => ({
      key: `${line.from} ${line.group ?? ''}`,
      name: named(bucketName(line.from, answer.unit), line.group),
      cohort: line.from,
      group: line.group,
      people: line.people,
      rates: line.returned.map((count) => (count === null || line.people === 0 ? null : count / line.people)),
      counts: line.returned,
    })),
  ];
}
