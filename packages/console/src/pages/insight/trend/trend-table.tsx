import type { TrendAnswer } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { DataTable, type DataColumn } from '../chart/data-table.tsx';
import { DrillNumber } from '../drill/drill.tsx';
import type { QuestionOf } from '../question/question.ts';
import { trendCell, type NamedLine } from './named-line.ts';
import styles from './trend.module.css';

/** From here on decimals say nothing. */
const FINE = 1_000;

interface TrendTableProps {
  question: QuestionOf<'trend'>;
  answer: TrendAnswer;
  lines: readonly NamedLine[];
  categories: readonly string[];
  running: { index: number; name: string } | undefined;
}

/** The same numbers to be read, newest first; each opens its people. */
export function TrendTable({ question, answer, lines, categories, running }: TrendTableProps) {
  const { text, format } = useReader();
  const rows = answer.buckets.map((bucket, index) => ({ bucket, index })).toReversed();
  const columns: DataColumn<(typeof rows)[number]>[] = [
    {
      key: 'bucket',
      title: text.time,
      text: true,
      render: ({ index }) => (
        <>
          {categories[index]} {running?.index === index && <span className="faint">{running.name}</span>}
        </>
      ),
    },
    ...lines.map((line): DataColumn<(typeof rows)[number]> => ({
      key: line.key,
      title: line.name,
      render: ({ bucket, index }) => {
        const value = line.values[index] ?? 0;
        return (
          <DrillNumber
            of={value === 0 ? undefined : trendCell(question, line, bucket)}
            title={`${line.name} · ${categories[index]}`}
          >
            {format.decimal(value, Math.abs(value) < FINE ? 2 : 0)}
          </DrillNumber>
        );
      },
    })),
  ];
  return (
    <div className={styles.table}>
      <DataTable label={text.insight.table} columns={columns} rows={rows} rowKey={({ bucket }) => bucket} />
    </div>
  );
}
