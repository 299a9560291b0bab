/** A list of records: a table on a desk, a stack of cards on a phone. */
import type { KeyboardEvent, ReactNode } from 'react';
import { Button } from 'antd';
import { useText } from '../frame/reader.tsx';
import styles from './record-table.module.css';

export interface Column<Row> {
  key: string;
  title: ReactNode;
  render: (row: Row) => ReactNode;
  /** Numbers stand right, in tabular figures. */
  numeric?: boolean;
  /** On a phone: the card's head line, a labelled line (default), or left out. */
  phone?: 'title' | 'line' | 'hidden';
  /** A CSS width for the column on a desk. */
  width?: string;
  /** May be cut with an ellipsis rather than wrap. */
  ellipsis?: boolean;
}

interface RecordTableProps<Row> {
  /** What the table holds, for screen readers. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string | number;
  onOpen?: (row: Row) => void;
  empty?: ReactNode;
  more?: { onMore: () => void; loading: boolean };
}

/** Draws records. `onOpen` makes a row a door: by click, or by Enter when it has the focus. */
export function RecordTable<Row>({
  label,
  columns,
  rows,
  rowKey,
  onOpen,
  empty,
  more,
}: RecordTableProps<Row>) {
  const { state } = useText();
  if (rows.length === 0 && empty) return <>{empty}</>;
  return (
    <div className={styles.frame}>
      <table className={styles.table} aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.key}
                scope="col"
                style={{ width: column.width }}
                className={column.numeric ? styles.numeric : undefined}
              >
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} {...doorOf(onOpen && (() => onOpen(row)))}>
              {columns.map((column) => (
                <td key={column.key} className={classOf(column)} data-phone={column.phone ?? 'line'}>
                  <span className={styles.cellLabel} aria-hidden="true">
                    {column.title}
                  </span>
                  <div className={styles.cell}>{column.render(row)}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {more && (
        <div className={styles.more}>
          <Button onClick={more.onMore} loading={more.loading}>
            {state.more}
          </Button>
        </div>
      )}
    </div>
  );
}

function classOf<Row>(column: Column<Row>): string {
  return [column.numeric && styles.numeric, column.ellipsis && styles.ellipsis].filter(Boolean).join(' ');
}

/** Attributes that make a row open something; a click on a link or a button within it stays theirs. */
function doorOf(open: (() => void) | undefined) {
  if (!open) return {};
  return {
    tabIndex: 0,
    className: styles.door,
    onClick: (event: React.MouseEvent) => {
      if (!(event.target as HTMLElement).closest('a, button, input, label')) open();
    },
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === 'Enter' && event.target === event.currentTarget) open();
    },
  };
}
