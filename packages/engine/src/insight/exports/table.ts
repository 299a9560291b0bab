import { cellsToHide } from '../statistics/protect-small.ts';

/** A value of a table; `null` is none. */
export type Cell = string | number | null | undefined;

export interface Column {
  /** Stands at the head of CSV: stable, for machines. */
  readonly name: string;
  /** Stands at the head of Excel sheets. */
  readonly title: string;
  /** `datetime`: ISO 8601 UTC in `rows`; `share`: a number from 0 to 1. */
  readonly kind: 'text' | 'number' | 'share' | 'datetime';
  /** Columns of groups of the same whole have the same one: in each row they are parts of one sum. */
  readonly whole?: string;
}

/** What is exported: columns, and the rows under them. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Beside each cell: of how many people it tells; undefined where it tells of none in particular. */
  readonly people?: readonly (readonly (number | undefined)[])[];
  /** Rows of a group (columns of a trend: its times) are parts of the whole group, which another question tells. */
  readonly areParts?: boolean;
  /** The cell, as row and column, that a rate would tell together with the number beside it: hidden with it. */
  readonly baseOf?: (row: number, place: number) => readonly [number, number] | undefined;
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

/**
 * Cells that tell of some people, but of fewer than `smallest`, become `<smallest`; those that would tell them by
 * what is left of the same answer without groups become `HIDDEN`.
 */
export function suppressSmall(table: Table, smallest: number): { table: Table; hidden: number } {
  const cells = (table.people ?? []).flatMap((line, row) =>
    line.flatMap((people, place) => (people === undefined ? [] : [{ row, place, people }])),
  );
  const hide = cellsToHide(
    cells.map(({ row, place, people }) => ({ people, sums: sumsOf(table, row, place) })),
    smallest,
  );
  const rows = table.rows.map((row) => [...row]);
  for (const index of hide) {
    const { row, place, people } = cells[index]!;
    rows[row]![place] = people < smallest ? `<${smallest}` : HIDDEN;
  }
  let hidden = hide.size;
  for (const { row, place, people } of cells) {
    if (people === 0) continue;
    const [baseRow, basePlace] = table.baseOf?.(row, place) ?? [row, place];
    const isHidden = rows[baseRow]![basePlace] !== table.rows[baseRow]![basePlace];
    if (!isHidden || rows[row]![place] !== table.rows[row]![place]) continue;
    rows[row]![place] = HIDDEN;
    hidden++;
  }
  return { table: { ...table, rows }, hidden };
}

/** Stands for what is hidden for the sake of another cell. */
const HIDDEN = '—';

/**
 * The same cell of an answer without groups, and where rows are parts of a group the whole of it: groups are rows of
 * one column, or columns of one row (a trend's).
 */
function sumsOf({ columns, rows, people, areParts }: Table, row: number, place: number): string[] {
  const at = columns.findIndex((column) => column.name === 'group');
  const group = at < 0 ? [] : [rows[row]![at]];
  const whole = areParts ? [JSON.stringify(['group', place, ...group])] : [];
  if (at < 0) return [`${row} of ${columns[place]!.whole}`, ...whole];
  const labels = rows[row]!.filter(
    (_, label) => people?.[row]?.[label] === undefined && columns[label]!.name !== 'group',
  );
  return [JSON.stringify([place, ...labels]), ...whole];
}
