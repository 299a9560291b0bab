import { useState } from 'react';
import { CaretDownOutlined, CaretUpOutlined } from '@ant-design/icons';
import { useReader } from '../../../frame/reader.tsx';
import { Definition } from '../../../parts/page.tsx';
import { DataTable, type DataColumn } from '../chart/data-table.tsx';
import { DrillNumber } from '../drill/drill.tsx';
import type { DrawnReport, ReportRow } from './drawn-report.ts';
import { isExtensive } from './report-choices.ts';
import { DimensionCell } from './dimension-cell.tsx';
import styles from './report.module.css';

/** From here on decimals say nothing. */
const FINE = 1_000;

/** A column to sort by: a dimension or a measure, by place. */
interface Sorting {
  of: 'dimension' | 'measure';
  place: number;
  down: boolean;
}

interface ReportTableProps {
  drawn: DrawnReport;
  /** On a dashboard: the room there is. */
  heightPx?: number;
}

/** The rows with their measures, shares of the whole and changes; any column sorts, any number opens its people. */
export function ReportTable({ drawn }: ReportTableProps) {
  const { text, format } = useReader();
  const words = text.reports;
  const { answer, question, shown, measureTitles, rowTitle, cellOf } = drawn;
  const timeFirst = question.dimensions[0]?.kind === 'time';
  const [sorting, setSorting] = useState<Sorting | undefined>(
    timeFirst ? { of: 'dimension', place: 0, down: false } : undefined,
  );
  const heads = question.dimensions.length > 0;
  const head = (of: Sorting['of'], place: number, title: string) => {
    const active = sorting?.of === of && sorting.place === place ? sorting : undefined;
    return (
      <button
        type="button"
        className={styles.sort}
        aria-label={words.sortBy(title)}
        aria-pressed={active !== undefined}
        onClick={() => setSorting({ of, place, down: active ? !active.down : of === 'measure' })}
      >
        {title}
        {active && (active.down ? <CaretDownOutlined /> : <CaretUpOutlined />)}
      </button>
    );
  };
  type Line = ReportRow | undefined;
  const valuesOf = (row: Line) => row ?? answer.total;
  const number = (row: Line, place: number) => {
    if (row?.hidden) {
      return (
        <span className={styles.tooFew} title={words.hidden}>
          {place === 0 ? words.hidden : '—'}
        </span>
      );
    }
    const value = valuesOf(row).values[place];
    const title = `${row ? rowTitle(row) : words.total} · ${measureTitles[place]}`;
    return (
      <DrillNumber of={value === null ? undefined : cellOf(row)} title={title}>
        {format.decimal(value, Math.abs(value ?? 0) < FINE ? 2 : 0)}
      </DrillNumber>
    );
  };
  const columns: DataColumn<Line>[] = [
    ...question.dimensions.map((dimension, place): DataColumn<Line> => ({
      key: `dimension ${place}`,
      title: head('dimension', place, shown.dimension(dimension, question.subject)),
      text: true,
      render: (row) =>
        row ? (
          <DimensionCell drawn={drawn} row={row} place={place} />
        ) : (
          place === 0 && (
            <>
              {words.total} <Definition text={words.totalHint} />
            </>
          )
        ),
    })),
    ...question.measures.flatMap((measure, place): DataColumn<Line>[] => {
      const title = measureTitles[place] ?? '';
      const column: DataColumn<Line> = {
        key: `measure ${place}`,
        title: heads ? head('measure', place, title) : title,
        render: (row) => number(row, place),
      };
      const whole = answer.total.values[place];
      const share: DataColumn<Line> = {
        key: `share ${place}`,
        title: words.share,
        render: (row) => (
          <span className="faint">
            {row && !row.hidden && whole ? format.percent((row.values[place] ?? 0) / whole) : ''}
          </span>
        ),
      };
      const change: DataColumn<Line> = {
        key: `change ${place}`,
        title: words.change,
        render: (row) => <Change row={valuesOf(row)} hidden={row?.hidden ?? false} place={place} />,
      };
      return [
        column,
        ...(heads && isExtensive(measure) && whole ? [share] : []),
        ...(answer.total.before ? [change] : []),
      ];
    }),
  ];
  const rows: Line[] = [...(heads ? [undefined] : []), ...sorted(drawn, sorting)];
  return (
    <DataTable<Line>
      label={words.report}
      columns={columns}
      rows={heads ? rows : [undefined]}
      rowKey={(row) => (row ? JSON.stringify(row.dimensions.map(({ value }) => value)) : '')}
      strong={(row) => row === undefined}
    />
  );
}

/** Hidden rows and those without a value stand last, whichever way the others are sorted. */
function sorted({ answer, question, shown }: DrawnReport, sorting: Sorting | undefined): ReportRow[] {
  if (!sorting) return [...answer.rows];
  const { of, place, down } = sorting;
  const sign = down ? -1 : 1;
  if (of === 'measure') {
    const value = (row: ReportRow) => row.values[place] ?? undefined;
    return answer.rows.toSorted((left, right) => {
      const [one, other] = [value(left), value(right)];
      if (one === undefined || other === undefined) {
        return Number(one === undefined) - Number(other === undefined);
      }
      return sign * (one - other);
    });
  }
  const isTime = question.dimensions[place]?.kind === 'time';
  const name = (row: ReportRow) =>
    isTime ? row.dimensions[place]!.title : shown.value(question.dimensions[place], row.dimensions[place]!);
  return answer.rows.toSorted((left, right) => sign * name(left).localeCompare(name(right), 'zh-CN'));
}

interface ChangeProps {
  row: { values: readonly (number | null)[]; before?: readonly (number | null)[] };
  hidden: boolean;
  place: number;
}

/** How much more or less than in the period before. */
function Change({ row, hidden, place }: ChangeProps) {
  const { text, format } = useReader();
  const words = text.reports;
  const [now, before] = [row.values[place], row.before?.[place]];
  if (hidden || now === null || now === undefined) return null;
  if (before === null || before === undefined || before === 0) {
    return <span className="faint">{words.noBefore}</span>;
  }
  const share = (now - before) / Math.abs(before);
  const title = words.changeOf(format.decimal(before, Math.abs(before) < FINE ? 2 : 0));
  return (
    <span className={styles.change} data-way={share > 0 ? 'up' : share < 0 ? 'down' : 'same'} title={title}>
      {share > 0 ? '▲' : share < 0 ? '▼' : ''} {format.percent(Math.abs(share))}
    </span>
  );
}
