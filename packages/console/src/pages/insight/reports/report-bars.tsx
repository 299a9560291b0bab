import { useReader } from '../../../frame/reader.tsx';
import { DrillNumber } from '../drill/drill.tsx';
import type { DrawnReport } from './drawn-report.ts';
import styles from './report.module.css';

/** As many bars as one takes in at a glance. */
const MOST = 15;

interface ReportBarsProps {
  drawn: DrawnReport;
  /** Place of the measure drawn. */
  measure: number;
  tile: boolean;
}

/** The rows' values of one measure as bars on one scale, largest first; a thin bar is the period before. */
export function ReportBars({ drawn, measure, tile }: ReportBarsProps) {
  const { text, format } = useReader();
  const { answer, rowTitle, cellOf, measureTitles } = drawn;
  const rows = answer.rows
    .filter((row) => !row.hidden)
    .toSorted((left, right) => (right.values[measure] ?? 0) - (left.values[measure] ?? 0));
  const shown = rows.slice(0, MOST);
  const highest = Math.max(
    0,
    ...shown.flatMap((row) => [row.values[measure] ?? 0, row.before?.[measure] ?? 0]),
  );
  const width = (value: number | null | undefined) =>
    `${highest > 0 ? (Math.max(0, value ?? 0) / highest) * 100 : 0}%`;
  return (
    <>
      <ol className={styles.bars}>
        {shown.map((row) => {
          const name = rowTitle(row);
          const value = row.values[measure];
          return (
            <li key={row.dimensions.map((each) => each.value).join('\n')}>
              <span className={styles.barName} title={name}>
                {name}
              </span>
              <DrillNumber
                of={cellOf(row)}
                className={styles.bar}
                title={`${name} · ${measureTitles[measure]} ${format.decimal(value, 2)}`}
              >
                <span className={styles.track}>
                  <i style={{ width: width(value) }} />
                  {row.before && <i data-before="true" style={{ width: width(row.before[measure]) }} />}
                </span>
                <span className="number">{format.compact(value)}</span>
              </DrillNumber>
            </li>
          );
        })}
      </ol>
      {rows.length > MOST && !tile && (
        <p className="faint">{text.reports.chartCut(format.integer(MOST), format.integer(rows.length))}</p>
      )}
    </>
  );
}
