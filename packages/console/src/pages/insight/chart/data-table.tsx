import type { CSSProperties, ReactNode } from 'react';
import styles from './data-table.module.css';

export interface DataColumn<Row> {
  key: string;
  title: ReactNode;
  render: (row: Row) => ReactNode;
  /** The ground of a cell, for tables of heat. */
  style?: (row: Row) => CSSProperties | undefined;
  /** Words stand left; numbers, the rule here, right. */
  text?: boolean;
}

interface DataTableProps<Row> {
  label: string;
  columns: readonly DataColumn<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** A row that stands out, such as the whole. */
  strong?: (row: Row) => boolean;
  /** Cells without lines between, for tables of heat. */
  heat?: boolean;
}

/** Numbers in rows and columns; its first column stays where it is while the others are scrolled. */
export function DataTable<Row>({ label, columns, rows, rowKey, strong, heat }: DataTableProps<Row>) {
  return (
    <div className={styles.frame} tabIndex={0} role="region" aria-label={label}>
      <table className={heat ? `${styles.table} ${styles.heat}` : styles.table} aria-label={label}>
        <thead>
          <tr>
            {columns.map(({ key, title, text }) => (
              <th key={key} scope="col" data-text={text ?? false}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} data-strong={strong?.(row) ?? false}>
              {columns.map(({ key, render, style, text }) => (
                <td key={key} data-text={text ?? false} style={style?.(row)}>
                  {render(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
