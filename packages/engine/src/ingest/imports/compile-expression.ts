import {
  compileDatePattern,
  readSerialDay,
  readWrittenNumber,
  type ColumnExpression,
  type DateParts,
  type RowCondition,
  type TransformStep,
} from '@wutong/contract';
import { CodedError } from '../../platform/index.ts';
import { epochOfZonedTime, validDay } from '../../profile/index.ts';

/** A value as the profile takes it; undefined is missing. */
export type CellValue = string | number | boolean | string[] | undefined;
/** Reads one value of a row. Throws RowProblem when the row does not fit. */
export type Reader = (row: readonly string[]) => CellValue;

/** Why a row, or one record of it, is not taken. */
export class RowProblem extends Error {
  constructor(
    readonly column: string,
    readonly reason: string,
  ) {
    super(`${column}: ${reason}`);
    this.name = 'RowProblem';
  }
}

/** What expressions of one file are compiled against. */
export interface FileContext {
  readonly columns: readonly string[];
  /** Texts that mean that there is no value. */
  readonly missing: ReadonlySet<string>;
  readonly timeZone: string;
  readonly lookups: ReadonlyMap<string, Lookup>;
  /** The row at hand, from 1; templates may name it `{#}`. */
  readonly position: { row: number };
}

const ROW_NUMBER = '#';

/** Rows of another file by one of its columns. */
export interface Lookup {
  readonly columns: readonly string[];
  readonly rows: ReadonlyMap<string, readonly string[]>;
}

/** Turns an expression into a function over rows; columns become positions once. Throws mapping_invalid. */
export function compileExpression(expression: ColumnExpression, context: FileContext): Reader {
  if (typeof expression === 'string') return cellReader(expression, context);
  if ('constant' in expression) return () => expression.constant;
  if ('template' in expression) {
    return withSteps(
      templateReader(expression.template, context),
      expression.template,
      expression.steps,
      context,
    );
  }
  if ('lookup' in expression) {
    const name = `${expression.lookup}.${expression.column}`;
    return withSteps(lookupReader(expression, context), name, expression.steps, context);
  }
  return withSteps(cellReader(expression.column, context), expression.column, expression.steps, context);
}

/** Columns of its own file that an expression reads. */
export function columnsOf(expression: ColumnExpression): string[] {
  if (typeof expression === 'string') return [expression];
  if ('constant' in expression) return [];
  if ('template' in expression) return namesIn(expression.template);
  return ['lookup' in expression ? expression.by : expression.column];
}

const namesIn = (template: string): string[] =>
  [...template.matchAll(/\{([^{}]+)\}/g)].map((match) => match[1]!).filter((name) => name !== ROW_NUMBER);

function positionOf(column: string, columns: readonly string[]): number {
  const position = columns.indexOf(column);
  if (position < 0)
    throw new CodedError('mapping_invalid', { details: { column, reason: 'no such column' } });
  return position;
}

function cellReader(
  column: string,
  { columns, missing }: Pick<FileContext, 'columns' | 'missing'>,
): (row: readonly string[]) => string | undefined {
  const position = positionOf(column, columns);
  return (row) => {
    const cell = row[position];
    return cell === undefined || missing.has(cell) ? undefined : cell;
  };
}

function templateReader(template: string, context: FileContext): Reader {
  const parts = template.split(/\{([^{}]+)\}/g);
  const readers = parts.map((part, index) => {
    if (index % 2 === 0) return () => part;
    return part === ROW_NUMBER ? () => String(context.position.row) : cellReader(part, context);
  });
  return (row) => {
    let text = '';
    for (const read of readers) {
      const part = read(row);
      if (part === undefined) return undefined;
      text += part;
    }
    return text;
  };
}

function lookupReader(
  expression: { lookup: string; by: string; column: string },
  context: FileContext,
): (row: readonly string[]) => string | undefined {
  const lookup = context.lookups.get(expression.lookup);
  if (!lookup) {
    throw new CodedError('mapping_invalid', {
      details: { lookup: expression.lookup, reason: 'no such lookup' },
    });
  }
  const by = cellReader(expression.by, context);
  const position = positionOf(expression.column, lookup.columns);
  return (row) => {
    const key = by(row);
    const cell = key === undefined ? undefined : lookup.rows.get(key)?.[position];
    return cell === undefined || context.missing.has(cell) ? undefined : cell;
  };
}

function withSteps(
  read: Reader,
  name: string,
  steps: readonly TransformStep[],
  context: FileContext,
): Reader {
  const functions = steps.map((step) => compileStep(step, context.timeZone));
  return (row) => {
    let value = read(row);
    for (const step of functions) {
      if (value === undefined) return undefined;
      value = step(value, name);
    }
    return value;
  };
}

type StepFunction = (value: NonNullable<CellValue>, column: string) => CellValue;

function compileStep(step: TransformStep, timeZone: string): StepFunction {
  if ('date' in step) return dateStep(step, timeZone);
  if ('slice' in step) return (value) => String(value).slice(...step.slice);
  if ('atLeast' in step) return (value, column) => numberOf(value, column) >= step.atLeast;
  if ('map' in step) return mapStep(step);
  if ('excelDate' in step) return (value, column) => serialDate(String(value), column, timeZone);
  if ('number' in step) return (value, column) => numberOf(value, column) * step.scale;
  if ('boolean' in step) return (value) => step.yes.includes(String(value).trim().toLowerCase());
  if ('missing' in step) {
    const missing = new Set(step.missing);
    return (value) => (missing.has(String(value)) ? undefined : value);
  }
  if ('split' in step) return (value) => splitText(String(value), step.split);
  if ('case' in step) {
    return (value) => (step.case === 'lower' ? String(value).toLowerCase() : String(value).toUpperCase());
  }
  return (value) => step.prefix + String(value);
}

const splitText = (text: string, separator: string): string[] =>
  text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');

function numberOf(value: NonNullable<CellValue>, column: string): number {
  const plain = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
  const number = Number.isFinite(plain) ? plain : readWrittenNumber(String(value));
  if (number === undefined || !Number.isFinite(number)) throw new RowProblem(column, 'not a number');
  return number;
}

function mapStep(step: Extract<TransformStep, { map: unknown }>): StepFunction {
  const map = new Map(Object.entries(step.map));
  return (value, column) => {
    const mapped = map.get(String(value));
    if (mapped !== undefined) return mapped ?? undefined;
    if (step.otherwise === 'reject') throw new RowProblem(column, 'not in the map');
    return step.otherwise === 'keep' ? value : undefined;
  };
}

/** `YYYY-MM-DD`, or epoch ms when the pattern has hours; wall time in the mapping's zone. */
function dateStep(step: Extract<TransformStep, { date: string }>, timeZone: string): StepFunction {
  const read = compileDatePattern(step.date);
  const isInstant = step.date.includes('h');
  return (value, column) => {
    const parts = read(String(value));
    if (!parts) throw new RowProblem(column, `not a date like ${step.date}`);
    const day = dayOf(parts, step);
    if (!day) throw new RowProblem(column, 'no such day');
    if (!isInstant) return day;
    const { hh = 0, mm = 0, ss = 0 } = parts;
    const wall = Date.parse(`${day}T00:00:00Z`) + ((hh * 60 + mm) * 60 + ss) * 1000;
    return epochOfZonedTime(wall, timeZone);
  };
}

function dayOf(
  { YYYY, YY = 0, MM: written = 0, DD = 0 }: DateParts,
  { century, monthOffset = 0 }: Extract<TransformStep, { date: string }>,
): string | undefined {
  const month = monthOffset > 0 && written > monthOffset ? written - monthOffset : written;
  return validDay(YYYY ?? century + YY, month, DD);
}

/** `YYYY-MM-DD`, or epoch ms when it has a time of the day; wall time in the mapping's zone. */
function serialDate(text: string, column: string, timeZone: string): CellValue {
  const wall = readSerialDay(text);
  if (wall === undefined) throw new RowProblem(column, 'not a day as Excel counts them');
  return wall % 86_400_000 === 0
    ? new Date(wall).toISOString().slice(0, 10)
    : epochOfZonedTime(wall, timeZone);
}

/** Whether a row gives the record. */
export function compileConditions(
  conditions: readonly RowCondition[] | undefined,
  context: Pick<FileContext, 'columns' | 'missing'>,
): (row: readonly string[]) => boolean {
  const tests = (conditions ?? []).map((condition) => {
    const read = cellReader(condition.column, context);
    if ('present' in condition)
      return (row: readonly string[]) => (read(row) !== undefined) === condition.present;
    const wanted = new Set('in' in condition ? condition.in : condition.notIn);
    const expected = 'in' in condition;
    return (row: readonly string[]) => wanted.has(read(row) ?? '') === expected;
  });
  return (row) => tests.every((test) => test(row));
}
