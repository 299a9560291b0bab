import type { ColumnExpression, RowCondition, TransformStep } from '@wutong/contract';
import { coerceInSql, instantInSql, isDay, numberInSql, type SqlValue } from '../../profile/index.ts';

/** A value of a row as ClickHouse expressions over the array `cells`. */
export interface Expressed {
  readonly value: SqlValue;
  /** Whether there is a value; the others count only where this holds. */
  readonly present: string;
  /** Whether value and presence are surely what `compileExpression` gives; elsewhere the row must be asked there. */
  readonly sure: string;
}

/** What expressions of one file are translated against. */
export interface SqlContext {
  readonly columns: readonly string[];
  readonly missing: readonly string[];
  readonly timeZone: string;
}

/** A text as a literal of ClickHouse. */
export const sqlText = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
const sqlTexts = (texts: readonly string[]): string => `(${texts.map(sqlText).join(', ')})`;

/** All of several conditions. */
export const allOf = (conditions: readonly string[]): string => {
  const needed = [...new Set(conditions)].filter((condition) => condition !== '1');
  return needed.length === 0 ? '1' : needed.map((condition) => `(${condition})`).join(' and ');
};

/** Printable ASCII, Chinese characters, no blanks at the ends: there upper and lower case and `trim` hold no surprise. */
const isTidy = (sql: string): string =>
  `match(${sql}, '^[!-~\\\\p{Han}]([ -~\\\\p{Han}]*[!-~\\\\p{Han}])?$')`;
const isAscii = (sql: string): string => `length(${sql}) = lengthUTF8(${sql})`;

/** Translates an expression; undefined where SQL does not say the same (lookups, lists, mixed types). */
export function expressValue(expression: ColumnExpression, context: SqlContext): Expressed | undefined {
  if (typeof expression === 'string') return expressCell(expression, context);
  if ('constant' in expression) return expressConstant(expression.constant);
  if ('lookup' in expression) return undefined;
  const start =
    'template' in expression
      ? expressTemplate(expression.template, context)
      : expressCell(expression.column, context);
  return expression.steps.reduce<Expressed | undefined>(
    (value, step) => value && expressStep(value, step),
    start,
  );
}

function expressCell(column: string, { columns, missing }: SqlContext): Expressed {
  const sql = `cells[${columns.indexOf(column) + 1}]`;
  const present = missing.length === 0 ? '1' : `${sql} not in ${sqlTexts(missing)}`;
  return { value: { kind: 'text', sql }, present, sure: '1' };
}

function expressConstant(constant: string | number | boolean): Expressed {
  const value: SqlValue =
    typeof constant === 'string'
      ? { kind: 'text', sql: sqlText(constant) }
      : typeof constant === 'number'
        ? { kind: 'number', sql: `toFloat64(${constant})` }
        : { kind: 'boolean', sql: constant ? 'true' : 'false' };
  return { value, present: '1', sure: '1' };
}

function expressTemplate(template: string, context: SqlContext): Expressed {
  const present: string[] = [];
  const parts = template.split(/\{([^{}]+)\}/g).map((part, index) => {
    if (index % 2 === 0) return sqlText(part);
    if (part === '#') return 'toString(row)';
    const cell = expressCell(part, context);
    present.push(cell.present);
    return cell.value.sql;
  });
  return {
    value: { kind: 'text', sql: `concat(${[...parts, "''"].join(', ')})` },
    present: allOf(present),
    sure: '1',
  };
}

function expressStep(input: Expressed, step: TransformStep): Expressed | undefined {
  const { value, present, sure } = input;
  const { kind, sql } = value;
  const surely = (changed: SqlValue, ...conditions: string[]): Expressed => ({
    value: changed,
    present,
    sure: allOf([sure, ...conditions]),
  });
  if ('number' in step || 'atLeast' in step) {
    const number = numberInSql(value);
    if (!number) return undefined;
    const { sql: changed } = number;
    return 'number' in step
      ? surely({ kind: 'number', sql: `(${changed} * toFloat64(${step.scale}))` }, number.sure)
      : surely({ kind: 'boolean', sql: `(${changed} >= toFloat64(${step.atLeast}))` }, number.sure);
  }
  if (kind !== 'text') return undefined;
  if ('date' in step) return expressDate(input, step);
  if ('map' in step) return expressMap(input, step);
  if ('prefix' in step) return surely({ kind, sql: `concat(${sqlText(step.prefix)}, ${sql})` });
  if ('missing' in step) {
    const there = step.missing.length > 0 ? `${sql} not in ${sqlTexts(step.missing)}` : '1';
    return { value, present: allOf([present, there]), sure };
  }
  if ('case' in step)
    return surely({ kind, sql: `${step.case === 'lower' ? 'lower' : 'upper'}(${sql})` }, isAscii(sql));
  if ('slice' in step) {
    const [from, until] = step.slice;
    if (from < 0 || until < from) return undefined;
    return surely({ kind, sql: `substring(${sql}, ${from + 1}, ${until - from})` }, isAscii(sql));
  }
  if ('boolean' in step) {
    const yes = `lower(${sql}) in ${sqlTexts(step.yes)}`;
    return surely({ kind: 'boolean', sql: `(${yes})` }, `${yes} or ${isTidy(sql)}`);
  }
  return undefined;
}

/** Patterns have fixed places, so that parts are cut, not searched. */
function expressDate(
  { value: { sql }, present, sure }: Expressed,
  step: Extract<TransformStep, { date: string }>,
): Expressed | undefined {
  // Instants of patterns and parts of one or two digits are rare; their rows are read one by one.
  if (/h|(?<!M)M(?!M)|(?<!D)D(?!D)/.test(step.date)) return undefined;
  const places = new Map<string, number>();
  const pattern = step.date.replace(/YYYY|YY|MM|DD|mm|ss|[.]/g, (token, place: number) => {
    if (token === '.') return '[.]';
    places.set(token, place + 1);
    return `[0-9]{${token.length}}`;
  });
  const part = (token: string): string | undefined => {
    const place = places.get(token);
    return place === undefined ? undefined : `toUInt32OrZero(substring(${sql}, ${place}, ${token.length}))`;
  };
  const year = part('YYYY') ?? (part('YY') && `(${part('YY')} + ${step.century})`);
  const [month, day] = [part('MM'), part('DD')];
  if (!year || !month || !day) return undefined;
  const offset = step.monthOffset ?? 0;
  const calendarMonth = offset > 0 ? `if(${month} > ${offset}, ${month} - ${offset}, ${month})` : month;
  const digits =
    step.date === 'YYYYMMDD' && offset === 0
      ? `toUInt32OrZero(${sql})`
      : `toUInt32(${year} * 10000 + ${calendarMonth} * 100 + ${day})`;
  return {
    value: { kind: 'day', sql: digits },
    present,
    sure: allOf([sure, `match(${sql}, ${sqlText(`^${pattern}$`)})`, isDay(digits)]),
  };
}

function expressMap(
  { value: { sql }, present, sure }: Expressed,
  step: Extract<TransformStep, { map: unknown }>,
): Expressed | undefined {
  const entries = Object.entries(step.map);
  const given = entries.filter((entry): entry is [string, string | number | boolean] => entry[1] !== null);
  const types = new Set(given.map(([, to]) => typeof to));
  if (step.otherwise === 'keep') types.add('string');
  if (types.size !== 1 || entries.length === 0) return undefined;
  const [type] = types;
  const from = `[${given.map(([text]) => sqlText(text)).join(', ')}]`;
  const known = `${sql} in ${sqlTexts(entries.map(([text]) => text))}`;
  const nothing = entries.filter(([, to]) => to === null).map(([text]) => text);
  const isGiven = nothing.length > 0 ? `${sql} not in ${sqlTexts(nothing)}` : '1';
  return {
    value: mappedValue(type as 'string' | 'number' | 'boolean', sql, from, given),
    present: allOf([present, isGiven, step.otherwise === 'missing' ? known : '1']),
    sure: allOf([sure, step.otherwise === 'reject' ? known : '1']),
  };
}

function mappedValue(
  type: 'string' | 'number' | 'boolean',
  sql: string,
  from: string,
  given: readonly (readonly [string, string | number | boolean])[],
): SqlValue {
  if (type === 'string') {
    const to = `[${given.map(([, text]) => sqlText(String(text))).join(', ')}]`;
    return { kind: 'text', sql: given.length === 0 ? sql : `transform(${sql}, ${from}, ${to}, ${sql})` };
  }
  const to = `[${given.map(([, number]) => `toFloat64(${Number(number)})`).join(', ')}]`;
  const number = `transform(${sql}, ${from}, ${to}, toFloat64(0))`;
  return type === 'number' ? { kind: 'number', sql: number } : { kind: 'boolean', sql: `(${number} != 0)` };
}

/** An instant as `compileTime` reads it: a time in the file's zone, or epoch ms as digits. Value: Int64, epoch ms. */
export function expressInstant(expression: ColumnExpression, context: SqlContext): Expressed | undefined {
  const input = expressValue(expression, context);
  if (!input) return undefined;
  const { value, present, sure } = input;
  const instant = instantInSql(value, context.timeZone);
  if (!instant) return undefined;
  if (value.kind !== 'text') {
    return {
      value: { kind: 'instant', sql: instant.sql },
      present,
      sure: allOf([sure, instant.sure, `${instant.sql} >= 0`]),
    };
  }
  const isEpoch = `match(${value.sql}, '^[1-9][0-9]{8,12}$')`;
  const sql = `if(${isEpoch}, toInt64OrZero(${value.sql}), ${instant.sql})`;
  return {
    value: { kind: 'instant', sql },
    present,
    // Versions are unsigned: what was said before 1970 goes the way of single rows.
    sure: allOf([sure, `${isEpoch} or (${instant.sure})`, `${sql} >= 0`]),
  };
}

/** Whether a row gives the record: the same as `compileConditions`. */
export function expressConditions(
  conditions: readonly RowCondition[] | undefined,
  context: SqlContext,
): string {
  return allOf(
    (conditions ?? []).map((condition) => {
      const { value, present } = expressCell(condition.column, context);
      if ('present' in condition) return condition.present ? present : `not (${present})`;
      const cell = `if(${present}, ${value.sql}, '')`;
      return 'in' in condition
        ? `${cell} in ${sqlTexts(condition.in)}`
        : `${cell} not in ${sqlTexts(condition.notIn)}`;
    }),
  );
}

/** A field's value as its column holds it, NULL where it is missing; undefined where SQL cannot say it. */
export function expressField(
  expression: ColumnExpression,
  type: Parameters<typeof coerceInSql>[1],
  zones: { file: SqlContext; bank: string },
): { sql: string; sure: string } | undefined {
  const input = expressValue(expression, zones.file);
  const coerced = input && coerceInSql(input.value, type, zones.bank);
  if (!input || !coerced) return undefined;
  return {
    sql: input.present === '1' ? coerced.sql : `if(${input.present}, ${coerced.sql}, null)`,
    sure: sureWhenPresent(input, coerced.sure),
  };
}

/** What must hold of a value only has to hold where there is one. */
export function sureWhenPresent({ present, sure }: Expressed, ...conditions: string[]): string {
  const needed = allOf([sure, ...conditions]);
  return needed === '1' || present === '1' ? needed : `not (${present}) or (${needed})`;
}
