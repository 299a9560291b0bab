import type { FunnelAnswer } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { DataTable, type DataColumn } from '../chart/data-table.tsx';
import { Histogram } from '../chart/histogram.tsx';
import { useDurationBins } from '../chart/use-duration-bins.ts';
import styles from './funnel.module.css';

type Times = NonNullable<FunnelAnswer['times']>;
type Row = Times['whole'] & { key: string; title: string };

interface ConversionTimesProps {
  times: Times;
  titles: readonly string[];
}

/** How long it takes from step to step, and the whole way. */
export function ConversionTimes({ times, titles }: ConversionTimesProps) {
  const { text, format } = useReader();
  const words = text.insight;
  const binsOf = useDurationBins();
  const rows: Row[] = [
    { ...times.whole, key: 'whole', title: words.wholeWay },
    ...times.steps.map((step, index) => ({
      ...step,
      key: String(index),
      title: `${titles[index]} → ${titles[index + 1]}`,
    })),
  ];
  const columns: DataColumn<Row>[] = [
    { key: 'title', title: words.way, text: true, render: ({ title }) => title },
    { key: 'people', title: words.peopleCount, render: ({ people }) => format.integer(people) },
    { key: 'median', title: words.median, render: ({ medianMs }) => format.duration(medianMs) },
    { key: 'mean', title: words.mean, render: ({ meanMs }) => format.duration(meanMs) },
    { key: 'p90', title: words.p90, render: ({ p90Ms }) => format.duration(p90Ms) },
  ];
  return (
    <section className={styles.part}>
      <h3>{words.timeToConvert}</h3>
      <div className={styles.times}>
        <Histogram
          label={words.timeToConvert}
          heightPx={180}
          mostNames={7}
          bars={binsOf(times.histogram.map((bin) => ({ ...bin, value: bin.people })))}
        />
        <DataTable
          label={words.timeToConvert}
          columns={columns}
          rows={rows}
          rowKey={({ key }) => key}
          strong={({ key }) => key === 'whole'}
        />
      </div>
    </section>
  );
}
