import type { Cell, Table } from './table.ts';

/** Marks the text as UTF-8 for Excel. */
export const BYTE_ORDER_MARK = '\u{feff}';

/** CSV after RFC 4180. A text that a spreadsheet would take for a formula is led by an apostrophe (OWASP). */
export function writeCsv({ columns, rows }: Pick<Table, 'rows'> & { columns: readonly string[] }): string {
  return `${BYTE_ORDER_MARK}${writeLines([columns, ...rows])}`;
}

/** Lines without the mark, for what is written in blocks. */
export function writeLines(rows: readonly (readonly Cell[])[]): string {
  return rows.map((cells) => `${cells.map(writeCell).join(',')}\r\n`).join('');
}

/** Spreadsheets in Chinese read the wide signs too, and a line break before any of them as nothing. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

function writeCell(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number') return String(cell);
  const safe = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
