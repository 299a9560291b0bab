/** A value of a table; `null` is none. */
export type Cell = string | number | null | undefined;

export interface Column {
  /** Stands at the head of CSV: stable, for machines. */
  readonly name: string;
  /** Stands at the head of Excel sheets. */
  readonly title: string;
  /** `datetime`: ISO 8601 UTC in `rows`; `share`: a number from 0 to 1. */
  readonly kind: 'text' | 'number' | 'share' | 'datetime';
}

/** What is exported: columns, and the rows under them. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Beside each cell: of how many people it tells; undefined where it tells of none in particular. */
  readonly people?: readonly (readonly (number | undefined)[])[];
}

/** A file, and what the audit says of it. */
export interface Exported {
  readonly file: string | Buffer;
  readonly rows: number;
  /** Cells (of reports: rows) left out because too few people are behind them. */
  readonly hidden: number;
}

export const text = (name: string, title: string): Column => ({ name, title, kind: 'text' });
export const number = (name: string, title: string): Column => ({ name, title, kind: 'number' });
export const share = (name: string, title: string): Column => ({ name, title, kind: 'share' });
export const datetime = (name: string, title: string): Column => ({ name, title, kind: 'datetime' });

/** Cells that tell of some people, but of fewer than `smallest`, become `<smallest`. */
export function suppressSmall(table: Table, smallest: number): { table: Table; hidden: number } {
  let hidden = 0;
  const rows = table.rows.map((row, rowPlace) =>
    row.map((cell, place) => {
      const people = table.people?.[rowPlace]?.[place];
      if (people === undefined || people === 0 || people >= smallest) return cell;
      hidden++;
      return `<${smallest}`;
    }),
  );
  return { table: { ...table, rows }, hidden };
}
