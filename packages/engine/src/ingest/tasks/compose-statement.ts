import type { ingestionTasksApi } from '@wutong/contract';
import {
  quoteName,
  textExpression,
  type Cell,
  type PreparedQuery,
  type SourceColumn,
} from '../warehouse/index.ts';
import { FROM_VALUE } from './prepare-task.ts';
import { beginningOf, kindOfWatermark, movedBack, watermarkExpression } from './watermark.ts';

type Load = ingestionTasksApi.TaskDefinition['load'];

/** What of a query one try of a run reads. */
export interface ReadingRange {
  readonly from: string | undefined;
  readonly until: string | undefined;
  /** Of the last row that was settled; rows after it are read. */
  readonly cursor: readonly string[] | undefined;
}

/**
 * The statement that reads a range of a query in the order of its watermark and key columns, all cells as texts. The
 * order is one of texts for keys: what counts is that it is the same at each try.
 */
export function composeStatement(
  query: PreparedQuery,
  load: Load,
  range: ReadingRange,
): { sql: string; values: Record<string, string> } {
  const columnOf = (name: string): SourceColumn => query.columns.find((column) => column.name === name)!;
  const keys = load.key.map((name) => `ifNull(${textExpression(columnOf(name))}, '')`);
  const conditions: string[] = [];
  const values: Record<string, string> = {};
  const order = [...keys];
  if (load.mode === 'incremental') {
    const { type } = columnOf(load.watermark);
    const column = comparedColumn(columnOf(load.watermark));
    order.unshift(column);
    conditions.push(`${quoteName(load.watermark)} IS NOT NULL`);
    // A little earlier than need be: then it is all the same whether the query compares by > or by >=.
    const from = range.cursor?.[0] ?? range.from;
    values[FROM_VALUE] = from === undefined ? beginningOf(type) : movedBack(from, type, 1);
    for (const [name, sign, value] of [
      ['from_watermark', '>=', range.cursor?.[0] ?? range.from],
      ['until_watermark', '<=', range.until],
    ] as const) {
      if (value === undefined) continue;
      values[name] = value;
      conditions.push(`${column} ${sign} ${watermarkExpression(name, type)}`);
    }
    if (range.cursor) {
      conditions.push(
        `(${column} > ${watermarkExpression('from_watermark', type)} OR ${after(keys, range.cursor.slice(1), values)})`,
      );
    }
  } else if (range.cursor) {
    conditions.push(after(keys, range.cursor, values));
  }
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  const texts = query.columns.map(textExpression).join(', ');
  const sql = `SELECT ${texts} FROM ${query.from} ${where} ORDER BY ${order.join(', ')}`;
  return { sql, values };
}

/**
 * The watermark column as it is compared and ordered: both must be one order. Texts are compared here and not by the
 * source, whose collation may put them in another one and leave out what is still to come.
 */
function comparedColumn(column: SourceColumn): string {
  return kindOfWatermark(column.type) === 'text'
    ? `concat(${textExpression(column)}, '')`
    : quoteName(column.name);
}

function after(keys: readonly string[], cursor: readonly string[], values: Record<string, string>): string {
  const bound = keys.map((_, index) => {
    values[`key_${index}`] = cursor[index] ?? '';
    return `{key_${index}:String}`;
  });
  return `(${keys.join(', ')}) > (${bound.join(', ')})`;
}

/** Positions of the columns that make the cursor of a row, in the order of reading. */
export function cursorPlaces(columns: readonly SourceColumn[], load: Load): number[] {
  const names = load.mode === 'incremental' ? [load.watermark, ...load.key] : load.key;
  return names.map((name) => columns.findIndex((column) => column.name === name));
}

export const cursorOf = (row: readonly Cell[], places: readonly number[]): string[] =>
  places.map((place) => row[place] ?? '');
