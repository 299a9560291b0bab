import writeExcelFile, { type CellObject } from 'write-excel-file/node';
import { offsetAt } from '../bank-day.ts';
import type { Cell, Column, Table } from './table.ts';

/** Characters of one cell, as Excel has them. */
const LONGEST_TEXT = 32_767;
const FORMATS = { share: '0.00%', datetime: 'yyyy-mm-dd hh:mm' } as const;
const WIDEST = 60;
/** What an export says of itself on its second sheet: name and value, one line each. */
export type Definition = readonly (readonly [string, string])[];

/**
 * An .xlsx file: the table with its titles, and a sheet with the definition. Numbers are numbers and instants are
 * Excel's dates in the wall time of `timeZone`; texts are texts, whatever they begin with.
 */
export function writeWorkbook(table: Table, definition: Definition, timeZone: string): Promise<Buffer> {
  const head = table.columns.map((column) => ({ value: column.title, fontWeight: 'bold' as const }));
  const rows = table.rows.map((row) =>
    row.map((cell, place) => cellOf(cell, table.columns[place]!, timeZone)),
  );
  const told = definition.flatMap(([name, value]) =>
    // A long definition goes on in the next line.
    splitText(value).map((part, index) => [
      index === 0 ? { value: name, fontWeight: 'bold' as const } : null,
      { value: part, type: String },
    ]),
  );
  return writeExcelFile([
    {
      sheet: '数据',
      data: [head, ...rows],
      columns: table.columns.map((column) => ({ width: widthOf(column, table) })),
      stickyRowsCount: 1,
    },
    { sheet: '定义', data: told, columns: [{ width: 16 }, { width: WIDEST * 2 }] },
  ]).toBuffer();
}

function cellOf(cell: Cell, column: Column, timeZone: string): CellObject | null {
  if (cell === null || cell === undefined || (typeof cell === 'number' && !Number.isFinite(cell)))
    return null;
  if (typeof cell === 'number') {
    return {
      value: cell,
      type: Number,
      ...(column.kind === 'share' ? { format: FORMATS.share } : {}),
    };
  }
  const at = column.kind === 'datetime' ? Date.parse(cell) : Number.NaN;
  if (!Number.isNaN(at)) return { value: wallTime(at, timeZone), type: Date, format: FORMATS.datetime };
  return { value: cell.slice(0, LONGEST_TEXT), type: String };
}

function splitText(value: string): string[] {
  const parts: string[] = [];
  for (let from = 0; from < Math.max(1, value.length); from += LONGEST_TEXT) {
    parts.push(value.slice(from, from + LONGEST_TEXT));
  }
  return parts;
}

/** Excel's dates have no zone: the wall time of the bank, written as if it were UTC. */
const wallTime = (at: number, timeZone: string): Date => new Date(at + offsetAt(at, timeZone));

/** Wide enough for the first lines; a Chinese character is two wide. */
function widthOf(column: Column, table: Table): number {
  if (column.kind === 'datetime') return 18;
  const place = table.columns.indexOf(column);
  const texts = [column.title, ...table.rows.slice(0, 100).map((row) => String(row[place] ?? ''))];
  const width = (value: string) => value.length + (value.match(/[\u2e80-\uffef]/g)?.length ?? 0);
  return Math.min(WIDEST, Math.max(8, ...texts.map(width)) + 2);
}
